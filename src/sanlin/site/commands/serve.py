"""Serve the pages; beside them move the clock's hand and one worker for what takes long."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="server processes (%(default)s)")


# In each process. More than its share of a processor: ballots that come at one moment are read and written
# together (ground/together.py), and of those threads one works and the others sleep.
THREADS = 16


def granian(app: str, *, port: int, host: str = "127.0.0.1", workers: int = 2) -> list[str]:
    """How the web server is started."""
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", host, "--port", str(port), "--workers", str(workers)),
        *("--blocking-threads", str(THREADS), "--backpressure", "256"),
        app,
    ]


def run(options: argparse.Namespace) -> int:
    """Start the web server, one ticker and one worker; they end together."""
    beside = [
        subprocess.Popen([sys.executable, "-m", "sanlin.site.cli", *words])
        for words in (("tick", "--every", "20"), ("work", "--every", "2"))
    ]
    command = granian(
        "sanlin.site.wsgi:application",
        host=options.host,
        port=options.port,
        workers=options.workers,
    )
    server = subprocess.Popen([*command, "--respawn-failed-workers"], env=os.environ)
    # Asked to end, this process lets the server finish what it is answering, then ends the others.
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        code = server.wait()
        return code if code >= 0 else 1
    except KeyboardInterrupt:
        server.wait()
        return 0
    finally:
        for one in beside:
            one.terminate()
        for one in beside:
            one.wait()
