"""On which line of a TOML text each key stands. Python's own reader tells values only."""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}\n#]+")


def locate(text: str) -> dict[Path, int]:
    """The line (from 1) of every key, table and array item of `text`, which must be valid TOML.

    A path is a tuple of keys and item numbers; a table opened twice keeps its first line.

    >>> locate('a = 1\\n[b]\\nc = { d = [1,\\n  2] }\\n[[e]]\\nf = "#"\\n')[("b", "c", "d", 1)]
    4
    """
    return _Walk(text).lines


class _Walk:
    """One pass over the text; `lines` is the answer."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.line, self.counted = 1, 0
        self.lines: dict[Path, int] = {}
        self.sizes: dict[Path, int] = {}
        self.document()

    def document(self) -> None:
        table: Path = ()
        while self.space():
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)

    def here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def note(self, path: Path, line: int) -> None:
        self.lines.setdefault(path, line)

    def eat(self, pattern: re.Pattern[str]) -> str:
        """Step over what `pattern` matches here; the text has been read as TOML, so it does."""
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"not TOML at character {self.at}")
        self.at = match.end()
        return match[0]

    def space(self) -> bool:
        """Step over white space and comments; False at the end of the text."""
        self.eat(_SPACE)
        return self.at < len(self.text)

    def header(self) -> Path:
        line, double = self.here(), self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        path: Path = ()
        keys = self.keys()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            last = number == len(keys)
            self.note(path, line)
            if double and last:
                size = self.sizes.get(path, 0)
                self.sizes[path] = size + 1
                path = (*path, size)
                self.note(path, line)
            elif path in self.sizes:
                path = (*path, self.sizes[path] - 1)
        self.at += 2 if double else 1
        return path

    def pair(self, table: Path) -> None:
        line, path = self.here(), table
        for key in self.keys():
            path = (*path, key)
            self.note(path, line)
        self.at += 1  # the equals sign
        self.value(path)

    def keys(self) -> list[str]:
        """A dotted key; stands behind it, on the sign that ends it."""
        found = []
        while True:
            self.space()
            quoted = self.text[self.at] in "\"'"
            found.append(
                next(iter(tomllib.loads(self.eat(_STRING) + "=0"))) if quoted else self.eat(_BARE)
            )
            self.space()
            if self.text[self.at] != ".":
                return found
            self.at += 1

    def value(self, path: Path) -> None:
        self.space()
        sign = self.text[self.at]
        if sign in "{[":
            self.inline(path, "}" if sign == "{" else "]")
        else:
            self.eat(_STRING if sign in "\"'" else _PLAIN)

    def inline(self, path: Path, end: str) -> None:
        self.at += 1
        number = 0
        while self.space() and self.text[self.at] != end:
            if self.text[self.at] == ",":
                self.at += 1
            elif end == "}":
                self.pair(path)
            else:
                self.note((*path, number), self.here())
                self.value((*path, number))
                number += 1
        self.at += 1
