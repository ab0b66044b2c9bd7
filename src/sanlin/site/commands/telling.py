"""How `sanlin count` speaks: its words in both languages, and a count as a page of a terminal.

The words stand here as pairs, since they have to be there without Django and its catalogues.
"""

from __future__ import annotations

import argparse
import os
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanlin.kernel.allocation import Outcome, Step
    from sanlin.kernel.ballots import Election, Project
    from sanlin.kernel.reason import Reason

LANGUAGES = ("zh", "en")
BAR, WIDEST, MOST_OUT = 40, 44, 5

WORDS = {
    "unsettled": ("同分规则分不出先后", "the rule of ties leaves these level"),
    "projects": ("{n}个项目", "{n} projects"),
    "ballots": ("{n}张选票", "{n} ballots"),
    "budget": ("总额{n}", "budget {n}"),
    "funded": ("立项{n}个，共{of}个", "{n} of {of} funded"),
    "spent": ("用去{n}（{share}），余{left}", "{n} spent ({share}), {left} left"),
    "extra": ("其中预算外补足{n}", "of which {n} from outside the budget"),
    "order": ("次序", "#"),
    "project": ("项目", "project"),
    "cost": ("金额", "cost"),
    "votes": ("得票", "votes"),
    "left": ("余款", "left"),
    "name": ("名称", "name"),
    "out": ("未立项，得票最多的{n}个", "Not funded, the {n} with most votes"),
    "all_out": ("未立项", "Not funded"),
    "ties": ("同分", "Ties"),
    "tie": ("{projects}：按{by}", "{projects}: by {by}"),
    "split": ("（影响结果）", " (it mattered)"),
    "no_ties": ("没有同分。", "No ties."),
    "faults": ("文件中的异常", "What is odd in the file"),
    "seed": ("抽签种子{n}", "seed of the lot {n}"),
    "more": ("加 --explain 看每个项目的理由。", "--explain says why, for every project."),
    "greedy": ("按得票优先", "Greedy, by votes"),
    "skip": ("放不下的跳过", "what does not fit is skipped"),
    "stop": ("放不下即停止", "stops at what does not fit"),
    "threshold": ("有最低票数", "with a least number of votes"),
    "topup": ("最后一个可补足", "the last may be topped up"),
    "by.votes": ("得票多者先", "more votes"),
    "by.score": ("分高者先", "a higher mark"),
    "by.cheaper": ("金额少者先", "the cheaper"),
    "by.dearer": ("金额多者先", "the dearer"),
    "by.own_funds": ("自筹比例高者先", "more own funds"),
    "by.earlier": ("先提交者先", "handed in earlier"),
    "by.lot": ("抽签", "lot"),
    # Why a project is funded or not.
    "why.funded": ("立项", "funded"),
    "why.topped_up": ("立项，不足部分由预算外补足", "funded, topped up from outside the budget"),
    "why.budget": ("余款{left}，差{short}", "{left} left, {short} too little"),
    "why.stopped": ("前面的{other}放不下，计算停止", "the count had stopped at {other}"),
    "why.min_votes": ("得{own}票，最低{least}票", "{own} votes, at least {least} are needed"),
    "why.project_cap": ("超过单项上限{cap}", "above the cap of {cap}"),
    # What is wrong with a file.
    "bad.no_section": ("缺少{section}部分", "section {section} is missing"),
    "bad.no_column": ("{section}部分缺少{column}列", "section {section} lacks column {column}"),
    "bad.column_twice": ("{section}部分有重复的列", "section {section} has a column twice"),
    "bad.fields": (
        "应有{expected}个字段，实有{found}个",
        "{expected} fields expected, {found} found",
    ),
    "bad.key_twice": ("{key}出现了两次", "{key} stands twice"),
    "bad.no_key": ("META中缺少{key}", "META lacks {key}"),
    "bad.vote_type": ("不认识的选票形式{found}", "unknown vote_type {found}"),
    "bad.not_whole": (
        "{column}应为整数，写的是{found}",
        "{column} must be a whole number: {found}",
    ),
    "bad.below_zero": ("{column}不能是负数：{found}", "{column} must not be below zero: {found}"),
    "bad.not_amount": ("{column}应为金额，写的是{found}", "{column} must be an amount: {found}"),
    "bad.project_twice": ("项目编号{project}出现了两次", "project {project} stands twice"),
    "bad.no_id": ("项目没有编号", "a project has no id"),
    "bad.csv": ("分隔或引号有误：{said}", "delimiters or quotes are wrong: {said}"),
    "bad.encoding": ("不是UTF-8编码", "not UTF-8"),
    "bad.unknown_project": (
        "选了不存在的项目{project}",
        "a ballot names the unknown project {project}",
    ),
    "bad.points": (
        "应有{expected}个分数，实有{found}个",
        "{expected} points expected, {found} found",
    ),
    # What is odd, but can be read.
    "odd.twice": (
        "{ballots}张选票重复选同一项目，只计一次",
        "{ballots} ballots name a project twice, counted once",
    ),
    "odd.num_projects": (
        "文件写有{declared}个项目，实有{found}个",
        "{declared} projects declared, {found} found",
    ),
    "odd.num_votes": (
        "文件写有{declared}张选票，实有{found}张",
        "{declared} ballots declared, {found} found",
    ),
    "odd.voter_twice": ("{ballots}张选票的选民编号重复", "{ballots} ballots repeat a voter's id"),
    "odd.too_few": ("{ballots}张选票选得太少", "{ballots} ballots name too few"),
    "odd.too_many": ("{ballots}张选票选得太多", "{ballots} ballots name too many"),
    "odd.over_points": ("{ballots}张选票超过总点数", "{ballots} ballots give too many points"),
    "odd.recorded_otherwise": (
        "{projects}个项目记录的{column}与选票不符",
        "{projects} projects: recorded {column} differ from the ballots",
    ),
}  # data


