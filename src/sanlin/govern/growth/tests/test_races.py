"""Two hands at once, on connections of their own: one effect, and the sentence for the other."""

import pytest

from sanlin.commons.people.tests.scene import NOW, officer
from sanlin.govern.growth import actions, rules
from sanlin.govern.growth.actions.closing import Said
from sanlin.govern.growth.models import Answer, Score, Slip, Slot
from sanlin.govern.growth.tests.scene import called, chairs, marks, running, session, survey
from sanlin.govern.projects.models import Report
from sanlin.govern.rounds.tests.test_races import together
from sanlin.ground.verdict import Refused
from sanlin.kernel.machine import NotNow

pytestmark = pytest.mark.django_db(transaction=True)


def outcomes(told):
    return sorted("no" if one in (Refused, NotNow) else "yes" for one in told)


def test_a_juror_scores_once_from_two_phones():
    slot = called(session(running()))
    me = chairs(slot.pitching)[0]
    told = together(
        *(lambda p=p: actions.score(slot, marks(slot, p), by=me, now=NOW) for p in ("7", "8", "9"))
    )
    assert outcomes(told) == ["no", "no", "yes"]
    assert Score.objects.count() == 1


def test_one_answer_a_code_from_three_phones():
    (one,) = running()
    made = survey(one)
    code, said = rules.code_of(made, 1), Said(True, True, True, 5)
    told = together(
        *(lambda: actions.answer(made, 1, code, said, by=None, now=NOW) for _each in range(3))
    )
    assert outcomes(told) == ["no", "no", "yes"]
    assert (Slip.objects.count(), Answer.objects.count()) == (1, 1)


def test_a_pitch_is_marked_once_and_no_sheet_comes_after_it():
    slot = called(session(running(), jurors=4))
    for account in chairs(slot.pitching)[:3]:
        actions.score(slot, marks(slot), by=account, now=NOW)
    first, second = (officer(slot.pitching.round.street) for _each in range(2))
    late = chairs(slot.pitching)[3]
    together(
        lambda: actions.make_mark(slot, "好", by=first, now=NOW),
        lambda: actions.make_mark(slot, "好", by=second, now=NOW),
        lambda: actions.score(slot, marks(slot, "4"), by=late, now=NOW),
    )
    kept = Slot.objects.get(pk=slot.pk)
    sheets = Score.objects.filter(slot=slot).count()
    assert kept.mark == (80 if sheets == 3 else 70)
    assert Report.objects.get(pk=slot.report_id).mark == kept.mark
