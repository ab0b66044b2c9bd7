"""Expert marks: a weighted rubric, a mean of several judges, and what a blank means.

`rubric` is one judge's sheet, `panel` all the judges together.
"""

from sanlin.kernel.scoring.panel import (
    Row,
    mean,
    mean_absolute_deviation,
    median,
    normalised,
    ranks,
    side_by_side,
    spread,
    trimmed_mean,
)
from sanlin.kernel.scoring.rubric import (
    BadSheet,
    Criterion,
    blanks,
    check,
    full,
    read_mark,
    total,
)

__all__ = [
    "BadSheet",
    "Criterion",
    "Row",
    "blanks",
    "check",
    "full",
    "mean",
    "mean_absolute_deviation",
    "median",
    "normalised",
    "ranks",
    "read_mark",
    "side_by_side",
    "spread",
    "total",
    "trimmed_mean",
]
