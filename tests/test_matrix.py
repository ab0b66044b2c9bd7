"""Every address × every post, at home and elsewhere, against answers that are declared.

No page asks the database more than twelve questions, with everything that a request reads: session,
account, posts, gate, the frame, and a message that waits to be shown and is then put away.

`matrix.toml` says for each address who is let in when she asks for the thing of 潍坊二村 in a round
that is being carried out. Whoever is not named must be turned away with a sentence, or sent to sign
in; an address that the table does not know fails, and so does one that is no longer there.
"""

from __future__ import annotations

import io
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from PIL import Image

from sanlin.commons.funds.models import Duty, Fund, Source
from sanlin.commons.orgs.models import Organisation
from sanlin.commons.people.models import Post, PostKind, Resident
from sanlin.commons.people.tests.scene import district, neighbourhood, post, resident, street
from sanlin.commons.places.models import District, Home, Neighbourhood, Street
from sanlin.front.papers.models import Template
from sanlin.front.records.actions import seal
from sanlin.govern.awards.models import Award
from sanlin.govern.ballots.models import Booth, Keeper, Shift, Voter
from sanlin.govern.growth.models import Survey
from sanlin.govern.projects.models import Agreement, Project, Report, ReportPhoto
from sanlin.govern.proposals.models import Photo, Premise, Proposal, Rivals
from sanlin.govern.reviews.models import Seat
from sanlin.govern.rounds.models import Round
from sanlin.ground import clock, files
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.models import Checkpoint
from sanlin.ground.tasks.actions import order
from sanlin.harmony.voices.models import Voice
from sanlin.kernel.record import archive
from sanlin.site import demo
from sanlin.site.demo.cast import ER_CUN
from tests.town import ASKED_AT

from .town import MOST_QUESTIONS, questions

# One worker: they share a town that is built once.
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("town")]

FILE = Path(__file__).with_name("matrix.toml")
SIGN_IN = "/account/sign-in/"
LET_IN = {200, 302, 400, 405, 409}  # a verb that only answers to POST says 405 to whoever may
NOW = demo.MOMENTS["midterm"]

PEOPLE = (
    "nobody",
    "resident",
    "waiting",
    "resident-elsewhere",
    "leader",
    "leader-elsewhere",
    "worker",
    "worker-next-door",
    "worker-elsewhere",
    "officer",
    "officer-elsewhere",
    "judge",
    "judge-elsewhere",
    "social-worker",
    "merchant",
    "auditor",
    "auditor-elsewhere",
    "administrator",
    "administrator-elsewhere",
)
GROUPS = {
    "all": set(PEOPLE),
    "signed-in": set(PEOPLE) - {"nobody"},
    "street-staff": {"worker", "worker-next-door", "officer", "auditor", "administrator"},
    "committees": {
        "worker",
        "worker-next-door",
        "worker-elsewhere",
        "officer",
        "officer-elsewhere",
    },
    "posts": {who for who in PEOPLE if who.split("-")[0] in {"worker", "officer", "judge"}}
    | {"social-worker", "merchant", "auditor", "auditor-elsewhere"}
    | {"administrator", "administrator-elsewhere"},
}


def addresses(patterns=None, spaces=()):
    """(name, pattern) of every address, the name as `reverse` wants it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield ":".join([*spaces, pattern.name]), pattern
        else:
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from addresses(pattern.url_patterns, inner)


def declared():
    """Who is let in, by address; words in capitals of the table are groups."""
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))["let_in"]
    return {
        name: set().union(*(GROUPS.get(w, {w}) for w in words)) for name, words in table.items()
    }


def test_the_table_names_every_address_and_no_other():
    assert sorted(declared()) == sorted(name for name, _pattern in addresses())


def test_the_table_names_only_people_who_try():
    assert set().union(*declared().values()) <= set(PEOPLE)


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration while its round is being carried out, and everybody in front of a door."""
    folder = tmp_path_factory.mktemp("town")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "MEDIA_ROOT", folder)
        patch.setattr(settings, "DEMO", True)
        patch.setattr(clock, "set_demo_time", lambda moment: None)
        patch.setattr(clock, "now", lambda: NOW)
        call_command("flush", interactive=False, verbosity=0)
        demo.build("midterm", lambda words: None)
        yield Town()
        call_command("flush", interactive=False, verbosity=0)