class Words:
    """Says things in one language."""

    def __init__(self, language: str) -> None:
        self.at = LANGUAGES.index(language)

    def __call__(self, key: str, /, **figures: object) -> str:
        """The words of `key`; the key itself where there are none."""
        pair = WORDS.get(key)
        return pair[self.at].format_map(figures) if pair else key

    def fault(self, reason: Reason, kind: str = "bad") -> str:
        """What is wrong with a file; what has no words is said by its code and figures."""
        key, figures = f"{kind}.{reason.code}", dict(reason.figures)
        if key in WORDS:
            return self(key, **figures)
        return f"{reason.code} {figures}"


def in_words(language: str | None) -> Words:
    """The language that was asked for, or that of the terminal: Chinese where LANG says zh."""
    told = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return Words(language or ("zh" if told.lower().startswith("zh") else "en"))


def amount(hundredths: int) -> str:
    """An amount in the file's currency: 12,000 or 0.50."""
    whole, rest = divmod(abs(hundredths), 100)
    return ("-" if hundredths < 0 else "") + f"{whole:,}" + (f".{rest:02d}" if rest else "")


def wide(text: str) -> int:
    """Columns of a terminal that `text` takes: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(it) in "WF" else 1 for it in text)


def cut(text: str, width: int = WIDEST) -> str:
    """`text` in at most `width` columns."""
    if wide(text) <= width:
        return text
    while wide(text) > width - 1:
        text = text[:-1]
    return text.rstrip() + "…"


def bar(part: int, whole: int) -> str:
    """How much of the whole is used, drawn."""
    filled = min(BAR * part // max(whole, 1), BAR)
    return "█" * filled + "░" * (BAR - filled)


def share(part: int, whole: int) -> str:
    """In percent, floored to a tenth."""
    tenths = part * 1000 // max(whole, 1)
    return f"{tenths // 10}.{tenths % 10}%"


def lines(rows: Iterable[tuple[str, ...]], right: frozenset[int]) -> list[str]:
    """Rows as columns of equal width, those in `right` flush right; the last one is not padded."""
    table = list(rows)
    widths = [max(wide(cell) for cell in column) for column in zip(*table, strict=True)]
    told = []
    for row in table:
        cells = []
        for at, (cell, width) in enumerate(zip(row, widths, strict=True)):
            pad = " " * (width - wide(cell))
            last = at == len(row) - 1
            cells.append(pad + cell if at in right else cell if last else cell + pad)
        told.append(("  " + "  ".join(cells)).rstrip())
    return told


def tell(say: Words, election: Election, outcome: Outcome, options: argparse.Namespace) -> None:
    """Print the whole count."""
    print("\n".join(_told(say, election, outcome, options)))


def _told(
    say: Words, election: Election, outcome: Outcome, options: argparse.Namespace
) -> list[str]:
    meta = election.meta
    spent = sum(grant for _key, grant in outcome.grants)
    budget = outcome.left + spent - outcome.extra
    currency = f" {meta['currency']}" if meta.get("currency") else ""
    where = " · ".join(
        dict.fromkeys(meta[key] for key in ("unit", "subunit", "instance") if meta.get(key))
    )
    size = (
        say("projects", n=f"{len(election.projects):,}"),
        say("ballots", n=f"{sum(election.counts):,}"),
        say("budget", n=amount(budget) + currency),
    )
    head = where or options.file.name
    told = [head, "=" * wide(head), " · ".join(size)]
    told += [
        f"{say('greedy')}，{say(options.rule)}"
        if say.at == 0
        else f"{say('greedy')}; {say(options.rule)}",
        "",
    ]
    told += [say("funded", n=len(outcome.funded), of=len(election.projects))]
    told += [
        f"{bar(spent, budget)}  "
        + say("spent", n=amount(spent), share=share(spent, budget), left=amount(outcome.left))
    ]
    if outcome.extra:
        told.append(say("extra", n=amount(outcome.extra)))
    named = {project.key: project for project in election.projects}
    told += [
        "",
        *_table(say, election, outcome, named),
        "",
        *_out(say, election, outcome, named, options),
    ]
    told += _ties(say, outcome, named, options)
    if election.faults:
        told += ["", say("faults"), *(f"  {say.fault(it, 'odd')}" for it in election.faults)]
    if not options.explain:
        told += ["", say("more")]
    return told


def _table(
    say: Words, election: Election, outcome: Outcome, named: dict[int, Project]
) -> list[str]:
    votes = election.tally()
    rows = [tuple(say(it) for it in ("order", "project", "votes", "cost", "left", "name"))]
    funded = [step for step in outcome.steps if step.funded]
    for place, step in enumerate(funded, start=1):
        project = named[step.key]
        rows.append(
            (
                str(place),
                project.id,
                f"{votes[step.key]:,}",
                amount(step.grant),
                amount(step.left),
                cut(project.name),
            )
        )
    return lines(rows, frozenset({0, 2, 3, 4}))


def _out(
    say: Words,
    election: Election,
    outcome: Outcome,
    named: dict[int, Project],
    options: argparse.Namespace,
) -> list[str]:
    votes = election.tally()
    left_out = sorted(
        (step for step in outcome.steps if not step.funded), key=lambda it: -votes[it.key]
    )
    shown = left_out if options.explain else left_out[:MOST_OUT]
    if not shown:
        return []
    head = say("all_out") if options.explain else say("out", n=len(shown))
    rows = [
        (
            named[step.key].id,
            f"{votes[step.key]:,}",
            amount(named[step.key].cost),
            _why(say, step, named),
            cut(named[step.key].name),
        )
        for step in shown
    ]
    return [head, *lines(rows, frozenset({1, 2}))]


def _why(say: Words, step: Step, named: dict[int, Project]) -> str:
    told: dict[str, object] = dict(step.reason.figures)
    for name in ("left", "short", "cap", "cost", "grant"):
        if name in told:
            told[name] = amount(int(str(told[name])))
    if "other" in told:
        told["other"] = named[int(str(told["other"]))].id
    key = f"why.{step.reason.code}"
    return say(key, **told) if key in WORDS else step.reason.code


def _ties(
    say: Words, outcome: Outcome, named: dict[int, Project], options: argparse.Namespace
) -> list[str]:
    if not outcome.ties:
        return ["", say("no_ties")]
    told = ["", say("ties")]
    for tie in outcome.ties:
        projects = ", ".join(named[key].id for key in tie.keys)
        words = say("tie", projects=projects, by=say(f"by.{tie.settled_by}"))
        told.append("  " + words + (say("split") if tie.split else ""))
    if any(tie.settled_by == "lot" for tie in outcome.ties):
        told.append("  " + say("seed", n=options.seed))
    return told
