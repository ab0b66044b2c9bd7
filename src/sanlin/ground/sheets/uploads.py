"""The page on which staff bring a list in: blank, file, every fault with its cell, preview, done.

    HOMES = Import(forms.HOMES, queries.plan_homes, actions.import_homes)

    @gate(rules.can_keep, Street)
    def homes(request, street):
        return HOMES.answer(request, street, title=_("导入房屋"), back=…)

`plan(parts, where, by=, now=)` says what the rows of each part would change; `verb(where, parts, by=,
now=, key=)` does it in one transaction, or raises Refused. Between preview and confirmation the list
lies sealed on the server; the address never holds anything of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.ground.http import Request
from sanlin.ground.verdict import Refused

from . import kept, lists, reader
from .writer import EXCEL, Head, workbook

MOST_SIEVES = 5  # times that wrong rows are left out before all are
SHOWN = 200  # lines of a preview; all faults are in the workbook
TEMPLATE = "sheets/upload.html"


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(
        label=gettext_lazy("名单文件"),
        help_text=gettext_lazy("Excel（.xlsx）或CSV文件，最大10MB，最多20,000行"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


@dataclass(frozen=True)
class Import:
    """A list, what its rows would change, and the verb that changes it."""

    about: lists.StaffList
    plan: Callable[..., lists.Plan]
    verb: Callable[..., Any]

    def answer(self, request: Request, where: Model, *, title: str, back: str) -> HttpResponse:
        """The page in the state that was asked for."""
        page = {"title": title, "back": back, "about": self.about, "form": FileForm()}
        if request.method == "POST" and "token" in request.POST:
            return self._do(request, where, page)
        if request.method == "POST":
            return self._look(request, where, page)
        if request.GET.get("blank"):
            answer = HttpResponse(lists.blank(self.about), content_type=EXCEL)
            answer["Content-Disposition"] = f'attachment; filename="{self.about.name}.xlsx"'
            return answer
        if token := request.GET.get("faults"):
            return self._faults(request, where, token, page)
        return render(request, TEMPLATE, page)

    def _purpose(self, where: Model) -> str:
        return f"{self.about.name} {where._meta.label} {where.pk}"

    def _kept(self, request: Request, where: Model, token: str) -> list[reader.Sheet] | None:
        return kept.get(token, self._purpose(where), by=request.by.pk, now=request.now)

    def look(
        self, found: list[reader.Sheet], where: Model, *, by: Any, now: datetime
    ) -> tuple[lists.Checked, lists.Plan]:
        """What was read, and what it would change. Raises BadFile.

        With a cell that reads wrongly nothing is done; the other rows are still asked about, so that
        everything wrong is said at once.
        """
        checked = lists.check(self.about, found)
        if not checked.faults:
            return checked, self.plan(checked.parts, where, by=by, now=now)
        good = lists.without(self.about, checked.parts, checked.faults)
        faults = checked.faults + self.plan(good, where, by=by, now=now).faults
        return checked, lists.Plan(faults=sorted(faults, key=lambda fault: fault.row))

    def sound(
        self,
        checked: lists.Checked,
        faults: list[lists.Fault],
        where: Model,
        *,
        by: Any,
        now: datetime,
    ) -> tuple[list[list[lists.Row]], lists.Plan]:
        """The rows in which nothing is wrong, and what they would change; no rows where leaving the
        wrong ones out only makes others wrong."""
        parts, plan = checked.parts, lists.Plan(faults=faults)
        for _again in range(MOST_SIEVES):
            if not plan.faults:
                return parts, plan
            parts = lists.without(self.about, parts, plan.faults)
            plan = self.plan(parts, where, by=by, now=now)
        return [[] for _part in parts], lists.Plan()

    def _look(self, request: Request, where: Model, page: dict[str, Any]) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        page["form"] = form
        if not form.is_valid():
            return render(request, TEMPLATE, page)
        sent = form.cleaned_data["file"]
        try:
            found = reader.read(sent.file, sent.size)
            checked, plan = self.look(found, where, by=request.by, now=request.now)
        except reader.BadFile as bad:
            form.add_error("file", str(bad))
            return render(request, TEMPLATE, page)
        token = kept.keep(found, self._purpose(where), by=request.by.pk, now=request.now)
        return self._show(request, where, (checked, plan), token, page)

    def _show(
        self,
        request: Request,
        where: Model,
        looked: tuple[lists.Checked, lists.Plan],
        token: str,
        page: dict[str, Any],
    ) -> HttpResponse:
        """What is wrong, and what would change: of a list with faults, by the rows that have none."""
        checked, plan = looked
        faults = plan.faults
        if faults:
            _parts, plan = self.sound(checked, faults, where, by=request.by, now=request.now)
        counts = plan.counts()
        lines = sorted(
            (c for c in plan.changes if c.kind != "unchanged"), key=lambda c: c.kind == "added"
        )
        page |= {
            "token": token,
            "faults": faults[:SHOWN],
            "fault_count": len(faults),
            "lines": lines[:SHOWN],
            "line_count": len(lines),
            "looked": lines or not faults,
            "figures": [
                (_("新增"), str(counts["added"])),
                (_("更新"), str(counts["updated"])),
                (_("未变"), str(counts["unchanged"])),
            ],
            "form": FileForm(),
        }
        return render(request, TEMPLATE, page)

    def _do(self, request: Request, where: Model, page: dict[str, Any]) -> HttpResponse:
        token = request.POST["token"]
        found = self._kept(request, where, token)
        if found is None:
            messages.warning(request, _("这份名单已导入过，或已超过一小时，请重新选择文件"))
            return redirect(request.path)
        who: dict[str, Any] = {"by": request.by, "now": request.now}
        try:
            checked, plan = self.look(found, where, **who)
            parts, faults = checked.parts, plan.faults
            if faults and "some" in request.POST:
                parts, plan = self.sound(checked, faults, where, **who)
            if plan.faults or not parts[0]:  # something has changed since the preview
                return self._show(request, where, (checked, lists.Plan(faults=faults)), token, page)
            self.verb(where, parts, **who, key=request.key)
        except (Refused, reader.BadFile) as no:
            page["form"].full_clean()
            page["refused"] = str(no)
            return render(request, TEMPLATE, page)
        messages.success(
            request,
            _("已导入：%(added)s 新增, %(updated)s 更新, %(unchanged)s 未变") % plan.counts(),
        )
        if faults:  # stay with what is still to be mended
            checked, plan = self.look(found, where, **who)
            return self._show(request, where, (checked, plan), token, page)
        kept.discard(token)
        return redirect(page["back"])

    def _faults(
        self, request: Request, where: Model, token: str, page: dict[str, Any]
    ) -> HttpResponse:
        found = self._kept(request, where, token)
        if found is None:
            messages.warning(request, _("这份名单已导入过，或已超过一小时，请重新选择文件"))
            return redirect(request.path)
        _checked, plan = self.look(found, where, by=request.by, now=request.now)
        heads: list[Head | str] = [
            _("工作表"),
            _("单元格"),
            _("列"),
            Head(_("填写的内容"), width=30),
            Head(_("问题和办法"), width=60),
        ]
        rows = ([f.sheet, f.cell, f.heading, f.said, f.sentence] for f in plan.faults)
        return workbook(heads, rows, name=f"{self.about.name}-faults", title=_("需要修改"))
