from __future__ import annotations

from django.apps import AppConfig

from . import sentences


class Kit(AppConfig):
    name = "sanlin.ground.ui"

    def ready(self) -> None:
        sentences.speak()
