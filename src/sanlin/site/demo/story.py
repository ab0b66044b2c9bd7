"""The round of 2024, chapter by chapter. A chapter ends where a demonstration may begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial

from sanlin.front.records.jobs import seal_records
from sanlin.govern.awards import actions as awards
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.queries import slate_for
from sanlin.govern.ballots.rules import roll_of, voter_of
from sanlin.govern.proposals import actions as proposals
from sanlin.govern.proposals.actions.screening import Found
from sanlin.govern.proposals.models import Answer, Proposal, Result
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.reviews import actions as reviews
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.queries.packs import shipped
from sanlin.govern.rounds.rules.windows import span
from sanlin.ground import clock
from sanlin.ground.accounts.models import Account

from . import afterwards
from .cast import ER_CUN, JUDGES, QUAN_DONG, SHANGHAI, World, at, settle, team, the_round, vary
from .drawings import drawn
from .paper import close_booths, key_paper, paper_days, plan_booths, sample_paper
from .plans import PUBLISHED, Plan, plans

Tell = Callable[[str], None]
Aside = Callable[[str, Callable[[], None]], None]
PACK = "weifang"

# What no source prints and the street has to set: invented for the demonstration.
OFFICER_VALUES: dict[str, object] = {
    "budget": 820_000_00,
    "project_cap": 20_000_00,
    "award.expert": 700,
    "award.public": 300,
    "award.min_score": 60,
    "award.reserve": 2,
    "tiers.shifan.money": 160_000_00,
    "tiers.shifan.cap": 20_000_00,
    "tiers.pinpai.money": 315_000_00,
    "tiers.pinpai.cap": 15_000_00,
    "tiers.yumiao.money": 260_000_00,
    "tiers.yumiao.cap": 10_000_00,
}
WINDOWS = {
    "call": (date(2024, 3, 4), date(2024, 4, 2)),
    "screening": (date(2024, 4, 3), date(2024, 4, 12)),
    "review": (date(2024, 4, 15), date(2024, 4, 28)),
    "conferral": (date(2024, 4, 29), date(2024, 5, 1)),
    "optimisation": (date(2024, 5, 6), date(2024, 5, 19)),
    "vote": (date(2024, 5, 20), date(2024, 5, 29)),
    "running": (date(2024, 6, 17), date(2024, 12, 13)),
}
MOMENTS = {
    "draft": datetime(2024, 2, 26, 10, tzinfo=SHANGHAI),
    "call": datetime(2024, 3, 20, 10, tzinfo=SHANGHAI),
    "review": datetime(2024, 4, 22, 10, tzinfo=SHANGHAI),
    "vote": datetime(2024, 5, 24, 10, tzinfo=SHANGHAI),
    "notice": datetime(2024, 6, 5, 10, tzinfo=SHANGHAI),
    "running": datetime(2024, 7, 16, 10, tzinfo=SHANGHAI),
    "midterm": datetime(2024, 9, 18, 10, tzinfo=SHANGHAI),
    "closed": datetime(2024, 12, 27, 10, tzinfo=SHANGHAI),
}
STAGES = tuple(MOMENTS)
# The two officers who keep the keys of the ballot box, and their passphrases: a demonstration alone
# prints them.
PASSPHRASES = {"zhou": "demo-key-of-zhou", "qian": "demo-key-of-qian"}


def build(stage: str, tell: Tell, aside: Aside | None = None) -> None:
    """Play the story up to `stage`, and set the demonstration's clock to that moment.

    Before each earlier chapter `aside` is told its name and how to play it as the last one: whoever
    stands in a copy of the street can so let it end there.
    """
    tell("街道、居民区、居民和团队")
    world = settle(datetime(2024, 2, 19, 10, tzinfo=SHANGHAI))
    for name, chapter in CHAPTERS.items():
        tell(chapter.__doc__ or name)
        if name == stage:
            _end(world, name)
            break
        if aside:
            aside(name, partial(_end, world, name))
        chapter(world, False)


def _end(world: World, stage: str) -> None:
    """The last chapter, and the moment at which the demonstration begins."""
    CHAPTERS[stage](world, True)
    seal_records(now=MOMENTS[stage])
    clock.set_demo_time(MOMENTS[stage])


def draft(world: World, ends_here: bool) -> None:
    """两支团队：益路同行、社区骑士；还没有开轮"""
    team(world, "益路同行", world.place(ER_CUN), world.who["wang"])
    team(world, "社区骑士", world.place(QUAN_DONG), world.who["zhao"])


def call(world: World, ends_here: bool) -> None:
    """征集：开轮、写提案、提交"""
    zhou = world.who["zhou"]
    editions = shipped()[PACK]
    pack, text = editions[max(editions)]
    world.at = at(date(2024, 2, 26))
    told = {"by": zhou, "now": world.at}
    round = rounds.create(world.street, "2024年自治金", 2024, text, **told)
    values = {**pack.suggestions(), **OFFICER_VALUES}
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    round = rounds.amend(round, name=round.name, year=2024, values=values, **told)
    spans = {part: span(first, last) for part, (first, last) in WINDOWS.items()}
    rounds.set_windows(round, spans, **told)
    world.at = at(WINDOWS["call"][0], 9)
    round = rounds.open_call(round, by=zhou, now=world.at)
    wanted = list(plans([place.name for place in world.places]))
    if ends_here:
        # While the call is open two thirds have been handed in, and some are still being written.
        wanted = [plan for n, plan in enumerate(wanted) if n % 3 != 2]
    for number, plan in enumerate(wanted):
        world.at = at(WINDOWS["call"][0] + timedelta(days=1 + number % 14), 9 + number % 9)
        drafted = _write(world, round, plan)
        if not (ends_here and number % 9 == 8):
            proposals.submit(drafted, version=drafted.version, by=drafted.author, now=world.at)
    if not ends_here:
        _two_that_do_not_pass(world, round)


def _leader(world: World, plan: Plan) -> tuple[str, Account]:
    """The team's name and who leads it: the cast where it has a part, else a neighbour."""
    if plan.title == "活力二村益路同行":
        return "益路同行", world.who["wang"]
    if plan.title == "社区骑士计划":
        return "社区骑士", world.who["zhao"]
    place = world.place(plan.place)
    people = list(place.residents.select_related("account").order_by("pk"))
    number = sum(map(ord, plan.title)) % (len(people) - 6) + 5
    return f"{plan.title.split('（')[0]}团队", people[number].account


