"""What a worker does: one paper each, the rule asked again, heavy libraries loaded only here."""

from __future__ import annotations

import gc
import tempfile
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.urls import reverse

from sanlin.commons.places.models import Street
from sanlin.govern.awards.models import Notice
from sanlin.govern.projects.models import Agreement, Circle, Project
from sanlin.govern.rounds.models import Round
from sanlin.ground.office.packing import entry
from sanlin.ground.tasks.actions import Beat, Work
from sanlin.ground.tasks.models import Task
from sanlin.ground.verdict import require

from . import rules
from .queries import ledgers
from .queries.word.fields import written

Link = Callable[[str, int], str]
A_PART = 1 << 18  # bytes that are copied at a time
A_FEW = 25  # papers


def _link(task: Task) -> Link:
    site = str(task.about.get("site", "/"))
    return lambda page, key: urljoin(site, reverse(page, args=[key]))


def _project(task: Task) -> Project:
    return Project.objects.whole().get(pk=task.about["pk"])  # type: ignore[no-any-return]


def _round(task: Task) -> Round:
    rows = Round.objects.select_related("street")
    return rows.get(pk=task.about["pk"])


def archive(task: Task, where: Path, beat: Beat) -> str:
    from .queries.archive import write  # noqa: PLC0415

    project, now = _project(task), beat.clock()
    require(rules.can_archive(task.by, project, now=now))
    with where.open("wb") as out:
        write(project, out, _link(task), now=now, tell=beat)
    return f"{project.number}.zip"


def archives(task: Task, where: Path, beat: Beat) -> str:
    """Every project's archive in one; each is finished on the disk before the next is begun."""
    from .queries.archive import write  # noqa: PLC0415

    round, now = _round(task), beat.clock()
    require(rules.can_archive_round(task.by, round, now=now))
    rows = Project.objects.whole().filter(round=round).order_by("number")
    count = rows.count()

    with zipfile.ZipFile(where, "w", zipfile.ZIP_STORED) as box:
        for n, project in enumerate(rows.iterator(chunk_size=100)):
            project.round = round
            still = _still(beat, n, count)
            with tempfile.TemporaryFile(dir=where.parent) as one:
                write(project, one, _link(task), now=now, tell=still)
                one.seek(0)
                with box.open(entry(f"{project.number}.zip"), "w", force_zip64=True) as target:
                    while part := one.read(A_PART):
                        target.write(part)
    beat(count, count)
    return f"archives-{round.year}-{round.pk}.zip"


def _still(beat: Beat, done: int, count: int) -> Callable[[int, int], None]:
    """Inside one of many: the worker is alive, and how many are finished."""
    return lambda _done, _all: beat(done, count)


def agreements(task: Task, where: Path, beat: Beat) -> str:
    """The latest agreement of every project as Word."""
    from .queries import word  # noqa: PLC0415

    round, now = _round(task), beat.clock()
    require(rules.can_take_deck(task.by, round, now=now))
    rows = Project.objects.whole().filter(round=round).order_by("number")
    count = rows.count()
    with zipfile.ZipFile(where, "w", zipfile.ZIP_STORED) as box:
        for n, project in enumerate(rows.iterator(chunk_size=100), 1):
            project.round = round
            made = Agreement.objects.filter(project=project).order_by("-version").first()
            if made is not None:
                made.project = project
                values = word.agreement(made, now=now)
                body = word.paper("agreement", values, round.street)
                box.writestr(entry(f"{project.number}.docx"), body)
            if n % A_FEW == 0:
                gc.collect()  # filled papers die in circles, large ones that it counts as few
            beat(n, count)
    return f"agreements-{round.year}-{round.pk}.zip"


def deck(task: Task, where: Path, beat: Beat) -> str:
    from .queries.deck import year  # noqa: PLC0415

    round, now = _round(task), beat.clock()
    require(rules.can_take_deck(task.by, round, now=now))
    where.write_bytes(year(round, now=now))
    return f"year-{round.year}-{round.pk}.pptx"


def circle(task: Task, where: Path, beat: Beat) -> str:
    from .queries.deck import circle as told  # noqa: PLC0415

    rows = Circle.objects.select_related("round__street", "leader")
    made, now = rows.get(pk=task.about["pk"]), beat.clock()
    require(rules.can_take_circle(task.by, made, now=now))
    where.write_bytes(told(made, now=now))
    return f"circle-{made.pk}.pptx"


def notice(task: Task, where: Path, beat: Beat) -> str:
    from .queries.prints import notice as printed  # noqa: PLC0415

    rows = Notice.objects.select_related("decision__round__street")
    posted, now = rows.get(pk=task.about["pk"]), beat.clock()
    require(rules.can_take_notice(task.by, posted, now=now))
    link = _link(task)("awards:notice", posted.decision.round_id)
    where.write_bytes(printed(posted, link, now=now))
    return f"notice-{posted.number}.pdf"


def certificate(task: Task, where: Path, beat: Beat) -> str:
    from .queries.prints import certificate as printed  # noqa: PLC0415

    return _printed(task, where, beat, rules.can_certify, printed, "certificate")


def thanks(task: Task, where: Path, beat: Beat) -> str:
    from .queries.prints import thanks as printed  # noqa: PLC0415

    return _printed(task, where, beat, rules.can_thank, printed, "thanks")


def _printed(task: Task, where: Path, beat: Beat, rule: Any, printed: Any, name: str) -> str:
    project, now = _project(task), beat.clock()
    require(rule(task.by, project, now=now))
    where.write_bytes(printed(project, _link(task)("projects:project", project.pk), now=now))
    return f"{name}-{project.number}.pdf"


def all_ledgers(task: Task, where: Path, beat: Beat) -> str:
    """Every ledger that this person may keep, a sheet each, written row by row."""
    from sanlin.ground.sheets.ledger import write_ledgers  # noqa: PLC0415

    street, now = Street.objects.get(pk=task.about["pk"]), beat.clock()
    require(rules.can_keep_ledgers(task.by, street, now=now))
    scope = ledgers.Scope(street, task.about.get("year"), _asked_round(task))
    books = ledgers.books_for(task.by, street, now=now)

    def each() -> Any:
        for n, book in enumerate(books):
            beat(n, len(books))
            yield ledgers.ledger(book, scope, made=written(now))

    write_ledgers(where, each(), foot=street.name)
    beat(len(books), len(books))
    return _ledger_name(street, now)


def _asked_round(task: Task) -> Round | None:
    key = task.about.get("round")
    return Round.objects.filter(pk=key, street=task.about["pk"]).first() if key else None


def _ledger_name(street: Street, now: datetime) -> str:
    return f"ledgers-{street.code}-{now:%Y%m%d}.xlsx"


WORKS: dict[str, Work] = {
    "papers.archive": archive,
    "papers.archives": archives,
    "papers.agreements": agreements,
    "papers.deck": deck,
    "papers.circle": circle,
    "papers.notice": notice,
    "papers.certificate": certificate,
    "papers.thanks": thanks,
    "papers.ledgers": all_ledgers,
}
