"""Writers of one SQLite file stand in line; nobody waits for ever, and nobody where many may write."""

import threading
from contextlib import ExitStack

import pytest
from django.db import connection, transaction

from sanlin.ground import turn


def asked_by_another(patience, monkeypatch):
    """Whether another thread got its turn before its patience ended."""
    monkeypatch.setattr(turn, "PATIENCE", patience)
    looks = []
    monkeypatch.setattr(
        turn, "_got", lambda file, got=turn._got: looks.append(got(file)) or looks[-1]
    )

    def ask():
        with turn.my_turn():
            pass
        connection.close()

    other = threading.Thread(target=ask)
    other.start()
    other.join()
    return not looks or looks[-1]


@pytest.mark.django_db(transaction=True)
def test_one_writes_at_a_time_and_the_next_gets_its_turn(monkeypatch):
    with turn.my_turn():
        one_at_a_time = connection.vendor == "sqlite"
        assert asked_by_another(0.01, monkeypatch) != one_at_a_time
    assert asked_by_another(5, monkeypatch)


@pytest.mark.django_db(transaction=True)
def test_an_error_gives_the_turn_back_and_a_transaction_has_it_already(monkeypatch):
    with pytest.raises(ValueError, match="x"), turn.my_turn():
        raise ValueError("x")
    with ExitStack() as held:
        held.enter_context(transaction.atomic())
        held.enter_context(turn.my_turn())
        assert asked_by_another(0, monkeypatch)
