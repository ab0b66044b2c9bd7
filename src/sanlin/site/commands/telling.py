"""How `sanlin count` speaks: its words in both languages, and a count as a page of a terminal.

The words stand here as pairs, since they have to be there without Django and its catalogues.
"""

from __future__ import annotations

import argparse
import os
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sanlin.kernel.allocation import Certificate, Change, Outcome, Step
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
    "why": ("理由", "why"),
    "out": ("未立项，得票最多的{n}个", "Not funded, the {n} with most votes"),
    "all_out": ("未立项", "Not funded"),
    "ties": ("同分", "Ties"),
    "tie": ("{projects}：按{by}", "{projects}: by {by}"),
    "split": ("（影响结果）", " (it mattered)"),
    "no_ties": ("没有同分。", "No ties."),
    "faults": ("文件中的异常", "What is odd in the file"),
    "seed": ("抽签种子{n}", "seed of the lot {n}"),
    "more": ("加 --explain 看每个项目的理由。", "--explain says why, for every project."),
    "greedy": ("按得票优先，{rule}", "Greedy, by votes; {rule}"),
    "equal-shares": ("等额分配，{utility}，{completion}", "Equal Shares, {utility}, {completion}"),
    "overspending": (
        "等额分配、允许有限超支，{utility}",
        "Equal Shares with bounded overspending, {utility}",
    ),
    "phragmen": ("均衡负担（Phragmén），{rule}", "Sequential Phragmén; {rule}"),
    "welfare": ("总满意度最大，{utility}", "Maximal welfare, {utility}"),
    "worth.cost": ("满意度按金额", "by cost"),
    "worth.cardinality": ("满意度按项目数", "by number"),
    "worth.points": ("满意度按点数", "by points"),
    "worth.borda": ("满意度按名次分", "by rank"),
    "none": ("余款不补", "no completion"),
    "add1": ("逐元加额", "Add1"),
    "add1-exhaustive": ("逐元加额至用尽", "Add1 until exhausted"),
    "add1u": ("逐元加额，余款按每元得票", "Add1, then by votes per money"),
    "utilitarian": ("余款按每元得票", "then by votes per money"),
    "comparison": ("同按得票优先比较", "compared with greedy"),
    "each": ("每张选票有{each}，加额{raises}次", "{each} for every ballot, raised {raises} times"),
    "compared": (
        "更满意等额分配的{better}张，更满意按得票优先的{worse}张",
        "{better} ballots are better off with Equal Shares, {worse} with greedy",
    ),
    "certificates": ("核验", "Certificates"),
    "proof.limits": ("遵守每一条限制", "every limit is kept"),
    "proof.exhaustive": ("余款放不下任何未立项的", "nothing left out would still fit"),
    "proof.prices": (
        "价格成立：支持者恰好付清，没有人超支",
        "the prices hold: supporters paid exactly, nobody too much",
    ),
    "proof.loads": (
        "负担成立：每一项都由支持者付清",
        "the loads hold: supporters earned what they bought",
    ),
    "proof.ejr+": (
        "按人数应得的群体都有代表（EJR+）",
        "every group that is entitled to it is represented (EJR+)",
    ),
    "proof.optimal": ("没有更好的组合", "no set is worth more"),
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
    "why.bought": (
        "由{payers}张选票买下，每单位满意度{price}",
        "bought by {payers} ballots at {price} a unit",
    ),
    "why.overspent": (
        "由{payers}张选票出{part}买下，其余由总额补足，每单位满意度{price}",
        "{payers} ballots paid {part} of it, the budget the rest, at {price} a unit",
    ),
    "why.completed": ("用余款立项", "funded with what was left"),
    "why.poor": ("支持者只余{own}，差{short}", "supporters have {own} left, {short} too little"),
    "why.no_support": ("没有选票支持", "no ballot supports it"),
    "why.outweighed": ("其他组合更受支持", "another set is worth more"),
    "why.budget": ("余款{left}，差{short}", "{left} left, {short} too little"),
    "why.stopped": ("前面的{other}放不下，计算停止", "the count had stopped at {other}"),
    "why.min_votes": ("得{own}票，最低{least}票", "{own} votes, at least {least} are needed"),
    "why.project_cap": ("超过单项上限{cap}", "above the cap of {cap}"),
    "needed": ("怎样就会立项", "funded with"),
    "change.cost": ("少申请{by}", "{by} less asked for"),
    "change.votes": ("多{by}票", "{by} more votes"),
    "change.budget": ("总额多{by}", "{by} more money"),
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


