"""Casts as many ballots of distinct voters as the seconds allow, and prints a table.

    python -m benchmarks.vote.run                       both engines, 12 s a way, 16 at once
    python -m benchmarks.vote.run --engine sqlite --seconds 30 --hands 32 --voters 60000
    python -m benchmarks.vote.run --minute              the page alone: 32 at once for a minute

Each engine is measured in ways that are on durable commits and in one run: the real page (sign-in,
rules, sealing, journal), a bare hand-written view that writes the same rows behind the same server, the
same rows written by one connection without any server, and a view that does nothing. Only answers that
say that the ballot is in are counted, and afterwards the rows in the database are counted against them.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, nullcontext
from pathlib import Path
from urllib.parse import quote_plus

from benchmarks.vote import bare
from benchmarks.vote.hands import Result, load
from scripts.postgres import free_port, postgres

ROOT = Path(__file__).resolve().parents[2]
FORM = "application/x-www-form-urlencoded"
WAYS = ("sanlin", "bare", "direct")
NOTHING = "no rows: a view that does nothing"
HEAD = (
    "| engine | way | ballots | a second | p50 ms | p95 ms | p99 ms | of the bare view "
    "| CPU ms: server | database | hands |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
)


@contextmanager
def serve(app: str, env: dict[str, str], first: str = "/"):
    """The product's own server, as `sanlin serve` starts it, on a free port; `first` is asked to warm
    it. Yields its port, its process and the file of what it says."""
    from sanlin.site.commands.serve import granian

    port = free_port()
    command = granian(app, port=port)
    with tempfile.NamedTemporaryFile() as said:
        server = subprocess.Popen(
            [*command, "--log-level", "error"], env=env, cwd=ROOT, stderr=said
        )
        try:
            _warm(port, first)
            yield port, server.pid, Path(said.name)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=20)


def processes() -> dict[int, tuple[int, int, str]]:
    """(parent, ticks of processor time, name) of every process, from /proc (Linux)."""
    rows = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _close, rest = stat.read_text().partition("(")[2].rpartition(")")
        except OSError:
            continue
        cells = rest.split()
        rows[int(stat.parent.name)] = (int(cells[1]), int(cells[11]) + int(cells[12]), name)
    return rows


def processor(root: int) -> float:
    """Seconds of processor time of a process and all that it started; none of no process."""
    if not root:
        return 0.0
    rows, ours = processes(), {root}
    for _ in range(4):
        ours |= {pid for pid, (parent, *_rest) in rows.items() if parent in ours}
    return sum(rows[pid][1] for pid in ours if pid in rows) / os.sysconf("SC_CLK_TCK")


def postmaster() -> int:
    """The database server that this process has started; 0 where there is none."""
    mine = (
        pid
        for pid, (parent, _ticks, name) in processes().items()
        if (parent, name) == (os.getpid(), "postgres")
    )
    return next(mine, 0)


def _warm(port: int, first: str) -> None:
    """Wait until every worker has read its code: the first answers are not what is measured."""
    answered, trouble = 0, ""
    for _ in range(400):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{first}", timeout=60):
                answered += 1
        except OSError as error:
            trouble = str(error)
            time.sleep(0.2)
        if answered == 40:
            return
    raise SystemExit(f"the server does not answer: {trouble}")


def post(path: str, cookie: str, body: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
    head += f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def cast(server: tuple[int, int, Path], requests: list[bytes], options, name: str) -> Result:
    """Send the load, and read the processor time of the servers around it."""
    port, process, said = server
    store = postmaster()
    before, kept = processor(process), processor(store)
    result = load(port, requests, options.hands, options.seconds, name)
    result.cpu, result.store = processor(process) - before, processor(store) - kept
    result.locked += said.read_text().count("locked")
    return result


def direct(lines: list[int], roll: int, log: str, seconds: float) -> Result:
    """The same rows by one connection, one transaction a vote."""
    result, db, store = Result("same rows, one connection, no server"), bare.connect(), postmaster()
    kept, began, used = processor(store), time.perf_counter(), time.process_time()
    for line in lines:
        start = time.perf_counter()
        if start - began > seconds:
            break
        if bare.write(db, line, roll, log):
            result.took.append((time.perf_counter() - start) * 1000)
    result.seconds, result.cpu = time.perf_counter() - began, time.process_time() - used
    result.store = processor(store) - kept
    return result


def counted(roll: int) -> int:
    db = bare.connect()
    sql = "SELECT count(*) FROM ballots_ballot WHERE fate = 'standing' AND roll_id = "
    return int(db.execute(sql + str(int(roll))).fetchone()[0])


def measure(env: dict[str, str], options: argparse.Namespace) -> list[Result]:
    """The ways on one engine, each on a round of its own."""
    file = Path(env["SANLIN_HOME"]) / "load.json"
    street = [sys.executable, "-m", "benchmarks.vote.street", str(options.voters), str(file)]
    subprocess.run(
        [*street, *(WAYS[:1] if options.minute else WAYS)], env=env, cwd=ROOT, check=True
    )
    made = json.loads(file.read_text())
    results = [page(made["sanlin"], env, options)]
    if not options.minute:
        results += floors(made["bare"], made["direct"], env, options)
    for result, one in zip(results, made.values(), strict=False):
        found = counted(one["roll"])
        if found < len(result.took):
            raise SystemExit(f"{result.name}: {len(result.took)} acknowledged, {found} in the box")
    return results


def page(ours, env: dict[str, str], options) -> Result:
    """The page that residents use."""
    booth = f"/rounds/{ours['round']}/ballot/"
    body = f"csrfmiddlewaretoken={'a' * 32}&ready="
    requests = [
        post(f"{booth}review/", voter["cookie"], body + quote_plus(voter["ready"]))
        for voter in ours["voters"]
    ]
    with serve("sanlin.site.wsgi:application", env, booth) as server:
        return cast(server, requests, options, "Sanlin's page")


def floors(floor, alone, env: dict[str, str], options) -> list[Result]:
    """The least that still is a vote, with a server and without, and nothing at all."""
    form = "line={}&roll={}&log={}"
    requests = [
        post(
            "/",
            f"v={bare.sign(voter['line'])}",
            form.format(voter["line"], floor["roll"], floor["log"]),
        )
        for voter in floor["voters"]
    ]
    with serve("benchmarks.vote.bare:application", env) as server:
        same = cast(server, requests, options, "same rows, bare view, same server")
    lines = [voter["line"] for voter in alone["voters"]]
    one = direct(lines, alone["roll"], alone["log"], options.seconds)
    with serve("benchmarks.vote.bare:nothing", env) as server:
        none = cast(server, requests, options, NOTHING)
    return [same, one, none]


def told(engine: str, result: Result, bare_rate: float) -> str:
    share = f"{result.rate / bare_rate:.0%}" if bare_rate and result.name != NOTHING else ""
    cells = [
        *(engine, result.name, str(len(result.took)), f"{result.rate:,.0f}"),
        *(f"{result.at(part):.1f}" for part in (0.5, 0.95, 0.99)),
        share,
        *(f"{result.each(used):.2f}" for used in (result.cpu, result.store, result.own)),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    words.add_argument("--seconds", type=float, default=12)
    words.add_argument("--hands", type=int, default=16, help="voters at once")
    words.add_argument("--voters", type=int, help="distinct voters a way")
    words.add_argument(
        "--minute", action="store_true", help="the page alone, 32 at once for a minute"
    )
    options = words.parse_args()
    if options.minute:
        options.hands, options.seconds = 32, 60.0
    options.voters = options.voters or (120_000 if options.minute else 40_000)
    print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    print(HEAD, flush=True)
    engines = ["sqlite", "postgresql"] if options.engine == "both" else [options.engine]
    for engine in engines:
        server = postgres(durable=True) if engine == "postgresql" else nullcontext("")
        with tempfile.TemporaryDirectory(prefix="sanlin-bench-") as home, server as url:
            env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
            env |= {"SANLIN_HOME": home, "PYTHONPATH": f"{ROOT}/src:{ROOT}"}
            env |= {"DATABASE_URL": url} if url else {}
            bare.URL = url
            os.environ["SANLIN_HOME"] = home
            results = measure(env, options)
        floor = results[1].rate if len(results) > 1 else 0.0
        for result in results:
            print(told(engine, result, floor), flush=True)
            if options.minute or result.refused or result.lost or result.locked:
                print(
                    f"  {result.name}: {dict(result.statuses)}; 5xx {result.broken}, locked "
                    f"{result.locked}, connections lost {result.lost}, {result.seconds:.1f} s",
                    flush=True,
                )
    print(f"load average after: {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    main()
