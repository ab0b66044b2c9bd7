"""社区营造 over two years: a hundred projects, evaluation, elimination with incentive; then fewer and larger.

The programme's figures are published (a hundred projects, 100,000 yuan a project, 300,000 a community,
more than a third rural); its places, teams, sums and grades here are invented and numbered. It is
played by the same verbs as every round, on the demonstration's own clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from sanlin.commons.orgs.models import Membership, Organisation, OrganisationKind
from sanlin.commons.people import actions as people
from sanlin.commons.people.models import Particulars, PostKind, Term
from sanlin.commons.places.models import (
    Building,
    District,
    Estate,
    Home,
    Neighbourhood,
    Stair,
    Street,
)
from sanlin.govern.awards import actions as awards
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.growth import queries as growth
from sanlin.govern.growth.actions import take_over
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.actions.receipts import Slip
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.models import Instalment, Project
from sanlin.govern.projects.queries import fund_of
from sanlin.govern.projects.rules import owed_back
from sanlin.govern.projects.stages import DUE
from sanlin.govern.proposals import actions as proposals
from sanlin.govern.proposals.actions.screening import Found
from sanlin.govern.proposals.models import Answer, Proposal, Result
from sanlin.govern.proposals.queries.bringing import list_of
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round, read_pack
from sanlin.govern.rounds.queries.packs import shipped, text_for_next
from sanlin.govern.rounds.rules.windows import span
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.ground.sheets import lists
from sanlin.ground.sheets.reader import Sheet
from sanlin.kernel.budget import Line
from sanlin.kernel.money import yuan

from . import slips
from .cast import MONEY, at, entrust

LONG_AGO = date(2015, 1, 1)
STREET = "营造演示街道"
PACK = "yingzao"
YEAR_ONE, YEAR_TWO = "社区营造第一年", "社区营造第二年"
VILLAGES, TOWNS = 15, 25
FEN = 100
BUDGET = 8_000_000 * FEN
# Who leads the project that is left to be evaluated, and one that did well.
READER, GOOD, PASSWORD = "yingzao", "linpan", "sanlin-demo"
PASSPHRASES = {"zhou": "demo-key-of-zhou", "qian": "demo-key-of-qian"}
# What no source prints, and an officer has to set.
VALUES: dict[str, object] = {
    "budget": BUDGET,
    "stages.review": False,
    "stages.optimisation": False,
    "award.method": "votes",
}


@transaction.atomic
def year_one() -> Round:
    """A hundred projects with their money, all but one of them settled; in every place the last one
    fails. The one that is left has had its first instalment and a midterm that it just passed."""
    zhou, qian = _officers()
    street = _street(zhou, qian)
    editions = shipped()[PACK]
    round = rounds.create(
        street,
        YEAR_ONE,
        2016,
        editions[min(editions)][1],
        by=zhou,
        now=at(date(2016, 1, 8)),
    )
    asked = [(name, place, 80_000) for name, place in _wanted(street)]
    first = date(2016, 1, 9)
    round = _decide(_call(round, VALUES, asked, first, zhou), first, zhou, qian)
    standing = _projects(round)
    last_of_place = {one.place.pk: one.pk for one in standing}
    poor = set(last_of_place.values())
    # A step of all, then the next of all: vouchers are numbered as they are booked.
    for one in standing:
        _sign(one, zhou, at(date(2016, 4, 1)))
    for one in standing:
        _pay(one, zhou, qian, at(date(2016, 4, 8)))
    for number, one in enumerate(standing):
        mark = 60 if one.pk in poor else 70 + number % 25
        _evaluate(one, mark, zhou, "midterm", date(2016, 7, 1))
    for number, one in enumerate(standing[:-1]):
        _spend(one, number, zhou, qian)
    for number, one in enumerate(standing[:-1]):
        mark = 45 if one.pk in poor else 70 + number % 25
        _evaluate(one, mark, zhou, "closing", date(2016, 12, 2))
    for one in standing[:-1]:
        _settle(one, zhou, qian)
    for one, username in ((standing[0], GOOD), (standing[-1], READER)):
        leader = _leader(one)
        leader.username = username
        leader.set_password(PASSWORD)
        leader.save()
    clock.set_demo_time(at(date(2016, 12, 5)))
    return round


@transaction.atomic
def next_year() -> Round:
    """The draft of the second year, once the project that was left has failed and is settled: what the
    book proposes waits on the page of the first year."""
    zhou, qian = _officers()
    round = Round.objects.select_related("street").get(name=YEAR_ONE)
    standing = _projects(round)
    left = standing[-1]
    _spend(left, len(standing) - 1, zhou, qian)
    _evaluate(left, 45, zhou, "closing", date(2016, 12, 6))
    _settle(left, zhou, qian)
    clock.set_demo_time(now := at(date(2017, 1, 3)))
    text = text_for_next(round.pack, round.pack_text, now.date())
    assert text is not None
    return rounds.create(round.street, YEAR_TWO, 2017, text, previous=round, by=zhou, now=now)


@transaction.atomic
def year_two() -> Round:
    """The second year as far as its projects: the officer takes every figure that the book proposes but
    the total, which stays what it was."""
    draft = next_year()
    zhou, _qian = _officers()
    before = draft.previous
    assert before is not None
    year = growth.year_of(before)
    proposed = growth.proposal_for(year, BUDGET)
    assert proposed is not None
    values = growth.values_for(proposed, growth.tiers_for(year, BUDGET), BUDGET, draft)
    typed = {"budget": values.pop("budget")}
    now = at(date(2017, 1, 4))
    draft = take_over(_again(draft), values, typed, by=zhou, now=now)
    return second_decision(second_call(_with_before(draft)))


def _with_before(round: Round) -> Round:
    return Round.objects.select_related("street", "previous").get(pk=round.pk)


@transaction.atomic
def second_call(draft: Round) -> Round:
    """The draft as an officer has left it, opened: the teams that passed bring something new."""
    zhou, _qian = _officers()
    before = draft.previous
    assert before is not None
    passed = Project.objects.whole().filter(round=before).exclude(grade="poor").order_by("number")
    each = int(draft.officer_values["budget"]) // passed.count() // FEN // 1000 * 1000
    asked = [(str(one.team), one.place, each) for one in passed]
    first = date(2017, 1, 6)
    round = _call(draft, {**VALUES, **draft.officer_values}, asked, first, zhou)
    clock.set_demo_time(at(first + timedelta(days=6)))
    return round


@transaction.atomic
def second_decision(round: Round) -> Round:
    """What was brought is admitted, with a word on each that its team was granted money before."""
    zhou, qian = _officers()
    round = _decide(round, date(2017, 1, 6), zhou, qian)
    clock.set_demo_time(at(date(2017, 3, 20)))
    return round


def _hand(username: str) -> Account:
    found: Account = Account.objects.get(username=username)
    return found


def _officers() -> tuple[Account, Account]:
    return Account.objects.get(username="zhou"), Account.objects.get(username="qian")


def _street(zhou: Account, qian: Account) -> Street:
    """A district of its own with forty communities, and one neighbour in each."""
    now = at(date(2016, 1, 2))
    fang = Account.objects.get(username="fang")
    district = District.objects.create(
        name="营造演示区", province="四川省", city="成都市", code="510199"
    )
    people.install(district, fang, by=None, now=now)
    street = Street.objects.create(name=STREET, district=district, code="510199001")
    money = Account.objects.filter(username__in=MONEY).order_by("pk")
    for one in (zhou, qian, *money):
        one.refresh_from_db()
        term = Term(since=LONG_AGO)
        people.appoint(
            PostKind.STREET_OFFICER, street, one.name, one.phone.reveal(), term, by=fang, now=now
        )
        one.memo.clear()
    for number in range(1, VILLAGES + TOWNS + 1):
        kind = "村" if number <= VILLAGES else "社区"
        place = Neighbourhood.objects.create(
            street=street, name=f"演示{number:02d}{kind}", code=f"510199001{number:03d}"
        )
        estate = Estate.objects.create(neighbourhood=place, name="院落")
        building = Building.objects.create(estate=estate, number="1号")
        stair = Stair.objects.create(building=building, number="1单元")
        home = Home.objects.create(stair=stair, room="101")
        told = Particulars(f"营造邻居{number:02d}号", date(1970, 1, 1 + number % 28), home)
        people.add(place, told, by=zhou, now=now)
    return street


def _wanted(street: Street) -> list[tuple[str, Neighbourhood]]:
    """104 teams with a wish each: three in every village, two or three in the communities in town,
    and four more in four villages, which the cap of a community leaves out."""
    found: list[tuple[str, Neighbourhood]] = []
    places = list(street.neighbourhoods.order_by("code"))
    for taking_part in (places, places, places[: VILLAGES + 5], places[:4]):
        for place in taking_part:
            found.append((f"营造{len(found) + 1:03d}号", place))
    for name, place in found:
        made = Organisation.objects.create(
            street=street,
            name=name,
            kind=OrganisationKind.TEAM,
            neighbourhood=place,
            founded=LONG_AGO,
        )
        leader = place.residents.order_by("pk")[0].account_id
        Membership.objects.create(organisation=made, account_id=leader, leads=True, since=LONG_AGO)
    return found


def _call(
    round: Round,
    values: dict[str, object],
    asked: list[tuple[str, Neighbourhood, int]],
    first: date,
    zhou: Account,
) -> Round:
    """From the draft to a call with all that is asked; every part of the round is a few days long."""
    told = {"by": zhou, "now": at(first)}
    pack = read_pack(round.pack_text)
    whole = {**pack.suggestions(), **values}
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in whole.items()}
    round = rounds.amend(round, name=round.name, year=round.year, values=plain, **told)
    days = {"call": (0, 29), "screening": (30, 39), "vote": (40, 46), "running": (70, 339)}
    spans = {
        part: span(first + timedelta(days=a), first + timedelta(days=b))
        for part, (a, b) in days.items()
    }
    rounds.set_windows(round, spans, **told)
    round = rounds.open_call(round, by=zhou, now=at(first, 11))
    _bring(round, asked, zhou, at(first + timedelta(days=5)))
    return round


def _decide(round: Round, first: date, zhou: Account, qian: Account) -> Round:
    """From a call with everything in it to confirmed projects."""
    rounds.close_call(round, by=None, now=at(first + timedelta(days=30), 9))
    checks = {check.code: Found(Answer.FULFILLED) for check in round.rules.checks}
    word = "同一团队，上一年的事已做完，今年是另一件" if round.previous_id else ""
    told = {"double": word, "by": zhou, "now": at(first + timedelta(days=31))}
    for one in Proposal.objects.filter(round=round).select_related("round__street", "team"):
        proposals.screen(one, Result.ADMIT, checks, **told)
    return _vote(_again(round), first, zhou, qian)


def _bring(
    round: Round, asked: list[tuple[str, Neighbourhood, int]], by: Account, now: datetime
) -> None:
    """All proposals at once, as the street gathers them on paper."""
    main, budget = list_of(round).parts
    tiers = [tier.name for tier in round.rules.tiers]
    themes = [theme.name for theme in round.rules.themes]
    head = next(h.name for h in round.rules.heads if not h.forbidden and not h.max_share)
    rows: list[Any] = []
    lines: list[Any] = []
    for number, (name, place, money) in enumerate(asked):
        village = place.name.endswith("村")
        wish = _wish(round.year, number, place)
        said = {
            "title": f"{name}：{wish.what}",
            "team": name,
            "place": place.name,
            "tier": tiers[0] if village else tiers[1],
            "theme": themes[number % len(themes)],
            "summary": wish.summary,
            "need": wish.need,
            "goals": wish.goals,
            "beneficiaries": place.name,
            "plan": wish.plan,
            "starts": f"{round.year}-03-01",
            "ends": f"{round.year}-11-30",
            "own_funds": 0,
            "partners": "",
        }
        rows.append([said[column.name] for column in main.columns])
        lines.append([said["title"], head, wish.wares, float(money), 1.0])
    read = [
        Sheet("提案", _sheet(main, rows)),
        Sheet("预算", _sheet(budget, lines)),
    ]
    checked = lists.check(list_of(round), read)
    assert not checked.faults, checked.faults[0]
    proposals.import_proposals(round, checked.parts, by=by, now=now)


@dataclass(frozen=True)
class Wish:
    """What one team wants to do in one year, in its own words."""

    what: str
    summary: str
    need: str
    goals: str
    plan: str
    wares: str


# (what, where, who does it, the need, the end, the wares), of the first year and of the second.
WISHES = (
    (
        "院落议事会",
        "院坝",
        "楼组长",
        "院门谁来锁、车停哪里，吵了两年没有结论",
        "定下十条公约并张榜",
        "桌椅和展板",
    ),
    (
        "林盘小学堂",
        "祠堂旁的空屋",
        "返乡青年",
        "放学后孩子没人看，老人又教不了作业",
        "每周三个下午有人陪读",
        "书架和台灯",
    ),
    (
        "沟渠巡护队",
        "斗渠两岸",
        "种田的老把式",
        "雨季淤泥堵水，下游十几亩菜地年年受淹",
        "清淤三公里并立巡护牌",
        "雨靴和铁锹",
    ),
    (
        "口述村史",
        "老茶铺",
        "退休教师",
        "会讲老故事的人越来越少，照片散在各家",
        "录下四十位长者的讲述",
        "录音笔和相册",
    ),
    (
        "共享菜园",
        "围墙边的荒地",
        "爱种菜的婆婆",
        "建筑垃圾堆了几年，夏天蚊子多",
        "分成三十块小园轮流种",
        "种苗和水管",
    ),
)
SECOND_WISHES = (
    (
        "院落互助金",
        "议事角",
        "上届公约执行人",
        "公约有了却缺维修的小钱，灯坏了半月没人换",
        "建起按月公示的互助账本",
        "公示栏和工具箱",
    ),
    (
        "乡土研学路",
        "竹林小道",
        "青年讲解员",
        "城里家庭周末来了找不到路，也不知看什么",
        "开出两条路线接待二十批客人",
        "路牌和折页",
    ),
    (
        "雨水花园",
        "低洼的晒坝",
        "巡护队员",
        "沟通了以后坝子仍积水，老人绕行怕滑倒",
        "铺透水砖并栽耐湿的草木",
        "透水砖和草苗",
    ),
    (
        "社区剧社",
        "文化活动室",
        "讲故事的长者和中学生",
        "录下的故事只存在硬盘里，年轻人没听过",
        "排出一台小戏巡演八场",
        "音响和服装",
    ),
    (
        "邻里厨房",
        "菜园边的老屋",
        "轮值的菜农",
        "独居老人一天只做一顿饭，菜却吃不完",
        "每周两次共餐照顾二十五位老人",
        "灶具和餐盘",
    ),
)


def _wish(year: int, number: int, place: Neighbourhood) -> Wish:
    """A text for every team; none of the second year is nearly the same as one of the first."""
    wishes = WISHES if year == 2016 else SECOND_WISHES
    what, where, who, need, end, wares = wishes[number % len(wishes)]
    asked, agreed = 24 + number, 15 + number * 2 // 3
    return Wish(
        what,
        f"{who}在{where}办起{what}",
        f"{place.name}：{need}。我们问了{asked}户，{agreed}户愿意出力。",
        f"{end}；{place.name}有{8 + number % 9}人长期参加。",
        f"由{who}牵头，第{1 + number % 3}季度起在{where}动手，账目贴在{place.name}。",
        f"{place.name}{wares}",
    )


def _sheet(part: Any, rows: list[Any]) -> list[Any]:
    """The head of a list's sheet and its rows."""
    return [[str(column.words) for column in part.columns], *rows]


