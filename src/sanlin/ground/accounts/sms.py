"""The way out to phones is a plug: a function `send(phone, text)` that the settings name.

A gateway returns within seconds or raises; what it raises is logged by its kind alone, since the
words of a provider tend to repeat the number.
"""

from __future__ import annotations

import logging
import sys

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sanlin.ground.verdict import Refused

log = logging.getLogger(__name__)
ON_SCREEN = f"{__name__}.on_screen"


def is_set_up() -> bool:
    """Whether codes can be sent at all."""
    return bool(settings.SMS)


def shows() -> bool:
    """Whether this is a demonstration that shows its codes instead of sending them."""
    return bool(settings.DEMO) and settings.SMS == ON_SCREEN


def send(phone: str, text: str) -> None:
    """Hand `text` to the gateway; Refused where there is none or it failed."""
    if not is_set_up():
        raise Refused(_("这里还没有接通短信，请用密码登录，或到居委办理"))
    try:
        import_string(settings.SMS)(phone, text)
    except Exception as error:  # a gateway may raise anything; no page may break on it
        log.error("the SMS gateway failed: %s", type(error).__name__)
        raise Refused(_("短信没有发出，请1分钟后再试，或用密码登录")) from None


def on_screen(phone: str, text: str) -> None:
    """The gateway of a demonstration: print to the console. The page shows the code as well."""
    if not settings.DEMO:
        raise RuntimeError("only a demonstration prints its codes")
    sys.stdout.write(f"SMS {phone}: {text}\n")
    sys.stdout.flush()
