from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sanlin.commons.funds import actions, rules
from sanlin.commons.funds.models import Fund
from sanlin.commons.funds.queries import ledger_findings, readings, told
from sanlin.ground.gate import gate
from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused

from .public import WHOLE


@gate(rules.can_see, Fund, having=WHOLE)
def checks(request: Request, fund: Fund) -> HttpResponse:
    """What must hold of the books, looked at while the page is read; POST reads every voucher."""
    may = request.by.is_authenticated and rules.can_inspect(request.by, fund, now=request.now)
    if request.method == "POST":
        try:
            row = actions.inspect(fund, by=request.by, now=request.now, key=request.key)
        except Refused as no:
            messages.error(request, str(no))
        else:
            words = _("已重读全部%(n)s张凭证") % {"n": row.through}
            messages.success(request, words)
        return redirect("funds:checks", pk=fund.pk)
    findings = ledger_findings(fund)
    page = {
        "fund": fund,
        "findings": [told(found) for found in findings],
        "well": all(found.holds for found in findings),
        "inspections": readings(fund),
        "may": bool(may),
    }
    return render(request, "funds/checks.html", page)