def _vote(round: Round, first: date, zhou: Account, qian: Account) -> Round:
    begin = at(first + timedelta(days=40))
    for keeper in (zhou, qian):
        ballots.set_passphrase(round, PASSPHRASES[keeper.username], by=keeper, now=begin)
    ballots.open_vote(_again(round), by=zhou, now=begin)
    for place in round.street.neighbourhoods.order_by("code")[:6]:
        mine = Proposal.objects.filter(round=round, neighbourhood=place).order_by("number")
        chosen = [one.pk for one in mine[:2]]
        voter = place.residents.order_by("pk")[0].account
        ballots.cast(_again(round), chosen, by=voter, now=begin + timedelta(hours=3))
    end = at(first + timedelta(days=47))
    ballots.close_vote(_again(round), by=zhou, now=end)
    for keeper in (zhou, qian):
        ballots.give_key(_again(round), PASSPHRASES[keeper.username], by=keeper, now=end)
    decision = awards.decide(_again(round), by=zhou, now=end)
    for keeper in (zhou, qian):
        awards.sign(decision, by=keeper, now=end)
    decision.refresh_from_db()
    posted = awards.publish(decision, by=zhou, now=end + timedelta(hours=1))
    end = posted.closes + timedelta(hours=1)
    projects.confirm(_again(round), by=zhou, now=end)
    fund = fund_of(round)
    assert fund is not None
    entrust(fund, end)
    return _again(round)


