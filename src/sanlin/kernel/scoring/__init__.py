"""Expert marks: a weighted rubric, several judges brought to one mark, and what a blank means.

`rubric` is one judge's sheet, `panel` the marks of one proposal, `evening`, `severity` and `borda`
free them from the habits of judges, `methods` names them all, `agreement` says how far to trust.
"""

from sanlin.kernel.scoring.agreement import alpha, verdict
from sanlin.kernel.scoring.borda import borda
from sanlin.kernel.scoring.evening import (
    mean_absolute_deviation,
    normalised,
    standard_deviation,
    zscores,
)
from sanlin.kernel.scoring.methods import METHODS, Row, marks_by, side_by_side
from sanlin.kernel.scoring.panel import mean, median, ranks, spread, trimmed_mean
from sanlin.kernel.scoring.rubric import (
    BadSheet,
    Criterion,
    blanks,
    check,
    full,
    read_mark,
    total,
)
from sanlin.kernel.scoring.severity import Disconnected, corrected, disconnected, severities

__all__ = [
    "METHODS",
    "BadSheet",
    "Criterion",
    "Disconnected",
    "Row",
    "alpha",
    "blanks",
    "borda",
    "check",
    "corrected",
    "disconnected",
    "full",
    "marks_by",
    "mean",
    "mean_absolute_deviation",
    "median",
    "normalised",
    "ranks",
    "read_mark",
    "severities",
    "side_by_side",
    "spread",
    "standard_deviation",
    "total",
    "trimmed_mean",
    "verdict",
    "zscores",
]
