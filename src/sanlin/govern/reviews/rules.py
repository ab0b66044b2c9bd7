from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Value
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
from sanlin.kernel import scoring
from sanlin.kernel.packs import Rules

from . import stages
from .models import Conferral, Recusal, Review, Seat

Sheets = dict[int, dict[int, Fraction | None]]
OUT_OF = 100
BEFORE_END = (round_stages.CALL, round_stages.SCREENING, round_stages.REVIEW)
AFTER_REVIEW = (
    round_stages.OPTIMISATION,
    round_stages.VOTE,
    round_stages.DECISION,
    round_stages.NOTICE,
    round_stages.RUNNING,
    round_stages.CLOSED,
)
SEALED, ASIDE = 0, 1  # what may have become of a judge and a proposal


def rubric(rules: Rules) -> list[scoring.Criterion]:
    """The pack's criteria as the kernel takes them."""
    return [scoring.Criterion(c.key, c.weight, c.max) for c in rules.criteria]


def sheet_score(rules: Rules, marks: dict[str, Fraction]) -> Fraction | None:
    """A sheet's total out of 100; None where nothing is marked, and where it has a blank.

    Where the pack scales, a blank sheet counts with what is marked, brought to the full scale.
    """
    known = [c for c in rubric(rules) if c.key in marks]
    whole = len(known) == len(rules.criteria)
    if not known or not (whole or rules.scoring.blank == "scale"):
        return None
    points = scoring.total(known, {c.key: marks[c.key] for c in known})
    weight = scoring.full(known)
    return None if points is None or not weight else points * OUT_OF / weight


def sheets(round: Round) -> Sheets:
    """Totals out of 100 of the sealed sheets: by seat, then by proposal."""
    marks: dict[tuple[int, int], dict[str, Fraction]] = defaultdict(dict)
    sealed = Review.objects.filter(seat__round=round, stage=stages.SEALED).order_by("pk")
    rows = sealed.values_list("seat_id", "proposal_id", "marks__criterion", "marks__halves")
    for seat, proposal, criterion, halves in rows:
        given = marks[seat, proposal]
        if criterion is not None:
            given[criterion] = Fraction(halves, 2)
    found: Sheets = defaultdict(dict)
    for (seat, proposal), given in marks.items():
        found[seat][proposal] = sheet_score(round.rules, given)
    return dict(found)


@dataclass(frozen=True)
class Progress:
    """How far the panel is: who sits or sat, what is marked, sheets sealed and still missing."""

    round: Round
    seats: list[Seat]
    proposals: list[Proposal]
    sealed: int
    missing: int
    by_seat: dict[int, int]
    by_proposal: dict[int, int]

    @cached_property
    def totals(self) -> Sheets:
        """The sealed sheets in figures, read where they are asked for."""
        return sheets(self.round)


def progress(round: Round) -> Progress:
    """Counts of sealed sheets; a sheet is missing for each sitting judge who did not step aside."""
    seats = list(round.seats.select_related("account").order_by("account__name", "pk"))
    proposals = list(admitted(round).select_related(None).only("title"))
    keys = {proposal.pk for proposal in proposals}
    handed_in = Review.objects.filter(seat__round=round, stage=stages.SEALED)
    stood_aside = Recusal.objects.filter(seat__round=round)
    pairs = [
        rows.annotate(kind=Value(kind)).values_list("kind", "seat_id", "proposal_id")
        for rows, kind in ((handed_in, SEALED), (stood_aside, ASIDE))
    ]
    found: dict[int, set[tuple[int, int]]] = {SEALED: set(), ASIDE: set()}
    for kind, seat, proposal in pairs[0].union(pairs[1]):
        found[kind].add((seat, proposal))
    sealed = {pair for pair in found[SEALED] if pair[1] in keys}
    sitting = {seat.pk for seat in seats if seat.left_at is None}
    wanted = {(seat, key) for seat in sitting for key in keys} - found[ASIDE]
    return Progress(
        round,
        seats,
        proposals,
        len(sealed),
        len(wanted - sealed),
        dict(Counter(seat for seat, _proposal in sealed)),
        dict(Counter(proposal for _seat, proposal in sealed)),
    )


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


