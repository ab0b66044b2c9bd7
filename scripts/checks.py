"""Runs the checks of the house one after the other and says at the end what ran.

    python -m scripts.checks [STEP…] [-k WORDS]

A step that fails does not stop the next one. The reports lie in build/. Where CI is set, a
skipped test counts as a failure: there, everything that the tests need is at hand.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from scripts import setup
from scripts.postgres import Missing, postgres

ROOT = setup.ROOT
BIN = setup.VENV / "bin"
BUILD = setup.BUILD
PYTEST = (BIN / "python", "-m", "pytest")
MANAGE = (BIN / "python", "manage.py")
STRICT = os.environ.get("CI", "").lower() not in ("", "0", "false")
# What would make one run differ from another does not come in from outside.
LEFT_OUTSIDE = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "SANLIN_DEMO")

KERNEL = Path("src/sanlin/kernel")
MATRIX = Path("tests/test_matrix.py")
REHEARSAL = Path("src/sanlin/site/tests/test_rehearsal.py")
ON_SQLITE_ALONE = (KERNEL, REHEARSAL, MATRIX)

Command = tuple[str | Path, ...]


@dataclass(frozen=True)
class Step:
    """One line of the summary: commands that all have to succeed, and what they need first."""

    name: str
    title: str
    commands: tuple[Command, ...]
    needs: str = ""
    tests: bool = False
    told: str = ""  # what the summary says of it

    @property
    def report(self) -> Path:
        """Where pytest leaves its account of the step."""
        return BUILD / f"{self.name}.xml"


@dataclass
class Result:
    """What came of a step: how many passed, failed, were skipped, and why."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def fine(self) -> bool:
        """Nothing failed, and where nothing may be skipped nothing was."""
        return not self.failed and not (STRICT and self.skipped)


def workers() -> Command:
    """A second pair of hands for pytest where the machine has one."""
    count = min(os.cpu_count() or 1, 8)
    return ("-n", str(count), "--dist", "loadgroup") if count > 1 else ()


STEPS = (
    Step(
        "style", "style", ((BIN / "ruff", "check", "."), (BIN / "ruff", "format", "--check", "."))
    ),
    Step("floors", "floors and rooms", ((BIN / "lint-imports",),)),
    Step("words", "catalogues", ((BIN / "python", "-m", "scripts.messages", "--check"),)),
    Step("types", "types", ((BIN / "mypy",),)),
    Step("migrations", "migrations", ((*MANAGE, "makemigrations", "--check", "--dry-run"),)),
    Step("sqlite", "unit tests on SQLite", ((*PYTEST, *workers()),), tests=True),
    Step(
        "postgres",
        "unit tests on PostgreSQL",
        ((*PYTEST, *workers(), *(f"--ignore={part}" for part in ON_SQLITE_ALONE)),),
        "postgres",
        tests=True,
        told=f"without {KERNEL} and {REHEARSAL}, which ask no database, and {MATRIX}, who is let in:"
        " SQLite's turn",
    ),
    Step(
        "stories",
        "stories and papers",
        ((*PYTEST, *workers(), "stories", "office"),),
        "office",
        tests=True,
        told="stories in a browser, papers in LibreOffice: in the same streets",
    ),
)


def environment() -> dict[str, str]:
    """The surroundings of every command, the same for everybody."""
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUTSIDE}
    ours = {"PYTHONPATH": ROOT / "src", "SANLIN_HOME": BUILD / "home", "PYTHONUTF8": 1}
    return kept | {name: str(value) for name, value in ours.items()}


def perform(step: Step, more: Command) -> Result:
    """Runs one step with its output in plain sight."""
    surroundings = environment()
    step.report.unlink(missing_ok=True)
    begun = time.monotonic()
    with contextlib.ExitStack() as stack:
        if step.needs == "postgres":
            surroundings["DATABASE_URL"] = stack.enter_context(postgres())
        codes = [call(step, command, more, surroundings) for command in step.commands]
    result = read_report(step, codes) if step.tests else count_commands(codes)
    result.seconds = time.monotonic() - begun
    return result


