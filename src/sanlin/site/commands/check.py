"""Look over the installation: settings, database, keys, journal."""

from __future__ import annotations

import argparse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(options: argparse.Namespace) -> int:
    """Print one line a check; 1 when any of them found something wrong."""
    from django.core.management import call_command

    call_command("check", "--database", "default")
    call_command("migrate", "--check", verbosity=0)
    return 0
