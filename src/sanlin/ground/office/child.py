"""The child that opens a stranger's template: a program of its own, with little memory and time.

Told "read", it takes a template and writes the marked-up text of its parts as JSON; told "fill", it
takes eight bytes with the length of the values, the values as JSON and the template, and writes the
paper. It imports one file of the house, which holds no key and asks no database.
"""

import json
import resource
import sys
from pathlib import Path

MEMORY = 1024 * 1024 * 1024  # bytes of address space
SECONDS = 15
LARGEST = 64 * 1024 * 1024  # bytes of any file that it might write


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_NPROC, (64, 64))
    sys.path.insert(0, str(Path(__file__).parent))
    from filling import (  # type: ignore[import-not-found]  # noqa: PLC0415  # under the limits
        fill,
        texts_of,
    )

    sent = sys.stdin.buffer.read()
    if sys.argv[1] == "read":
        json.dump(texts_of(sent), sys.stdout)
        return
    size = int.from_bytes(sent[:8], "big")
    values = json.loads(sent[8 : 8 + size])
    sys.stdout.buffer.write(fill(sent[8 + size :], values))


if __name__ == "__main__":
    main()
