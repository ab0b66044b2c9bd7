"""The books in a record: several pots, goods, running costs, a sweep and a reversal in one fund."""

import json
from datetime import timedelta

import pytest

from sanlin.commons.funds import actions as funds
from sanlin.commons.funds.models import Fund, Source, Voucher
from sanlin.commons.funds.tests.scene import cause, raised, under, undertaking
from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.front.records.actions import seal
from sanlin.front.records.tests.test_records import noticed, verified
from sanlin.govern.projects import actions as projects
from sanlin.govern.projects.models import Project
from sanlin.kernel.ledger import Sweep, Terms
from sanlin.kernel.record import archive

pytestmark = pytest.mark.django_db


def test_all_pots_of_a_round_share_the_books_of_its_record(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    scene = noticed()
    round, later = scene.round, NOW + timedelta(days=60)
    by, other = officer(round.street), officer(round.street)
    fund = funds.open_fund(round.street, round.name, by=by, now=NOW)
    raised(fund, 500_00, by=by, name="3号楼")
    street_pays = raised(fund, 999_500_00, by=by, name="街道拨付")
    projects.confirm(round, by=by, now=later)
    raised(fund, 20, by=by, origin="donation", name="大米", unit="goods:大米", now=later)
    wrong = raised(fund, 77_00, by=by, name="5号楼", now=later)
    funds.reverse_own(Voucher.objects.latest("pk"), "到账金额写错", by=other, now=later)
    payer = officer(round.street)
    funds.entrust(fund, payer, "pay", by=by, now=later)
    asked = funds.ask_running(fund, 100_00, "议事会", by=by, now=later)
    funds.approve_running(asked, by=other, now=later)
    funds.pay_running(asked, by=payer, now=later)
    one = Project.objects.filter(round=round).first()
    funds.promise(fund, one.undertaking, one.grant, cause=cause(), by=by, now=later)
    group = undertaking(round.street)
    funds.promise(fund, group, 50_00, cause=cause(), by=by, now=later)
    fund = under(Fund.objects.get(pk=fund.pk), Terms(sweep=Sweep(6, 1)))
    funds.plan_sweep(fund, later.date(), by=by, now=later)
    funds.sweep(Fund.objects.get(pk=fund.pk), by=by, now=later)
    sealing = seal(round, by=None, now=later)
    assert verified(sealing)[0] == 0, verified(sealing)[1]
    files = archive.unpack(sealing.path.read_bytes())
    lines = [json.loads(line) for line in files["ledger.jsonl"].splitlines()]
    named = {name for line in lines for name, _amount in line["postings"]}
    key = one.award.proposal_id
    source = Source.objects.get(name="3号楼")
    assert named == {
        *("cash", "running", "given", "other"),
        *(f"source/{one.pk}" for one in (source, street_pays, wrong)),
        *(f"cost/{key}", f"owed/{key}"),
    }
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert [len(line["postings"]) for line in lines].count(0) == 1
    assert [line["reverses"] for line in lines if line["reverses"]] == [4]
