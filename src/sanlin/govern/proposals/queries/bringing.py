"""Proposals that a street has gathered on paper, as a list: what each says, what would be added."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.commons.orgs.models import Membership, Organisation
from sanlin.commons.places.models import Neighbourhood
from sanlin.commons.places.queries.homes import Places
from sanlin.govern.proposals import rules, stages
from sanlin.govern.proposals.models import Content, Proposal
from sanlin.govern.rounds.models import Round
from sanlin.ground.accounts.models import Account
from sanlin.ground.clock import local_day
from sanlin.ground.sheets import cells
from sanlin.ground.sheets.lists import Change, Column, Fault, Part, Plan, Row, StaffList
from sanlin.kernel.budget import Line
from sanlin.kernel.money import yuan

MOST_PRICE = 10**9
A_TEAM, A_PLACE = "益路同行", "潍坊二村"  # data
CELL_OF = {"need": "need", "goals": "goals", "plan": "plan", "funds": "own_funds"}
TITLE = Column("title", gettext_lazy("提案名称"), cells.text(60), example="楼道小花园")  # data


def _text(name: str, words: Any, most: int) -> Column:
    return Column(name, words, cells.long_text(most))


def _pick(name: str, words: Any, choices: dict[str, str]) -> tuple[Column, ...]:
    """A column of one of these words, where there are any."""
    offered = tuple(choices)
    if not offered:
        return ()
    return (Column(name, words, cells.one_of(choices), choices=offered, example=offered[0]),)


def list_of(round: Round) -> StaffList:
    """The list of this round: its tiers, themes and heads are its drop-downs."""
    book = round.rules
    return StaffList(
        "proposals",
        gettext_lazy("提案"),
        (
            Part(
                gettext_lazy("提案"),
                (
                    TITLE,
                    Column("team", gettext_lazy("团队"), cells.text(80), example=A_TEAM),
                    Column("place", gettext_lazy("居民区"), cells.text(60), example=A_PLACE),
                    *_pick("tier", gettext_lazy("申报类别"), {t.name: t.key for t in book.tiers}),
                    *_pick("theme", gettext_lazy("主题"), {t.name: t.key for t in book.themes}),
                    Column("summary", gettext_lazy("一句话介绍"), cells.text(120)),
                    _text("need", gettext_lazy("需求"), 2000),
                    _text("goals", gettext_lazy("目标"), 2000),
                    Column("beneficiaries", gettext_lazy("谁受益"), cells.text(200)),
                    _text("plan", gettext_lazy("计划"), 4000),
                    Column("starts", gettext_lazy("开始日期"), cells.day, example="2024-05-01"),
                    Column("ends", gettext_lazy("结束日期"), cells.day, example="2024-10-31"),
                    Column(
                        "own_funds",
                        gettext_lazy("自筹金额（元）"),
                        cells.money,
                        required=False,
                        example="500",
                    ),
                    Column(
                        "partners",
                        gettext_lazy("合作伙伴"),
                        cells.long_text(1000),
                        required=False,
                    ),
                ),
                key=("title", "team"),
            ),
            Part(
                gettext_lazy("预算"),
                (
                    TITLE,
                    *_pick(
                        "head",
                        gettext_lazy("支出科目"),
                        {h.name: h.key for h in book.heads if not h.forbidden},
                    ),
                    Column("what", gettext_lazy("用途"), cells.text(60), example="花箱"),  # data
                    Column("price", gettext_lazy("单价（元）"), cells.money, example="80"),
                    Column("quantity", gettext_lazy("数量"), cells.whole(1, 100_000), example="20"),
                ),
            ),
        ),
    )


@dataclass
class Brought:
    """One new proposal: whose, for which place, in whose name, and all it says."""

    team: Organisation
    place: Neighbourhood
    author: Account
    content: Content


@dataclass
class Understood:
    plan: Plan = field(default_factory=Plan)
    brought: list[Brought] = field(default_factory=list)


def plan_proposals(parts: list[list[Row]], round: Round, *, by: Any, now: datetime) -> Plan:
    return understand(parts, round, now=now).plan


def understand(parts: list[list[Row]], round: Round, *, now: datetime) -> Understood:
    """Every proposal of a list, and what is new. What is there must be the same, word for word:
    a team's proposal is changed by the team."""
    done, known = Understood(), _Known(round, now=now)
    lines = _lines(parts, done.plan)
    asked: dict[int, int] = defaultdict(int)
    for row in parts[0]:
        found = known.brought(row, tuple(lines[row["title"]]))
        if isinstance(found, Fault):
            done.plan.faults.append(found)
            continue
        content, there = found.content, known.there.get((found.team.pk, row["title"]))
        if there is not None and there.content == content:
            done.plan.changes.append(Change(row, "unchanged", content.title))
            continue
        asked[found.team.pk] += content.budget.asked
        if faults := known.faults(row, found, there, asked[found.team.pk]):
            done.plan.faults += faults
            continue
        done.brought.append(found)
        what = f"{found.team}，{yuan(content.budget.asked)}"
        done.plan.changes.append(Change(row, "added", content.title, what))
    return done


