"""How long it takes to read the ballots of a counted vote from the database into a profile.

    python -m benchmarks.loading [BALLOTS]

On the engine that DATABASE_URL names, by default SQLite, with SANLIN_HOME for its files: in a database of
the tests, which is thrown away. Every ballot is another one (the worst case: nothing merges), of five
among 160 proposals. What is timed is what a decision reads: `ballots.queries.profile`.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time


def loaded(size: int) -> tuple[str, list[tuple[float, float]]]:
    """The engine, and (wall clock, processor time) in seconds of five readings."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("SANLIN_HOME", home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
        import django

        django.setup()
        from django.db import connection

        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, serialize=False)
        try:
            return connection.vendor, _measure(size)
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def _measure(size: int) -> list[tuple[float, float]]:
    from sanlin.commons.people.tests.scene import neighbourhood, street
    from sanlin.govern.ballots import queries
    from sanlin.govern.ballots.models import Roll, Tally
    from sanlin.govern.proposals.tests.scene import proposal
    from sanlin.govern.rounds.tests.scene import open_round
    from sanlin.ground import clock
    from sanlin.kernel.ballots.form import canonical

    now, on = clock.now(), street()
    round = open_round("vote", on=on, now=now)
    place = neighbourhood(on)
    keys = [proposal(round, neighbourhood=place).pk for _ in range(160)]
    chance = random.Random(2024)
    texts: set[str] = set()
    while len(texts) < size:
        texts.add(canonical([(key, 1) for key in chance.sample(keys, 5)]).decode())
    slate = [(key, number, 100, place.pk) for number, key in enumerate(keys, 1)]
    roll = Roll.objects.create(
        round=round,
        day=now.date(),
        seed="",
        slate=slate,
        opened_at=now,
        closed_at=now,
        counted_at=now,
    )
    Tally.objects.bulk_create(
        (Tally(roll=roll, choices=text, ballots=1) for text in sorted(texts)), batch_size=1000
    )
    del texts
    taken = []
    for _ in range(5):
        began, worked = time.perf_counter(), time.process_time()
        found = queries.profile(round)
        taken.append((time.perf_counter() - began, time.process_time() - worked))
        assert (found.voters, found.rows) == (size, size)
    return taken


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    engine, times = loaded(asked)
    for wall, cpu in times:
        print(f"{engine}: {asked:,} ballots: {wall:.3f} s, {cpu:.3f} s CPU")
