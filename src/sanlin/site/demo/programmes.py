"""Programmes with published figures, each played by its rule pack alone from the draft to the first payment.

西山区's 28 projects and more than 4.5 million yuan, 彩云社区's five themes of 3,000 to 5,000 yuan (22
asked and 15 were funded in its sixth round) and 文华社区's three estates are published; who asks for how much and who
gets which mark is not, and is invented here. Played by the same verbs as every round, with the
officers and judges of the demonstration where they are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Gift
from sanlin.commons.orgs.models import Membership, Organisation, OrganisationKind
from sanlin.commons.people import actions as people
from sanlin.commons.people.models import Particulars, Post, PostKind, Term
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
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects import stages
from sanlin.govern.projects.models import Instalment, Project
from sanlin.govern.projects.queries import fund_of
from sanlin.govern.projects.rules import Answers
from sanlin.govern.proposals import actions as proposals
from sanlin.govern.proposals.actions.screening import Found
from sanlin.govern.proposals.models import Answer, Proposal, Result
from sanlin.govern.proposals.queries.bringing import list_of
from sanlin.govern.reviews import actions as reviews
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries.packs import shipped
from sanlin.govern.rounds.rules.book import book
from sanlin.govern.rounds.rules.windows import parts, span
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.ground.sheets import lists
from sanlin.ground.sheets.reader import Sheet

from .cast import JUDGES, MONEY, at, entrust

LONG_AGO = date(2015, 1, 1)
YUAN = 100
Days = dict[str, tuple[date, date]]
"""The first and the last day of each part of a round."""
PASSPHRASES = {"zhou": "demo-key-of-zhou", "qian": "demo-key-of-qian"}
NAMES = {"zhou": "周敏", "qian": "钱立", "fang": "方华", **MONEY, **JUDGES}


@dataclass(frozen=True)
class Bid:
    """Who asks, for what, where (which of the places), for how many yuan; `mark` is the share of full
    marks that every judge gives, in twentieths, and `votes` how many residents name it."""

    team: str
    title: str
    place: int
    asked: int
    mark: int
    votes: int = 0


@dataclass(frozen=True)
class Programme:
    """Where, when and by which pack; `source` is who brings the pot (origin, name, yuan), `groups` are
    those that the first project funds in a small round of its own, which is decided as `decides` says."""

    pack: str
    round: str
    first: date
    district: tuple[str, str, str, str]
    street: str
    places: tuple[str, ...]
    kind: str
    bids: tuple[Bid, ...]
    values: dict[str, object] = field(default_factory=dict)
    source: tuple[str, str, int] | None = None
    groups: tuple[Bid, ...] = ()
    decides: str = "score"


def _xishan() -> Programme:
    """28 projects and more than 4.5 million; the seven themes in turn, three more asked in vain."""
    works = (
        "民族歌舞传承",
        "楼栋小组孵化",
        "出租房邻里公约",
        "银龄互助站",
        "童享小院",
        "老院微更新",
        "广场共治",
    )
    bids = tuple(
        Bid(
            f"西山演示社会组织{n + 1:02d}号",
            f"{works[n % len(works)]}{n // len(works) + 1}号",
            n % 10,
            150_000 + n % 5 * 6_000,
            19 - n // 3 % 6 if n < 28 else 10,
        )
        for n in range(31)
    )
    return Programme(
        "xishan",
        "2022年五社联动项目",
        date(2022, 3, 1),
        ("西山区", "云南省", "昆明市", "530112"),
        "西山演示街道",
        tuple(f"西山演示{n:02d}社区" for n in range(1, 11)),
        OrganisationKind.REGISTERED,
        bids,
        {"award.min_score": 60, "award.expert": 500, "award.public": 500},
        ("district", "西山区五社联动资金池", sum(one.asked for one in bids[:28])),
        tuple(
            Bid(f"西山演示{name}小组", f"{name}小组", 0, 10_000, 18 - n)
            for n, name in enumerate(("对歌", "刺绣", "打歌"))
        ),
    )


def _caiyun() -> Programme:
    """22 teams, 15 of them funded, with 3,000 to 5,000 yuan each."""
    works = ("童声合唱", "银发课堂", "彩云诗会", "手艺培训", "晨练队")
    bids = tuple(
        Bid(
            f"彩云演示团队{n + 1:02d}号",
            f"{works[n % 5]}{n // 5 + 1}号",
            0,
            3_000 + n % 3 * 1_000,
            19 - n // 2,
            1 if n < 15 else 0,
        )
        for n in range(22)
    )
    return Programme(
        "caiyun",
        "云提案",
        date(2023, 3, 1),
        ("呈贡区", "云南省", "昆明市", "530114"),
        "呈贡演示街道",
        ("彩云社区",),
        OrganisationKind.TEAM,
        bids,
        {
            "budget": sum(one.asked for one in bids[:15]) * YUAN,
            "award.expert": 600,
            "award.public": 400,
            "award.min_score": None,
        },
    )


def _wenhua() -> Programme:
    """Five owners' committees ask; the three published estates are funded."""
    estates = ("丰华花苑", "文华花园", "雍翠华府", "演示小区04", "演示小区05")
    bids = tuple(
        Bid(f"{name}业主委员会", f"{name}微创投", 0, 30_000, 18 - 2 * n, 3 if n < 3 else 1)
        for n, name in enumerate(estates)
    )
    return Programme(
        "wenhua",
        "微创投",
        date(2016, 9, 1),
        ("顺德区", "广东省", "佛山市", "440606"),
        "龙江镇",
        ("文华社区",),
        OrganisationKind.OWNERS,
        bids,
        {
            "budget": 90_000 * YUAN,
            "project_cap": 30_000 * YUAN,
            "award.expert": 600,
            "award.public": 400,
            "award.min_score": None,
        },
    )


