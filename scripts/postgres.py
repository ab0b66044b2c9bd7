"""Runs a command against a PostgreSQL of its own, which is gone afterwards.

    python -m scripts.postgres [--durable] COMMAND…

The command finds the server in DATABASE_URL. Needs the server's programs on this machine and
nothing but the standard library; works as root too, by lending the server another user.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Tests look at answers, not at power cuts: do not wait for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Missing(Exception):
    """What this machine lacks, in a sentence that says what to do."""


def programs() -> Path | None:
    """Where initdb and postgres lie: the PATH, else the newest that Debian keeps beside it."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    kept = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(kept, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0)
    return newest[-1].parent if newest else None


def free_port() -> int:
    """A port on the loopback that nobody listens on right now."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A server in a temporary folder; yields its DATABASE_URL, then stops and removes it.

    It listens on the loopback alone, with a password of this one run, and stays in our process
    group: what ends us ends it. `durable` waits for the disk at every commit.
    """
    home = Path(tempfile.mkdtemp(prefix="sanlin-pg-", dir="/tmp"))
    server = None
    try:
        secret = secrets.token_urlsafe(16)
        server, port = start(home, secret, {} if durable else FAST)
        wait_until_ready(server, home)
        yield f"postgres://sanlin:{secret}@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(home, ignore_errors=True)


def start(home: Path, secret: str, flags: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Makes a cluster in `home` and starts it; the server and its port."""
    tools = programs()
    if tools is None:
        raise Missing("There is no PostgreSQL server here. Debian's package is named postgresql.")
    port = free_port()
    password = home / "password"
    password.write_text(secret)
    password.chmod(0o644)  # for the user that runs the server; the folder is closed to all others
    flags = flags | {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(home),
        "max_connections": "200",
    }
    told = [word for name, value in flags.items() for word in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        calls: dict[str, Any] = {"cwd": home, "stdin": subprocess.DEVNULL, **lend(home)}
        calls |= {"stdout": log, "stderr": log}
        made: list[str | Path] = [
            tools / "initdb",
            "-D",
            home / "data",
            "-U",
            "sanlin",
            "-A",
            "scram-sha-256",
        ]
        made += ["--pwfile", password, "-E", "UTF8", "--locale=C", "--no-sync"]
        if subprocess.run(made, check=False, **calls).returncode:
            raise Missing(f"initdb failed:\n{(home / 'log').read_text()[-2000:]}")
        return subprocess.Popen([tools / "postgres", "-D", home / "data", *told], **calls), port


def lend(home: Path) -> dict[str, object]:
    """Who runs the server: ourselves, or where we are root the user postgres, else nobody."""
    if os.geteuid():
        return {}
    import pwd  # noqa: PLC0415

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            who = pwd.getpwnam(name)
            os.chown(home, who.pw_uid, who.pw_gid)
            return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
    raise Missing("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def wait_until_ready(server: subprocess.Popen[bytes], home: Path) -> None:
    """Returns when the server takes connections, which it writes into its pid file."""
    for _ in range(600):
        with contextlib.suppress(OSError):
            lines = (home / "data" / "postmaster.pid").read_text().splitlines()
            if len(lines) > 7 and lines[7].strip() == "ready":
                return
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise Missing(f"PostgreSQL did not start:\n{(home / 'log').read_text()[-2000:]}")


def stop(server: subprocess.Popen[bytes]) -> None:
    """Ends the server at once; nothing in it is worth keeping."""
    for hint in (signal.SIGQUIT, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            server.send_signal(hint)
            server.wait(timeout=10)
            return


def main() -> int:
    """The command's own exit code; 2 where there can be no server."""
    words = argparse.ArgumentParser(
        prog="python -m scripts.postgres", usage="%(prog)s [--durable] COMMAND…"
    )
    words.add_argument("--durable", action="store_true", help="wait for the disk at each commit")
    words.add_argument("command", nargs=argparse.REMAINDER)
    told = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with postgres(durable=told.durable) as url:
            whole = os.environ | {"DATABASE_URL": url}
            return subprocess.run(told.command, env=whole, check=False).returncode
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
