"""What the long papers of a large street cost in time and memory.

    python -m benchmarks.papers [PROJECTS] [--limit MB] [WORK …]
    python -m benchmarks.papers 1000 ledgers+deck+agreements+archives      all by one worker

On the engine that DATABASE_URL names, by default SQLite in a folder of its own. A street is made whose
round has so many projects (1,000), each signed, with its instalments, two receipts with a photo of
1600 × 1200 each, and a report with two such photos; then every work is ordered and done as a worker
does it, each in a new process, whose highest memory is told. The process may not hold more than the
limit (512 MB) of memory of its own (RLIMIT_DATA): beyond it Python raises MemoryError, the task fails
and says so, and so does this script.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

WORKS = ("ledgers", "deck", "agreements", "archives")
MB = 1024


def setup() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")
    import django

    django.setup()


def build(count: int) -> None:
    """The street, in the plainest rows: what is measured is reading, not playing a round."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from sanlin.commons.people.tests.scene import NOW, officer
    from sanlin.govern.projects.models import Project, Receipt, ReceiptLine, Report
    from sanlin.govern.projects.tests.scene import running_round

    round = running_round(*[10_000_00] * count)
    hand = officer(round.street)
    rows = list(Project.objects.filter(round=round).order_by("pk"))
    receipts = Receipt.objects.bulk_create(
        Receipt(
            project=one,
            street=round.street,
            number=f"N{one.pk}-{n}",
            mark=f"m{one.pk}-{n}",
            day=NOW.date(),
            payee="街角五金百货",
            payee_mark="街角五金百货",
            what="花盆",
            amount=1_000_00,
            stage="accepted",
            by=hand,
            at=NOW,
        )
        for one in rows
        for n in range(2)
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=one, place=1, head="materials", what="花盆", unit_price=1_000_00, quantity=1
        )
        for one in receipts
    )
    reports = Report.objects.bulk_create(
        Report(
            project=one,
            kind="closing",
            number=1,
            text="计划内的活动全部办完，邻居自己接着轮值。" * 8,
            activities=9,
            people=240,
            stage="handed_in",
            by=hand,
            at=NOW,
        )
        for one in rows
    )
    photos(receipts, reports)


def photos(receipts: list[Any], reports: list[Any]) -> None:
    """A photo for each receipt and two for each report: 20 files on the disk, under many names."""
    from PIL import Image

    from sanlin.govern.projects.models import ReceiptPaper, ReportPhoto
    from sanlin.ground import files

    chance = random.Random(1)
    drawn = []
    for _n in range(20):
        small = Image.frombytes("RGB", (400, 300), chance.randbytes(360_000))
        sent = io.BytesIO()
        small.resize((1600, 1200), Image.Resampling.BICUBIC).save(sent, "JPEG", quality=90)
        size = sent.tell()
        sent.seek(0)
        drawn.append(files.keep(files.picture(sent, size)))
    ReceiptPaper.objects.bulk_create(
        ReceiptPaper(receipt=one, place=1, file=drawn[n % 20], kind="photo", digest=f"{n:064x}")
        for n, one in enumerate(receipts)
    )
    made = []
    for n, one in enumerate(report for report in reports for _twice in range(2)):
        name = f"{n:032x}"
        for size in files.SIZES:
            path = files.lies_at(name).with_name(f"{name}.{size}.jpg")
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = files.lies_at(drawn[n % 20]).with_name(f"{drawn[n % 20]}.{size}.jpg")
            path.hardlink_to(kept)
        made.append(ReportPhoto(report=one, file=name, width=1600, height=1200))
    ReportPhoto.objects.bulk_create(made)


def do(works: str) -> None:
    """Works in this process, one after the other; prints what each cost as a line of JSON."""
    from sanlin.commons.places.models import Street
    from sanlin.front.papers import jobs
    from sanlin.front.papers.actions import ask
    from sanlin.govern.rounds.models import Round
    from sanlin.ground import clock
    from sanlin.ground.accounts.models import Account
    from sanlin.ground.tasks.actions import do_one

    round = Round.objects.get()
    street = Street.objects.get(pk=round.street_id)
    by = Account.objects.filter(posts__kind="street_officer", posts__street=street).first()
    for work in works.split("+"):
        before = most()
        ask(work, street if work == "ledgers" else round, "https://x/", by=by, now=clock.now())
        begun, cpu = time.perf_counter(), time.process_time()
        task = do_one(jobs.WORKS, clock=clock.now)
        if task is None or task.stage != "done":
            raise SystemExit(f"{work}: {task and task.error}")
        told = {
            "work": work,
            "wall": time.perf_counter() - begun,
            "cpu": time.process_time() - cpu,
            "before": before,
            "most": most(),
            "size": task.size,
        }
        print(json.dumps(told), flush=True)


def most() -> float:
    """The most memory that this process has had so far, in MB. Linux counts it for each program
    anew; `ru_maxrss` would bring along what its parent had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / MB


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("projects", nargs="?", type=int, default=1_000)
    words.add_argument("works", nargs="*", default=list(WORKS))
    words.add_argument("--limit", type=int, default=512, help="MB of memory of its own")
    words.add_argument("--do", help=argparse.SUPPRESS)
    options = words.parse_args()
    if options.do:
        most_bytes = options.limit * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
        setup()
        do(options.do)
        return 0
    with tempfile.TemporaryDirectory(prefix="sanlin-bench-", dir="/tmp") as home:
        os.environ.setdefault("SANLIN_HOME", home)
        setup()
        begun = time.perf_counter()
        build(options.projects)
        took, load = time.perf_counter() - begun, os.getloadavg()[0]
        print(
            f"{options.projects} projects, built in {took:.0f} s; limit {options.limit} MB; "
            f"load average {load:.1f}"
        )
        print("| work | wall s | CPU s | memory before MB | highest MB | file kB |")
        print("|---|---:|---:|---:|---:|---:|", flush=True)
        return max(each(work, options.limit) for work in options.works)


def each(work: str, limit: int) -> int:
    """One process of works; 1 where one of them failed."""
    command = [sys.executable, "-m", "benchmarks.papers", "--do", work, "--limit", str(limit)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1]
    )
    for line in done.stdout.splitlines():
        told = json.loads(line)
        print(
            f"| {told['work']} | {told['wall']:.1f} | {told['cpu']:.1f} | {told['before']:.0f} "
            f"| {told['most']:.0f} | {told['size'] // 1000} |",
            flush=True,
        )
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
    return min(done.returncode, 1)


if __name__ == "__main__":
    sys.exit(main())
