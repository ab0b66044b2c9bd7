"""The verbs of growing: meet, visit, advise, mentor, pitch, accept, ask the residents, go on."""

from .circles import (
    back,
    call_joint_meeting,
    call_meeting,
    do_advice,
    recommend,
    tell_meeting,
    visit,
)
from .closing import accept, answer, close_survey, key_in, open_survey
from .pairs import end, log_entry, pair
from .pitching import (
    call,
    close,
    dismiss,
    enter,
    invite,
    lay_down,
    make_mark,
    open_pitching,
    plan,
    put_back,
    score,
    step_aside,
    tick,
)
from .years import take_over

__all__ = [
    "accept",
    "answer",
    "back",
    "call",
    "call_joint_meeting",
    "call_meeting",
    "close",
    "close_survey",
    "dismiss",
    "do_advice",
    "end",
    "enter",
    "invite",
    "key_in",
    "lay_down",
    "log_entry",
    "make_mark",
    "open_pitching",
    "open_survey",
    "pair",
    "plan",
    "put_back",
    "recommend",
    "score",
    "step_aside",
    "take_over",
    "tell_meeting",
    "tick",
    "visit",
]