def _write(world: World, round: Round, plan: Plan) -> Proposal:
    name, leader = _leader(world, plan)
    place = world.place(plan.place)
    made = team(world, name, place, leader)
    told = {"by": leader, "now": world.at}
    drafted = proposals.begin(round, team=made, place=place, **told)
    steps = {
        "title": {
            "title": plan.title,
            "summary": plan.topic.summary,
            "tier": plan.tier,
            "theme": "",
        },
        "need": {"need": plan.topic.need},
        "goals": {"goals": plan.topic.goals, "beneficiaries": f"{plan.place}的邻居"},
        "plan": {"plan": plan.topic.plan, "starts": "2024-06-17", "ends": "2024-12-13"},
        "budget": {"lines": plan.lines},
        "funds": {"own_funds": plan.own, "partners": plan.topic.partners},
    }
    for step, values in steps.items():
        drafted = proposals.save(drafted, step, values, version=drafted.step_version(step), **told)
    if vary(plan.title) % 3 == 0:
        look = drawn(vary(plan.title))
        drafted = proposals.add_photo(drafted, look, "我们想做成这样", **told)
    rows = Proposal.objects.select_related("round__street", "team", "neighbourhood", "author")
    written: Proposal = rows.get(pk=drafted.pk)
    return written


def _two_that_do_not_pass(world: World, round: Round) -> None:
    """One team takes its proposal back; one asks for what is the government's own duty."""
    for name, title in ((ER_CUN, "棋牌角"), (QUAN_DONG, "更换路灯")):
        wanted = next(plan for plan in plans([name]) if plan.tier == "yumiao")
        plan = Plan("yumiao", title, name, wanted.topic, wanted.asked, wanted.own, wanted.lines)
        world.at = at(date(2024, 3, 25), 15)
        drafted = _write(world, round, plan)
        sent = proposals.submit(drafted, version=drafted.version, by=drafted.author, now=world.at)
        if title == "棋牌角":
            proposals.withdraw(sent, by=drafted.author, now=world.later(hours=1))


