from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "src" / "sanlin" / "front" / "papers" / "data"
sys.path.insert(0, str(ROOT / "src"))

from scripts.office_templates import papers, slides  # noqa: E402

FILES = {
    "agreement.docx": papers.agreement,
    "notice.docx": papers.notice,
    "report.docx": papers.report,
    "acceptance.docx": papers.acceptance,
    "change.docx": papers.change,
    "confirmation.docx": papers.confirmation,
    "application.docx": papers.application,
    "contents.docx": papers.contents,
    "deck.pptx": slides.deck,
}


def main() -> int:
    DATA.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (DATA / name).write_bytes(make())
        print(f"{name}: {(DATA / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
