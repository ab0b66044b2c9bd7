"""Signed papers of a project: filed by one hand, checked by another, never public."""

import hashlib
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from sanlin.commons.people.tests.scene import NOW, officer, post, resident, worker
from sanlin.govern.projects import actions, queries
from sanlin.govern.projects.models import SignedPaper
from sanlin.govern.projects.tests.scene import fresh, leader, picture, project
from sanlin.ground import clock, files
from sanlin.ground.journal.models import Entry
from sanlin.ground.verdict import Refused

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, settings, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(clock, "now", lambda: NOW)


def filed(one, people=12, by=None, **values):
    given = {"what": "confirmation", "paper": picture(), **values}
    by = by or leader(one)
    return actions.file_paper(one, given["what"], given["paper"], people, by=by, now=NOW)


def at(one, paper=None, size=""):
    if paper is None:
        return f"/projects/{one.pk}/signed-papers/"
    return f"/signed-papers/{paper.pk}/{size and size + '/'}"


def browser(who):
    client = Client()
    client.force_login(who)
    return client


def test_a_confirmation_counts_once_another_hand_has_checked_it():
    one = project("running")
    first, second = filed(one, 12), filed(one, 8)
    assert queries.confirmed(one) == (0, 0)
    actions.check_paper(first, True, "", by=worker(one.place), now=NOW)
    assert queries.confirmed(one) == (12, 1)
    with pytest.raises(Refused, match="至少4个字"):
        actions.check_paper(second, False, "", by=worker(one.place), now=NOW)
    actions.check_paper(second, False, "签字不清楚", by=worker(one.place), now=NOW)
    assert queries.confirmed(one) == (12, 1)
    with pytest.raises(Refused, match="已经核对过"):
        actions.check_paper(first, True, "", by=officer(one.round.street), now=NOW)
    told = Entry.objects.get(deed="projects.file_paper", subject__endswith=f":{first.pk}").told
    assert told["data"] == {
        "project": one.pk,
        "what": "confirmation",
        "digest": first.digest,
        "people": 12,
    }