SYSTEMS = {"xishan": _xishan, "caiyun": _caiyun, "wenhua": _wenhua}


@transaction.atomic
def play(system: str) -> Round:
    """Play one programme to its first payments, and set the demonstration's clock there."""
    of = SYSTEMS[system]()
    zhou, qian, judges = _staff(of)
    street = Street.objects.get(name=of.street)
    places = list(street.neighbourhoods.order_by("code"))
    teams(of, street, places)
    round, days = _open(of, street, zhou)
    bring(round, of, places, zhou, at(days["call"][0] + timedelta(days=5)))
    screen(round, days, zhou)
    review(round, of, days, judges, zhou)
    last = _vote(round, of, days, zhou, qian) if "vote" in days else enter(round, days, zhou)
    end = confirm(round, last, zhou, qian)
    sign_and_pay(round, end, zhou, qian)
    if of.groups:
        end = _small_round(of, round, judges, end.date() + timedelta(days=15), zhou, qian)
    clock.set_demo_time(end + timedelta(days=20))
    return _again(round)


def _small_round(
    of: Programme, round: Round, judges: list[Account], first: date, zhou: Account, qian: Account
) -> datetime:
    """The first project holds a small round for groups of its own (母项目 and 子项目), as its leader asks
    and the street agrees: a part of its goods is set aside for them."""
    mother = Project.objects.whole().filter(round=round).order_by("number")[0]
    leader, now = Account.objects.get(pk=mother.award.proposal.author_id), at(first)
    answers = Answers(
        f"{mother.undertaking.title}小组微资助",
        "让楼里的小组自己动手，做成一件邻居看得见的事。",
        next(iter(mother.plan)),
        amount=sum(one.asked for one in of.groups) * YUAN,
        cap=max(one.asked for one in of.groups) * YUAN,
        least=2,
        decides=of.decides,
        calls=first + timedelta(days=14),
        ends=mother.undertaking.ends or first,
    )
    asked = projects.ask_child(mother, answers, send=True, by=leader, now=now)
    made = projects.open_request(asked, by=qian, now=now + timedelta(hours=1)).child
    assert made is not None
    child = made.round
    small, places = replace(of, bids=of.groups, kind=OrganisationKind.TEAM), [mother.place]
    teams(small, round.street, places)
    child, days = begin(child, first + timedelta(days=2), zhou)
    bring(child, small, places, zhou, at(first + timedelta(days=5)))
    screen(child, days, zhou)
    if "review" in days:
        review(child, small, days, judges, zhou)
    last = _vote(child, small, days, zhou, qian) if "vote" in days else enter(child, days, zhou)
    end = confirm(child, last, zhou, qian)
    sign_and_pay(child, end, zhou, qian)
    return end


