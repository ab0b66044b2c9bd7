from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.stage import advance
from sanlin.ground.verdict import Refused, refusing, require
from sanlin.kernel import scoring

from . import rules, stages
from .models import Conferral, Mark, Recusal, Review, Seat
from .rules import rubric


@deed("reviews.appoint")
def appoint(round: Round, judge: Account, *, by: Account, now: datetime) -> Seat:
    """Give a judge a seat on the panel; one who had left sits again."""
    require(rules.can_appoint(by, round, now=now))
    require(rules.can_sit(judge, round, now=now))
    seat, _new = Seat.objects.update_or_create(
        round=round, account=judge, defaults={"left_at": None}
    )
    record(seat, by=by, now=now, round=round.pk)
    return seat


@deed("reviews.dismiss")
def dismiss(seat: Seat, *, by: Account, now: datetime) -> Seat:
    """End a seat. Sheets she has sealed count; drafts do not, and nothing is missing from her."""
    require(rules.can_dismiss(by, seat, now=now))
    Seat.objects.filter(pk=seat.pk, left_at__isnull=True).update(left_at=now)
    seat.left_at = now
    record(seat, by=by, now=now, round=seat.round_id)
    return seat


@deed("reviews.open")
def open_review(round: Round, *, by: Account, now: datetime) -> Round:
    """Let the judges begin: screening is done and enough judges sit."""
    require(rules.can_open_review(by, round, now=now))
    move(round, "open_review", by=by, now=now)
    record(round, by=by, now=now)
    return round


@deed("reviews.pledge")
def pledge(round: Round, *, by: Account, now: datetime) -> Seat:
    """A judge says that she has read the rubric and will name her interests."""
    require(rules.can_judge(by, round, now=now))
    seat = Seat.objects.get(round=round, account=by)
    if seat.pledged_at is None:
        seat.pledged_at = now
        seat.save(update_fields=["pledged_at"])
    record(seat, by=by, now=now)
    return seat


@deed("reviews.recuse")
def recuse(proposal: Proposal, reason: str, *, by: Account, now: datetime) -> Recusal:
    """A judge steps aside from one proposal; what she had written of it is thrown away."""
    require(rules.can_judge(by, proposal.round, now=now))
    return _step_aside(
        Seat.objects.get(round=proposal.round, account=by), proposal, reason, by, now
    )


@deed("reviews.impose_recusal")
def impose_recusal(
    seat: Seat, proposal: Proposal, reason: str, *, by: Account, now: datetime
) -> Recusal:
    """An officer lets a judge step aside because of an interest that she did not name."""
    require(rules.can_impose(by, seat, now=now))
    return _step_aside(seat, proposal, reason, by, now)


def _step_aside(seat: Seat, proposal: Proposal, reason: str, by: Account, now: datetime) -> Recusal:
    if proposal.round_id != seat.round_id:
        raise Refused(_("这件提案不属于本轮"))
    with refusing(_("已经回避这件提案")):
        aside = Recusal.objects.create(
            seat=seat, proposal=proposal, declared=by.pk == seat.account_id, reason=reason, at=now
        )
    Review.objects.filter(seat=seat, proposal=proposal).delete()
    record(aside, by=by, now=now, seat=seat.pk, proposal=proposal.pk)
    return aside


@deed("reviews.save")
def save(
    proposal: Proposal,
    marks: Mapping[str, Fraction | None],
    comment: str,
    *,
    by: Account,
    now: datetime,
) -> Review:
    """Keep a sheet as it stands, blanks and all; nobody but its judge sees it.

    Marks are whole or half, from 0 to the criterion's maximum; a blank (None) removes the mark.
    """
    require(rules.can_mark(by, proposal, now=now))
    seat = Seat.objects.get(round=proposal.round, account=by)
    review, _new = Review.objects.get_or_create(seat=seat, proposal=proposal)
    review = Review.objects.select_for_update().get(pk=review.pk)  # no seal slips in between
    require(rules.can_edit(by, review, now=now))
    if scoring.check(rubric(proposal.round.rules), marks):
        raise Refused(_("有分数超出范围，请按评分表填写"))
    Review.objects.filter(pk=review.pk).update(comment=comment)
    review.comment = comment
    review.marks.all().delete()
    Mark.objects.bulk_create(
        Mark(review=review, criterion=key, halves=int(mark * 2))
        for key, mark in marks.items()
        if mark is not None
    )
    record(review, by=by, now=now, proposal=proposal.pk)
    return review


@deed("reviews.seal")
def seal(review: Review, *, by: Account, now: datetime) -> Review:
    """Hand a sheet in. A blank is refused where the pack says so, and so is one without a reason."""
    review = Review.objects.select_for_update().get(pk=review.pk)
    require(rules.can_edit(by, review, now=now))
    told = review.proposal.round.rules
    given = {mark.criterion: Fraction(mark.halves, 2) for mark in review.marks.all()}
    blank = scoring.blanks(rubric(told), given)
    if not given or (blank and told.scoring.blank == "refuse"):
        names = [c.name for c in told.criteria if c.key in blank]
        raise Refused(
            _("还有空着的分项：%(names)s（空着不等于零分）") % {"names": "、".join(names)}
        )
    if told.scoring.reasons and not review.comment.strip():
        raise Refused(_("请写明评分理由"))
    _turn(review, "seal", now)
    record(review, by=by, now=now, proposal=review.proposal_id)
    return review


@deed("reviews.unseal")
def unseal(review: Review, *, by: Account, now: datetime) -> Review:
    """Take one's own sheet back to correct it, while the review is open."""
    require(rules.can_mark(by, review.proposal, now=now))
    if review.seat.account_id != by.pk:
        raise Refused(_("只能启封自己的评分表"))
    _turn(review, "unseal", None)
    record(review, by=by, now=now, proposal=review.proposal_id)
    return review


def _turn(review: Review, verb: str, sealed_at: datetime | None) -> None:
    advance(review, stages.REVIEW, verb, _("评分表刚刚改变，请刷新后再看"), sealed_at=sealed_at)


@deed("reviews.confer")
def confer(
    round: Round, proposal: Proposal | None, minutes: str, *, by: Account, now: datetime
) -> Conferral:
    """Keep the minutes of the panel's talk."""
    require(rules.can_confer(by, round, now=now))
    kept = Conferral.objects.create(
        round=round, proposal=proposal, minutes=minutes, held_at=now, recorder=by
    )
    record(kept, by=by, now=now, round=round.pk)
    return kept


@deed("reviews.open_optimisation")
def open_optimisation(round: Round, *, by: Account, now: datetime) -> Round:
    """End the review and let teams revise after advice; from here on marks are open to staff."""
    require(rules.can_open_optimisation(by, round, now=now))
    move(round, "open_optimisation", by=by, now=now)
    record(round, by=by, now=now)
    return round


@deed("reviews.end")
def end_review(round: Round, *, by: Account, now: datetime) -> Round:
    """End the review of a round without optimisation: sheets stay sealed, marks open to staff."""
    require(rules.can_end_review(by, round, now=now))
    rounds.end_review(round, by=by, now=now)
    record(round, by=by, now=now)
    return round