def test_nobody_checks_what_they_filed_or_what_their_team_did():
    one = project("running")
    helper = worker(one.place)
    paper = filed(one, by=helper)
    for who in (helper, leader(one), worker()):
        with pytest.raises(Refused):
            actions.check_paper(paper, True, "", by=who, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        SignedPaper.objects.update(stage="checked", checked_by=helper)
    assert SignedPaper.objects.get().stage == "filed"


def test_what_a_confirmation_needs_and_what_is_filed_twice():
    one, photo = project("running"), picture()
    with pytest.raises(Refused, match="多少位受益人"):
        filed(one, None)
    made = filed(one, 3, paper=photo)
    with pytest.raises(Refused, match="已经归档过"):
        filed(one, 3, paper=photo)
    actions.check_paper(made, False, "拍糊了，看不清", by=worker(one.place), now=NOW)
    assert filed(one, 3, paper=photo).stage == "filed"
    assert filed(one, 5, what="sign_in").people is None


def test_an_ended_project_takes_papers_from_staff_only():
    one = project("running")
    actions.stop(one, "团队解散了", by=officer(one.round.street), now=NOW)
    with pytest.raises(Refused, match="交工作人员归档"):
        filed(fresh(one))
    assert filed(fresh(one), what="audit", by=officer(one.round.street)).what == "audit"


def test_filed_in_the_browser_and_handed_over_as_it_came():
    one = project("running")
    mine, staff = browser(leader(one)), browser(worker(one.place))
    page = mine.get(at(one)).content.decode()
    assert "还没有归档纸质材料" in page
    sent = SimpleUploadedFile("确认书.pdf", PDF, "application/pdf")
    missing = mine.post(at(one), {"what": "confirmation", "paper": sent})
    assert "请写明有多少位受益人签字" in missing.content.decode()
    sent = SimpleUploadedFile("确认书.pdf", PDF, "application/pdf")
    mine.post(at(one), {"what": "confirmation", "paper": sent, "people": "23"})
    paper = SignedPaper.objects.get()
    assert (paper.kind, paper.people) == ("pdf", 23)
    assert paper.digest == hashlib.sha256(PDF).hexdigest()
    assert "归档和核对须由两个人分别办理" not in staff.get(at(one, paper)).content.decode()
    staff.post(at(one, paper), {"fits": "yes", "note": ""})
    assert (
        "23位受益人在1份确认书上签字" in staff.get(f"/projects/{one.pk}/closing/").content.decode()
    )
    answer = staff.get(at(one, paper, "large"))
    assert b"".join(answer.streaming_content) == PDF
    assert "no-store" in answer["Cache-Control"]


def test_a_photo_loses_what_the_camera_wrote():
    one = project("running")
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "camera of somebody"
    Image.new("RGB", (60, 40), "#b3341c").save(drawn, "JPEG", exif=exif)
    assert b"camera of somebody" in drawn.getvalue()
    sent = SimpleUploadedFile("a.jpg", drawn.getvalue(), "image/jpeg")
    browser(leader(one)).post(at(one), {"what": "sign_in", "paper": sent})
    paper = SignedPaper.objects.get()
    kept = files.kept_bytes(paper.file, "photo")
    assert b"camera of somebody" not in kept
    assert browser(worker(one.place)).get(at(one, paper, "small")).status_code == 200


def test_they_are_never_public():
    one = project("running")
    paper = filed(one)
    auditor = post("auditor", one.round.street.district)
    pages = [at(one), at(one, paper), at(one, paper, "large")]
    for who in (auditor, leader(one), officer(one.round.street), worker(one.place)):
        client = browser(who)
        assert {client.get(page).status_code for page in pages} == {200}
    for who in (resident(one.place), worker(), officer(), post("judge", one.round.street)):
        client = browser(who)
        assert {client.get(page).status_code for page in pages} <= {403, 404}
    nobody = Client()
    assert {nobody.get(page).status_code for page in pages} == {302}
    public = nobody.get(f"/projects/{one.pk}/closing/").content.decode()
    assert "signed-papers" not in public


@pytest.mark.parametrize("papers", [1, 3])
def test_the_list_asks_the_same_of_one_and_of_three(papers, django_assert_num_queries):
    one = project("running")
    for _n in range(papers):
        filed(one)
    client = browser(officer(one.round.street))
    client.get(at(one))
    with django_assert_num_queries(QUERIES):
        page = client.get(at(one)).content.decode()
    assert page.count("12人签字") == papers


QUERIES = 7


# --- taken back -----------------------------------------------------------------------------------


def test_whoever_filed_it_takes_it_back_until_it_is_checked():
    one, photo = project("running"), picture()
    made = filed(one, 12, paper=photo)
    back = actions.withdraw_paper(made, by=leader(one), now=NOW)
    assert (back.stage, back.stage_label, back.checked_by) == ("withdrawn", "已撤回", None)
    with pytest.raises(Refused, match="已经撤回"):
        actions.withdraw_paper(made, by=leader(one), now=NOW)
    with pytest.raises(Refused, match="这份材料已经撤回"):
        actions.check_paper(made, True, "", by=worker(one.place), now=NOW)
    again = filed(one, 21, paper=photo)  # the same file, with the right figure
    actions.check_paper(again, True, "", by=worker(one.place), now=NOW)
    assert queries.confirmed(one) == (21, 1)
    with pytest.raises(Refused, match="已经核对过，不能再撤回"):
        actions.withdraw_paper(again, by=leader(one), now=NOW)
    told = Entry.objects.get(deed="projects.withdraw_paper").told
    assert told["data"] == {"project": one.pk, "digest": made.digest}
    assert told["stage"] == "withdrawn"


def test_nobody_takes_back_what_somebody_else_filed():
    one = project("running")
    paper = filed(one)
    for who in (worker(one.place), officer(one.round.street), resident(one.place)):
        with pytest.raises(Refused, match="只有归档人可以撤回"):
            actions.withdraw_paper(paper, by=who, now=NOW)
    helper = worker(one.place)
    own = filed(one, by=helper)
    with pytest.raises(Refused, match="只有归档人可以撤回"):
        actions.withdraw_paper(own, by=leader(one), now=NOW)
    assert actions.withdraw_paper(own, by=helper, now=NOW).stage == "withdrawn"


def test_taken_back_by_a_button_with_its_label():
    one = project("running")
    paper, mine = filed(one, 12), browser(leader(one))
    assert "撤回这份材料" in mine.get(at(one, paper)).content.decode()
    staff = browser(worker(one.place))
    assert "撤回这份材料" not in staff.get(at(one, paper)).content.decode()
    assert staff.post(at(one, paper, "withdraw")).status_code == 403
    assert mine.get(at(one, paper, "withdraw")).status_code == 405
    assert mine.post(at(one, paper, "withdraw"), {"key": "a"}).status_code == 302
    shown = mine.get(at(one)).content.decode()
    assert "已撤回，这一份不再计入" in shown
    assert "已撤回" in mine.get(at(one, paper)).content.decode()
    assert "撤回这份材料" not in mine.get(at(one, paper)).content.decode()
    assert mine.post(at(one, paper, "withdraw"), {"key": "b"}).status_code == 403
    assert "核对无误" not in staff.get(at(one, paper)).content.decode()


def test_one_that_was_checked_says_why_it_stays():
    one = project("running")
    paper = filed(one, 12)
    actions.check_paper(paper, True, "", by=worker(one.place), now=NOW)
    shown = browser(leader(one)).get(at(one, paper)).content.decode()
    assert "这份材料已经核对过，不能再撤回" in shown
    assert "撤回这份材料" not in shown
