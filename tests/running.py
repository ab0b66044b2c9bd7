"""The commands of docs/running.md, run as they are printed there."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "running.md"
COMMAND = f"{sys.executable} -m sanlin.site.cli"


def block(words):
    """The block of the page in which these words stand, as an operator copies it."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", PAGE.read_text(), re.S | re.M)
    (found,) = [one for one in blocks if words in one]
    return found


def run(words, instead, env, *, typed=""):
    """Run the block with these words, with other names of places `instead`; (exit code, what it said).

    `typed` is what is asked for on a terminal.
    """
    instead = {"sudo -u postgres ": "", ".venv/bin/sanlin ": f"{COMMAND} ", **instead}
    longest = sorted(instead, key=len, reverse=True)
    names = "|".join(re.escape(name) + r"\b" * name[-1].isalnum() for name in longest)
    done = subprocess.run(
        ["bash", "-e", "-c", re.sub(names, lambda found: instead[found[0]], block(words))],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src"), **env},
        input=typed,
        start_new_session=True,  # without a terminal what is typed comes from the input
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout + done.stderr
