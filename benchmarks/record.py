"""How long a record of many ballots takes to seal, to write, and to check, and in how much memory.

    SANLIN_HOME=/tmp/record-bench python -m benchmarks.record 100000

Ballots and log lines are written straight into a new database (casting them one by one is measured
elsewhere); the decision is the product's own. Prints seconds and the peak of memory of each step.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
CHOICES, BATCH = 40, 5_000


def main(many: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    step("vote", lambda: voted(many))
    sealed = step("seal and write", sealed_record)
    assert step("write again", sealed_record) == sealed
    print(f"{sealed.path.stat().st_size / 2**20:.1f} MB, {sealed.size} lines")
    verifier = Path("src/sanlin/kernel/record/verify.py")
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, verifier, sealed.path, "--root", sealed.root], check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"verify: {time.perf_counter() - began:.1f} s, {used:.1f} s of processor time, "
        f"peak {after.ru_maxrss / 1024:.0f} MB, exit {done.returncode}"
    )


def step(name, act):
    began, used = time.perf_counter(), time.process_time()
    found = act()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took, used = time.perf_counter() - began, time.process_time() - used
    told = f"{took:.1f} s, {used:.1f} s of processor time, peak {peak:.0f} MB"
    print(f"{name}: {told}", flush=True)
    return found


def voted(many: int) -> None:
    """A round at its notice with so many ballots, each a choice of three of forty proposals."""
    from collections import Counter

    from sanlin.commons.people.tests.scene import NOW, officer, street
    from sanlin.govern.awards import actions as awards
    from sanlin.govern.ballots.models import Ballot, Roll, Tally
    from sanlin.govern.proposals.queries import admitted
    from sanlin.govern.proposals.tests.scene import proposal
    from sanlin.govern.rounds.actions import move
    from sanlin.govern.rounds.tests.scene import open_round
    from sanlin.ground import lots
    from sanlin.ground.journal.actions import deed, record
    from sanlin.kernel.ballots.code import code_of, opening
    from sanlin.kernel.ballots.form import canonical

    on = street()
    values = {"award__method": "votes", "award__min_votes": None, "vote__kind": "approve_k"}
    round = open_round("call", on=on, **values)
    for n in range(CHOICES):
        proposal(round, asked=(n + 5) * 1_000_00)
    first, second = officer(on), officer(on)
    told = {"by": first, "now": NOW}
    for verb in ("close_call", "open_vote"):
        move(round, verb, **told)
    bids = list(admitted(round))
    roll = Roll.objects.create(
        round=round,
        day=NOW.date(),
        seed=lots.new_seed(),
        slate=[[p.pk, p.number, p.asked, p.neighbourhood_id] for p in bids],
        opened_at=NOW,
        closed_at=NOW,
        counted_at=NOW,
        key=bytes(32),
        size=many,
        cast=many,
    )
    chance, tally = Random(1), Counter()
    rows = []

    @deed("ballot.cast")
    def cast(*, by, now, of):
        for code in of:
            record(roll, by=None, now=now, channel="web", code=code)

    for begin in range(0, many, BATCH):
        codes = []
        for _ in range(min(BATCH, many - begin)):
            kept = tuple(sorted((bid.pk, 1) for bid in chance.sample(bids, 3)))
            tally[canonical(kept).decode()] += 1
            code = code_of(opening(round.pk, kept, f"{chance.randrange(16**64):064x}"))
            codes.append(code)
            rows.append(Ballot(code=code, roll=roll, channel="web"))
        cast(by=None, now=NOW, of=codes)
        Ballot.objects.bulk_create(rows)
        rows.clear()

    @deed("vote.close")
    def close(*, by, now):
        record(roll, by=by, now=now, cast=many, size=many)

    @deed("box.open")
    def count(*, by, now):
        record(roll, by=by, now=now, counted=many, broken=0)

    close(**told)
    count(**told)
    Tally.objects.bulk_create(
        (Tally(roll=roll, channel="web", choices=kept, ballots=n) for kept, n in tally.items()),
        batch_size=BATCH,
    )
    move(round, "close_entries", **told)
    round.refresh_from_db()
    decision = awards.decide(round, **told)
    for who in (first, second):
        awards.sign(decision, by=who, now=NOW)
    awards.publish(decision, by=first, now=NOW + timedelta(hours=1))


def sealed_record():
    from sanlin.commons.people.tests.scene import NOW
    from sanlin.front.records.actions import seal
    from sanlin.govern.rounds.models import Round

    return seal(Round.objects.get(), by=None, now=NOW)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
