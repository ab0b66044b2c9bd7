"""An election that was held elsewhere, read from a Pabulib file into a finished round."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.orgs.models import Organisation, OrganisationKind
from sanlin.commons.places.models import District, Neighbourhood, Street
from sanlin.govern.awards import stages
from sanlin.govern.awards.models import Decision, Official
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.proposals import actions as proposals
from sanlin.govern.proposals.actions import Held
from sanlin.govern.proposals.queries import admitted
from sanlin.govern.rounds import actions as rounds
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.rules.faults import sentence
from sanlin.ground import lots
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.verdict import Refused
from sanlin.kernel.allocation import Bid, Case, Limits
from sanlin.kernel.ballots import EQUAL_SHARES, Choices, Election, Merged, recount
from sanlin.kernel.packs import BadPack

from .deciding import keep, post, written

PACK = Path(__file__).parents[1] / "data" / "election.toml"
DISTRICT_CODE = "ELECTIONS"
KINDS = {"approve": "approve_k", "rank": "rank", "points": "points"}
RULES = {"greedy-no-skip": "stop", "greedy-custom": "topup"}  # every other is counted by skipping
MOST_CHOICES, MOST_POINTS = 99, 1000  # what a rule pack can say


@deed("awards.enter_election", checkpoint=_lazy("录入选举结果"))
def enter_election(election: Election, file: str, digest: str, *, by: None, now: datetime) -> Round:
    """Enter a finished round out of `election`: its proposals, its ballots without voters, the
    decision by its declared rule (greedy or Equal Shares; greedy where it is another), and what the file records.

    `file` is the file's name, `digest` the SHA-256 of its bytes. Amounts are hundredths of the
    file's currency. The operator's verb; a file that has been entered before is answered with its
    round. Refused where no round can hold what the file says.
    """
    if known := Official.objects.filter(digest=digest).select_related("round").first():
        return known.round
    held = _day(election.meta)
    place = _place(election)
    street = place.street
    team, account = _author(street)
    name = _name(election, file)
    values = _values(election)
    told = {"by": by, "now": now}
    if free := [it.id for it in election.projects if not it.cost]:
        raise Refused(_("项目“%(id)s”的金额为0，无法录入") % {"id": free[0][:40]})
    try:
        round = rounds.enter(street, name, held, PACK.read_text("utf-8"), values, **told)
    except BadPack as bad:
        words = "；".join(sentence(fault) for fault in bad.faults)
        raise Refused(_("按文件所写无法成为一轮：%(why)s") % {"why": words}) from bad
    rows = [Held(it.name, it.cost, _words(it.more)) for it in election.projects]
    proposals.enter(round, team, place, rows, by=account, now=now)
    keys = list(admitted(round).order_by("number").values_list("pk", flat=True))
    counted: Counter[Choices] = Counter()
    for choices, times in zip(election.ballots, election.counts, strict=True):
        counted[tuple(sorted((keys[key], weight) for key, weight in choices))] += times
    merged = Merged(tuple(sorted(counted.items())))
    ballots.enter(round, merged, _size(election), **told)
    decision = _decide(round, election, keys, merged, now=now)
    _record_official(round, election, file, digest, keys)
    for verb in ("publish", "confirm", "close"):
        rounds.move(round, verb, **told)
    kept = {"file": digest, "fingerprint": decision.fingerprint, "awards": written(decision)}
    record(round, by=by, now=now, **kept)
    return round


def _day(told: Mapping[str, str]) -> date:
    """The last day of the vote as the file gives it, or the last day of its year."""
    for key in ("date_end", "date_begin"):
        found = re.fullmatch(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", told.get(key, "").strip())
        if found:
            day, month, year = map(int, found.groups())
            if 1 <= month <= 12 and 1 <= day <= 28 and year:
                return date(year, month, day)
    years = re.findall(r"(?:19|20)\d\d", told.get("instance", "") + told.get("date_end", ""))
    return date(int(years[-1]) if years else 2000, 12, 31)


def _place(election: Election) -> Neighbourhood:
    """The unit of the file as a street with one neighbourhood, in a district of elections."""
    meta = election.meta
    unit = (meta.get("unit") or meta.get("instance") or "?")[:60]
    country = meta.get("country", "")[:30]
    mark = hashlib.sha256(f"{country}/{unit}".encode()).hexdigest()[:9].upper()
    district, _new = District.objects.get_or_create(
        code=DISTRICT_CODE,
        defaults={"name": "导入的选举", "province": "", "city": ""},  # data
    )
    street, _new = Street.objects.get_or_create(
        code=f"E{mark}", defaults={"name": unit, "district": district}
    )
    place, _new = Neighbourhood.objects.get_or_create(
        code=f"E{mark}01", defaults={"name": unit, "street": street}
    )
    return place


def _author(street: Street) -> tuple[Organisation, Account]:
    account = Account.objects.filter(username="election-file").first()
    if account is None:
        account = Account.objects.create_user(
            "election-file", name="选举文件", is_active=False
        )  # data
    team, _new = Organisation.objects.get_or_create(
        street=street,
        name="选举文件",  # data
        defaults={"kind": OrganisationKind.PUBLIC},
    )
    return team, account


def _name(election: Election, file: str) -> str:
    meta = election.meta
    parts = (meta.get("unit", ""), meta.get("subunit", ""), meta.get("instance", ""))
    words = " ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
    name = (words or file)[:50]
    taken = Round.objects.filter(name__startswith=name).count()
    return f"{name} ({taken + 1})" if taken else name


def _values(election: Election) -> dict[str, object]:
    form = election.form
    most = min(form.most or len(election.projects), MOST_CHOICES)
    at_least = re.fullmatch(
        r"(\d{1,15})(\.0*)?", election.meta.get("min_project_score_threshold", "")
    )
    values: dict[str, object] = {
        "budget": election.budget,
        "vote.kind": KINDS.get(form.kind, "approve_k"),
        "award.min_votes": int(at_least[1]) if at_least else "none",
        "award.overflow": "stop" if _rule(election) == "stop" else "skip",
        "award.method": "votes",
    }
    if completion := _completion(election):
        values |= {"award.method": "equal_shares", "award.completion": completion}
    if values["vote.kind"] == "points":
        values["vote.points"] = min(form.points or MOST_POINTS, MOST_POINTS)
    else:
        values["vote.k"] = max(most, 1)
    return values


def _rule(election: Election) -> str:
    return RULES.get(_declared(election), "skip")


def _completion(election: Election) -> str | None:
    """How Equal Shares are completed, where the file declares them."""
    return EQUAL_SHARES.get(_declared(election))


def _declared(election: Election) -> str:
    return election.meta.get("rule", "").strip().lower()


def _size(election: Election) -> int:
    told = election.meta.get("num_votes", "")
    return max(int(told) if told.isdigit() else 0, sum(election.counts))


def _words(more: tuple[tuple[str, str], ...]) -> str:
    told = dict(more)
    return " · ".join(told[key] for key in ("category", "target") if told.get(key))


def _decide(
    round: Round, election: Election, keys: list[int], merged: Merged, *, now: datetime
) -> Decision:
    seed, completion = round.lot.seed, _completion(election)
    votes = election.tally()
    case = Case(
        bids=tuple(
            Bid(keys[it.key], it.cost, votes=votes[it.key], sent=n)
            for n, it in enumerate(election.projects, start=1)
        ),
        limits=Limits(election.budget, min_votes=round.rules.award.min_votes),
        method="votes" if completion is None else "equal_shares",
        ballots=sum(election.counts),
        rule=_rule(election),
        ties=round.rules.award.ties,
        seed=seed,
        lot=tuple(lots.draw(seed, keys)),
        rules=round.fingerprint,
        utility="" if completion is None else "cost",
        completion=completion or "none",
        choices=() if completion is None else merged.ballots,
    )
    decision = keep(round, case, now=now)
    Decision.objects.filter(pk=decision.pk).update(stage=stages.PUBLISHED, published_at=now)
    decision.stage, decision.published_at = stages.PUBLISHED, now
    post(decision, None, now=round.windows.get().closes or now)
    return decision


def _record_official(
    round: Round, election: Election, file: str, digest: str, keys: list[int]
) -> None:
    meta, found = election.meta, recount(election)
    Official.objects.create(
        round=round,
        file=file[:120],
        digest=digest,
        place=", ".join(filter(None, (meta.get("country"), meta.get("unit"))))[:120],
        held=" – ".join(filter(None, (meta.get("date_begin"), meta.get("date_end"))))[:60],
        currency=meta.get("currency", "")[:12],
        rule=found.rule[:40],
        agreement=found.code,
        differing=[keys[key] for key in found.differing],
        winners=[keys[it.key] for it in election.projects if it.selected == 1],
    )
