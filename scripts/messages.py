"""Keeps the English catalogues true to the Chinese words in the sources.

    python -m scripts.messages            bring every app's catalogue up to its words, and say what is left
    python -m scripts.messages --check    change nothing; list what is wrong, exit 1 where anything is
    python -m scripts.messages --compile  write the .mo files that Django reads

A word is a constant in a call of gettext and its sisters (`_` too), in a translation tag of a
template, or any Chinese constant in a `stages.py`. It belongs to the catalogue of its app,
`<app>/locale/en/LC_MESSAGES/django.po`; modules that lie beside the apps of a floor belong to
that floor's `ui`. Catalogues are sorted by word and carry no line numbers and no dates, so that a
change shows only itself.

Chinese text that no reader could ever see in English is wrong. What is data and not a screen word
says so: in Python by `# data` where its line or its statement begins or ends, in a template by
standing in an element with lang="zh…", as the name of a language does.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sanlin"
WINGS = ("ground", "commons", "govern", "mutual", "harmony", "front")
# Folders of an app whose Chinese is no screen word: checks, history, and the demo's own story.
QUIET = {"tests", "migrations", "demo", "locale", "static"}
CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
LITERAL = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
CALL = re.compile(rf" (np?gettext|pgettext|gettext|_)\({LITERAL}(?:, {LITERAL})?(?:, {LITERAL})?")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
SPOKEN_AS_CHINESE = re.compile(r"""<(\w+)[^<>]*\slang="zh[^"]*"[^<>]*>[^<]*</\1>""")
MARK = re.compile(r"#\s*data\b")
PLAIN = (ast.Assign, ast.AnnAssign, ast.Return, ast.Raise, ast.Expr, ast.Constant)
# Which argument is what: (context, word, plural).
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
    "gettext_noop": (None, 0, None),
}
CALLS |= {f"{name}_lazy": CALLS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")}

Key = tuple[str, str]  # context ("" for none) and word


@dataclass
class Word:
    """A word on a screen: its plural form, if it has one, and where it stands."""

    plural: str = ""
    places: list[str] = field(default_factory=list)


@dataclass
class Found:
    """What one app or file holds: its words, and Chinese that nobody translates."""

    words: dict[Key, Word] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)

    def add(self, place: str, word: str, plural: str = "", context: str = "") -> None:
        """One more place of a word."""
        known = self.words.setdefault((context, word), Word())
        known.plural = known.plural or plural
        known.places.append(place)


# --- reading the sources -------------------------------------------------------------------------


def homes() -> list[Path]:
    """The folder of every app, and of the site."""
    apps = sorted(path.parent for wing in WINGS for path in SOURCE.glob(f"{wing}/*/__init__.py"))
    return [app for app in apps if app.name not in {"tests", "migrations"}] + [SOURCE / "site"]


def name(home: Path) -> str:
    """An app as people say it: govern/rounds."""
    return home.relative_to(SOURCE).as_posix()


def sources(home: Path) -> list[Path]:
    """The files whose words belong to this folder's catalogue."""
    found = [*home.rglob("*.py"), *home.rglob("*.html"), *home.rglob("*.txt")]
    if home.name == "ui":
        found += home.parent.glob("*.py")
    return sorted(p for p in found if not QUIET & set(p.relative_to(home.parent).parts[:-1]))


def read(home: Path) -> Found:
    """All words of one app, and its loose Chinese."""
    found = Found()
    for path in sources(home):
        place = path.relative_to(SOURCE).as_posix()
        text = path.read_text(encoding="utf-8")
        if path.suffix != ".py":
            read_template(text, place, found)
        elif path.name == "stages.py" or path.parent.name == "stages":
            read_stages(text, place, found)
        else:
            read_python(text, place, found)
    return found


def read_python(text: str, place: str, found: Found) -> None:
    """Calls of gettext with constants; Chinese constants anywhere else are loose."""
    tree = ast.parse(text)
    taken = prose(tree) | data(tree, text.splitlines())
    names = spoken_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (shape := CALLS.get(names(called(node.func)))):
            parts = [None if at is None else constant(node.args, at) for at in shape]
            taken |= {id(part) for part in parts}
            context, word, plural = (str(part.value) if part else "" for part in parts)
            if word:
                found.add(place, word, plural, context)
    for one in chinese(tree):
        if id(one) not in taken:
            found.loose.append(f"{place}:{one.lineno}: {shown(str(one.value))}")


