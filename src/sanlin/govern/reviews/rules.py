from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from sanlin.commons.orgs.models import Membership
from sanlin.commons.people.models import PostKind
from sanlin.commons.people.rules import holds, is_staff
from sanlin.govern.proposals import stages as proposal_stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.proposals.rules import screening_is_done
from sanlin.govern.rounds import stages as round_stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules import can_run
from sanlin.ground.accounts.models import Account
from sanlin.ground.verdict import ALLOWED, Verdict, denied

from . import stages
from .models import Conferral, Recusal, Review, Seat

BEFORE_END = (round_stages.CALL, round_stages.SCREENING, round_stages.REVIEW)
AFTER_REVIEW = (
    round_stages.OPTIMISATION,
    round_stages.VOTE,
    round_stages.DECISION,
    round_stages.NOTICE,
    round_stages.RUNNING,
    round_stages.CLOSED,
)


@dataclass(frozen=True)
class Progress:
    """How far the panel is: sheets sealed and sheets still missing."""

    sealed: int
    missing: int
    by_seat: dict[int, int]
    by_proposal: dict[int, int]


def progress(round: Round) -> Progress:
    """Counts of sealed sheets; a sheet is missing for each sitting judge who did not step aside."""
    sealed = list(
        Review.objects.filter(
            seat__round=round, stage=stages.SEALED, proposal__stage="admitted"
        ).values_list("seat_id", "proposal_id")
    )
    seats = set(Seat.objects.filter(round=round, left_at__isnull=True).values_list("pk", flat=True))
    keys = set(admitted(round).values_list("pk", flat=True))
    aside = set(Recusal.objects.filter(seat__round=round).values_list("seat_id", "proposal_id"))
    wanted = {(seat, key) for seat in seats for key in keys} - aside
    by_seat: dict[int, int] = defaultdict(int)
    by_proposal: dict[int, int] = defaultdict(int)
    for seat, proposal in sealed:
        by_seat[seat] += 1
        by_proposal[proposal] += 1
    return Progress(len(sealed), len(wanted - set(sealed)), dict(by_seat), dict(by_proposal))


def can_appoint(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage not in BEFORE_END or "review" not in round.rules.stages:
        return denied(_("现在不能调整评委"))
    return ALLOWED


def can_sit(account: Account, round: Round, *, now: datetime) -> Verdict:
    """A judge by post, and in no team that proposes in this round."""
    if not holds(account, PostKind.JUDGE, street=round.street, now=now):
        return denied(_("%(name)s没有本街道的评委任职") % {"name": account.name})
    return ALLOWED


def can_dismiss(who: Any, seat: Seat, *, now: datetime) -> Verdict:
    return can_appoint(who, seat.round, now=now)


def can_open_review(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.SCREENING or "review" not in round.rules.stages:
        return denied(_("现在不能开始评审"))
    if not (done := screening_is_done(round, now=now)):
        return done
    if not admitted(round).exists():
        return denied(_("没有通过审查的提案"))
    seats = Seat.objects.filter(round=round, left_at__isnull=True).count()
    short = round.rules.scoring.min_judges - seats
    return denied(_("还差%(n)s位评委") % {"n": short}) if short > 0 else ALLOWED


def own_seat(who: Any, round: Round) -> Seat | None:
    """The seat of this person on the round's panel, while she sits."""
    if not who.is_authenticated:
        return None
    return Seat.objects.filter(round=round, account_id=who.pk, left_at__isnull=True).first()


def can_judge(who: Any, round: Round, *, now: datetime) -> Verdict:
    """A sitting judge, for herself, while the review is open."""
    if own_seat(who, round) is None or who.hand is not None:
        return denied(_("只有本轮评委本人可以评分"))
    if round.stage != round_stages.REVIEW:
        return denied(_("现在不是评审阶段"))
    return denied(_("评审已经结束")) if round.review_closed_at else ALLOWED


def can_see_sheet(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    """The page of one's own sheet: open to sitting judges from the review on."""
    if own_seat(who, proposal.round) is None or who.hand is not None:
        return denied(_("只有本轮评委本人可以评分"))
    if proposal.stage != proposal_stages.ADMITTED:
        return denied(_("这件提案没有进入评审"))
    if proposal.round.stage not in (round_stages.REVIEW, *AFTER_REVIEW):
        return denied(_("评审还没有开始"))
    return ALLOWED


def can_mark(who: Any, proposal: Proposal, *, now: datetime) -> Verdict:
    if not (verdict := can_judge(who, proposal.round, now=now)):
        return verdict
    if proposal.stage != proposal_stages.ADMITTED:
        return denied(_("这件提案没有进入评审"))
    seat = own_seat(who, proposal.round)
    if seat is None or seat.pledged_at is None:
        return denied(_("请先阅读评审要求并作出承诺"))
    if Recusal.objects.filter(seat=seat, proposal=proposal).exists():
        return denied(_("您已回避这件提案"))
    if Membership.objects.filter(account_id=who.pk, organisation=proposal.team_id).exists():
        return denied(_("您是这个团队的成员，须回避"))
    return ALLOWED


def can_edit(who: Any, review: Review, *, now: datetime) -> Verdict:
    if not (verdict := can_mark(who, review.proposal, now=now)):
        return verdict
    if review.stage == stages.SEALED:
        return denied(_("评分表已封存；如需修改请先启封"))
    return ALLOWED


def can_impose(who: Any, seat: Seat, *, now: datetime) -> Verdict:
    """An officer asks a judge to step aside, as long as the review runs."""
    return can_appoint(who, seat.round, now=now)


def reviews_are_done(round: Round) -> Verdict:
    """Every sitting judge has sealed every sheet, every proposal has enough, minutes are kept."""
    state = progress(round)
    if state.missing:
        return denied(_("还差%(n)s份评分") % {"n": state.missing})
    least = round.rules.scoring.min_judges
    for proposal in admitted(round):
        if state.by_proposal.get(proposal.pk, 0) < least:
            return denied(
                _("“%(title)s”只有%(n)s份评分，少于%(least)s份")
                % {"title": proposal, "n": state.by_proposal.get(proposal.pk, 0), "least": least}
            )
    if "conferral" in round.rules.stages and not Conferral.objects.filter(round=round).exists():
        return denied(_("还没有合议纪要"))
    return ALLOWED


def can_confer(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    return ALLOWED if round.stage == round_stages.REVIEW else denied(_("现在不是评审阶段"))


def can_end_review(who: Any, round: Round, *, now: datetime) -> Verdict:
    """In a round without optimisation an officer says when the review is over."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.REVIEW or "optimisation" in round.rules.stages:
        return denied(_("本轮的评审随优化阶段开始而结束"))
    if round.review_closed_at:
        return denied(_("评审已经结束"))
    return reviews_are_done(round)


def can_open_optimisation(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if "optimisation" not in round.rules.stages:
        return denied(_("本轮没有优化环节"))
    if round.stage == round_stages.SCREENING and "review" not in round.rules.stages:
        return screening_is_done(round, now=now)
    if round.stage != round_stages.REVIEW:
        return denied(_("评审结束后才能进入优化"))
    return reviews_are_done(round)


def can_see_panel(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Staff of the street see who sits and how far they are, never a mark before the end."""
    if own_seat(who, round) is not None:
        return ALLOWED
    return is_staff(who, round.street, now=now)


def marks_are_open(round: Round) -> Verdict:
    """Marks of others are shown only after the review has ended."""
    if round.stage in AFTER_REVIEW or round.review_closed_at:
        return ALLOWED
    return denied(_("评审结束前，各评委的分数封存不公开"))
