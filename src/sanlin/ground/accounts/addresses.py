"""Where a request comes from, for the lock-out: guessed at by nobody but our own proxy."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def of_client(request: HttpRequest) -> str:
    """The address of the client; behind TLS the one that the proxy in front has added last."""
    seen = str(request.META.get("REMOTE_ADDR", ""))
    if settings.HTTPS:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or seen
    try:
        return str(ip_address(seen))
    except ValueError:
        return "127.0.0.1"  # a socket has no address
