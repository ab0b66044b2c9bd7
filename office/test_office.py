"""The papers of a street's whole year, opened by LibreOffice and turned into pictures that are kept.

Pictures and papers lie in build/office after the run: look at them as whoever has to send them on.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from contextlib import closing

import pytest
from PIL import Image
from pptx import Presentation

from sanlin.ground.office.tests.test_slides import overflowing
from scripts.setup import BUILD, ROOT, libreoffice
from stories.house import build, shelf, streets, surroundings

__all__ = ["shelf", "streets"]
# One hand makes the papers once and looks at them all.
pytestmark = [pytest.mark.stage("closed"), pytest.mark.xdist_group("office")]

KEPT = BUILD / "office"
WORD = ("application", "agreement", "notice", "report", "acceptance", "change", "confirmation")
DECKS = ("year", "circle")
# What must stand in each, as its reader sees it; the sum of the grants is the street's own.
SAYS = {
    "application": ("项目申报书", "活力二村益路同行", "四、预算"),
    "agreement": ("项目协议书", "甲方（盖章）", "大写", "骑", "第 1 页 共 2 页"),
    "notice": ("立项公示", "拟立项55项", "二、评审委员", "账本指纹", "{granted}元"),
    "report": ("结项报告", "资金使用", "活动照片1", "评分"),
    "acceptance": ("项目验收表", "受益居民代表意见", "街道意见"),
    "change": ("项目变更申请表", "变更后（元）"),
    "confirmation": ("受益居民确认书", "参加或受益的内容", "第 1 页 共 1 页"),
    "year": ("2024年自治金年度汇报", "各居民区立项金额", "项目一览（5/5）", "现场照片", "谢谢"),
    "circle": ("小组汇报", "各项目资金", "谢谢"),
    "ledgers": ("项目台账", "拨款台账", "公示台账", "合计", "{granted}.00"),
    "posted": ("立项公示", "异议与核对", "第 1 页"),
    "certificate": ("证", "特发此证"),
    "thanks": ("感谢您作为",),
}
PAGES = {"agreement": 2, "acceptance": 2, "change": 1, "confirmation": 1, "certificate": 1}
BROKEN = re.compile(r"#(NAME|REF|VALUE|DIV/0|N/A)|Err:\d|\{\{|\{%|\}\}|%\}|\ufffd")


def run(*command, **env):
    done = subprocess.run(
        list(map(str, command)),
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="session")
def home(shelf, streets, tmp_path_factory):
    """The home folder of a street whose round is closed; what is made of it stays its own."""
    own = tmp_path_factory.mktemp("office") / "home"
    return shutil.copytree(build("closed", shelf, streets), own)


@pytest.fixture(scope="session")
def granted(home):
    """The sum of the standing awards as papers write it, in yuan."""
    asked = "SELECT sum(\"grant\") FROM awards_award WHERE stage = 'standing'"
    with closing(sqlite3.connect(home / "sanlin.sqlite3")) as database:
        fen = database.execute(asked).fetchone()[0]
    assert fen % 100 == 0
    return f"{fen // 100:,}"


@pytest.fixture(scope="session")
def papers(home, tmp_path_factory):
    """A folder with every paper, and beside it the same as PDF and as pictures."""
    own = tmp_path_factory.mktemp("office")
    made = own / "papers"
    made.mkdir()
    env = surroundings(home)
    run(sys.executable, "-m", "office.make", made, **env)
    sources = [
        paper for kind in ("docx", "pptx", "xlsx") for paper in sorted(made.glob(f"*.{kind}"))
    ]
    run(
        libreoffice(),
        f"-env:UserInstallation=file://{own}/profile",
        *("--headless", "--convert-to", "pdf", "--outdir", made, *sources),
        FONTCONFIG_FILE=str(ROOT / "scripts" / "fonts.conf"),
        HOME=str(own),
    )
    for paper in made.glob("*.pdf"):
        run("pdftoppm", "-png", "-r", "50", paper, paper.with_suffix(""))
    shutil.rmtree(KEPT, ignore_errors=True)
    shutil.copytree(made, KEPT, dirs_exist_ok=True)
    return made


def pages(folder, name):
    """The pictures of a paper's pages, in order."""
    return sorted(folder.glob(f"{name}-*.png"))


@pytest.mark.parametrize("name", SAYS)
def test_a_paper_opens_and_says_what_it_must(papers, granted, name):
    text = run("pdftotext", "-layout", papers / f"{name}.pdf", "-")
    plain = re.sub(r"\s+", "", text)
    words = [re.sub(r"\s+", "", one.format(granted=granted)) for one in SAYS[name]]
    assert [one for one in words if one not in plain] == []
    assert BROKEN.search(text) is None
    assert len(pages(papers, name)) == PAGES.get(name, len(pages(papers, name))) > 0


@pytest.mark.parametrize("name", SAYS)
def test_no_page_is_blank_or_in_boxes(papers, name):
    for page in pages(papers, name):
        with Image.open(page) as opened:
            grey = opened.convert("L")
            inked = sum(grey.histogram()[:200])
        assert inked > grey.width * grey.height / 2000, page.name
    fonts = run("pdffonts", papers / f"{name}.pdf")
    assert "CJK" in fonts


@pytest.mark.parametrize("name", DECKS)
def test_nothing_leaves_a_slide_and_every_slide_is_a_page(papers, name):
    show = Presentation(str(papers / f"{name}.pptx"))
    assert overflowing(show) == []
    assert len(pages(papers, name)) == len(show.slides)
    charts = [s.chart for slide in show.slides for s in slide.shapes if s.has_chart]
    assert len(charts) >= 3
    assert {chart.part.chart_workbook.xlsx_part is not None for chart in charts} == {True}


def test_every_sheet_has_a_page_and_no_column_is_cut_off(papers):
    text = run("pdftotext", "-layout", papers / "ledgers.pdf", "-")
    assert len(pages(papers, "ledgers")) >= 13
    assert "###" not in text  # how a number looks that its column is too narrow for


def test_the_archive_is_whole(papers):
    with zipfile.ZipFile(papers / "archive.zip") as box:
        assert box.testzip() is None
        for name in box.namelist():
            if name.endswith((".docx", ".xlsx")):
                with zipfile.ZipFile(box.open(name)) as inside:
                    assert inside.testzip() is None, name
