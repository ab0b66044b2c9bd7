"""Whether the two verifiers say the same: of made-up rounds, of what was twisted in them, of every falsification.

    python -m benchmarks.agreement [--rounds 200] [--twists 4] [--seed 0]

Every round is checked by verify.py in this process and by verify.js in a browser without a network, with the
root, a checkpoint and a receipt; then again with single values exchanged, left out or doubled, and at last all
ways of `sanlin rehearse`. Prints how many records there were, how many failed, and where the two differ.
"""

from __future__ import annotations

import argparse
import base64
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Page, sync_playwright

from sanlin.kernel.record import archive, verify
from sanlin.site.rehearsal.codes import receipt_of
from sanlin.site.rehearsal.drawing import Wish
from sanlin.site.rehearsal.making import Made, make
from sanlin.site.rehearsal.tampering import records
from sanlin.site.rehearsal.twisting import twisted
from sanlin.site.rehearsal.ways import WAYS

SCRIPT = Path(__file__).parents[1] / "src/sanlin/front/records/static/records/verify.js"
WISHES = {
    "any": Wish(),
    "no ballots": Wish("votes", voters=0),
    "all spoiled": Wish("votes", "approve_k", spoil_all=True),
    "online and on paper": Wish(voters=30, paper=True),
    "paper only": Wish("votes", "approve_k", voters=40, only_paper=True),
    "equal shares": Wish("equal_shares"),
    "entered": Wish(entered=True),
}
ASK = """async ({archive, root, old, receipt}) => {
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const found = await SanlinVerifier.verify(bytes(archive), {root, old: bytes(old), receipt});
  return found.lines.filter(line => !line.ok).map(line => line.code);
}"""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("--rounds", type=int, default=200)
    words.add_argument("--twists", type=int, default=4)
    words.add_argument("--seed", type=int, default=0)
    options = words.parse_args()
    began, failing, differing, many = time.process_time(), 0, 0, 0
    with sync_playwright() as browsers:
        page = browsers.chromium.launch(args=["--no-sandbox"], **_chromium()).new_page()
        page.goto("about:blank")
        page.add_script_tag(path=str(SCRIPT))
        for name, made, body in _all(options):
            many += 1
            mine, theirs = python(made, body), browser(page, made, body)
            failing += bool(mine)
            if mine != theirs:
                differing += 1
                print(f"{name}: {sorted(mine - theirs)} by verify.py alone,", end=" ")
                print(f"{sorted(theirs - mine)} by verify.js alone", flush=True)
            if name.endswith("true") and mine:
                print(f"{name}: a true record fails {sorted(mine)}", flush=True)
    used = time.process_time() - began
    print(f"{many} records, {failing} fail, {differing} differ; {used:.0f} s of processor time")
    raise SystemExit(bool(differing))


def _chromium() -> dict[str, Any]:
    own = Path("/usr/bin/chromium")
    return {"executable_path": str(own)} if own.exists() else {}


def _all(options: argparse.Namespace) -> Iterator[tuple[str, Made, bytes]]:
    names = list(WISHES)
    for number in range(options.seed, options.seed + options.rounds):
        name = names[number % len(names)]
        made, chance = make(number, WISHES[name]), Random(number)
        yield f"{number} {name} true", made, archive.pack(made.files)
        for twist in range(options.twists):
            body = archive.pack(twisted(made.files, chance))
            yield f"{number} {name} twist {twist}", made, body
    true = records(options.seed)
    for way in WAYS:
        yield f"way {way.code}", true[way.on], way.done(true)


def _receipt(made: Made) -> str:
    return receipt_of(made.receipts[0]) if made.receipts else "0123456789ABCDEF"


def python(made: Made, body: bytes) -> set[str]:
    """The codes of the checks that fail by verify.py."""
    receipt = _receipt(made)
    asked = SimpleNamespace(root=made.root, old=made.old.encode(), receipt=receipt, open=None)
    record, found = verify.Record(body, asked), set()
    for code in verify.ORDER:
        try:
            verify.run(code, record)
        except Exception:  # whatever stops a check is a failed check
            found.add(code)
    return found - (set() if made.receipts else {"C1"})


def browser(page: Page, made: Made, body: bytes) -> set[str]:
    """The same by verify.js."""
    told = {
        "archive": base64.b64encode(body).decode(),
        "old": base64.b64encode(made.old.encode()).decode(),
        "receipt": _receipt(made),
        "root": made.root,
    }
    return set(page.evaluate(ASK, told)) - (set() if made.receipts else {"C1"})


if __name__ == "__main__":
    main()
