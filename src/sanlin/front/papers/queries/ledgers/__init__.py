"""The ledgers (台账) that a street keeps, each out of the rows that the house has of it.

A ledger is a name, heads and a way to read its rows; papers are Chinese whatever the screen's language.
"""

from .books import BOOKS, book, books_for
from .scope import KINDS, Book, Scope, ledger

__all__ = ["BOOKS", "KINDS", "Book", "Scope", "book", "books_for", "ledger"]
