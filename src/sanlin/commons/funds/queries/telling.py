"""What the kernel found, in words: a heading, a sentence with its figures, what breaks it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sanlin.kernel.ledger import Finding, unit_kind
from sanlin.kernel.money import yuan

from .words import amount_in


@dataclass(frozen=True)
class Told:
    """One check as the page says it."""

    title: str
    words: str
    holds: bool
    wrong: str


def amounts(found: Finding, plain: Collection[str] = ()) -> dict[str, str]:
    """The figures of a finding as they are written: fen as yuan, all but those of `plain`."""
    return {name: str(value) if name in plain else yuan(value) for name, value in found.figures}


def told(found: Finding) -> Told:
    """The finding of a ledger in words."""
    return Told(_title(found), _words(found), found.holds, _("、").join(found.wrong[:5]))


def _title(found: Finding) -> str:
    titles = {
        "units_sum_to_zero": lambda: _("每种单位借贷相等"),
        "balances_equal_postings": lambda: _("余额与记账相符"),
        "numbers_without_gaps": lambda: _("凭证号连续"),
        "chain_unbroken": lambda: _("凭证没有被改动"),
        "journal_agrees": lambda: _("与台账相符"),
    }
    return titles[found.code]()


def _words(found: Finding) -> str:
    figures = dict(found.figures)
    if found.code == "units_sum_to_zero":
        moved = [amount_in(unit, amount) for unit, amount in found.figures if unit_kind(unit)]
        return _("本期记账：%(moved)s，借方和贷方相抵为零；全部科目的余额也相抵为零") % {
            "moved": _("、").join(moved) or _("无")
        }
    words = {
        "balances_equal_postings": lambda: _("重算%(books)s个科目的余额，与账上所记比对"),
        "numbers_without_gaps": lambda: _("从1到%(last)s，共%(vouchers)s张，没有缺号"),
        "chain_unbroken": lambda: _("逐张重算指纹，本期%(vouchers)s张，一张接一张"),
        "journal_agrees": lambda: _("第%(last)s号凭证的指纹与台账里的一致"),
    }
    broken = {
        "balances_equal_postings": lambda: _("有科目的余额不等于它的每笔记账之和"),
        "numbers_without_gaps": lambda: _("应有%(last)s张，实有%(vouchers)s张"),
        "chain_unbroken": lambda: _("有凭证与它的指纹不符：有人在系统之外改过"),
        "journal_agrees": lambda: _("凭证的指纹与台账里的不同：有人在系统之外改过"),
    }
    return (words if found.holds else broken)[found.code]() % figures
