"""Count against the peers in one run, and print the table for benchmarks/RESULTS.md.

    .venv/bin/python -m benchmarks.counting.run FOLDER --make-peers build/peers   # once: makes their venv
    .venv/bin/python -m benchmarks.counting.run FOLDER --peers build/peers [--limit 120] [--only TASK …]

FOLDER holds the published elections (data/pabulib). The peers are pabutools (GPL, so it never enters the
product) and abcvoting; both count in exact fractions (gmpy2). A peer that takes longer than the limit is
stopped, and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACKAGES = ["pabutools==1.2.3", "pulp<4", "gmpy2", "abcvoting==2.19.2"]
TASKS = {
    "fixed": ("every file, fixed budget, slowest", "15 ms"),
    "fresh": ("Łódź 2022, file to result, new process", "0.25 s, 120 MB"),
    "assen add1": ("Assen 2024, Add1", ""),
    "wieliczka": ("Wieliczka 2023, fixed budget", "15 ms"),
    "amsterdam": ("Amsterdam 621, fixed budget", "15 ms"),
    "mokotow": ("Mokotów 2023, fixed budget", "15 ms"),
    "mokotow add1": ("Mokotów 2023, Add1", "5 s"),
    "budapest add1": ("Budapest 2024, Add1, steps of 1 HUF", "60 s"),
    "million": ("1,000,000 voters × 100, fixed budget", "100 ms"),
    "street": ("5,000 voters × 60, fixed budget", "2 ms"),
    "tiers add1": ("347 ballots × 58 in three tiers, Add1", "0.3 s"),
    "stored": ("100,000 ballots from the database", "0.5 s"),
    "seqphragmen": ("Phragmén, 10 of 52 seats, 426 voters", ""),
    "equal-shares": ("Equal Shares, 10 of 52 seats, 426 voters", ""),
}
ONE_THREAD = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as `sanlin count` has it; peers too
ALONE = {"fixed", "million", "street", "tiers add1", "stored"}


def make(folder: Path) -> None:
    """A virtual environment with the peers."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *PACKAGES], check=True)


def measured(command: list[str], limit: int) -> dict[str, Any] | None:
    """What a task printed, with the wall clock of its whole process; None where it took too long."""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, check=True, env=ONE_THREAD
        )
    except subprocess.TimeoutExpired:
        return None
    whole = time.perf_counter() - began
    return {"seconds": whole, **json.loads(done.stdout.splitlines()[-1])}


def written(seconds: float) -> str:
    """Seconds for people."""
    return f"{seconds:.1f} s" if seconds >= 10 else f"{seconds * 1000:,.1f} ms"


def row(task: str, own: dict[str, Any], peer: dict[str, Any] | None, limit: int | None) -> str:
    """One row of the table; without a limit no peer was asked."""
    title, target = TASKS[task]
    theirs = ["", "", ""]
    if limit is not None:
        if peer is None:
            theirs = [f"over {limit} s", "", f"> {limit / own['cpu']:,.0f}"]
        else:
            ratio = peer["cpu"] / own["cpu"]
            theirs = [written(peer["cpu"]), f"{peer['mb']} MB", f"{ratio:,.0f}"]
    cells = [title, target, written(own["seconds"]), written(own["cpu"]), f"{own['mb']} MB"]
    return "| " + " | ".join([*cells, *theirs, own["told"]]) + " |"


def main() -> None:
    """Run the tasks one after another."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--make-peers", type=Path)
    parser.add_argument("--limit", type=int, default=120)
    parser.add_argument("--only", nargs="+", choices=TASKS, default=list(TASKS))
    asked = parser.parse_args()
    if asked.make_peers:
        make(asked.make_peers)
        return
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores")
    print(f"load average before: {os.getloadavg()[0]:.1f}\n")
    print("| task | target | wall | CPU | memory | peer, CPU | peer, memory | ratio | |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---|")
    for task in asked.only:
        mine = [sys.executable, "-m", "benchmarks.counting.tasks", task, str(asked.folder)]
        own = measured(mine, 600)
        peer, limit = None, None
        if asked.peers and task not in ALONE:
            limit = asked.limit
            python = str(asked.peers / "bin" / "python")
            theirs = [python, str(HERE / "peers_time.py"), task, str(asked.folder)]
            peer = measured(theirs, limit)
        print(row(task, own or {}, peer, limit), flush=True)
    print(f"\nload average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
