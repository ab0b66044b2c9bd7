"""What the long papers of a large street cost in time and memory.

    python -m benchmarks.papers [PROJECTS] [WORK …]

On the engine that DATABASE_URL names, by default SQLite in a folder of its own. A street is made whose
round has so many projects (1,000), each signed, with its instalments, two receipts and a report; then
every work is ordered and done as a worker does it, each in a new process, whose highest memory is told.
`archives` is made of the first hundred projects, since a minute of them says what a thousand need.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORKS = ("ledgers", "deck", "agreements", "archives")
MOST_ARCHIVES = 100
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
    Report.objects.bulk_create(
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


def do(work: str) -> None:
    """One work in this process; prints what it cost as JSON."""
    from sanlin.commons.places.models import Street
    from sanlin.front.papers import jobs
    from sanlin.front.papers.actions import ask
    from sanlin.govern.projects.models import Project
    from sanlin.govern.rounds.models import Round
    from sanlin.ground import clock
    from sanlin.ground.accounts.models import Account
    from sanlin.ground.tasks.actions import do_one

    round = Round.objects.get()
    street = Street.objects.get(pk=round.street_id)
    by = Account.objects.filter(posts__kind="street_officer", posts__street=street).first()
    if work == "archives":
        shown = list(
            Project.objects.order_by("number").values_list("pk", flat=True)[:MOST_ARCHIVES]
        )
        whole = Project.objects.whole
        Project.objects.whole = lambda: whole().filter(pk__in=shown)  # type: ignore[method-assign]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ask(work, street if work == "ledgers" else round, "https://x/", by=by, now=clock.now())
    begun, cpu = time.perf_counter(), time.process_time()
    task = do_one(jobs.WORKS, clock=clock.now)
    if task is None or task.stage != "done":
        raise SystemExit(f"{work}: {task and task.error}")
    told = {
        "work": work,
        "wall": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "before": before / MB,
        "most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB,
        "size": task.size,
    }
    print(json.dumps(told))


def main() -> int:
    words = sys.argv[1:]
    if words[:1] == ["--do"]:
        setup()
        do(words[1])
        return 0
    count = int(words.pop(0)) if words and words[0].isdecimal() else 1_000
    with tempfile.TemporaryDirectory() as home:
        os.environ.setdefault("SANLIN_HOME", home)
        setup()
        begun = time.perf_counter()
        build(count)
        print(
            f"{count} projects, built in {time.perf_counter() - begun:.0f} s; load {os.getloadavg()[0]:.1f}"
        )
        print("| work | wall s | CPU s | memory before MB | highest MB | file kB |")
        print("|---|---:|---:|---:|---:|---:|")
        for work in words or WORKS:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.papers", "--do", work],
                capture_output=True,
                text=True,
                check=False,
                cwd=Path(__file__).parents[1],
            )
            if done.returncode:
                print(done.stderr[-2000:], file=sys.stderr)
                return 1
            told = json.loads(done.stdout.splitlines()[-1])
            print(
                f"| {told['work']} | {told['wall']:.1f} | {told['cpu']:.1f} | {told['before']:.0f} "
                f"| {told['most']:.0f} | {told['size'] // 1000} |",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
