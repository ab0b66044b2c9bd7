"""社区营造 over two years: a hundred projects, evaluation, elimination with incentive; then fewer and larger.

The programme's figures are published (a hundred projects, 100,000 yuan a project, 300,000 a community,
more than a third rural); its places, teams, sums and grades here are invented and numbered. It is
played by the same verbs as every round, on the demonstration's own clock.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

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
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.actions.reporting import Told
from sanlin.govern.projects.models import Project
from sanlin.govern.proposals import actions as proposals
from sanlin.govern.proposals.actions.screening import Found
from sanlin.govern.proposals.models import Answer, Proposal, Result
from sanlin.govern.proposals.queries.bringing import list_of
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round, read_pack
from sanlin.govern.rounds.queries.packs import shipped
from sanlin.govern.rounds.rules.windows import span
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account
from sanlin.ground.sheets import lists
from sanlin.ground.sheets.reader import Sheet
from sanlin.kernel.money import yuan

from .cast import LONG_AGO, at

STREET = "营造演示街道"
PACK = "yingzao"
VILLAGES, TOWNS = 15, 25
FEN = 100
BUDGET = 8_000_000 * FEN
LAST = "营造100号"  # the one project that is left for the reader to evaluate
PASSPHRASES = {"zhou": "demo-key-of-zhou", "qian": "demo-key-of-qian"}
# What no source prints, and an officer has to set.
VALUES: dict[str, object] = {
    "budget": BUDGET,
    "stages.review": False,
    "stages.optimisation": False,
    "award.method": "votes",
}


def year_one() -> Round:
    """A hundred projects, all but one of them evaluated: sixty pass, the others are left out."""
    zhou, qian = (Account.objects.get(username=name) for name in ("zhou", "qian"))
    street = _street(zhou, qian)
    editions = shipped()[PACK]
    round = rounds.create(
        street,
        "社区营造第一年",
        2024,
        editions[min(editions)][1],
        by=zhou,
        now=at(date(2024, 1, 8)),
    )
    asked = [(name, place, 80_000) for name, place in _wanted(street)]
    round = _decide(round, {**VALUES}, asked, date(2024, 1, 9), zhou, qian)
    for number, one in enumerate(_projects(round), 1):
        _sign(one, zhou, at(date(2024, 4, 1)))
        _evaluate(one, number, zhou)
    clock.set_demo_time(at(date(2024, 12, 20)))
    return round


def year_two(draft: Round) -> Round:
    """The draft as an officer has left it: opened, and decided among the teams that passed."""
    zhou, qian = (Account.objects.get(username=name) for name in ("zhou", "qian"))
    before = draft.previous
    assert before is not None
    passed = Project.objects.whole().filter(round=before).exclude(grade="poor").order_by("number")
    each = int(draft.officer_values["budget"]) // passed.count() // FEN // 1000 * 1000
    asked = [(str(one.team), one.place, each) for one in passed]
    values = {**VALUES, **draft.officer_values}
    round = _decide(draft, values, asked, date(2025, 1, 6), zhou, qian)
    clock.set_demo_time(at(date(2025, 3, 20)))
    return round


def _street(zhou: Account, qian: Account) -> Street:
    """A district of its own with forty communities, and one neighbour in each."""
    now = at(date(2024, 1, 2))
    fang = Account.objects.get(username="fang")
    district = District.objects.create(
        name="营造演示区", province="四川省", city="成都市", code="510100999"
    )
    people.install(district, fang, by=None, now=now)
    street = Street.objects.create(name=STREET, district=district, code="510100999001")
    for one in (zhou, qian):
        one.refresh_from_db()
        term = Term(since=LONG_AGO)
        people.appoint(
            PostKind.STREET_OFFICER, street, one.name, one.phone.reveal(), term, by=fang, now=now
        )
        one.memo.clear()
    for number in range(1, VILLAGES + TOWNS + 1):
        kind = "村" if number <= VILLAGES else "社区"
        place = Neighbourhood.objects.create(
            street=street, name=f"演示{number:02d}{kind}", code=f"510100999001{number:03d}"
        )
        estate = Estate.objects.create(neighbourhood=place, name="院落")
        building = Building.objects.create(estate=estate, number="1号")
        stair = Stair.objects.create(building=building, number="1单元")
        home = Home.objects.create(stair=stair, room="101")
        told = Particulars(f"营造邻居{number:02d}号", date(1970, 1, 1 + number % 28), home)
        people.add(place, told, by=zhou, now=now)
    return street


def _wanted(street: Street) -> list[tuple[str, Neighbourhood]]:
    """104 teams with a wish each: three in every village, two or three in the communities in town."""
    found: list[tuple[str, Neighbourhood]] = []
    for turn in range(3):
        for number, place in enumerate(street.neighbourhoods.order_by("code"), 1):
            if turn < 2 or number <= VILLAGES + 9:
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


def _decide(
    round: Round,
    values: dict[str, object],
    asked: list[tuple[str, Neighbourhood, int]],
    first: date,
    zhou: Account,
    qian: Account,
) -> Round:
    """From the draft to confirmed projects; every part of the round is a few days long."""
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
    rounds.close_call(round, by=None, now=at(first + timedelta(days=30), 9))
    checks = {check.code: Found(Answer.FULFILLED) for check in round.rules.checks}
    then = at(first + timedelta(days=31))
    for one in Proposal.objects.filter(round=round).select_related("round__street", "team"):
        proposals.screen(one, Result.ADMIT, checks, by=zhou, now=then)
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
    for number, (name, place, _sum) in enumerate(asked):
        village = place.name.endswith("村")
        said = {
            "title": name,
            "team": name,
            "place": place.name,
            "tier": tiers[0] if village else tiers[1],
            "theme": themes[number % len(themes)],
            "summary": "邻居一起把院落管起来",
            "need": "院落会上三十户里二十六户赞成。",
            "goals": "院落有人管，邻居月月聚一次。",
            "beneficiaries": place.name,
            "plan": "每月一次院落会，季度公开账目。",
            "starts": f"{round.year}-03-01",
            "ends": f"{round.year}-11-30",
            "own_funds": 0,
            "partners": "",
        }
        rows.append([said[column.name] for column in main.columns])
    lines: list[Any] = [[name, head, "物资", float(money), 1.0] for name, _place, money in asked]
    read = [
        Sheet("提案", _sheet(main, rows)),
        Sheet("预算", _sheet(budget, lines)),
    ]
    checked = lists.check(list_of(round), read)
    assert not checked.faults, checked.faults[0]
    proposals.import_proposals(round, checked.parts, by=by, now=now)


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
    projects.confirm(_again(round), by=zhou, now=posted.closes + timedelta(hours=1))
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
    for hand in (_leader(one), worker, zhou):
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


def _evaluate(one: Project, number: int, zhou: Account) -> None:
    """Midterm and closing; two in five do not pass. The last one's closing report waits."""
    said = Told("院落会每月开，账目公开，邻居参加的多了。", 8, 120)
    poor = number % 5 < 2
    for kind, mark, day in (
        ("midterm", 60 if poor else 72, date(2024, 7, 1)),
        ("closing", 45 if poor else 70 + number % 25, date(2024, 12, 2)),
    ):
        report = projects.report(_fresh(one), kind, said, by=_leader(one), now=at(day))
        if kind == "closing" and number == 100:
            return
        report.project = _fresh(one)
        projects.review(report, mark, "现场看过，按评分表评定。", by=zhou, now=at(day, 15))


def figures(round: Round) -> str:
    """How many projects, the largest and all of them together: what the two years differ in."""
    grants = list(Project.objects.filter(round=round).values_list("grant", flat=True))
    return f"{len(grants)} {yuan(max(grants))} {yuan(sum(grants))}"
