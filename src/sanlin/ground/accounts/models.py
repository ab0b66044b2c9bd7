from __future__ import annotations

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
    """A code sent to a phone: kept as a keyed mark, good once and for a few minutes."""

    phone_mark = models.CharField(max_length=40, db_index=True)
    code_mark = models.CharField(max_length=40)
    sent_at = models.DateTimeField(_("发送时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    tries_left = models.PositiveSmallIntegerField(_("剩余次数"), default=5)
    used_at = models.DateTimeField(_("使用时间"), null=True)

    class Meta:
        verbose_name = _("验证码")

    def __str__(self) -> str:
        return f"{self.sent_at:%F %T}"
