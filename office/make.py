"""Makes the papers of a demonstration's street, as its officer would: `python -m office.make FOLDER`.

What takes a while is ordered and done by `sanlin work`'s own verb; the rest is made at once.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanlin.site.settings")

import django

django.setup()

from django.utils.translation import override  # noqa: E402

from sanlin.front.papers.actions import ask  # noqa: E402
from sanlin.front.papers.queries import word  # noqa: E402
from sanlin.govern.awards.models import Notice  # noqa: E402
from sanlin.govern.projects.models import Circle, Project  # noqa: E402
from sanlin.ground import clock  # noqa: E402
from sanlin.ground.accounts.models import Account  # noqa: E402
from sanlin.ground.tasks.actions import do_one  # noqa: E402
from sanlin.site.jobs import WORKS  # noqa: E402

SITE = "https://sanlin.example.gov.cn/"


def main(folder):
    """Every paper of the office step, under names that the test knows."""
    now = clock.now()
    zhou = Account.objects.get(username="zhou")
    project = Project.objects.whole().get(undertaking__title="活力二村益路同行")
    street, round = project.round.street, project.round
    closing = project.reports.get(kind="closing")
    closing.project = project
    notice = Notice.objects.get(award=None)
    last = project.agreements.order_by("-version")[0]
    last.project = project
    project.award.proposal.round = round
    with override("zh-hans"):
        papers = {
            "application": word.application(project.award.proposal, now=now),
            "agreement": word.agreement(last, now=now),
            "notice": word.notice(notice, f"{SITE}rounds/{round.pk}/notice/", now=now),
            "report": word.report(closing, now=now),
            "acceptance": word.acceptance(project, now=now),
            "change": word.change(project, now=now),
            "confirmation": word.confirmation(project, now=now),
        }
        for kind, values in papers.items():
            (folder / f"{kind}.docx").write_bytes(word.paper(kind, values, street))
    circle = Circle.objects.filter(round=round, projects__isnull=False).first()
    for name, work, thing in (
        ("year.pptx", "deck", round),
        ("circle.pptx", "circle", circle),
        ("ledgers.xlsx", "ledgers", street),
        ("posted.pdf", "notice", notice),
        ("certificate.pdf", "certificate", project),
        ("thanks.pdf", "thanks", project),
        ("archive.zip", "archive", project),
    ):
        ask(work, thing, SITE, by=zhou, now=now)
        task = do_one(WORKS, clock=clock.now)
        if task.stage != "done":
            raise SystemExit(f"{work}: {task.error}")
        (folder / name).write_bytes(task.path.read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