def tell(
    say: Words,
    election: Election,
    outcome: Outcome,
    options: argparse.Namespace,
    proofs: Sequence[Certificate] = (),
    changes: Mapping[int, Sequence[Change]] | None = None,
) -> None:
    """Print the whole count; `changes` are what would have funded a project, by key."""
    told = _told(say, election, outcome, options, changes)
    print("\n".join([*told, *_proofs(say, proofs)]))


def _proofs(say: Words, proofs: Sequence[Certificate]) -> list[str]:
    if not proofs:
        return []
    signs = {True: "✓", False: "✗", None: "?"}
    return [
        "",
        say("certificates"),
        *(f"  {signs[it.holds]} {say('proof.' + it.name)}" for it in proofs),
    ]


def _told(
    say: Words,
    election: Election,
    outcome: Outcome,
    options: argparse.Namespace,
    changes: Mapping[int, Sequence[Change]] | None,
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
    told += [_method(say, options), *_shares(say, outcome), ""]
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
        *_table(say, election, outcome, named, options),
        "",
        *_out(say, election, outcome, options, changes),
    ]
    told += _ties(say, outcome, named, options)
    if election.faults:
        told += ["", say("faults"), *(f"  {say.fault(it, 'odd')}" for it in election.faults)]
    if not options.explain:
        told += ["", say("more")]
    return told


def _table(
    say: Words,
    election: Election,
    outcome: Outcome,
    named: dict[int, Project],
    options: argparse.Namespace,
) -> list[str]:
    votes = election.tally()
    heads = ("order", "project", "votes", "cost", "left", *(("why",) * options.explain), "name")
    rows = [tuple(say(it) for it in heads)]
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
                *((_why(say, step, named),) * options.explain),
                cut(project.name),
            )
        )
    return lines(rows, frozenset({0, 2, 3, 4}))


def _out(
    say: Words,
    election: Election,
    outcome: Outcome,
    options: argparse.Namespace,
    changes: Mapping[int, Sequence[Change]] | None,
) -> list[str]:
    votes = election.tally()
    named = {project.key: project for project in election.projects}
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
            *(() if changes is None else (_needed(say, changes[step.key]),)),
            cut(named[step.key].name),
        )
        for step in shown
    ]
    if changes is not None:
        heads = ("project", "votes", "cost", "why", "needed", "name")
        rows.insert(0, tuple(say(it) for it in heads))
    return [head, *lines(rows, frozenset({1, 2}))]


def _needed(say: Words, changes: Sequence[Change]) -> str:
    """The smallest changes of which each alone would have funded the project."""
    told = []
    for change in changes:
        by = f"{change.by:,}" if change.what == "votes" else amount(int(change.by))
        told.append(say(f"change.{change.what}", by=by))
    return " / ".join(told) or "—"


MONEY = ("left", "short", "cap", "cost", "grant")


def _why(say: Words, step: Step, named: dict[int, Project]) -> str:
    told: dict[str, object] = dict(step.reason.figures)
    code = step.reason.code
    for name in (*MONEY, "own") if code == "poor" else MONEY:
        if name in told:
            told[name] = amount(int(Fraction(str(told[name]))))
    if "price" in told:
        told["price"] = f"{float(Fraction(str(told['price']))):.4g}"  # to be looked at only
    if "part" in told:
        code = "overspent"
        told["part"] = share(int(Fraction(str(told["part"])) * 1000), 1000)
    if "other" in told:
        told["other"] = named[int(str(told["other"]))].id
    key = f"why.{code}"
    return say(key, **told) if key in WORDS else code


def _method(say: Words, options: argparse.Namespace) -> str:
    """The method in words, with the options that it has."""
    rule, worth = say(options.rule), say(f"worth.{options.utility}")
    return say(options.method, rule=rule, utility=worth, completion=say(options.completion))


def _shares(say: Words, outcome: Outcome) -> list[str]:
    """What every ballot had, where ballots had money of their own."""
    shares = outcome.shares
    if shares is None or not shares.each:
        return []
    told = [say("each", each=amount(int(shares.each)), raises=f"{shares.raises:,}")]
    if shares.preferred is not None:
        better, worse = shares.preferred
        told.append(say("compared", better=f"{better:,}", worse=f"{worse:,}"))
    return told


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
