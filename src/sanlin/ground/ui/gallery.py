"""Samples for `/ui/`: every part of the kit in every state. Nothing here is anybody's data."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sanlin.ground.verdict import ALLOWED, denied

from .charts import Heat, Overlap, stacks, strides
from .icons import symbols
from .tables import Column, Sieve, Table
from .words import span


class SampleForm(forms.Form):
    """One field of every kind."""

    title = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("邻居一看就懂，最多60字")
    )
    asked = forms.IntegerField(label=gettext_lazy("申请金额（元）"), min_value=1)
    need = forms.CharField(
        label=gettext_lazy("为什么要做"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    tier = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("model", gettext_lazy("示范")), ("brand", gettext_lazy("品牌"))],
        widget=forms.RadioSelect,
    )
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("主题"),
        choices=[("garden", gettext_lazy("社区小花园")), ("stairs", gettext_lazy("楼道美化"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    place = forms.ChoiceField(
        label=gettext_lazy("居民区"), choices=[("", gettext_lazy("请选择"))], required=False
    )
    begins = forms.DateField(
        label=gettext_lazy("开始日期"),
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    photo = forms.FileField(
        label=gettext_lazy("照片"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
        required=False,
    )
    agree = forms.BooleanField(label=gettext_lazy("我已看过并同意公布以上内容"))


SAMPLE_TABLE = Table(
    "sample",
    gettext_lazy("样张列表"),
    (
        Column("number", gettext_lazy("编号"), lambda row: row.pk, "number", sort="pk"),
        Column(
            "name",
            gettext_lazy("名称"),
            lambda row: row.model,
            "long",
            sort="model",
            href=lambda row: "#table",
        ),
        Column("asked", gettext_lazy("申请金额"), lambda row: row.pk * 1_234_500, "money"),
        Column(
            "stage",
            gettext_lazy("阶段"),
            lambda row: _("启用") if row.pk % 2 else _("停用"),
            "state",
            tone=lambda row: "done" if row.pk % 2 else "wrong",
        ),
    ),
    sieves=(
        Sieve(
            "app",
            gettext_lazy("状态"),
            (("accounts", gettext_lazy("启用")), ("journal", gettext_lazy("停用"))),
            "app_label",
        ),
    ),
    search=("model",),
    verbs=(("remind", gettext_lazy("提醒")),),
    empty=gettext_lazy("还没有记录。征集开始后，提案会出现在这里。"),
)


def samples(now: datetime) -> dict[str, Any]:
    """What the gallery's page shows, for the language of this request."""
    wrong = SampleForm({"w-asked": "-3", "w-tier": "x"}, prefix="w")
    return {
        "form": SampleForm(),
        "wrong": wrong,
        "icons": sorted(symbols()),
        "steps": steps(now),
        "figures": [
            (_("提案"), "55"),
            (_("居民区"), "29"),
            (_("申请"), "¥1,286,000"),
            (_("投票率"), "38.2%"),
        ],
        "facts": [
            (_("团队"), _("空中蔬菜小组")),
            (_("申请金额"), "¥12,000"),
            (_("编号"), "2024-017"),
        ],
        "bars": [
            (_("示范"), 8, "8"),
            (_("品牌"), 21, "21"),
            (_("育苗"), 26, "26"),
            (_("其他"), 0, "0"),
        ],
        "compared": [
            (_("和平里"), 32_000_000, 28_000_000, "320000", "280000"),
            (_("东街"), 9_000_000, 15_000_000, "90000", "150000"),
        ],
        "spread": stacks(
            [
                (
                    _("和平里"),
                    "320000",
                    [(_("楼道花园"), 20_000_000, "200000"), (_("阅读角"), 12_000_000, "120000")],
                )
            ],
            40_000_000,
        ),
        "strides": strides(
            [
                (_("楼道花园"), "", 40_000_000, 20_000_000, True, ""),
                (_("阅读角"), "", 20_000_000, 24_000_000, False, _("超过余款")),
            ],
            40_000_000,
            lambda fen: str(fen // 100),
        ),
        "agreeing": Overlap((_("实际"), _("推演")), ((1000, 420), (420, 1000))),
        "heat": Heat(
            (_("示范"), _("品牌"), _("育苗")),
            (_("甲居民区"), _("乙居民区"), _("丙居民区")),
            ((1, 0, 2), (0, 3, 1), (0, 0, 8)),
        ),
        "yes": ALLOWED,
        "no": denied(_("还差2份评分")),
        "soon": now + timedelta(days=2, hours=3),
        "ago": now - timedelta(days=4),
        "what": [
            _("本轮停止收件，已提交的37份提案进入形式审查。"),
            _("此后团队不能再修改提案，除非被退回补正。"),
        ],
        "whom": _("37个团队，以及12份还是草稿的提案"),
        "published": _("提案名称、团队和申请金额；不含姓名和电话。"),
    }


def steps(now: datetime) -> list[dict[str, Any]]:
    """A round in the middle of its call."""
    day = timedelta(days=1)
    return [
        {
            "label": _("筹备"),
            "state": "past",
            "dates": span(now - 20 * day, now - 9 * day),
            "words": _("办法已定稿并公布"),
            "href": "#stages",
        },
        {
            "label": _("征集"),
            "state": "now",
            "dates": span(now - 8 * day, now + 2 * day),
            "words": _("团队负责人可以提交提案。"),
            "verb_words": _("写提案"),
            "verb_href": "#stages",
        },
        {"label": _("投票"), "state": "later", "dates": span(now + 9 * day, now + 14 * day)},
        {"label": _("公示"), "state": "later"},
    ]


def some_rows() -> Any:
    """Rows that every installation has and that are about nobody: Django's list of tables."""
    return ContentType.objects.all()
