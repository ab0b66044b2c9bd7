"""Casts as many ballots of distinct voters as a few seconds allow, and prints a table.

    python -m benchmarks.vote.run                          both engines, 12 s each, 16 at once
    python -m benchmarks.vote.run --engine sqlite --seconds 30 --hands 32

Each engine is measured three ways in the same run, on durable commits: the real page (sign-in,
rules, sealing, journal), a bare hand-written view that writes the same rows behind the same server,
and the same rows written by one connection without any server. Only answers that say that the
ballot is in are counted, and afterwards the rows in the database are counted against them.
"""

from __future__ import annotations

import argparse
import asyncio
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
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote_plus

from benchmarks.vote import bare
from scripts.postgres import free_port, postgres

ROOT = Path(__file__).resolve().parents[2]
FORM = "application/x-www-form-urlencoded"


@dataclass
class Result:
    """What one way of casting did: ballots acknowledged, seconds, and each one's milliseconds."""

    name: str
    seconds: float = 0.0
    took: list[float] = field(default_factory=list)
    refused: int = 0
    cpu: float = 0.0  # seconds of processor time that the server spent

    @property
    def rate(self) -> float:
        return len(self.took) / self.seconds if self.seconds else 0.0

    @property
    def cost(self) -> float:
        """Processor milliseconds of the server for each ballot: what other load does not change."""
        return self.cpu * 1000 / len(self.took) if self.took else 0.0

    def at(self, share: float) -> float:
        """The milliseconds within which this share of the ballots was answered."""
        rows = sorted(self.took)
        return rows[min(len(rows) - 1, int(len(rows) * share))] if rows else 0.0


@contextmanager
def serve(app: str, env: dict[str, str], threads: int, first: str = "/"):
    """The product's own server with two workers, on a free port; `first` is asked to warm it."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--workers", "2"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--backpressure", "256"]
    command += ["--blocking-threads", str(threads), "--log-level", "error", app]
    server = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        _warm(port, first)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=20)


def processor(root: int) -> float:
    """Seconds of processor time of a process and all that it started, from /proc (Linux)."""
    rows = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            cells = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        rows[int(stat.parent.name)] = (int(cells[1]), int(cells[11]) + int(cells[12]))
    ours, ticks = {root}, 0
    for _ in range(4):
        ours |= {pid for pid, (parent, _used) in rows.items() if parent in ours}
    ticks = sum(rows[pid][1] for pid in ours if pid in rows)
    return ticks / os.sysconf("SC_CLK_TCK")


def _warm(port: int, first: str) -> None:
    """Wait until every worker has read its code: the first answers are not what is measured."""
    answered = 0
    for _ in range(400):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{first}", timeout=60):
                answered += 1
        except OSError:
            time.sleep(0.2)
        if answered == 40:
            return
    raise SystemExit("the server did not start")


async def load(port: int, requests: list[bytes], hands: int, seconds: float, name: str) -> Result:
    """`hands` connections, each sending the next voter's request when the last is answered."""
    result, rest = Result(name), iter(requests)
    end = time.perf_counter() + seconds

    async def hand() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in rest:
            began = time.perf_counter()
            if began > end:
                break
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    await reader.readexactly(int(line.split(b":")[1]))
            if head.startswith(b"HTTP/1.1 302"):
                result.took.append((time.perf_counter() - began) * 1000)
            else:
                result.refused += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(hand() for _ in range(hands)))
    result.seconds = time.perf_counter() - began
    return result


