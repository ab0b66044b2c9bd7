"""Gateways for tests: one that keeps what it was given, one that fails as a provider may."""

sent: list[tuple[str, str]] = []
KEEPS = f"{__name__}.keep"
FAILS = f"{__name__}.fail"


def keep(phone, text):
    sent.append((phone, text))


def fail(phone, text):
    raise ConnectionError(f"provider says no to {phone}")