class Town:
    """Everybody's browser, and the things of 潍坊二村."""

    def __init__(self):
        far = neighbourhood(street("远方街道", district=district("远方区")), "远方居委会")
        near = Neighbourhood.objects.get(name="潍坊一村居委会")
        home = Neighbourhood.objects.get(name=ER_CUN)
        who = {
            "nobody": None,
            "resident": "li",
            "waiting": resident(home, verified_on=None),
            "resident-elsewhere": resident(far),
            "leader": "wang",
            "leader-elsewhere": "zhao",
            "worker": "sun",
            "worker-next-door": post(PostKind.COMMITTEE_WORKER, near),
            "worker-elsewhere": post(PostKind.COMMITTEE_WORKER, far),
            "officer": "zhou",
            "officer-elsewhere": post(PostKind.STREET_OFFICER, far.street),
            "judge": "chen",
            "judge-elsewhere": post(PostKind.JUDGE, far.street),
            "social-worker": "xu",
            "merchant": "hong",
            "auditor": "shen",
            "auditor-elsewhere": post(PostKind.AUDITOR, far.street.district),
            "administrator": "fang",
            "administrator-elsewhere": post(PostKind.DISTRICT_ADMIN, far.street.district),
        }
        self.clients = {name: self._client(account) for name, account in who.items()}
        self.pks = self._things(home)

    def _client(self, account):
        client = Client(raise_request_exception=False)
        if isinstance(account, str):
            account = Account.objects.get(username=account)
        if account:
            client.force_login(account)
        return client

    def _things(self, home):
        """The rows to ask for, by table: those of 潍坊二村 where it matters whose they are."""
        proposal = Proposal.objects.get(title="活力二村益路同行")
        li = Account.objects.get(username="li")
        things = [
            *(home, home.street, home.street.district, proposal),
            Award.objects.get(proposal=proposal),
            Project.objects.get(award__proposal=proposal),
            Agreement.objects.filter(project__award__proposal=proposal).latest("version"),
            Rivals.objects.create(round=Round.objects.get(), reason="同一块空地"),
            Premise.objects.create(
                round=Round.objects.get(),
                proposal=proposal,
                needs=Proposal.objects.exclude(pk=proposal.pk)[0],
                reason="先通水才能种花",
            ),
            Seat.objects.get(account__username="chen"),
            Resident.objects.get(account=li),
            Post.objects.get(account__username="sun"),
            Voter.objects.filter(account=li)[0],
            Keeper.objects.get(account__username="qian"),
            *_booth(),
            Voice.objects.create(
                receipt="V1",
                kind="question",
                text="灯坏了",
                street=home.street,
                author=li,
                said_at=NOW,
            ),
            Organisation.objects.get(name="益路同行"),
            Template.objects.create(
                street=home.street,
                kind="change",
                version=1,
                body=b"",
                digest="0" * 64,
                by=Account.objects.get(username="zhou"),
                at=NOW,
                withdrawn_at=NOW,
            ),
            order("write", {}, "年度汇报", "/", by=Account.objects.get(username="zhou"), now=NOW),
            *_money(li),
            *_photos(proposal),
        ]
        return {type(thing): thing.pk for thing in things}

    def answer(self, name, pattern, person):
        """in, out, or anything else as it is."""
        where = reverse(name, kwargs=self._given(name, pattern))
        client = self.clients[person]
        if person != "nobody":
            session = client.session
            session["_messages"] = '[["__json_message",0,25,"好"]]'
            session.save()
        with questions() as asked:
            answer = client.get(where)
        if len(asked) > MOST_QUESTIONS:
            return f"{answer.status_code} after {len(asked)} questions"
        if answer.status_code == 302 and answer["Location"].startswith(SIGN_IN):
            return "out"
        if answer.status_code in {403, 404}:
            return "out"
        return "in" if answer.status_code in LET_IN else str(answer.status_code)

    def _given(self, name, pattern):
        return {key: self._value(key, name, pattern) for key in pattern.pattern.converters}

    def _value(self, key, name, pattern):
        if (name, key) in ASKED_AT:
            return ASKED_AT[name, key][0]
        if key == "kind":
            return "midterm" if name.startswith("projects:") else PostKind.JUDGE.value
        if key in {"log", "lines", "old", "new"}:
            first = Checkpoint.objects.filter(log=Round.objects.get().log)[0]
            return first.log_id if key == "log" else first.size
        if key in ASKED:
            return ASKED[key]
        model = getattr(pattern.callback, "guards", None) or BEHIND[name]
        if model not in self.pks:
            first = model.objects.order_by("pk").first()
            self.pks[model] = first.pk if first else NOTHING
        return self.pks[model]


