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


def run(options: argparse.Namespace) -> int:
    """Start the web server, one ticker and one worker; they end together."""
    from django.conf import settings

    on_file = str(settings.DATABASES["default"]["ENGINE"]).endswith("sqlite3")
    threads = 1 if on_file else 4
    beside = [
        subprocess.Popen([sys.executable, "-m", "sanlin.site.cli", *words])
        for words in (("tick", "--every", "20"), ("work", "--every", "2"))
    ]
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
        *("--host", options.host, "--port", str(options.port)),
        *("--workers", str(options.workers), "--blocking-threads", str(threads)),
        *("--backpressure", "256", "--respawn-failed-workers", "sanlin.site.wsgi:application"),
    ]
    server = subprocess.Popen(command, env=os.environ)
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