def figures(round: Round) -> tuple[int, int, int, int]:
    """How many projects, the smallest grant, the largest, and all of them together, in yuan."""
    grants = [row.grant // YUAN for row in Project.objects.filter(round=round)]
    return len(grants), min(grants), max(grants), sum(grants)


def told(round: Round) -> str:
    """The figures in words, as the demonstration says them while it is built."""
    many, least, most, whole = figures(round)
    return f"{round}：{many}个项目，单项¥{least:,}至¥{most:,}，共¥{whole:,}"  # data


def _account(username: str, name: str) -> Account:
    found = Account.objects.filter(username=username).first()
    if found is not None:
        return found
    phone = f"1990002{Account.objects.count() % 10_000:04d}"
    made: Account = Account.objects.create_user(username, "sanlin-demo", name=name, phone=phone)
    return made


def _staff(of: Programme) -> tuple[Account, Account, list[Account]]:
    """A district of its own; its officers and judges are those of the demonstration."""
    now = at(of.first - timedelta(days=20))
    hands = {username: _account(username, name) for username, name in NAMES.items()}
    name, province, city, code = of.district
    district = District.objects.filter(code=code).first() or District.objects.create(
        name=name, province=province, city=city, code=code
    )
    fang = hands["fang"]
    people.install(district, fang, by=None, now=now)
    street = Street.objects.create(name=of.street, district=district, code=f"{code}999")
    for username in ("zhou", "qian", *MONEY):
        _appoint(PostKind.STREET_OFFICER, street, hands[username], fang, now)
    for username in JUDGES:
        _appoint(PostKind.JUDGE, street, hands[username], hands["zhou"], now)
    for number, place in enumerate(of.places, 1):
        _place(of, street, place, number, hands["zhou"], now)
    return hands["zhou"], hands["qian"], [hands[username] for username in JUDGES]


def _appoint(kind: str, where: Any, who: Account, by: Account, now: datetime) -> None:
    who.refresh_from_db()
    phone = str(who.phone.reveal())
    people.appoint(kind, where, who.name, phone, Term(since=LONG_AGO), by=by, now=now)
    who.memo.clear()


def _place(
    of: Programme, street: Street, name: str, number: int, zhou: Account, now: datetime
) -> None:
    """A community with a neighbour for every vote and every team that it has."""
    place = Neighbourhood.objects.create(
        street=street, name=name, code=f"{street.code}{number:03d}"
    )
    mine = [one for one in of.bids if one.place == number - 1]
    estate = Estate.objects.create(neighbourhood=place, name="小区")
    building = Building.objects.create(estate=estate, number="1号")
    stair = Stair.objects.create(building=building, number="1单元")
    for n in range(max(len(mine), sum(one.votes for one in mine))):
        home = Home.objects.create(stair=stair, room=f"{n + 101}")
        told = Particulars(f"{name[:4]}邻居{n + 1:02d}号", date(1970, 1, 1 + n % 28), home)
        people.add(place, told, by=zhou, now=now)
    worker = _account(f"{of.pack}{number:02d}", f"{name}工作人员")
    _appoint(PostKind.COMMITTEE_WORKER, place, worker, zhou, now)


def teams(of: Programme, street: Street, places: Sequence[Neighbourhood]) -> None:
    taken: dict[int, int] = {}
    for number, one in enumerate(of.bids, 1):
        place = places[one.place]
        made = Organisation.objects.create(
            street=street,
            name=one.team,
            kind=of.kind,
            neighbourhood=place,
            founded=LONG_AGO,
            number=f"DEMO{number:04d}" if of.kind == OrganisationKind.REGISTERED else "",
        )
        neighbours = place.residents.order_by("pk")
        leader = neighbours[taken.setdefault(place.pk, 0)].account_id
        taken[place.pk] += 1
        Membership.objects.create(organisation=made, account_id=leader, leads=True, since=LONG_AGO)


def _open(of: Programme, street: Street, zhou: Account) -> tuple[Round, Days]:
    """The draft with its values, its pot where somebody brings one, its dates; and the call."""
    editions = shipped()[of.pack]
    pack, text = editions[max(editions)]
    told = {"by": zhou, "now": at(of.first)}
    round = rounds.create(street, of.round, of.first.year, text, **told)
    values = {**pack.suggestions(), **of.values}
    plain = {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}
    round = rounds.amend(round, name=round.name, year=round.year, values=plain, **told)
    if of.source is not None:
        origin, name, amount = of.source
        fund = rounds.open_pot(round, **told)
        source = funds.pledge(fund, Gift(origin, name, amount * YUAN), **told)
        funds.arrive(source, amount * YUAN, **told)
        round = rounds.take_budget(round, **told)
    return begin(round, of.first + timedelta(days=2), zhou)


def begin(round: Round, first: date, zhou: Account) -> tuple[Round, Days]:
    """Give a draft its dates, one part after another with twenty days between, and open its call."""
    rulebook = book(round)
    days: Days = {}
    for part in parts(rulebook):
        length = int(str(rulebook.values[f"windows.{part}"]))
        first += timedelta(days=20 if part == "running" else 0)
        days[part] = (first, first + timedelta(days=length - 1))
        first += timedelta(days=length)
    spans = {part: span(*two) for part, two in days.items()}
    opens = at(days["call"][0])
    rounds.set_windows(round, spans, by=zhou, now=opens - timedelta(days=1))
    return rounds.open_call(_again(round), by=zhou, now=opens), days


def bring(
    round: Round, of: Programme, places: Sequence[Neighbourhood], zhou: Account, now: datetime
) -> None:
    """All proposals at once, as they were gathered on paper."""
    main, budget = list_of(round).parts
    tiers = [tier.name for tier in round.rules.tiers]
    themes = [theme.name for theme in round.rules.themes]
    head = next(h.name for h in round.rules.heads if not h.forbidden and not h.max_share)
    rows, lines = [], []
    for number, one in enumerate(of.bids):
        place = places[one.place]
        said = {
            "title": one.title,
            "team": one.team,
            "place": place.name,
            "tier": tiers[0] if tiers else "",
            "theme": themes[number % len(themes)] if themes else "",
            "summary": f"{place.name}的{one.title}",
            "need": f"{place.name}走访{30 + 7 * number}户，{20 + 5 * number}户提到这件事。",
            "goals": f"办成{4 + number}次活动，留下一支{6 + number}人的队伍。",
            "beneficiaries": place.name,
            "plan": f"第{1 + number % 3}个月起每周一次，账目每月张贴在第{number + 1}块公开栏。",
            "starts": f"{of.first.year}-09-01",
            "ends": f"{of.first.year}-12-20",
            "own_funds": 0,
            "partners": "",
        }
        rows.append([said[column.name] for column in main.columns])
        lines.append([one.title, head, f"{one.title}的物资", float(one.asked), 1.0])
    sheets = [Sheet("提案", _sheet(main, rows)), Sheet("预算", _sheet(budget, lines))]
    checked = lists.check(list_of(round), sheets)
    assert not checked.faults, checked.faults[0]
    proposals.import_proposals(round, checked.parts, by=zhou, now=now)


def _sheet(part: Any, rows: list[Any]) -> list[Any]:
    return [[str(column.words) for column in part.columns], *rows]


def screen(round: Round, days: Days, zhou: Account) -> None:
    now = at(days["screening"][0])
    rounds.close_call(round, by=None, now=now)
    checks = {check.code: Found(Answer.FULFILLED) for check in round.rules.checks}
    for one in Proposal.objects.filter(round=round).select_related("round__street", "team"):
        proposals.screen(one, Result.ADMIT, checks, double="各办各的，内容不同", by=zhou, now=now)


def review(round: Round, of: Programme, days: Days, judges: list[Account], zhou: Account) -> None:
    """Every judge gives a proposal the same share of full marks."""
    now = at(days["review"][0])
    share = {one.title: Fraction(one.mark, 20) for one in of.bids}
    for judge in judges:
        reviews.appoint(_again(round), judge, by=zhou, now=now - timedelta(days=1))
    reviews.open_review(_again(round), by=zhou, now=now)
    round = _again(round)
    for judge in judges:
        reviews.pledge(round, by=judge, now=now)
        for one in Proposal.objects.filter(round=round):
            one.round = round
            given = {
                c.key: Fraction(int(share[one.title] * c.max * 2), 2) for c in round.rules.criteria
            }
            kept = reviews.save(one, given, "需求清楚，步骤可行。", by=judge, now=now)
            kept.proposal = one
            reviews.seal(kept, by=judge, now=now)
    if "optimisation" in days:
        reviews.open_optimisation(_again(round), by=zhou, now=at(days["optimisation"][0]))
    elif "vote" in days:
        reviews.end_review(_again(round), by=zhou, now=at(days["review"][1], 17))


def enter(round: Round, days: Days, zhou: Account) -> datetime:
    """No vote: an officer ends the last part before the decision."""
    last = days["optimisation" if "optimisation" in days else "review"][1]
    now = at(last + timedelta(days=1))
    awards.close_entries(_again(round), by=zhou, now=now)
    return now


def _vote(round: Round, of: Programme, days: Days, zhou: Account, qian: Account) -> datetime:
    begin = at(days["vote"][0])
    for keeper in (zhou, qian):
        ballots.set_passphrase(_again(round), PASSPHRASES[keeper.username], by=keeper, now=begin)
    ballots.open_vote(_again(round), by=zhou, now=begin)
    made = {one.title: one for one in Proposal.objects.filter(round=round)}
    voters = {
        place.pk: list(place.residents.select_related("account").order_by("pk"))
        for place in round.street.neighbourhoods.all()
    }
    for one in of.bids:
        for _each in range(one.votes):
            proposal = made[one.title]
            voter = voters[proposal.neighbourhood_id].pop().account
            ballots.cast(_again(round), [proposal.pk], by=voter, now=begin + timedelta(hours=3))
    end = at(days["vote"][1] + timedelta(days=1))
    ballots.close_vote(_again(round), by=zhou, now=end)
    for keeper in (zhou, qian):
        ballots.give_key(_again(round), PASSPHRASES[keeper.username], by=keeper, now=end)
    return end


def confirm(round: Round, now: datetime, zhou: Account, qian: Account) -> datetime:
    decision = awards.decide(_again(round), by=zhou, now=now)
    for keeper in (zhou, qian):
        awards.sign(decision, by=keeper, now=now)
    decision.refresh_from_db()
    posted = awards.publish(decision, by=zhou, now=now + timedelta(hours=1))
    end: datetime = posted.closes + timedelta(hours=1)
    projects.confirm(_again(round), by=zhou, now=end)
    fund = fund_of(round)
    assert fund is not None
    entrust(fund, end)
    return end


def sign_and_pay(round: Round, now: datetime, zhou: Account, qian: Account) -> None:
    """All parties sign; what is due then is asked for by one officer, approved by another and paid by
    the cashier."""
    tian, cao = (Account.objects.get(username=name) for name in ("tian", "cao"))
    found = enumerate(Project.objects.whole().filter(round=round).order_by("number"))
    # Vouchers are numbered as they are booked: what happens earlier is told earlier.
    in_order = sorted(found, key=lambda pair: pair[0] % 5)
    for number, one in in_order:
        day = now + timedelta(days=1 + number % 5)
        worker = Post.objects.get(neighbourhood=one.place, kind=PostKind.COMMITTEE_WORKER).account
        leader = Account.objects.get(pk=one.award.proposal.author_id)
        for hand in (leader, worker, cao):
            projects.sign(Project.objects.whole().get(pk=one.pk), by=hand, now=day)
    for number, one in in_order:
        day = now + timedelta(days=1 + number % 5)
        for part in Instalment.objects.filter(project=one, stage=stages.DUE):
            asked = projects.propose(part, by=zhou, now=day + timedelta(days=3))
            told = projects.approve(asked, by=qian, now=day + timedelta(days=4))
            projects.pay(told, by=tian, now=day + timedelta(days=4, hours=2))


def _again(round: Round) -> Round:
    return Round.objects.select_related("street").get(pk=round.pk)