def _booth():
    """A booth that was signed long ago, and its one shift."""
    booth, _made = Booth.objects.get_or_create(
        round=Round.objects.get(),
        number=99,
        defaults={"name": "九十九号站", "place": "活动室", "stage": "signed"},
    )
    hours = {"starts": NOW - timedelta(hours=2), "ends": NOW - timedelta(hours=1)}
    return booth, Shift.objects.create(booth=booth, **hours)


def _money(li):
    """What somebody gave to the round's fund, and a duty at it."""
    fund = Fund.objects.get()
    yield Source.objects.create(
        fund=fund, origin="donation", name="菜场", pledged=1, giver=li, at=NOW
    )
    qian = Account.objects.get(username="qian")
    yield Duty.objects.create(fund=fund, account=qian, kind="seal", since=NOW.date())


def _photos(proposal):
    """A photo of the proposal and one of a report."""
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "#b3341c").save(drawn, "PNG")
    of_proposal = {"proposal": proposal, "place": 1, "at": NOW}
    of_report = {"report": Report.objects.order_by("pk")[0]}
    for table, what in ((Photo, of_proposal), (ReportPhoto, of_report)):
        drawn.seek(0)
        kept = files.keep(files.picture(drawn, len(drawn.getvalue())))
        yield table.objects.create(file=kept, width=60, height=40, **what)


NOTHING = 999_999_999  # no row has this key: the answer is 404 for whoever would be let in
ASKED = {
    "code": "0" * 8,
    "day": "2024-06-12",
    "number": 1,
    "photo": NOTHING,
    "size": "small",
    "step": "title",
}
# What the keys of an address name, where its gate does not say.
BEHIND = {
    "growth:answer": Survey,
    "orgs:organisation": Organisation,
    "places:district": District,
    "places:street": Street,
    "places:neighbourhood": Neighbourhood,
    "people:register_in": Neighbourhood,
}


@pytest.mark.parametrize(
    ("name", "pattern"), list(addresses()), ids=lambda it: it if isinstance(it, str) else ""
)
def test_who_is_let_in(town, name, pattern):
    answers = {person: town.answer(name, pattern, person) for person in PEOPLE}
    let_in = declared()[name]
    assert answers == {person: "in" if person in let_in else "out" for person in PEOPLE}


def test_the_record_of_the_round_names_nobody(town):
    """The sealed record of the town holds no name, phone number or address of anybody in it."""
    files = archive.unpack(seal(Round.objects.get(), by=None, now=NOW).path.read_bytes())
    told = b"\n".join(files.values()).decode()
    names = set(Account.objects.values_list("name", flat=True))
    phones = {row.phone.reveal() for row in Account.objects.all() if row.phone}
    homes = {
        f"{home.stair.building}{home.stair}"
        for home in Home.objects.select_related("stair__building")
    }
    assert len(names) > 100
    assert phones
    assert homes
    assert [one for one in names | phones | homes if one and one in told] == []