def call(step: Step, command: Command, more: Command, surroundings: dict[str, str]) -> int:
    """One command's exit code."""
    words = [str(part) for part in command]
    if step.tests:
        words += [f"--junitxml={step.report}", "-o", f"junit_suite_name={step.name}"]
        words += map(str, more)
    done = subprocess.run(words, cwd=ROOT, env=surroundings, stdin=subprocess.DEVNULL, check=False)
    return done.returncode


def count_commands(codes: list[int]) -> Result:
    """A step without tests is one thing that passes or fails."""
    return Result(failed=1) if any(codes) else Result(passed=1)


def read_report(step: Step, codes: list[int]) -> Result:
    """What pytest wrote down; an end without an account of it is a failure."""
    result = Result()
    reasons: Counter[str] = Counter()
    if step.report.exists():
        for case in ET.parse(step.report).getroot().iter("testcase"):
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                result.failed += 1
                result.notes.append(f"failed: {case.get('classname')}.{case.get('name')}")
            elif skipped is not None:
                result.skipped += 1
                reasons[skipped.get("message") or "no reason given"] += 1
            else:
                result.passed += 1
    result.notes += [f"skipped {count}: {reason}" for reason, count in reasons.most_common()]
    if any(codes) and not result.failed:
        result.failed += 1
        result.notes.append(f"failed: pytest ended with {codes[0]} and counted no failed test")
    return result


def summary(results: dict[Step, Result]) -> str:
    """The last lines: every step, what failed, what was skipped and why, and the sum."""
    lines = ["", "What ran"]
    for step, one in results.items():
        verdict = "passed" if one.fine else "FAILED"
        lines.append(f"  {step.title:<26}{verdict:<8}{counts(one):<42}{one.seconds:7.1f} s")
        lines += [f"      {step.told}"] * bool(step.told)
        lines += [f"      {note}" for note in one.notes[:40]]
        lines += [f"      and {len(one.notes) - 40} more"] * (len(one.notes) > 40)
    total = Result(
        passed=sum(one.passed for one in results.values()),
        failed=sum(one.failed for one in results.values()),
        skipped=sum(one.skipped for one in results.values()),
    )
    if STRICT and total.skipped:
        lines.append("Nothing may be skipped where CI is set; skipped tests count as failed here.")
    lines.append(f"{sum(one.seconds for one in results.values()):.0f} s in all")
    return "\n".join([*lines, counts(total)])


def counts(one: Result) -> str:
    """In the words that any reader of a test run knows."""
    return f"{one.passed} passed, {one.failed} failed, {one.skipped} skipped"


def chosen(names: list[str]) -> list[Step]:
    """The named steps in the order of the house, or all of them."""
    return [step for step in STEPS if not names or step.name in names]


def main() -> int:
    """0 all passed, 1 something failed, 2 this machine lacks something."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(s.name for s in STEPS))
    words.add_argument("-k", default="", help="only tests whose names match")
    told = words.parse_args()
    if unknown := set(told.steps) - {step.name for step in STEPS}:
        words.error(f"no step is called {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    BUILD.mkdir(exist_ok=True)
    steps, results = chosen(told.steps), {}
    try:
        if any(step.needs for step in steps):
            setup.set_up_system()
        if any(step.needs == "office" for step in steps):
            setup.set_up_office()
        for number, step in enumerate(steps, 1):
            print(f"\n── {number}/{len(steps)} {step.title} ──", flush=True)
            results[step] = perform(step, ("-k", told.k) if told.k else ())
            print(f"── {counts(results[step])} in {results[step].seconds:.1f} s", flush=True)
    except Missing as missing:
        print(f"\n{missing}\n", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130
    print(summary(results), flush=True)
    return 0 if all(one.fine for one in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
