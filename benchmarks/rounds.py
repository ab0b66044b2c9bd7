"""Pages of a round as it grows: proposals waiting for their checks, in review, and projects with
receipts and late payments.

    python -m benchmarks.rounds                     sizes 100, 1,000 and 10,000, on SQLite
    python -m benchmarks.rounds --sizes 100 10000
    python -m benchmarks.rounds --year              a street's year: 55 projects, 2,000 receipts
    python -m scripts.postgres .venv/bin/python -m benchmarks.rounds

Of each size there are three rounds in streets of their own: so many proposals handed in; so many in
review by seven judges; and a tenth as many projects with so many receipts, half of them waiting, and
every first instalment late. What is told of a page is what benchmarks/cost.py measures.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import django

from benchmarks.cost import Page, measured

A_BATCH = 1_000


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--sizes", type=int, nargs="*", default=[100, 1_000, 10_000])
    words.add_argument("--year", action="store_true")
    words.add_argument("--only", default="", help="a part of a page's name")
    words.add_argument("--worst", action="store_true", help="tell the statement that worked most")
    options = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="sanlin-bench-", dir="/tmp") as home:
        os.environ |= {"SANLIN_HOME": home, "DJANGO_SETTINGS_MODULE": "sanlin.site.settings"}
        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test.utils import setup_test_environment

        setup_test_environment()
        call_command("migrate", verbosity=0)
        print(f"{connection.vendor}, load average {os.getloadavg()[0]:.1f}", flush=True)
        sizes = [(55, 2_000)] if options.year else [(size // 10, size) for size in options.sizes]
        table: dict[str, list[str]] = {}
        for projects, size in sizes:
            began = time.perf_counter()
            pages = [
                *handed_in(55 if options.year else size),
                *in_review(55 if options.year else size),
                *carried_out(projects, size),
            ]
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            print(f"{size:,} made in {time.perf_counter() - began:.0f} s", flush=True)
            for page in pages:
                if options.only not in page.name:
                    continue
                cost = measured(page)
                table.setdefault(page.name, []).append(str(cost))
                print(f"{size:>7,} {page.name}: {cost}", flush=True)
                if options.worst:
                    print(f"        {cost.worst}", flush=True)
        print(f"\n| page | {' | '.join(f'{size:,}' for _n, size in sizes)} |")
        print("|---|" + "---:|" * len(sizes))
        for name, cells in table.items():
            print(f"| {name} | {' | '.join(cells)} |")
        print(f"load average {os.getloadavg()[0]:.1f}")


def proposals(round: Any, size: int, stage: str) -> None:
    """So many proposals of ten teams in ten neighbourhoods, each with a line and a first version."""
    from sanlin.commons.people.tests.scene import neighbourhood
    from sanlin.govern.proposals.models import BudgetLine, Proposal, Revision
    from sanlin.govern.proposals.tests.scene import proposal

    places = [neighbourhood(round.street) for _n in range(min(size, 10))]
    firsts = [proposal(round, stage, neighbourhood=place) for place in places]
    lines = [list(one.lines.all()) for one in firsts]
    told = [one.revisions.get() for one in firsts]
    made = []
    for n in range(10, size):
        like = firsts[n % 10]
        row = Proposal(
            **{f.attname: getattr(like, f.attname) for f in Proposal._meta.concrete_fields}
        )
        row.pk, row.number, row.title = None, n + 1, f"{like.title}之{n}"
        made.append(row)
    made = Proposal.objects.bulk_create(made, batch_size=A_BATCH)
    rows, revisions = [], []
    for n, row in enumerate(made, 10):
        for line in lines[n % 10]:
            names = ("place", "head", "item", "what", "unit_price", "quantity", "note")
            values = {name: getattr(line, name) for name in names if hasattr(line, name)}
            rows.append(BudgetLine(proposal=row, **values))
        first = told[n % 10]
        revisions.append(
            Revision(
                proposal=row, number=1, why=first.why, by_id=first.by_id, at=first.at,
                body=first.body, digest=first.digest,
            )
        )  # fmt: skip
    BudgetLine.objects.bulk_create(rows, batch_size=A_BATCH)
    Revision.objects.bulk_create(revisions, batch_size=A_BATCH)


def handed_in(size: int) -> Iterator[Page]:
    """Proposals that wait for their formal checks."""
    from sanlin.commons.people.tests.scene import officer, resident
    from sanlin.govern.proposals.models import Proposal
    from sanlin.govern.rounds.tests.scene import open_round
    from sanlin.ground import clock

    round = open_round("screening", now=clock.now())
    proposals(round, size, "submitted")
    who = officer(round.street)
    one = Proposal.objects.filter(round=round).order_by("pk").first()
    lives = resident(one.neighbourhood)
    key = round.pk
    yield Page("waiting: front page of a resident", "/", lives)
    yield Page("waiting: round", f"/r/{key}/", holds=round.name)
    yield Page("waiting: list of proposals", f"/rounds/{key}/proposals/")
    yield Page("waiting: desk, what waits", "/desk/", who)
    yield Page("waiting: desk, round at a glance", f"/desk/rounds/{key}/", who)
    yield Page("waiting: desk, proposals and checks", f"/rounds/{key}/proposals/desk/", who)
    yield Page("waiting: desk, searched", f"/rounds/{key}/proposals/desk/?q=之99", who)
    yield Page("waiting: checks of one proposal", f"/proposals/{one.pk}/screen/", who)
    yield Page("waiting: report", f"/reports/rounds/{key}/", who)


def in_review(size: int) -> Iterator[Page]:
    """Admitted proposals, and seven judges who have begun."""
    from sanlin.commons.people.tests.scene import officer
    from sanlin.govern.reviews.tests.scene import panel, pledged
    from sanlin.govern.rounds.tests.scene import open_round
    from sanlin.ground import clock

    round = open_round("review", now=clock.now())
    who = officer(round.street)
    judges = pledged(round, panel(round, by=who))
    proposals(round, size, "admitted")
    key = round.pk
    yield Page("review: round", f"/r/{key}/", holds=round.name)
    yield Page("review: desk, what waits", "/desk/", who)
    yield Page("review: desk, round at a glance", f"/desk/rounds/{key}/", who)
    yield Page("review: panel", f"/rounds/{key}/panel/", who)
    yield Page("review: grid", f"/rounds/{key}/grid/", who)
    yield Page("review: sheets of a judge", f"/rounds/{key}/review/", judges[0])


def carried_out(projects: int, receipts: int) -> Iterator[Page]:
    """Projects, receipts, reports and late instalments."""
    from sanlin.commons.people.tests.scene import officer
    from sanlin.govern.projects import stages
    from sanlin.govern.projects.models import Instalment, Project, Receipt, ReceiptLine, Report
    from sanlin.govern.projects.tests.scene import leader, running_round
    from sanlin.ground import clock

    now = clock.now()
    round = running_round(*[10_000_00] * projects, now=now)
    who = officer(round.street)
    rows = list(Project.objects.filter(round=round).order_by("pk"))
    Project.objects.filter(round=round).update(stage=stages.RUNNING)
    Instalment.objects.filter(project__round=round, place=1).update(
        stage=stages.DUE, due=(now - timedelta(days=9)).date()
    )
    made = Receipt.objects.bulk_create(
        (
            Receipt(
                project=rows[n % projects],
                street=round.street,
                number=f"N{round.pk}-{n}",
                mark=f"m{round.pk}-{n}",
                day=now.date(),
                payee="街角五金百货",
                payee_mark="街角五金百货",
                what="花盆",
                amount=100 + n,
                stage="accepted" if n % 2 else "handed_in",
                by=who,
                at=now - timedelta(minutes=n),
            )
            for n in range(receipts)
        ),
        batch_size=A_BATCH,
    )
    ReceiptLine.objects.bulk_create(
        (
            ReceiptLine(receipt=one, place=1, head="materials", what="花盆", unit_price=one.amount)
            for one in made
        ),
        batch_size=A_BATCH,
    )
    Report.objects.bulk_create(
        Report(
            project=one, kind="midterm", number=1, text="计划内的活动办完一半。", activities=9,
            people=240, stage="handed_in", by=who, at=now,
        )
        for one in rows
    )  # fmt: skip
    key, one, first = round.pk, rows[len(rows) // 2].pk, made[0].pk
    team = leader(Project.objects.whole().get(pk=one))
    yield Page("carried out: round", f"/r/{key}/", holds=round.name)
    yield Page("carried out: list of projects", f"/rounds/{key}/projects/")
    yield Page("carried out: one project", f"/projects/{one}/")
    yield Page("carried out: front page of a leader", "/", team)
    yield Page("carried out: my projects", "/projects/", team)
    yield Page("carried out: money checks", f"/reports/rounds/{key}/checks/")
    yield Page("carried out: open book", f"/funds/{rows[0].fund_id}/")
    yield Page("carried out: checks of the book", f"/funds/{rows[0].fund_id}/checks/")
    yield Page("carried out: desk, what waits", "/desk/", who)
    yield Page("carried out: desk, round at a glance", f"/desk/rounds/{key}/", who)
    yield Page("carried out: desk, one project", f"/projects/{one}/desk/", who)
    yield Page("carried out: payments", f"/rounds/{key}/payments/", who)
    yield Page("carried out: receipts", f"/rounds/{key}/project-receipts/", who)
    sieved = f"/rounds/{key}/project-receipts/?head=materials&stage=handed_in&sort=-amount"
    yield Page("carried out: receipts, sieved", sieved, who)
    yield Page("carried out: one receipt", f"/receipts/{first}/", who)
    yield Page("carried out: reports", f"/rounds/{key}/project-reports/", who)
    yield Page("carried out: agreements", f"/rounds/{key}/agreements/", who)
    yield Page("carried out: late payments", f"/streets/{round.street_id}/late-payments/", who)
    yield Page("carried out: circles, midterm", f"/rounds/{key}/growth/", who)
    yield Page("carried out: circles", f"/rounds/{key}/circles/", who)
    yield Page("carried out: next year", f"/rounds/{key}/next-year/", who)
    yield Page("carried out: report", f"/reports/rounds/{key}/", who)
    yield Page("carried out: papers of the street", f"/papers/streets/{round.street_id}/", who)


if __name__ == "__main__":
    main()