def _again(round: Round) -> Round:
    return Round.objects.select_related("street").get(pk=round.pk)


def _projects(round: Round) -> list[Project]:
    return list(Project.objects.whole().filter(round=round).order_by("undertaking__title"))


def _fresh(one: Project) -> Project:
    found: Project = Project.objects.whole().get(pk=one.pk)
    return found


def _leader(one: Project) -> Account:
    return Account.objects.get(pk=one.award.proposal.author_id)


def _sign(one: Project, zhou: Account, now: datetime) -> None:
    """The team, the committee (a worker who is made for it), the street."""
    worker = _worker(one.place, zhou, now)
    for hand in (_leader(one), worker, _hand("cao")):
        projects.sign(_fresh(one), by=hand, now=now)


def _worker(place: Neighbourhood, zhou: Account, now: datetime) -> Account:
    username = f"yz{place.pk}"
    found = Account.objects.filter(username=username).first()
    if found is not None:
        return found
    phone = f"1990001{place.pk % 10_000:04d}"
    made = Account.objects.create_user(username, None, name=f"{place.name}工作人员", phone=phone)
    term = Term(since=LONG_AGO)
    people.appoint(PostKind.COMMITTEE_WORKER, place, made.name, phone, term, by=zhou, now=now)
    return made


def _evaluate(one: Project, mark: int, zhou: Account, kind: str, day: date) -> None:
    """A report of the team, and what the street says to it."""
    said = Told("院落会每月开，账目公开，邻居参加的多了。", 8, 120)
    report = projects.report(_fresh(one), kind, said, by=_leader(one), now=at(day))
    report.project = _fresh(one)
    projects.review(report, mark, "现场看过，按评分表评定。", by=zhou, now=at(day, 15))