def can_open_review(
    who: Any, round: Round, *, now: datetime, state: Progress | None = None
) -> Verdict:
    """`state` is the round's progress where somebody has read it already; so below."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.SCREENING or "review" not in round.rules.stages:
        return denied(_("现在不能开始评审"))
    if not (done := screening_is_done(round, now=now)):
        return done
    state = state or progress(round)
    if not state.proposals:
        return denied(_("没有通过审查的提案"))
    sitting = sum(seat.left_at is None for seat in state.seats)
    short = round.rules.scoring.min_judges - sitting
    return denied(_("还差%(n)s位评委") % {"n": short}) if short > 0 else ALLOWED


def own_seat(who: Any, round: Round) -> Seat | None:
    """The seat of this person on the round's panel, while she sits."""
    if not who.is_authenticated:
        return None
    return Seat.objects.filter(round=round, account_id=who.pk, left_at__isnull=True).first()


def can_judge(who: Any, round: Round, *, now: datetime, seat: Seat | None = None) -> Verdict:
    """A sitting judge, for herself, while the review is open; `seat` is hers where it is known."""
    if (seat or own_seat(who, round)) is None or who.hand is not None:
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


def can_mark(who: Any, proposal: Proposal, *, now: datetime, seat: Seat | None = None) -> Verdict:
    seat = seat or own_seat(who, proposal.round)
    if not (verdict := can_judge(who, proposal.round, now=now, seat=seat)):
        return verdict
    if proposal.stage != proposal_stages.ADMITTED:
        return denied(_("这件提案没有进入评审"))
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


def reviews_are_done(round: Round, state: Progress | None = None) -> Verdict:
    """Every sitting judge has sealed every sheet, every proposal has enough, minutes are kept."""
    state = state or progress(round)
    if state.missing:
        return denied(_("还差%(n)s份评分") % {"n": state.missing})
    if not (enough := _marks_suffice(round, state)):
        return enough
    if "conferral" in round.rules.stages and not Conferral.objects.filter(round=round).exists():
        return denied(_("还没有合议纪要"))
    return ALLOWED


def _marks_suffice(round: Round, state: Progress) -> Verdict:
    """Enough sheets that count for each proposal, and a panel that the pack's rule can compare."""
    seen = state.totals
    least = round.rules.scoring.min_judges
    for proposal in state.proposals:
        count = sum(own.get(proposal.pk) is not None for own in seen.values())
        if count < least:
            return denied(
                _("“%(title)s”只有%(n)s份评分，少于%(least)s份")
                % {"title": proposal, "n": count, "least": least}
            )
    apart = scoring.disconnected(seen) if round.rules.scoring.mean == "severity" else None
    if apart is not None:
        told = _(
            "评委分成了%(parts)s组，组与组之间没有共同评过的提案，无法比较宽严；"
            "请让其中一位评委加评另一组的提案"
        )
        return denied(told % {"parts": apart["parts"]})
    return ALLOWED


def can_confer(who: Any, round: Round, *, now: datetime) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    return ALLOWED if round.stage == round_stages.REVIEW else denied(_("现在不是评审阶段"))


def can_end_review(
    who: Any, round: Round, *, now: datetime, state: Progress | None = None
) -> Verdict:
    """In a round without optimisation an officer says when the review is over."""
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if round.stage != round_stages.REVIEW or "optimisation" in round.rules.stages:
        return denied(_("本轮的评审随优化阶段开始而结束"))
    if round.review_closed_at:
        return denied(_("评审已经结束"))
    return reviews_are_done(round, state)


def can_open_optimisation(
    who: Any, round: Round, *, now: datetime, state: Progress | None = None
) -> Verdict:
    if not (verdict := can_run(who, round, now=now)):
        return verdict
    if "optimisation" not in round.rules.stages:
        return denied(_("本轮没有优化环节"))
    if round.stage == round_stages.SCREENING and "review" not in round.rules.stages:
        return screening_is_done(round, now=now)
    if round.stage != round_stages.REVIEW:
        return denied(_("评审结束后才能进入优化"))
    return reviews_are_done(round, state)


def can_see_panel(who: Any, round: Round, *, now: datetime) -> Verdict:
    """Staff of the street see who sits and how far they are, never a mark before the end."""
    staff = is_staff(who, round.street, now=now)
    return ALLOWED if staff or own_seat(who, round) else staff


def marks_are_open(round: Round) -> Verdict:
    """Marks of others are shown only after the review has ended."""
    if round.stage in AFTER_REVIEW or round.review_closed_at:
        return ALLOWED
    return denied(_("评审结束前，各评委的分数封存不公开"))
