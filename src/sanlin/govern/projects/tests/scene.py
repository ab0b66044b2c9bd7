"""Awarded proposals and projects at any stage, for the tests of this app and of those above.

    one = project()                      # confirmed, to be signed
    one = project(stage="running")       # signed by all three parties
    pay(one, "first")

Awards are written as the verbs of the apps below would leave them; from the confirmation on
everything is done by the real verbs of this app.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count

from PIL import Image

from sanlin.commons.funds import actions as funds
from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.tests.scene import NOW, officer, worker
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Award, Decision, Notice
from sanlin.govern.projects import actions, stages
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.models import Instalment, Project, Receipt, Report
from sanlin.govern.projects.rules import Answers
from sanlin.govern.proposals.tests.scene import proposal
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import open_round
from sanlin.ground import files
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.kernel.budget import Line

_numbers = count(1)
LINES = (Line("materials", "材料", 7_000_00, 1), Line("labour", "劳务", 1_500_00, 2))


def awarded(
    *grants: int, round: Round | None = None, lines: Sequence[Line] = LINES, **values: object
) -> Round:
    """A round whose notice has run out, with one standing award a grant (fen)."""
    round = round or open_round("notice", **values)
    decision = Decision.objects.create(
        round=round,
        number=1,
        stage=award_stages.PUBLISHED,
        inputs=b"{}",
        outcome=b"{}",
        fingerprint="f" * 64,
        decided_at=NOW,
        published_at=NOW - timedelta(days=8),
    )
    Notice.objects.create(
        decision=decision,
        number=f"{round.pk}-1",
        opens=NOW - timedelta(days=8),
        closes=NOW - timedelta(hours=1),
        snapshot={},
    )
    for place, grant in enumerate(grants, 1):
        Award.objects.create(
            decision=decision,
            proposal=proposal(round, lines=tuple(lines)),
            stage=award_stages.STANDING,
            grant=grant,
            tier="pinpai",
            place=place,
            reason={"code": "funded", "figures": {}},
        )
    return round


def running_round(*grants: int, **values: object) -> Round:
    """A round whose awards have been confirmed: one project a grant, to be signed."""
    round = awarded(*grants, **values)
    actions.confirm(round, by=officer(round.street), now=NOW)
    return round


def project(stage: str = stages.TO_SIGN, *, grant: int = 10_000_00, **values: object) -> Project:
    """One project of a round of its own, carried to `stage` by the verbs."""
    one = Project.objects.whole().get(round=running_round(grant, **values))
    if stage == stages.TO_SIGN:
        return one
    signed(one)
    if stage in (stages.RUNNING, stages.MIDTERM):
        if stage == stages.MIDTERM:
            told(one, "midterm")
        return fresh(one)
    if "midterm" in one.round.rules.stages:
        reviewed(one, "midterm", 80)
    told(one, "closing")
    if stage == stages.CLOSING:
        return fresh(one)
    mark(one, 85)
    return fresh(one)


def fresh(one: Project) -> Project:
    return Project.objects.whole().get(pk=one.pk)


def leader(one: Project) -> Account:
    return Membership.objects.filter(organisation=one.team, leads=True)[0].account


def signed(one: Project, now: datetime = NOW) -> Project:
    """Signed by all three parties, with somebody entrusted to pay."""
    cashier(one)
    for hand in (leader(one), worker(one.place), officer(one.round.street)):
        actions.sign(one, by=hand, now=now)
    return fresh(one)


def cashier(one: Project) -> Account:
    """Who is entrusted with paying at the project's fund; a new officer where nobody is."""
    found = one.fund.duties.filter(kind="pay", until__isnull=True).first()
    if found is not None:
        return found.account
    made = officer(one.round.street)
    funds.entrust(one.fund, made, "pay", by=officer(one.round.street), now=NOW)
    return made


def approved(one: Project, key: str, now: datetime = NOW) -> Instalment:
    """Propose and approve an instalment by two officers: it waits to be paid."""
    part = one.instalments.get(key=key)
    actions.propose(part, by=officer(one.round.street), now=now)
    return actions.approve(part, by=officer(one.round.street), now=now)


def pay(one: Project, key: str, now: datetime = NOW) -> Instalment:
    """The same, and the cashier pays it."""
    return actions.pay(approved(one, key, now), by=cashier(one), now=now)


@cache
def _blank() -> files.Picture:
    body = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(body, "JPEG")
    size = body.tell()
    body.seek(0)
    return files.picture(body, size)


def picture() -> files.Picture:
    """A small photo that shows nothing, another one each time, as the form hands it to the verb."""
    return replace(_blank(), digest=f"{next(_numbers):064x}")


def slip(
    amount: int = 1_000_00,
    *,
    head: str = "materials",
    what: str = "花盆",
    quantity: int = 1,
    **fields: object,
) -> Slip:
    """One line of `amount` fen for `quantity` units, unless `lines` are given."""
    n = next(_numbers)
    given = {
        "number": f"NO{n:08d}",
        "day": date(2024, 4, 9),
        "payee": f"潍坊路文具店{n}",
        "lines": (Line(head, what, amount // quantity, quantity),),
        **fields,
    }
    return Slip(**given)  # type: ignore[arg-type]


def receipt(one: Project, amount: int = 1_000_00, *, accepted: bool = False, **fields) -> Receipt:
    """A receipt of the team, accepted by a committee worker where asked."""
    made = actions.hand_in(one, slip(amount, **fields), [picture()], by=leader(one), now=NOW)
    return actions.accept(made, by=worker(one.place), now=NOW) if accepted else made


def told(one: Project, kind: str) -> Report:
    """A report handed in by the leader."""
    words = Told("办了六次活动，楼道清爽了。", 6, 180)
    return actions.report(one, kind, words, by=leader(one), now=NOW)


def mark(one: Project, points: int) -> Report:
    """Review the open report."""
    made = one.reports.get(stage=stages.HANDED_IN)
    return actions.review(made, points, "看得见变化", by=officer(one.round.street), now=NOW)


def reviewed(one: Project, kind: str, points: int) -> Report:
    told(one, kind)
    return mark(one, points)


def answers(one: Project, **more: object) -> Answers:
    """What is asked of whoever begins a small round of `one`: 3,000 yuan of its goods, for two groups."""
    given = {
        "name": "小组微资助",
        "purpose": "让楼里的小组自己动手",
        "head": "materials",
        "amount": 3_000_00,
        "cap": 1_500_00,
        "least": 2,
        "decides": "score",
        "calls": local_day(NOW) + timedelta(days=10),
        "ends": one.undertaking.ends,
        **more,
    }
    return Answers(**given)  # type: ignore[arg-type]
