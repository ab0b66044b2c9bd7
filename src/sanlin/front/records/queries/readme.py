"""What lies beside the figures for whoever opens the archive without knowing what it is."""

from __future__ import annotations

from pathlib import Path

from sanlin.govern.rounds.models import Round

DATA = Path(__file__).parents[1] / "data"


def readme(round: Round, language: str) -> bytes:
    """The page in "zh" or "en"."""
    words = (DATA / f"README.{language}.md").read_text("utf-8")
    return words.format(name=round.name, street=round.street.name).encode()
