from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from sanlin.ground.pii import SealedField, mark


class Accounts(BaseUserManager["Account"]):
    def create_user(
        self, username: str, password: str | None = None, *, phone: str = "", **fields: Any
    ) -> Account:
        """A new account; without a password it can only be entered by a code to its phone."""
        account = self.model(
            username=username, phone=phone, phone_mark=mark(phone) if phone else None, **fields
        )
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """Somebody who can act. Posts, homes and memberships hang on it from the floors above."""

    username = models.CharField(_("登录名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    phone = SealedField(_("手机号"), blank=True, default="")
    phone_mark = models.CharField(max_length=40, null=True, unique=True, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = Accounts()
    USERNAME_FIELD = "username"

    # Set for one request only, where a worker at the desk acts for this person: who and why.
    hand: Account | None = None
    hand_reason: str = ""

    class Meta:
        verbose_name = _("账号")

    def __str__(self) -> str:
        return self.name or self.username

    @cached_property
    def memo(self) -> dict[str, Any]:
        """What upper floors have already read about this person, for the life of this object."""
        return {}


class OneTimeCode(models.Model):
    """The latest code sent to a phone: a keyed mark, good once, for minutes and for a few tries.

    One row a phone: a new code replaces the old one, and how often is counted here as well.
    """

    phone_mark = models.CharField(max_length=40, unique=True)
    code_mark = models.CharField(max_length=40)
    sent_at = models.DateTimeField(_("发送时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    tries_left = models.PositiveSmallIntegerField(_("剩余次数"))
    used_at = models.DateTimeField(_("使用时间"), null=True)
    day = models.DateField(_("发送日"))
    sent = models.PositiveSmallIntegerField(_("当日发送次数"), default=1)

    class Meta:
        verbose_name = _("验证码")

    def __str__(self) -> str:
        return f"{self.sent_at:%F %T}"


class Assistances(models.QuerySet[Any]):
    def standing(self, *, now: datetime) -> Assistances:
        """Those that have neither been ended nor run out."""
        return self.filter(ended_at__isnull=True, started_at__gt=now - Assistance.LIFE)


class Assistance(models.Model):
    """At the desk: a worker acts in the name of a person who is present, for a while."""

    LIFE = timedelta(minutes=30)

    person = models.ForeignKey(
        Account, models.PROTECT, related_name="assistances", verbose_name=_("以谁的名义")
    )
    hand = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("代办人"))
    reason = models.CharField(_("事由"), max_length=200)
    started_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"), null=True)

    objects = Assistances.as_manager()

    class Meta:
        verbose_name = _("代办")
        constraints = [
            models.CheckConstraint(
                name="nobody_is_her_own_hand", condition=~models.Q(person=models.F("hand"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.hand} → {self.person}"

    @property
    def until(self) -> datetime:
        """When it ended, or will end by itself."""
        return self.ended_at or self.started_at + self.LIFE