def review(world: World, ends_here: bool) -> None:
    """审查和评审：五位评委各自评分"""
    zhou, round = world.who["zhou"], the_round(world)
    world.at = at(WINDOWS["screening"][0], 9)
    rounds.close_call(round, by=None, now=world.at)
    checks = {check.code: Found(Answer.FULFILLED) for check in the_round(world).rules.checks}
    for number, one in enumerate(Proposal.objects.filter(round=round, stage="submitted")):
        world.at = at(WINDOWS["screening"][0], 9) + timedelta(minutes=20 * number)
        if one.title == "更换路灯":
            _refuse(one, checks, zhou, world.at)
        else:
            proposals.screen(one, Result.ADMIT, checks, by=zhou, now=world.at)
    world.at = at(date(2024, 4, 14))
    round = the_round(world)
    for username in JUDGES:
        reviews.appoint(round, world.who[username], by=zhou, now=world.at)
    world.at = at(WINDOWS["review"][0], 9)
    reviews.open_review(round, by=zhou, now=world.at)
    _mark(world, the_round(world), half_way=ends_here)


def _refuse(one: Proposal, checks: dict[str, Found], by: Account, now: datetime) -> None:
    code = next(c for c in one.round.rules.refusals if "政府" in c.text).code
    proposals.screen(
        one,
        Result.REFUSE,
        checks,
        refusals=[code],
        note="路灯由市政部门负责，已代为转报。",
        by=by,
        now=now,
    )


def _mark(world: World, round: Round, *, half_way: bool) -> None:
    entered = list(admitted(round).select_related("round__street"))
    for seat, username in enumerate(JUDGES):
        judge = world.who[username]
        reviews.pledge(round, by=judge, now=world.later(minutes=5))
        for number, one in enumerate(entered):
            if half_way and number % 5 > 3 - seat % 3:
                continue
            one.round = round
            given = {
                criterion.key: _given(one, criterion.max, seat, place)
                for place, criterion in enumerate(round.rules.criteria)
            }
            words = "需求说得清，步骤可行；建议把轮值和账目公开写细。"
            kept = reviews.save(one, given, words, by=judge, now=world.later(minutes=3))
            kept.proposal = one
            reviews.seal(kept, by=judge, now=world.later(minutes=1))


