"""A record holds what docs/record-format.md says, is the same when it is made twice, and names nobody."""

import hashlib
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client

from sanlin.commons.people.tests.scene import NOW, officer, resident
from sanlin.front.records import actions, jobs
from sanlin.front.records.actions import seal
from sanlin.front.records.queries import sealings
from sanlin.govern.awards import actions as awards
from sanlin.govern.awards.queries import margin_of
from sanlin.govern.awards.tests.scene import to_decide
from sanlin.govern.awards.tests.test_entering import entered
from sanlin.govern.awards.tests.test_premises import back
from sanlin.govern.awards.tests.test_whole_ballots import signed
from sanlin.govern.ballots import actions as ballots
from sanlin.govern.ballots.actions import Paper
from sanlin.govern.ballots.models import Batch, Sheet
from sanlin.govern.ballots.queries import drawn
from sanlin.govern.ballots.tests.paper import batch, hands, key, papers
from sanlin.govern.ballots.tests.vote import booth, close, counted, opened, settled
from sanlin.govern.rounds.models import Round
from sanlin.ground.verdict import Refused
from sanlin.kernel.record import archive
from sanlin.kernel.record.papers import CONTENT, FIXED

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def verified(sealing, *words):
    """(exit code, lines) of the verifier that lies in the archive."""
    files = archive.unpack(sealing.path.read_bytes())
    own = sealing.path.with_name("verify.py")
    own.write_bytes(files["verify.py"])
    asked = [sys.executable, own, sealing.path, "--root", sealing.root, *words]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def noticed():
    scene = to_decide((0.9, 0.8, 0.7), 3000, award__reserve=1)
    scene.noticed()
    return scene


def objected(scene):
    """Somebody of the street objects to the first award."""
    award = scene.award(0)
    who = resident(award.proposal.neighbourhood)
    return awards.object_to(award, "不符合办法", by=who, now=NOW)


def test_a_round_by_score_has_a_record_that_its_own_verifier_passes():
    sealing = seal(noticed().round, by=None, now=NOW)
    body = sealing.path.read_bytes()
    files = archive.unpack(body)
    assert set(files) == {*CONTENT, "log.jsonl", "checkpoints.txt", "manifest.json"}
    assert archive.pack(files) == body
    assert verified(sealing)[0] == 0, verified(sealing)[1]


def test_a_record_is_the_same_to_the_byte_when_it_is_made_again():
    round = noticed().round
    first = seal(round, by=None, now=NOW)
    body = first.path.read_bytes()
    assert seal(round, by=None, now=LATER) == first
    first.path.unlink()
    again = seal(round, by=None, now=LATER)
    assert again == first
    assert again.path.read_bytes() == body
    assert len(sealings(round)) == 1


def test_what_happens_afterwards_is_sealed_anew_and_leaves_the_decision_alone():
    scene = noticed()
    before = seal(scene.round, by=None, now=NOW)
    awards.uphold(objected(scene), "查实，取消立项", by=scene.first, now=NOW)
    after = seal(scene.round, by=None, now=NOW)
    assert after.size > before.size + 1
    assert [one.size for one in sealings(scene.round)] == [after.size, before.size]
    assert {name for name in FIXED if before.digests.get(name) != after.digests.get(name)} == set()
    told = archive.unpack(after.path.read_bytes())
    assert [row["stage"] for row in json.loads(told["objections.json"])] == ["upheld"]
    assert json.loads(told["awards.json"])["changes"][0]["grant"] == 0
    assert "查实".encode() not in b"".join(told.values())
    assert verified(after)[0] == 0


def test_the_root_stands_on_the_notice_with_the_way_to_the_record():
    round = noticed().round
    client = Client()
    assert "/record/" not in client.get(f"/rounds/{round.pk}/notice/").content.decode()
    sealing = seal(round, by=None, now=NOW)
    page = client.get(f"/rounds/{round.pk}/notice/").content.decode()
    assert sealing.grouped in page
    assert f'href="/rounds/{round.pk}/record/"' in page