def _pay(one: Project, zhou: Account, qian: Account, now: datetime) -> None:
    """Whatever is due: one officer asks, the other approves, the cashier pays."""
    due = Instalment.objects.filter(project=one.pk, stage=DUE)
    for part in due.select_related("project__round__street", "project__award"):
        asked = projects.propose(part, by=zhou, now=now)
        told = projects.approve(asked, by=qian, now=now + timedelta(hours=2))
        projects.pay(told, by=_hand("tian"), now=now + timedelta(hours=5))


def _spend(one: Project, number: int, zhou: Account, qian: Account) -> None:
    """The second instalment, and one receipt over most of what was paid."""
    _pay(one, zhou, qian, at(date(2016, 7, 8)))
    now = at(date(2016, 11, 20), 9 + number % 8)
    spent = (60_000 + number % 9 * 1_000) * FEN
    what = one.award.proposal.lines.order_by("place")[0]
    slip = Slip(
        number=f"演示{one.number}",
        day=now.date(),
        payee=f"乡里供销社（演示{number:03d}）",
        lines=(Line(what.head, what.what, spent, 1),),
    )
    kept = projects.hand_in(
        _fresh(one), slip, [slips.receipt(slip, number)], by=_leader(one), now=now
    )
    kept.project = _fresh(one)
    projects.accept(kept, by=zhou, now=now + timedelta(hours=3))