def read_stages(text: str, place: str, found: Found) -> None:
    """Every Chinese constant is a label, which models and templates translate."""
    tree = ast.parse(text)
    taken = prose(tree)
    for node in chinese(tree):
        if id(node) not in taken:
            found.add(place, str(node.value))


def read_template(text: str, place: str, found: Found) -> None:
    """Django's own reading of translation tags; Chinese in any other text or tag is loose."""
    from django.utils.translation.template import templatize  # noqa: PLC0415

    for call, *literals in CALL.findall(templatize(text, place)):
        values = [ast.literal_eval(literal) if literal else "" for literal in literals]
        context, word, plural = (values[at] if at is not None else "" for at in CALLS[call])
        found.add(place, word, plural, context)
    found.loose += [f"{place}:{line}: {shown(words)}" for line, words in loose_in_template(text)]


def loose_in_template(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of Chinese outside of translation tags and comments."""
    from django.template.base import Lexer, TokenType  # noqa: PLC0415

    text = SPOKEN_AS_CHINESE.sub(lambda match: "\n" * match[0].count("\n"), text)
    closing = ""
    for token in Lexer(text).tokenize():
        first = token.contents.split(maxsplit=1)[:1]
        word = first[0] if first and token.token_type == TokenType.BLOCK else ""
        if closing:
            closing = "" if word == closing else closing
        elif word in ("blocktranslate", "blocktrans", "comment"):
            closing = f"end{word}"
        elif word not in ("translate", "trans") and token.token_type != TokenType.COMMENT:
            rest = re.sub(rf"_\({LITERAL}\)", "", token.contents)
            if rest_of := CHINESE.search(rest):
                line = (token.lineno or 0) + rest[: rest_of.start()].count("\n")
                yield line, rest[rest_of.start() :].split("\n")[0]


def called(function: ast.expr) -> str:
    """The bare name of what is called."""
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def constant(arguments: list[ast.expr], at: int) -> ast.Constant | None:
    """The argument at a place if it is a plain text."""
    one = arguments[at] if at < len(arguments) else None
    return one if isinstance(one, ast.Constant) and isinstance(one.value, str) else None


def prose(tree: ast.AST) -> set[int]:
    """The texts that stand alone as statements: docstrings."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def chinese(tree: ast.AST) -> list[ast.Constant]:
    """The constant texts with Chinese characters."""
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [one for one in constants if isinstance(one.value, str) and CHINESE.search(one.value)]


def spoken_names(tree: ast.AST) -> Callable[[str], str]:
    """How this module calls gettext and its sisters: from its own name for each to theirs."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = [one for one in imports if one.module == "django.utils.translation"]
    known = {name.asname: name.name for one in ours for name in one.names if name.asname}
    return lambda name: known.get(name, name)


def data(tree: ast.AST, lines: list[str]) -> set[int]:
    """Everything in the plain statements and arguments that `# data` marks, at either end."""
    marked = {number for number, line in enumerate(lines, 1) if MARK.search(line)}
    return {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, PLAIN) and {node.lineno, node.end_lineno} & marked
        for part in ast.walk(node)
    }


def shown(text: str) -> str:
    """Enough of a text to find it again."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:59] + "…"


# --- the catalogues ------------------------------------------------------------------------------


def catalogue(home: Path) -> Path:
    """Where an app keeps its English."""
    return home / "locale" / "en" / "LC_MESSAGES" / "django.po"


def load(home: Path) -> dict[Key, polib.POEntry]:
    """The entries of an app's catalogue; none where there is no file."""
    path = catalogue(home)
    entries = polib.pofile(str(path)) if path.exists() else ()
    return {(e.msgctxt or "", e.msgid): e for e in entries if not e.obsolete}


def update(home: Path, found: Found, elsewhere: dict[Key, polib.POEntry]) -> int:
    """Writes the catalogue anew: words gone go, new ones come, empty or as another app has them.

    Returns how many words still wait for their English.
    """
    known = load(home)
    book = polib.POFile(wrapwidth=0)
    book.metadata = {
        "Language": "en",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for key in sorted(found.words):
        context, word = key
        old = known.get(key) or elsewhere.get(key)
        entry = polib.POEntry(msgid=word, msgctxt=context or None)
        if plural := found.words[key].plural:
            entry.msgid_plural = plural
            said = dict(old.msgstr_plural) if old else {}
            entry.msgstr_plural = {form: said.get(form, "") for form in (0, 1)}
        else:
            entry.msgstr = old.msgstr if old else ""
        entry.flags = ["python-format"] if "%(" in word else []
        entry.tcomment = old.tcomment if old else ""
        book.append(entry)
    path = catalogue(home)
    if len(book):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(book).rstrip("\n") + "\n", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
    return sum(not spoken(entry) for entry in book)


def spoken(entry: polib.POEntry) -> bool:
    """Whether every form has its English."""
    return all(entry.msgstr_plural.values()) if entry.msgid_plural else bool(entry.msgstr)


def forms(entry: polib.POEntry) -> list[str]:
    """The English of an entry, each form."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def judge(entry: polib.POEntry) -> str:
    """What is wrong with one entry, or nothing."""
    if entry.fuzzy:
        return "is only guessed (fuzzy)"
    if not spoken(entry):
        return "has no English"
    wanted = set(PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    for text in forms(entry):
        if set(PLACEHOLDER.findall(text)) != wanted and not (entry.msgid_plural and wanted):
            return f"has other placeholders in English: {shown(text)}"
        if set(PLACEHOLDER.findall(text)) - wanted:
            return f"has a placeholder in English that the word does not have: {shown(text)}"
    return ""


def faults() -> list[str]:
    """Everything that is wrong, one line each: words without English, stale ones, loose Chinese."""
    lines: list[str] = []
    said: dict[Key, dict[str, str]] = defaultdict(dict)
    for home in homes():
        found, known = read(home), load(home)
        lines += [f"{place} (not in a translation)" for place in found.loose]
        for key, word in sorted(found.words.items()):
            entry = known.get(key)
            reason = judge(entry) if entry else "is not in the catalogue"
            if entry and entry.msgid_plural != word.plural:
                reason = "has another plural in the catalogue"
            if reason:
                lines.append(f"{name(home)}: {shown(key[1])} {reason} ({word.places[0]})")
            elif entry:
                said[key][" | ".join(forms(entry))] = name(home)
        gone = sorted(set(known) - set(found.words))
        lines += [f"{name(home)}: {shown(word)} is on no screen any more" for _, word in gone]
    for (_, text), ways in sorted(said.items()):
        if len(ways) > 1:
            told = "; ".join(f"{english} ({app})" for english, app in sorted(ways.items()))
            lines.append(f"{shown(text)} is said in several ways: {told}")
    return lines


def write_all() -> list[str]:
    """Brings every catalogue up to its sources; one line for each that still waits for English."""
    known: dict[Key, polib.POEntry] = {}
    for home in homes():
        known |= {key: entry for key, entry in load(home).items() if spoken(entry)}
    waiting = {home: update(home, read(home), known) for home in homes()}
    return [f"{name(home)}: {count} words wait" for home, count in waiting.items() if count]


def compile_all() -> int:
    """Writes a .mo beside every .po that Django may look for; how many."""
    books = sorted(SOURCE.glob("**/locale/*/LC_MESSAGES/*.po"))
    for path in books:
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return len(books)


def main() -> int:
    """0 all well, 1 something is wrong or waits for its English."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = words.add_mutually_exclusive_group()
    which.add_argument("--check", action="store_true", help="change nothing, list what is wrong")
    which.add_argument("--compile", action="store_true", help="write the .mo files")
    told = words.parse_args()
    if told.compile:
        print(f"{compile_all()} catalogues compiled")
        return 0
    lines = faults() if told.check else write_all()
    print("\n".join([*lines, f"{len(lines)} faults" if told.check else "catalogues written"]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
