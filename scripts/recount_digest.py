"""Write into verify.py which recount.py it may run: the SHA-256 of the file beside it.

python -m scripts.recount_digest            write it
python -m scripts.recount_digest --check    say whether it is right (exit 1 if not)
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

HOME = Path(__file__).parents[1] / "src/sanlin/kernel/record"
LINE = re.compile(rb'^RECOUNT = "[0-9a-f]{64}"$', re.M)


def renewed() -> bytes:
    """verify.py with the digest of recount.py as it lies there."""
    digest = hashlib.sha256((HOME / "recount.py").read_bytes()).hexdigest()
    text, found = LINE.subn(f'RECOUNT = "{digest}"'.encode(), (HOME / "verify.py").read_bytes())
    if found != 1:
        raise SystemExit('verify.py should have one line RECOUNT = "…"')
    return text


def main() -> int:
    path, text = HOME / "verify.py", renewed()
    stale = path.read_bytes() != text
    if stale and "--check" not in sys.argv:
        path.write_bytes(text)
        return 0
    if stale:
        print("verify.py names another recount.py: python -m scripts.recount_digest")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