def test_everybody_may_read_and_download_it():
    round = noticed().round
    client = Client()
    assert "正在封存" in client.get(f"/rounds/{round.pk}/record/").content.decode()
    sealing = seal(round, by=None, now=NOW)
    page = client.get(f"/rounds/{round.pk}/record/").content.decode()
    assert sealing.grouped in page
    where = f"/rounds/{round.pk}/record/{sealing.size}.zip"
    assert f'href="{where}"' in page
    body = b"".join(client.get(where).streaming_content)
    assert hashlib.sha256(body).digest() == hashlib.sha256(sealing.path.read_bytes()).digest()
    assert client.get(f"/rounds/{round.pk}/record/1.zip").status_code == 404


def test_nothing_is_sealed_before_the_decision_is_published():
    scene = to_decide((0.9, 0.8), 3000)
    scene.signed()
    with pytest.raises(Refused, match="公示以后"):
        seal(scene.round, by=None, now=NOW)
    assert jobs.seal_records(now=NOW) == 0
    assert Client().get(f"/rounds/{scene.round.pk}/record/").status_code == 302


def test_the_clocks_hand_seals_once_and_again_only_on_another_day():
    scene = noticed()
    assert jobs.seal_records(now=NOW) == 1
    assert jobs.seal_records(now=NOW) == 0
    objected(scene)
    assert jobs.seal_records(now=NOW) == 0
    assert jobs.seal_records(now=LATER) == 1
    assert jobs.seal_records(now=LATER) == 0


def test_a_log_that_keeps_growing_is_sealed_at_a_later_tick_and_holds_up_no_other(monkeypatch):
    busy, quiet = noticed(), noticed()

    def growing(round, decision):
        if round.pk == busy.round.pk:
            objected(busy)
        return written(round, decision)

    written = actions.papers
    with monkeypatch.context() as patched:
        patched.setattr(actions, "papers", growing)
        assert jobs.seal_records(now=NOW) == 1
    assert [len(sealings(scene.round)) for scene in (busy, quiet)] == [0, 1]
    assert jobs.seal_records(now=NOW) == 1
    assert verified(sealings(busy.round)[0])[0] == 0


@pytest.mark.parametrize("rule", ["greedy", "equalshares"])
def test_an_election_that_was_held_elsewhere_has_a_record_too(rule):
    round = entered(rule)
    sealing = seal(round, by=None, now=NOW)
    assert verified(sealing) == (0, verified(sealing)[1])
    files = archive.unpack(sealing.path.read_bytes())
    assert files["receipts.txt"] == b""
    assert json.loads(files["round.json"])["source"] == "entered"
    assert [votes for _key, votes in json.loads(files["totals.json"])["votes"]] == [3, 1, 2]


def test_whole_ballots_are_in_the_record_where_the_method_counts_them():
    decision, first = signed(method="phragmen")
    awards.publish(decision, consent=True, by=first, now=NOW)
    files = archive.unpack(seal(decision.round, by=None, now=NOW).path.read_bytes())
    rows = [json.loads(line) for line in files["ballots.jsonl"].splitlines()]
    assert sorted((len(row["choices"]), row["times"]) for row in rows) == [(1, 1), (2, 5)]


# --- paper ----------------------------------------------------------------------------------------


