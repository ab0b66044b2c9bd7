"""Signed papers as photos or PDF: one hand files them, another checks them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.govern.projects import rules, stages
from sanlin.govern.projects.models import PaperKind, Project, SignedPaper
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused, refusing, require

from .hold import hold, reason_of

Paper = files.Picture | files.Document


@deed("projects.file_paper")
def file_paper(
    project: Project,
    what: str,
    paper: Paper,
    people: int | None = None,
    *,
    by: Account,
    now: datetime,
) -> SignedPaper:
    """File a photo or PDF of a signed paper; of a beneficiaries' confirmation `people` signed it.
    Somebody else holds it against the paper."""
    project = hold(project)
    require(rules.can_file_paper(by, project, now=now))
    counted = people if what == PaperKind.CONFIRMATION else None
    if what == PaperKind.CONFIRMATION and not counted:
        raise Refused(_("请写明有多少位受益人签字"))
    with refusing(_("这份材料已经归档过")):
        made = SignedPaper.objects.create(
            project=project, what=what, people=counted, by=by, at=now, **kept(paper)
        )
    record(made, by=by, now=now, project=project.pk, what=what, digest=made.digest, people=counted)
    return made


@deed("projects.check_paper")
def check_paper(
    paper: SignedPaper, fits: bool, note: str, *, by: Account, now: datetime
) -> SignedPaper:
    """Say whether a filed copy is readable and as the paper; what does not fit counts nowhere."""
    project = hold(Project(pk=paper.project_id))
    found = SignedPaper.objects.get(pk=paper.pk)
    found.project = project
    require(rules.can_check_paper(by, found, now=now))
    look_over(found, fits, note, by=by, now=now)
    record(found, by=by, now=now, project=project.pk, fits=fits, digest=found.digest)
    return found


@deed("projects.withdraw_paper")
def withdraw_paper(paper: SignedPaper, *, by: Account, now: datetime) -> SignedPaper:
    """Take a copy back that one filed by mistake, before anybody has checked it: it counts nowhere, and
    the same file may be filed again."""
    project = hold(Project(pk=paper.project_id))
    found = SignedPaper.objects.get(pk=paper.pk)
    put_back(found, by=by, now=now)
    record(found, by=by, now=now, project=project.pk, digest=found.digest)
    return found


def kept(paper: Paper) -> dict[str, str]:
    """Keep what was sent; its name, form and digest as a row holds them."""
    if isinstance(paper, files.Picture):
        return {"file": files.keep(paper), "kind": "photo", "digest": paper.digest}
    return {"file": files.keep_document(paper), "kind": "pdf", "digest": paper.digest}


def put_back(copy: Any, *, by: Account, now: datetime) -> None:
    """Carry a held copy back out, at the word of whoever filed it."""
    require(rules.can_withdraw_copy(by, copy, now=now))
    copy.stage = stages.SCAN.after(copy.stage, "withdraw")
    type(copy).objects.filter(pk=copy.pk, stage=stages.FILED).update(stage=copy.stage)


def look_over(copy: Any, fits: bool, note: str, *, by: Account, now: datetime) -> None:
    """Carry a held copy to where it was checked or dismissed; who dismisses it says why."""
    target = stages.SCAN.after(copy.stage, "check" if fits else "dismiss")
    copy.note = note.strip()[:200] if fits else reason_of(note)
    copy.stage, copy.checked_by, copy.checked_at = target, by, now
    type(copy).objects.filter(pk=copy.pk, stage=stages.FILED).update(
        stage=target, checked_by=by, checked_at=now, note=copy.note
    )
