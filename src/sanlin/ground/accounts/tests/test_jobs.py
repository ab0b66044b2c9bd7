from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.utils import timezone

from sanlin.ground.accounts.actions import send_code
from sanlin.ground.accounts.jobs import forget_stale
from sanlin.ground.accounts.models import OneTimeCode

from . import gateway

NOW = datetime(2024, 4, 10, 2, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_what_is_no_longer_needed_goes_and_the_rest_stays(settings):
    settings.SMS = gateway.KEEPS
    send_code("19900000001", now=NOW)
    send_code("19900000002", now=NOW + timedelta(days=2))
    for number, age in ((1, 191), (2, 189)):
        row = AccessAttempt.objects.create(
            username="li", ip_address=f"192.0.2.{number}", failures_since_start=1
        )
        old = NOW + timedelta(days=2, seconds=1) - timedelta(days=age)
        AccessAttempt.objects.filter(pk=row.pk).update(attempt_time=old)
    for name, days in (("spent", -1), ("fresh", 1)):
        until = timezone.now() + timedelta(days=days)  # noqa: TID251  # Django's own clock ends them
        Session.objects.create(session_key=name, session_data="", expire_date=until)
    assert forget_stale(now=NOW + timedelta(days=2, seconds=1)) == 2
    assert OneTimeCode.objects.count() == 1
    assert AccessAttempt.objects.get().ip_address == "192.0.2.2"
    assert list(Session.objects.values_list("session_key", flat=True)) == ["fresh"]