def _settle(one: Project, zhou: Account, qian: Account) -> None:
    """The last instalment where it is due, what was left goes back, the project is closed."""
    _pay(one, zhou, qian, at(date(2016, 12, 3)))
    if owed := owed_back(_fresh(one)):
        projects.give_back(_fresh(one), owed, by=_hand("jin"), now=at(date(2016, 12, 3), 15))
    projects.close(_fresh(one), by=zhou, now=at(date(2016, 12, 3), 16))


def told(round: Round) -> str:
    """The figures in words, as the demonstration says them while it is built."""
    many, rural, largest, most, whole = figures(round).split()
    return f"{round}：{many}个项目，农村{rural}个，单项最多{largest}，一个社区最多{most}，共{whole}"  # data


def figures(round: Round) -> str:
    """How many projects, how many of them in villages, the largest, the most that one community has,
    and all of them together: what the two years differ in."""
    rows = list(Project.objects.whole().filter(round=round))
    grants = [row.grant for row in rows]
    rural = sum(row.place.name.endswith("村") for row in rows)
    places: Counter[int] = Counter()
    for row in rows:
        places[row.place.pk] += row.grant
    money = (max(grants), max(places.values()), sum(grants))
    return " ".join([str(len(rows)), str(rural), *map(yuan, money)])
