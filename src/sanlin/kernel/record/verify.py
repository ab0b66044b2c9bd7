#!/usr/bin/env python3
"""Check the record of a round: python3 verify.py ROUND.zip [--root ROOT]. Standard library only."""

import argparse
import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(lines):
    stack = []
    for line in lines:
        height, top = 0, hashlib.sha256(b"\x00" + line).digest()
        while stack and stack[-1][0] == height:
            height, top = height + 1, node(stack.pop()[1], top)
        stack.append((height, top))
    if not stack:
        return hashlib.sha256(b"").hexdigest()
    top = stack.pop()[1]
    while stack:
        top = node(stack.pop()[1], top)
    return top.hex()


def pack(files):
    body, ends, at = [], [], 0
    for name in sorted(files):
        data, plain = files[name], name.encode()
        facts = struct.pack("<3I", zlib.crc32(data), len(data), len(data))
        head = (
            b"PK\3\4"
            + struct.pack("<5H", 10, 0, 0, 0, 33)
            + facts
            + struct.pack("<2H", len(plain), 0)
            + plain
        )
        ends.append(
            b"PK\1\2"
            + struct.pack("<6H", 10, 10, 0, 0, 0, 33)
            + facts
            + struct.pack("<5H2I", len(plain), 0, 0, 0, 0, 0, at)
            + plain
        )
        body += [head, data]
        at += len(head) + len(data)
    whole = b"".join(ends)
    return (
        b"".join(body)
        + whole
        + b"PK\5\6"
        + struct.pack("<4H2IH", 0, 0, len(files), len(files), len(whole), at, 0)
    )


def checks(body, root):
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    except Exception:
        files = {}
    yield "Z1", bool(files) and pack(files) == body
    try:
        told = json.loads(files["manifest.json"])
        lines = files["log.jsonl"].split(b"\n")[:-1]
        last = json.loads(lines[-1])
        seal = last["data"]["files"]
    except (KeyError, IndexError, ValueError, TypeError):
        yield "M1", False
        return
    own = {n: hashlib.sha256(b).hexdigest() for n, b in files.items() if n != "manifest.json"}
    listed = [{"bytes": len(files[n]), "path": n, "sha256": own[n]} for n in sorted(own)]
    yield "M1", told["files"] == listed
    yield "L1", told["root"] == root_of(lines) and told["size"] == len(lines)
    if root:
        yield "L2", told["root"] == "".join(root.lower().replace("-", "").split())
    own["log.jsonl"] = hashlib.sha256(b"".join(x + b"\n" for x in lines[:-1])).hexdigest()
    yield "L4", last["deed"] == "record.seal" and seal == own


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("archive")
    parser.add_argument("--root")
    options, _more = parser.parse_known_args()
    with open(options.archive, "rb") as file:
        found = list(checks(file.read(), options.root))
    for code, passed in found:
        print("通过" if passed else "不通过", code)
    good = all(passed for _, passed in found)
    print("总计", "通过" if good else "不通过")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
