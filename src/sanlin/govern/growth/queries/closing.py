from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from sanlin.govern.growth.models import Channel, Survey
from sanlin.govern.growth.rules import code_of


@dataclass(frozen=True)
class Said:
    """What residents said, in counts: by channel, yes by question, and by content from 1 to 5."""

    answers: int
    by_code: int
    by_paper: int
    knows: int
    took_part: int
    benefits: int
    content: tuple[int, int, int, int, int]

    def share(self, n: int) -> int:
        """Whole percent of all answers, rounded down."""
        return n * 100 // self.answers if self.answers else 0

    @property
    def content_share(self) -> int:
        """Whole percent who gave 4 or 5."""
        return self.share(sum(self.content[3:]))


def said_of(survey: Survey) -> Said:
    """In one question."""
    counts = {
        "answers": Count("pk"),
        "by_code": Count("pk", filter=Q(channel=Channel.CODE)),
        "by_paper": Count("pk", filter=Q(channel=Channel.PAPER)),
        **{
            name: Count("pk", filter=Q(**{name: True}))
            for name in ("knows", "took_part", "benefits")
        },
        **{f"content_{n}": Count("pk", filter=Q(content=n)) for n in range(1, 6)},
    }
    told = survey.answers.aggregate(**counts)
    content = tuple(told.pop(f"content_{n}") for n in range(1, 6))
    return Said(**told, content=content)


def slips_of(survey: Survey) -> list[tuple[int, str]]:
    """(number, code) of every slip that has not been used."""
    used = set(survey.used.values_list("number", flat=True))
    return [(n, code_of(survey, n)) for n in range(1, survey.slips + 1) if n not in used]
