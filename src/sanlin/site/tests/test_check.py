"""The look over an installation finds what was done past every verb, and every verb tells."""

import ast
from pathlib import Path

import pytest

import sanlin
from sanlin.govern.rounds.actions import move
from sanlin.govern.rounds.models import Round
from sanlin.govern.rounds.tests.scene import NOW, open_round
from sanlin.ground.journal.actions import DEEDS, keep_checkpoint
from sanlin.ground.journal.queries import checkpoints
from sanlin.kernel.record.checkpoint import Checkpoint
from sanlin.site import cli

HOME = Path(sanlin.__file__).parent


@pytest.fixture
def round(db):
    round = open_round("call")
    move(round, "close_call", by=None, now=NOW)
    assert keep_checkpoint(round.log, now=NOW)
    return round


def check(capsys, *words):
    """What the journal's lines say."""
    cli.main(["check", *map(str, words)])
    return [line for line in capsys.readouterr().out.splitlines() if "journal: " in line]


def test_a_sound_journal(round, capsys):
    first, second = check(capsys)
    assert first.endswith("lines make the trees and checkpoints of their logs")
    assert second == "ok    journal: every thing stands where its last line says"


def test_a_row_that_was_moved_past_every_verb_is_found(round, capsys):
    Round.objects.filter(pk=round.pk).update(stage="closed")
    assert check(capsys)[1:] == [
        f"WRONG journal: rounds.Round {round.pk} is closed, and its last line says screening"
    ]


def test_checkpoints_that_were_kept_elsewhere_are_held_against_the_logs(round, capsys, tmp_path):
    kept = tmp_path / "kept.txt"
    (true,) = checkpoints(round.log)[-1:]
    kept.write_text(true.text)
    assert [line[:2] for line in check(capsys, "--kept", kept)] == ["ok", "ok"]
    false = Checkpoint(true.origin, true.size, bytes(32))
    strange = Checkpoint("elsewhere/round/1", 1, bytes(32))
    kept.write_text(f"{true.text}\n{false.text}\n{strange.text}")
    assert check(capsys, "--kept", kept)[:2] == [
        "WRONG journal: there is no log elsewhere/round/1, of which a checkpoint was kept",
        f"WRONG journal: {round.log}: the first {true.size} lines are not those of the checkpoint",
    ]


def deeds():
    """(name, function) of everything that is decorated as a verb, out of the sources."""
    for path in sorted(HOME.rglob("*.py")):
        if "tests" in path.parts or (path.name == "actions.py" and path.parent.name == "journal"):
            continue
        text = path.read_text("utf-8")
        if "@deed(" not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
                for one in calls:
                    if getattr(one.func, "id", "") == "deed":
                        yield path.relative_to(HOME).as_posix(), node, ast.parse(text)


@pytest.mark.parametrize(
    ("where", "verb", "module"), list(deeds()), ids=lambda it: getattr(it, "name", "")
)
def test_every_verb_writes_its_line(where, verb, module):
    """A verb calls `record`, or something of its own module that does."""
    functions = {one.name: one for one in ast.walk(module) if isinstance(one, ast.FunctionDef)}

    def tells(node, seen):
        named = {
            call.func.id
            for call in ast.walk(node)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
        }
        return "record" in named or any(
            tells(functions[name], seen | {name}) for name in named & set(functions) - seen
        )

    assert tells(verb, {verb.name}), where


def test_the_house_has_its_verbs():
    assert len(DEEDS) > 80
    assert len(list(deeds())) > 80
