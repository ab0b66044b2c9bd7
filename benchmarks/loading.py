"""How long it takes to read the ballots of a closed vote from the database into a profile.

    python -m benchmarks.loading [BALLOTS]      (DATABASE_URL names the engine; default SQLite)

Every ballot is another one (the worst case: nothing merges), of five among 160 proposals. The rows
are written into a table of their own database, which is thrown away.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time


def main(size: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("SANLIN_HOME", home)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
        import django

        django.setup()
        from django.db import connection

        from sanlin.kernel.ballots.form import canonical
        from sanlin.kernel.ballots.stored import profile_of

        chance, keys = random.Random(2024), range(5000, 5160)
        texts: set[str] = set()
        while len(texts) < size:
            texts.add(canonical([(key, 1) for key in chance.sample(keys, 5)]).decode())
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMPORARY TABLE box (roll integer, choices text, ballots integer)"
            )
            cursor.executemany("INSERT INTO box VALUES (1, %s, 1)", [(it,) for it in texts])
            for _ in range(3):
                began, worked = time.perf_counter(), time.process_time()
                cursor.execute("SELECT choices, ballots FROM box WHERE roll = 1")
                kept, times = zip(*cursor.fetchall(), strict=True)
                found = profile_of(kept, times, keys)
                print(
                    f"{connection.vendor}: {found.voters:,} ballots, {found.rows:,} different: "
                    f"{time.perf_counter() - began:.3f} s, {time.process_time() - worked:.3f} s CPU"
                )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