def on_paper_and_published(*, online):
    """A published round with paper: a real booth, a batch that was settled, another that agreed, a leaflet
    explained, and a sample."""
    two_fit = {"asked": 30_000_00, "tiers__shifan__money": 60_000_00, "award__min_score": None}
    vote = opened(voters=12 + online, award__method="votes", stages=["vote"], **two_fit)
    for who in vote.voters[12:]:
        ballots.cast(vote.fresh(), [vote.proposals[0].pk], by=who, now=NOW)
    stand = booth(vote, sheets=20)
    for who in vote.voters[:12]:
        stand.mark(who)
    close(vote)
    here = settled(stand)
    one, two, three = hands(vote)
    sheets = papers(vote, *[[0]] * 7, *[[1]] * 4, [2])
    for at, own in enumerate((sheets[:6], [*sheets[6:], Paper("", {})])):
        made = batch(vote, len(own), here)
        key(made, own, by=one, now=vote.after)
        wrong = [Paper(own[0].serial, {})] if not at else own[:1]
        key(made, [*wrong, *own[1:]], by=two, now=vote.after)
    first = Batch.objects.select_related("booth__round__street").get(number=1)
    ballots.settle(first, {sheets[0].serial: sheets[0]}, None, "看错", by=three, now=vote.after)
    ballots.explain(here, "箱里有一张广告", by=vote.officer, now=vote.after)
    counted(vote.fresh(), vote.after)
    most = margin_of(vote.fresh()).votes
    told = {"by": vote.officer, "now": vote.after}
    sample = awards.draw_sample(vote.fresh(), "351264", most, 500, **told)
    assert (most, sample.draws, sample.full) == (3, 6, False)
    looker = hands(vote, 1)[0]
    truth = {sheet.serial: sheet for sheet in sheets}
    for serial in sorted(drawn(sample)):
        row = Sheet.objects.select_related("roll__round__street", "batch__booth").get(serial=serial)
        ballots.look(sample, row, truth[serial], by=looker, now=vote.after)
    ballots.finish_sample(vote.fresh(), by=vote.officer, now=vote.after)
    decision = awards.decide(vote.fresh(), by=vote.officer, now=vote.after)
    for who in (vote.officer, officer(vote.round.street)):
        awards.sign(decision, by=who, now=vote.after)
    decision.refresh_from_db()
    awards.publish(decision, by=vote.officer, now=vote.after)
    return vote


@pytest.mark.parametrize("online", [0, 11])
def test_a_round_with_paper_has_a_record_that_its_own_verifier_passes(online):
    vote = on_paper_and_published(online=online)
    sealing = seal(vote.fresh(), by=None, now=vote.after)
    code, said = verified(sealing)
    assert code == 0, said
    body = archive.unpack(sealing.path.read_bytes())["paper.json"]
    told = json.loads(body)
    (only,) = told["booths"]
    assert (only["in_box"], only["discrepancy"], only["issued"]) == (12, 1, 12)
    assert [(b["differences"], len(b["serials"])) for b in only["batches"]] == [(1, 6), (0, 6)]
    assert told["sample"]["stage"] == "confirmed"
    assert "广告" not in body.decode()


def test_when_the_keys_are_gone_the_record_is_still_the_same():
    vote = on_paper_and_published(online=3)
    first = seal(vote.fresh(), by=None, now=vote.after)
    Round.objects.filter(pk=vote.round.pk).update(stage="running")
    ballots.destroy_keys(vote.fresh(), by=vote.officer, now=vote.after)
    again = seal(vote.fresh(), by=None, now=vote.after)
    before, after = (archive.unpack(one.path.read_bytes()) for one in (first, again))
    assert before["paper.json"] == after["paper.json"]
    assert verified(again)[0] == 0


def test_conditional_pairs_are_in_the_round_and_only_then():
    case = back(to_decide((0.9, 0.8, 0.7), 3000), "review")
    one, two, three = case.proposals
    for needs in (three, two):
        awards.name_premise(one, needs, "先通水才能种花", by=case.first, now=NOW)
    case = back(case, "decision")
    case.noticed()
    sealing = seal(case.round, by=None, now=NOW)
    told = json.loads(archive.unpack(sealing.path.read_bytes())["round.json"])
    assert told["requires"] == [[one.pk, two.pk], [one.pk, three.pk]]
    plain = noticed()
    sealing = seal(plain.round, by=None, now=NOW)
    assert "requires" not in json.loads(archive.unpack(sealing.path.read_bytes())["round.json"])