def post(port: int, path: str, cookie: str, body: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
    head += f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def cast(port: int, server: int, requests: list[bytes], options, name: str) -> Result:
    """Send the load, and read the processor time of the server around it."""
    before = processor(server)
    result = asyncio.run(load(port, requests, options.hands, options.seconds, name))
    result.cpu = processor(server) - before
    return result


def direct(lines: list[int], roll: int, log: str, seconds: float) -> Result:
    """The same rows by one connection, one transaction a vote."""
    result, db = Result("same rows, one connection, no server"), bare.connect()
    began, used = time.perf_counter(), time.process_time()
    for line in lines:
        start = time.perf_counter()
        if start - began > seconds:
            break
        if bare.write(db, line, roll, log):
            result.took.append((time.perf_counter() - start) * 1000)
        else:
            result.refused += 1
    result.seconds, result.cpu = time.perf_counter() - began, time.process_time() - used
    return result


def counted(roll: int) -> int:
    db = bare.connect()
    sql = "SELECT count(*) FROM ballots_ballot WHERE fate = 'standing' AND roll_id = "
    return int(db.execute(sql + str(int(roll))).fetchone()[0])


def measure(env: dict[str, str], threads: int, options: argparse.Namespace) -> list[Result]:
    """The three ways on one engine, each on a round of its own."""
    file = Path(env["SANLIN_HOME"]) / "load.json"
    street = [sys.executable, "-m", "benchmarks.vote.street", str(options.voters), str(file)]
    subprocess.run(street, env=env, cwd=ROOT, check=True)
    rounds = json.loads(file.read_text())["rounds"]
    results = []
    ours, floor, alone = rounds["sanlin"], rounds["bare"], rounds["direct"]
    booth = f"/rounds/{ours['round']}/ballot/"
    with serve("sanlin.site.wsgi:application", env, threads, booth) as (port, server):
        path = f"{booth}review/"
        body = f"csrfmiddlewaretoken={'a' * 32}&ready="
        requests = [
            post(port, path, voter["cookie"], body + quote_plus(voter["ready"]))
            for voter in ours["voters"]
        ]
        results.append(cast(port, server, requests, options, "Sanlin's page"))
    with serve("benchmarks.vote.bare:application", env, threads) as (port, server):
        requests = [
            post(
                port,
                "/",
                f"v={bare.sign(voter['line'])}",
                f"line={voter['line']}&roll={floor['roll']}&log={floor['log']}",
            )
            for voter in floor["voters"]
        ]
        name = "same rows, bare view, same server"
        results.append(cast(port, server, requests, options, name))
    results.append(
        direct(
            [voter["line"] for voter in alone["voters"]],
            alone["roll"],
            alone["log"],
            options.seconds,
        )
    )
    for result, made in zip(results, (ours, floor, alone), strict=True):
        found = counted(made["roll"])
        if found < len(result.took):
            raise SystemExit(f"{result.name}: {len(result.took)} acknowledged, {found} in the box")
    return results


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    words.add_argument("--seconds", type=float, default=12)
    words.add_argument("--hands", type=int, default=16, help="voters at once")
    words.add_argument("--voters", type=int, default=20_000, help="distinct voters a way")
    options = words.parse_args()
    print(f"load average before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    print(
        "| engine | way | ballots | a second | p50 ms | p95 ms | of the bare view | CPU ms each |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|", flush=True)
    engines = ["sqlite", "postgresql"] if options.engine == "both" else [options.engine]
    for engine in engines:
        server = postgres(durable=True) if engine == "postgresql" else nullcontext("")
        with tempfile.TemporaryDirectory(prefix="sanlin-bench-") as home, server as url:
            env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
            env |= {"SANLIN_HOME": home, "PYTHONPATH": f"{ROOT}/src:{ROOT}"}
            env |= {"DATABASE_URL": url} if url else {}
            bare.URL = url
            os.environ["SANLIN_HOME"] = home
            results = measure(env, 4 if url else 1, options)
        for result in results:
            print(
                f"| {engine} | {result.name} | {len(result.took)} | {result.rate:,.0f} "
                f"| {result.at(0.5):.1f} | {result.at(0.95):.1f} "
                f"| {result.rate / results[1].rate:.0%} | {result.cost:.2f} |",
                flush=True,
            )
            if result.refused:
                print(f"  {result.name}: {result.refused} refused", flush=True)


if __name__ == "__main__":
    main()
