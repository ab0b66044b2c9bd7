from .ledgers import home, ledger, street
from .making import of_circle, of_notice, of_project, of_round, of_street
from .papers import agreement, change, notice, of_kind, project, report, round_page
from .templates import house, template, templates, withdraw

__all__ = [
    "agreement",
    "change",
    "home",
    "house",
    "ledger",
    "notice",
    "of_circle",
    "of_kind",
    "of_notice",
    "of_project",
    "of_round",
    "of_street",
    "project",
    "report",
    "round_page",
    "street",
    "template",
    "templates",
    "withdraw",
]
