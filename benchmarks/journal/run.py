"""Appends lines to one log and prints what each costs as the log grows.

    python -m benchmarks.journal.run                       SQLite, a million lines
    python -m benchmarks.journal.run --lines 100000
    python -m scripts.postgres --durable .venv/bin/python -m benchmarks.journal.run

The log is filled by verbs that tell a thousand lines each; before and after, and at each tenth,
verbs of one line and one transaction each are timed. `CPU` is the processor time of this process.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import time
from pathlib import Path

import django

AT_ONCE, SINGLES = 1_000, 200


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--lines", type=int, default=1_000_000)
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="sanlin-bench-") as home:
        os.environ |= {"SANLIN_HOME": home, "DJANGO_SETTINGS_MODULE": "sanlin.site.settings"}
        django.setup()
        measure(options.lines, Path(home))


def measure(lines: int, home: Path) -> None:
    """Fill one log and print a table."""
    from django.core.management import call_command  # reads the settings

    from sanlin.ground import clock
    from sanlin.ground.accounts.models import Account
    from sanlin.ground.journal.actions import deed, record
    from sanlin.ground.journal.models import Log

    call_command("migrate", verbosity=0)
    who, now = Account.objects.create_user("bench", name="压测"), clock.now()

    @deed("bench.tell")
    def tell(account, times, *, by, now):
        for n in range(times):
            record(account, "round/1", by=by, now=now, channel="web", code=f"{n:064x}")
        return account

    print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    print("| lines | a thousand at once: CPU µs each | alone: CPU µs each | wall µs | MB |")
    print("|---:|---:|---:|---:|---:|", flush=True)
    began = time.perf_counter()
    while True:
        log = Log.objects.filter(pk="round/1").first()
        size = log.size if log else 0
        cpu, wall = time.process_time(), time.perf_counter()
        for _ in range(SINGLES):
            tell(who, 1, by=None, now=now)
        alone, waited = time.process_time() - cpu, time.perf_counter() - wall
        tenth = max(lines // 10 // AT_ONCE, 1)
        cpu = time.process_time()
        if size < lines:
            for _ in range(tenth):
                tell(who, AT_ONCE, by=None, now=now)
        each = (time.process_time() - cpu) / (tenth * AT_ONCE)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cells = (each * 1e6, alone / SINGLES * 1e6, waited / SINGLES * 1e6, memory)
        print(f"| {size:,} | {cells[0]:.0f} | {cells[1]:.0f} | {cells[2]:.0f} | {cells[3]:.0f} |")
        if size >= lines:
            break
    log = Log.objects.get(pk="round/1")
    print(
        f"{log.size:,} lines in {time.perf_counter() - began:.0f} s; {len(log.frontier) // 32} hashes"
    )


if __name__ == "__main__":
    main()