def _lines(parts: list[list[Row]], plan: Plan) -> dict[str, list[Line]]:
    """The budget lines of each title; a fault for a title that is not on the list, or on it twice."""
    teams: dict[str, int] = defaultdict(int)
    for row in parts[0]:
        teams[row["title"]] += 1
    lines: dict[str, list[Line]] = defaultdict(list)
    for row in parts[1]:
        if teams[row["title"]] != 1:
            plan.faults.append(
                row.fault("title", _("“提案”表里要有一份、也只有一份叫这个名称的提案"))
            )
        elif not 1 <= row["price"] <= MOST_PRICE:
            plan.faults.append(row.fault("price", _("单价要大于0")))
        else:
            head = row.values.get("head") or ""
            lines[row["title"]].append(Line(head, row["what"], row["price"], row["quantity"]))
    return lines


class _Known:
    """Teams, leaders and proposals of the round's street, read once."""

    def __init__(self, round: Round, *, now: datetime) -> None:
        self.round, self.now = round, now
        self.places = Places(round.street, now=now)
        rows = Organisation.objects.filter(street=round.street_id).select_related("street")
        self.teams = {one.name: one for one in rows}
        leading = Membership.objects.on(local_day(now)).filter(
            organisation__in=self.teams.values(), leads=True
        )
        self.leaders: dict[int, Account] = {}
        for row in leading.select_related("account").order_by("since", "pk"):
            self.leaders.setdefault(row.organisation_id, row.account)
        proposals = Proposal.objects.filter(round=round).exclude(stage=stages.WITHDRAWN)
        self.there = {
            (one.team_id, one.title): one
            for one in proposals.prefetch_related("lines", "photos")
            if one.title
        }

    def brought(self, row: Row, lines: tuple[Line, ...]) -> Brought | Fault:
        place = self.places.find(row, "place")
        if isinstance(place, str):
            return row.fault("place", place)
        team = self.teams.get(row["team"])
        if team is None:
            return row.fault("team", _("本街道没有这个团队，请先登记或导入团队"))
        leader = self.leaders.get(team.pk)
        if leader is None:
            return row.fault("team", _("这个团队还没有负责人，请先补上"))
        content = Content(
            title=row["title"],
            summary=row["summary"],
            tier=row.values.get("tier") or "",
            theme=row.values.get("theme") or "",
            need=row["need"],
            goals=row["goals"],
            beneficiaries=row["beneficiaries"],
            plan=row["plan"],
            starts=row["starts"].isoformat(),
            ends=row["ends"].isoformat(),
            lines=lines,
            own_funds=row["own_funds"] or 0,
            partners=row["partners"] or "",
        )
        return Brought(team, place, leader, content)

    def faults(self, row: Row, found: Brought, there: Proposal | None, asked: int) -> list[Fault]:
        """Why this proposal cannot be handed in, each at its cell."""
        if there is not None:
            return [row.fault("title", _("已有同名的提案，内容不同；请由团队修改，或换一个名称"))]
        may = rules.can_begin_for(found.author, self.round, found.team, found.place, now=self.now)
        if not may:
            return [row.fault("team", may.reason)]
        fresh = Proposal(round=self.round, team=found.team)
        lacking = [
            row.fault(CELL_OF.get(one.step, "title"), one.sentence)
            for one in rules.missing(fresh, found.content)
        ]
        cap = self.round.rules.team_cap
        if cap is not None and not lacking and rules.asked_by_team(fresh) + asked > cap:
            most = {"most": yuan(cap)}
            lacking.append(row.fault("team", _("本团队合计超过每个团队的上限%(most)s") % most))
        return lacking