def _given(one: Proposal, most: int, seat: int, place: int) -> Fraction:
    """A mark in the upper half, different for each judge, proposal and criterion, always the same.

    Projects whose names are published were funded, so the judges of the story think better of them.
    """
    known = one.title in {title for _tier, title, _place, _circle in PUBLISHED}
    twentieths = (
        (15 if known else 12) + vary(one.title, seat) % 3 + vary(one.title, place, seat) % 4
    )
    return Fraction(most * twentieths // 10, 2)


def vote(world: World, ends_here: bool) -> None:
    """合议、优化、居民投票"""
    zhou, round = world.who["zhou"], the_round(world)
    world.at = at(WINDOWS["conferral"][0], 14)
    minutes = "五位评委逐件合议：各件均可进入优化；建议花园类项目写明养护排班，骑手项目写明保险。"
    reviews.confer(round, None, minutes, by=zhou, now=world.at)
    world.at = at(WINDOWS["optimisation"][0], 9)
    reviews.open_optimisation(the_round(world), by=zhou, now=world.at)
    _optimise(world)
    world.at = at(WINDOWS["vote"][0], 8)
    for username, passphrase in PASSPHRASES.items():
        keeper = world.who[username]
        ballots.set_passphrase(the_round(world), passphrase, by=keeper, now=world.at)
    booths = plan_booths(world)
    ballots.open_vote(the_round(world), by=zhou, now=world.at)
    _cast(world, share=2 if ends_here else 3)
    paper_days(world, booths)
    if not ends_here:
        close_booths(world)


def _optimise(world: World) -> None:
    zhou = world.who["zhou"]
    one = Proposal.objects.get(title="社区骑士计划")
    world.at = at(date(2024, 5, 8), 15)
    proposals.advise(one, "建议写明骑手参加活动时的保险怎么买。", by=zhou, now=world.at)
    one = Proposal.objects.select_related("round__street", "author").get(pk=one.pk)
    told = {"by": one.author, "now": world.later(days=2)}
    plan = one.draft.plan + "每次活动前由街道统一购买意外险，名单由队长报送。"
    kept = proposals.save(
        one,
        "plan",
        {"plan": plan, "starts": one.draft.starts, "ends": one.draft.ends},
        version=one.step_version("plan"),
        **told,
    )
    proposals.revise(kept, version=kept.version, **told)


def _cast(world: World, share: int) -> None:
    """In each neighbourhood another part of the roll votes; 李秀英 keeps her ballot for the reader."""
    round = the_round(world)
    roll = roll_of(round)
    assert roll is not None
    for number, voter in enumerate(world.voters):
        part = share * 20 + vary(voter.resident.neighbourhood_id) % 30  # of a hundred
        if voter.resident.neighbourhood.name in (ER_CUN, QUAN_DONG):
            part -= 40  # there is a booth next door
        if vary(number) % 100 >= part or voter in world.who.values():
            continue
        account = Account.objects.get(pk=voter.pk)
        on_roll = voter_of(account, roll)
        slate = [bid.key for bid in slate_for(on_roll, roll)] if on_roll else []
        if not slate:
            continue
        wanted = round.rules.vote.k
        first = vary(number, "first") % len(slate)
        chosen = [*slate[first:], *slate[:first]][: 1 + vary(number, "many") % wanted]
        days = min(vary(number, "day") % 5, vary(number, "late") % 5)
        world.at = at(WINDOWS["vote"][0] + timedelta(days=days), 9 + number % 10)
        ballots.cast(round, chosen, by=account, now=world.at)


def notice(world: World, ends_here: bool) -> None:
    """计票、决定、签署、公示、异议"""
    zhou, qian = world.who["zhou"], world.who["qian"]
    world.at = at(date(2024, 5, 30), 9)
    ballots.close_vote(the_round(world), by=zhou, now=world.at)
    key_paper(world)
    for username, passphrase in PASSPHRASES.items():
        ballots.give_key(the_round(world), passphrase, by=world.who[username], now=world.at)
    sample_paper(world)
    decision = awards.decide(the_round(world), by=zhou, now=world.later(hours=1))
    for officer in (zhou, qian):
        awards.sign(decision, by=officer, now=world.later(hours=1))
    decision.refresh_from_db()
    posted = awards.publish(decision, by=zhou, now=at(date(2024, 6, 3), 9))
    award = decision.awards.select_related("decision__round__street").get(
        proposal__title="文明养宠和谐社区"
    )
    li = Account.objects.get(username="li")
    text = "听说去年街道已经给过宠物粪便箱的钱，请核对有没有重复。"
    objection = awards.object_to(award, text, by=li, now=at(date(2024, 6, 4), 15))
    if not ends_here:
        answer = "经核对，去年的资金用于添置设备，今年用于志愿者轮值和宣传，没有重复。"
        awards.reject(objection, answer, by=qian, now=at(date(2024, 6, 6), 10))
    world.at = posted.closes


CHAPTERS: dict[str, Callable[[World, bool], None]] = {
    "draft": draft,
    "call": call,
    "review": review,
    "vote": vote,
    "notice": notice,
    "running": afterwards.running,
    "midterm": afterwards.midterm,
    "closed": afterwards.closed,
}
