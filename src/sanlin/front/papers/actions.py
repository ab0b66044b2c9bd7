"""Asking for papers that take a while, and a street's own templates."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from sanlin.commons.places.models import Street
from sanlin.ground.accounts.models import Account
from sanlin.ground.journal.actions import deed, record
from sanlin.ground.tasks import actions as tasks
from sanlin.ground.tasks.models import Task
from sanlin.ground.verdict import refusing, require

from . import rules
from .models import Template


@dataclass(frozen=True)
class Made:
    """A paper that is made beside the server: its words, what is in it, and whose rule is asked."""

    words: str | Promise
    what: str | Promise
    rule: Callable[..., Any]
    back: str


PROJECT, ROUND = "papers:project", "papers:round"
MADE: dict[str, Made] = {
    "archive": Made(
        _lazy("项目归档包"),
        _lazy(
            "这个项目在系统里的全部材料，按归档目录分文件夹，附目录、每份文件的指纹和缺少的材料。含姓名和票据，只供街道存档，制作会记入台账。"
        ),
        rules.can_archive,
        PROJECT,
    ),
    "certificate": Made(
        _lazy("证书（PDF）"), _lazy("写明项目的结项等次，打印后盖章。"), rules.can_certify, PROJECT
    ),
    "thanks": Made(
        _lazy("感谢状（PDF）"), _lazy("团队成员每人一张，打印后盖章。"), rules.can_thank, PROJECT
    ),
    "deck": Made(
        _lazy("年度汇报（PowerPoint）"),
        _lazy("数字、图表、项目一览和照片，都可以在PowerPoint里修改。"),
        rules.can_take_deck,
        ROUND,
    ),
    "agreements": Made(
        _lazy("全部协议（Word压缩包）"), _lazy("每个项目一份协议。"), rules.can_take_deck, ROUND
    ),
    "archives": Made(
        _lazy("全部项目归档包"),
        _lazy("每个项目一个归档包。含姓名和票据，只供街道存档，制作会记入台账。"),
        rules.can_archive_round,
        ROUND,
    ),
    "circle": Made(
        _lazy("小组汇报（PowerPoint）"),
        _lazy("小组各项目的资金、参与人次、做法和照片，都可以在PowerPoint里修改。"),
        rules.can_take_circle,
        "projects:circle",
    ),
    "notice": Made(
        _lazy("公示（PDF）"), _lazy("带二维码和指纹，打印后盖章张贴。"), rules.can_take_notice, ""
    ),
    "ledgers": Made(
        _lazy("全部台账（Excel）"),
        _lazy("所选范围内的每一种台账，一种一张工作表。"),
        rules.can_keep_ledgers,
        "papers:street",
    ),
}


def ask(
    work: str,
    thing: Model,
    site: str,
    *,
    by: Account,
    now: datetime,
    key: str = "",
    **more: Any,
) -> Task:
    """Put one of MADE about `thing` into the queue; the line in the log names both. `site` is where
    links in the paper lead, with its last slash."""
    made = MADE[work]
    require(made.rule(by, thing, now=now))
    about = {"pk": thing.pk, "site": site, **{name: v for name, v in more.items() if v is not None}}
    back = reverse(made.back, args=[thing.pk]) if made.back else "/"
    title = _("%(what)s · %(of)s") % {"what": made.words, "of": thing}
    return tasks.order(f"papers.{work}", about, title, back, by=by, now=now, key=key)


@deed("papers.add_template")
def add_template(
    street: Street, kind: str, body: bytes, note: str, *, by: Account, now: datetime
) -> Template:
    """A street's next template for a kind of paper; papers made from now on use it. `body` has been
    looked at (ground.office.word.look_at)."""
    require(rules.can_keep_templates(by, street, now=now))
    last = Template.objects.filter(street=street, kind=kind).aggregate(Max("version"))
    with refusing(_("刚刚有人上传了同一种模板，请刷新后再试")):
        template = Template.objects.create(
            street=street,
            kind=kind,
            version=(last["version__max"] or 0) + 1,
            note=note,
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            by=by,
            at=now,
        )
    record(template, by=by, now=now, kind=kind, version=template.version, digest=template.digest)
    return template


@deed("papers.withdraw_template")
def withdraw_template(template: Template, *, by: Account, now: datetime) -> Template:
    """Use it no more: the one before it, or the house's own, takes its place."""
    require(rules.can_withdraw(by, template, now=now))
    Template.objects.filter(pk=template.pk, withdrawn_at__isnull=True).update(withdrawn_at=now)
    template.refresh_from_db()
    record(template, by=by, now=now, kind=template.kind, version=template.version)
    return template
