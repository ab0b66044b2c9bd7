"""The papers of the house: filled Word templates, slides, PDF, ledgers, the archive of a project."""

from .doors import doors

__all__ = ["doors"]
