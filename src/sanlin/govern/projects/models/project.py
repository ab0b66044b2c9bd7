from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from sanlin.govern.projects import stages
from sanlin.govern.rounds.rules.book import in_english
from sanlin.ground.journal.models import told_in
from sanlin.kernel.packs.choices import PROJECT_KINDS

KINDS = [(one.key, one.label) for one in PROJECT_KINDS]


def kinds() -> list[tuple[str, str]]:
    """Kinds of project in the reader's language."""
    return [(one.key, one.english if in_english() else one.label) for one in PROJECT_KINDS]


class Circle(models.Model):
    """A few projects of a round that visit, advise and learn from each other, with a leader."""

    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="circles", verbose_name=_("轮次")
    )
    name = models.CharField(_("名称"), max_length=30)
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="circles_led",
        verbose_name=_("组长"),
    )

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("小组")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "name"], name="one_circle_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Projects(models.QuerySet[Any]):
    def alive(self) -> Projects:
        """Those that have neither been closed nor stopped."""
        return self.filter(stage__in=stages.ALIVE)

    def whole(self) -> Projects:
        """With every row that a page about one project names."""
        return self.select_related(
            "round__street",
            "undertaking__organisation",
            "undertaking__neighbourhood",
            "award__proposal",
            "fund",
            "circle",
        )


class Project(models.Model):
    """An award that is carried out. `grant` is whole fen; a change of the agreement can lower it, and
    nothing can raise it. `plan` is what the agreement in force lays down by spending head, in fen.

    `kind` says who carries it out and by which sheet a midterm session marks it. `grade` is the key of the latest closing grade; `owes_all` says that its consequence claws back
    everything that was paid.
    """

    undertaking = models.OneToOneField(
        "undertakings.Undertaking",
        models.PROTECT,
        related_name="project",
        verbose_name=_("事项"),
    )
    award = models.OneToOneField(
        "awards.Award", models.PROTECT, related_name="project", verbose_name=_("立项")
    )
    round = models.ForeignKey(
        "rounds.Round", models.PROTECT, related_name="projects", verbose_name=_("轮次")
    )
    fund = models.ForeignKey(
        "funds.Fund", models.PROTECT, related_name="projects", verbose_name=_("资金池")
    )
    circle = models.ForeignKey(
        Circle,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name=_("小组"),
    )
    number = models.CharField(_("项目编号"), max_length=60, unique=True)
    grant = models.BigIntegerField(_("立项金额（分）"))
    plan = models.JSONField(_("按科目的预算"), default=dict)
    tier = models.CharField(_("类别"), max_length=30, blank=True)
    kind = models.CharField(_("项目类型"), max_length=12, choices=KINDS)
    stage = models.CharField(_("阶段"), max_length=12, default=stages.TO_SIGN)
    grade = models.CharField(_("等次"), max_length=30, blank=True)
    owes_all = models.BooleanField(_("收回全部资金"), default=False)
    stop_reason = models.CharField(_("终止原因"), max_length=200, blank=True)

    objects = Projects.as_manager()

    log = told_in("round", "round_id")

    class Meta:
        verbose_name = _("项目")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stage__in=stages.PROJECT.stages()), name="project_stage_known"
            ),
            models.CheckConstraint(condition=models.Q(grant__gt=0), name="a_project_has_a_grant"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[one.key for one in PROJECT_KINDS]),
                name="kind_of_project_known",
            ),
            models.CheckConstraint(
                condition=(models.Q(stage=stages.STOPPED) & ~models.Q(stop_reason=""))
                | (~models.Q(stage=stages.STOPPED) & models.Q(stop_reason="")),
                name="whoever_stops_a_project_says_why",
            ),
        ]
        indexes = [models.Index(fields=["round", "stage"], name="projects_of_a_round")]

    def __str__(self) -> str:
        return self.undertaking.title

    @property
    def stage_label(self) -> str:
        return _now(stages.LABELS[self.stage])

    @property
    def team(self) -> Any:
        return self.undertaking.organisation

    @property
    def place(self) -> Any:
        return self.undertaking.neighbourhood

    @property
    def tier_name(self) -> str:
        return next((t.name for t in self.round.rules.tiers if t.key == self.tier), "")

    @property
    def kind_name(self) -> str:
        return dict(kinds())[self.kind]

    @property
    def grade_name(self) -> str:
        return next((g.name for g in self.round.rules.grades if g.key == self.grade), "")
