"""What the front door says: what is on near me, what waits for me, what was decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Sum,
    prefetch_related_objects,
)
from django.urls import reverse
from django.utils.translation import gettext as _

from sanlin.commons.orgs.rules import teams_of
from sanlin.commons.people.rules import residence
from sanlin.commons.places.models import Street
from sanlin.govern.awards import stages as award_stages
from sanlin.govern.awards.models import Award, Objection
from sanlin.govern.awards.queries import explain, published, standing
from sanlin.govern.ballots.queries import keys_awaited, my_vote, turnout
from sanlin.govern.ballots.rules import has_paper, roll_of
from sanlin.govern.growth.queries import waiting_for_team as growing
from sanlin.govern.projects.queries import waiting_for_team
from sanlin.govern.proposals import stages as proposal_stages
from sanlin.govern.proposals.models import Proposal
from sanlin.govern.rounds import stages
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries import timeline
from sanlin.ground.clock import local_day
from sanlin.ground.journal.models import HOUSE
from sanlin.ground.ui import words as written
from sanlin.kernel.money import yuan

ON = (
    stages.CALL,
    stages.SCREENING,
    stages.REVIEW,
    stages.OPTIMISATION,
    stages.VOTE,
    stages.DECISION,
    stages.NOTICE,
)
DECIDED = (stages.NOTICE, stages.RUNNING, stages.CLOSED)
WRITTEN = (stages.CALL, stages.SCREENING, stages.OPTIMISATION)  # when teams write
MOST = 30  # rounds on the front page


BEFORE_THE_COUNT = (stages.SCREENING, stages.REVIEW, stages.OPTIMISATION, stages.VOTE)


@dataclass(frozen=True)
class Line:
    """One cell: what, where it leads, a note below it, a state at its end and its colour."""

    title: str
    href: str
    note: str = ""
    state: str = ""
    kind: str = "plain"


def at(name: str, *args: Any) -> str:
    """The address of a page about something."""
    return reverse(name, args=args)


# --- near me -------------------------------------------------------------------------------------


def my_street(who: Any, chosen: str, *, now: datetime) -> Street | None:
    """Where I live; else the street chosen on this device (its key as text); else None."""
    lives = residence(who)
    if lives is not None and not lives.left(local_day(now)):
        return lives.neighbourhood.street
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 10:
        return Street.objects.filter(pk=int(chosen)).first()
    return None


def streets_with_rounds() -> list[Street]:
    """The streets that one can choose among."""
    opened = Round.objects.filter(street=OuterRef("pk"), frozen__isnull=False)
    return list(Street.objects.filter(Exists(opened)).select_related("district").order_by("code"))


def rounds_near(street: Street | None, stage: str = "") -> list[Round]:
    """The opened rounds of a street, or of all streets, the newest first; or those at a stage."""
    rows = Round.objects.exclude(stage=stages.DRAFT).filter(frozen__isnull=False)
    if street is not None:
        rows = rows.filter(street=street)
    if stage:
        rows = rows.filter(stage=stage)
    near = rows.select_related("street", "roll").prefetch_related("windows")
    return list(near.order_by("-pk")[:MOST])


def going_on(rounds: Iterable[Round], *, now: datetime) -> list[Line]:
    """The rounds that are open, each with its stage and what is left of it; one whose result hangs
    out for objections leads to it."""
    return [
        Line(
            round.name,
            at("awards:notice" if round.stage == stages.NOTICE else "portal:round", round.pk),
            _until(round, now),
            round.stage_label,
            "now",
        )
        for round in rounds
        if round.stage in ON
    ]


def _until(round: Round, now: datetime) -> str:
    window = next((one for one in round.windows.all() if one.stage == round.stage), None)
    if window is None:
        return str(round.street)
    dates = written.span(window.opens, window.closes)
    return f"{round.street} · {dates} {written.left(now, window.closes)}"


def decided(rounds: Iterable[Round]) -> list[Line]:
    """The rounds whose outcome stands: how many projects and how much."""
    done = {round.pk: round for round in rounds if round.stage in (stages.RUNNING, stages.CLOSED)}
    figures = (
        Award.objects.filter(
            decision__round__in=done,
            decision__stage="published",
            stage=award_stages.STANDING,
        )
        .values_list("decision__round")
        .annotate(Count("pk"), Sum("grant"))
        .order_by("decision__round")
    )
    found = {pk: (n, grant) for pk, n, grant in figures} if done else {}
    return [_decided(round, *found.get(pk, (0, 0))) for pk, round in done.items()]


def _decided(round: Round, n: int, grant: int) -> Line:
    said = _("%(n)s个项目立项，共%(sum)s") % {"n": n, "sum": yuan(grant)}
    href = at("portal:round", round.pk)
    return Line(round.name, href, f"{round.street} · {said}", round.stage_label, "done")


# --- what waits for me ---------------------------------------------------------------------------


def my_teams(who: Any, *, now: datetime) -> list[int]:
    """Keys of the organisations that I lead."""
    return [team for team, leads in teams_of(who, now=now).items() if leads]


def my_proposals(who: Any, *, now: datetime) -> list[Proposal]:
    """Proposals of the teams that I lead, the newest first."""
    teams = my_teams(who, now=now)
    if not teams:
        return []
    rows = Proposal.objects.filter(team__in=teams).exclude(stage=proposal_stages.WITHDRAWN)
    return list(rows.select_related("round", "team").order_by("-pk")[:MOST])


def unfinished(proposals: Iterable[Proposal], *, now: datetime) -> list[Line]:
    """Drafts while the call is open, returned ones, and admitted ones in the optimisation."""
    open_ = [one for one in proposals if one.round.stage in WRITTEN]
    prefetch_related_objects(open_, "round__windows")
    return [
        Line(
            str(proposal),
            at("proposals:overview", proposal.pk),
            said,
            proposal.stage_label,
            "waiting",
        )
        for proposal in open_
        if (said := _to_do(proposal, now))
    ]


def _to_do(proposal: Proposal, now: datetime) -> str:
    where = (proposal.stage, proposal.round.stage)
    window = next(
        (w for w in proposal.round.windows.all() if w.stage == proposal.round.stage), None
    )
    left = written.left(now, window.closes) if window else ""
    if where == (proposal_stages.DRAFT, stages.CALL):
        return _("草稿还没有提交，%(left)s") % {"left": left}
    if proposal.stage == proposal_stages.RETURNED:
        return _("退回补正，请按意见改好后再交")
    if where == (proposal_stages.ADMITTED, stages.OPTIMISATION):
        return _("可以按评审意见修改，%(left)s") % {"left": left}
    return ""


def votes(
    who: Any, rounds: Iterable[Round], *, cookies: Mapping[str, str], now: datetime
) -> list[Line]:
    """The votes that are open to me: not begun, chosen and not cast; each with what is left of it, so
    that its round need not be told once more."""
    if not who.is_authenticated:
        return []
    found = []
    for round in rounds:
        if round.stage != stages.VOTE:
            continue
        window = round.window(stages.VOTE)
        if (roll := roll_of(round)) and window:
            roll.closes = window.closes  # known already, so that no vote asks again
        mine = my_vote(who, round, cookies=cookies, now=now)
        if mine["state"] in ("draft", "waiting"):
            state = _("尚未投出") if mine["state"] == "draft" else _("尚未投票")
            until = written.span(None, window.closes) if window and window.closes else ""
            note = " · ".join(filter(None, [mine["sentence"], until]))
            if window:
                note = f"{note} {written.left(now, window.closes)}".rstrip()
            found.append(Line(round.name, at("ballots:booth", round.pk), note, state, "waiting"))
    return found


def keys_of_boxes(who: Any, rounds: Iterable[Round], *, now: datetime) -> list[Line]:
    """Ballot boxes that wait for a resident who keeps a key of theirs: asked only where a pack knows
    such a keeper."""
    kept = [
        round.pk
        for round in rounds
        if round.stage in BEFORE_THE_COUNT and b"two_of_three" in bytes(round.frozen or b"")
    ]
    if not kept or not who.is_authenticated:
        return []
    return [
        Line(
            key.round.name,
            at("ballots:box" if to_open else "ballots:keys", key.round_id),
            _("票箱等您的口令") if to_open else _("请设置票箱钥匙的口令"),
            _("票箱钥匙"),
            "waiting",
        )
        for key, to_open in keys_awaited(who, kept)
    ]


def of_projects(who: Any, *, now: datetime) -> list[Line]:
    """What the projects of my teams ask for: a signature, another receipt, a report, money back."""
    steps = waiting_for_team(who, now=now)[:MOST]
    return [Line(str(one.project), one.href, one.why, one.words, "waiting") for one in steps]


def of_growth(who: Any, *, now: datetime) -> list[Line]:
    """Advice that the projects of my teams have still to carry out, and meetings to write down."""
    return [
        Line(one.title, one.href, one.why, _until_day(one.due), "waiting")
        for one in growing(who, now=now)[:MOST]
    ]


def _until_day(due: datetime | None) -> str:
    return _("%(day)s前") % {"day": written.day(due)} if due else ""


# --- what came of my own -------------------------------------------------------------------------


def my_awards(who: Any, *, now: datetime) -> tuple[list[Line], list[Line]]:
    """One sentence for each proposal of mine in a published decision, and what I objected to and
    whether it was answered; asked for together."""
    teams = set(my_teams(who, now=now))
    own = Q(proposal__team__in=teams, decision__stage="published")
    mine = FilteredRelation("objections", condition=Q(objections__account_id=who.pk))
    rows = (
        Award.objects.annotate(mine=mine)
        .annotate(objected=F("mine__stage"), answered=F("mine__answer"))
        .filter(own | Q(mine__isnull=False))
        .select_related("proposal", "decision__round")
        .order_by("-pk", "-mine__pk")[:MOST]
    )
    outcomes = {
        award.pk: Line(
            award.proposal.title,
            at("awards:award", award.pk),
            str(explain(award, award.decision.round.rules, {})),
            award.stage_label,
            "done" if award.stage == award_stages.STANDING else "plain",
        )
        for award in rows
        if award.proposal.team_id in teams and award.decision.stage == "published"
    }
    objections = [
        Line(
            str(award.proposal),
            at("awards:award", award.pk),
            award.answered,
            Objection(stage=award.objected).stage_label,
            "waiting" if award.objected == award_stages.OPEN else "done",
        )
        for award in rows
        if award.objected
    ]
    return list(outcomes.values()), objections


# --- one round -----------------------------------------------------------------------------------

# The page that holds what came of a stage, for each stage that has one.
RECORDS = {
    stages.CALL: "proposals:list",
    stages.SCREENING: "proposals:list",
    stages.VOTE: "ballots:turnout",
    stages.NOTICE: "awards:notice",
    stages.RUNNING: "projects:list",
}


def hub(round: Round, who: Any, *, cookies: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """The line of a round's stages: what came out of the past ones, what one can do in the present.

    The present one has one verb at most, and only where this person could use it.
    """
    steps = timeline(round, now=now)
    counted = _counted(round)
    came_out = _came_out(round, counted)
    has_notice = round.stage in DECIDED and published(round) is not None
    for step in steps:
        if step["key"] == stages.NOTICE and not has_notice:
            continue
        if step["state"] != "later" and (record := RECORDS.get(step["key"])):
            step["href"] = at(record, round.pk)
        if step["state"] == "past":
            step["words"] = " ".join(filter(None, [came_out.get(step["key"]), step["words"]]))
        if step["state"] == "now":
            step.update(_verb(step["key"], round, who, cookies, now))
    on_paper = round.stage == stages.VOTE and bool(has_paper(round))
    return {
        "steps": steps,
        "figures": _figures(round, counted),
        "on_paper": on_paper,
        "carried_out": round.stage in (stages.RUNNING, stages.CLOSED),
    }


def _counted(round: Round) -> dict[str, Any]:
    """Of what was handed in: how many, by how many teams, for how much, how many admitted."""
    handed_in = Proposal.objects.filter(round=round, number__isnull=False)
    return handed_in.exclude(stage=proposal_stages.WITHDRAWN).aggregate(
        n=Count("pk"),
        asked=Sum("asked"),
        teams=Count("team", distinct=True),
        admitted=Count("pk", filter=Q(stage=proposal_stages.ADMITTED)),
    )


def _came_out(round: Round, counted: dict[str, Any]) -> dict[str, str]:
    """One sentence for each stage that has ended."""
    reached = stages.COURSE.index(round.stage) if round.stage in stages.COURSE else 0
    said = {
        stages.CALL: _("收到%(n)s份提案，共申请%(sum)s。")
        % {"n": counted["n"], "sum": yuan(counted["asked"] or 0)},
        stages.SCREENING: _("%(n)s份通过审查。") % {"n": counted["admitted"]},
    }
    if stages.VOTE in round.rules.stages and reached > stages.COURSE.index(stages.VOTE):
        cast, size = turnout(round)
        if size:
            said[stages.VOTE] = _("名册%(size)s人，%(cast)s人投票。") % {"size": size, "cast": cast}
    if round.stage in DECIDED:
        funded = standing(round).aggregate(n=Count("pk"), sum=Sum("grant"))
        said[stages.DECISION] = _("%(n)s个项目立项，共%(sum)s") % {
            "n": funded["n"],
            "sum": yuan(funded["sum"] or 0),
        }
    return said


def _figures(round: Round, counted: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (_("提案数"), str(counted["n"])),
        (_("团队数"), str(counted["teams"])),
        (_("申请"), yuan(counted["asked"] or 0)),
    ]
    if round.rules.budget is not None:
        found.append((_("本轮资金"), yuan(round.rules.budget)))
    return found


def _verb(
    stage: str, round: Round, who: Any, cookies: Mapping[str, str], now: datetime
) -> dict[str, str]:
    if stage == stages.CALL:
        return {"verb_words": _("写提案"), "verb_href": at("proposals:begin", round.pk)}
    if stage == stages.VOTE:
        return _voting(round, who, cookies, now)
    if stage == stages.NOTICE:
        return {"verb_words": _("看结果"), "verb_href": at("awards:notice", round.pk)}
    return {}


def _voting(round: Round, who: Any, cookies: Mapping[str, str], now: datetime) -> dict[str, str]:
    href = at("ballots:booth", round.pk)
    if not who.is_authenticated:
        return {"verb_words": _("登录后投票"), "verb_href": href}
    mine = my_vote(who, round, cookies=cookies, now=now)
    words: dict[str, Callable[[], str]] = {
        "draft": lambda: _("继续投票"),
        "waiting": lambda: _("投票"),
        "again": lambda: _("更改选票"),
    }
    said = {"words": mine["sentence"]}
    if mine["state"] not in words:
        return said
    return {**said, "verb_words": words[mine["state"]](), "verb_href": href}


def log_name(log: str) -> tuple[str, str] | None:
    """(title, where it leads back to) of the public pages of a log; None while its round is a draft
    and for a log that there is not."""
    kind, _slash, key = log.partition("/")
    if log == HOUSE:
        return _("轮次以外的办理"), reverse("portal:home")
    if kind != "round" or not key:
        return None
    round = Round.objects.filter(pk=int(key)).exclude(stage=stages.DRAFT).first()
    return (round.name, reverse("portal:round", args=[round.pk])) if round else None
