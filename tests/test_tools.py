"""The tools of the house: catalogues, the account of a test run, the throwaway server."""

import os
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from scripts import checks, messages, postgres, setup

ROOT = Path(__file__).parents[1]


@pytest.fixture
def app(tmp_path, monkeypatch):
    """A house with one app, whose rooms are written by the test; returns a writer."""
    monkeypatch.setattr(messages, "SOURCE", tmp_path)
    home = tmp_path / "govern" / "rounds"

    def write(name, text):
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return home

    (tmp_path / "site").mkdir()
    write("__init__.py", '"""轮次 (round): not a word on any screen."""\n')
    return write


def said(home):
    return sorted(messages.read(home).words)


def test_words_of_python_are_found_and_the_rest_is_loose(app):
    home = app(
        "rules.py",
        '"""办法。"""\n'
        'a = _("轮次" "已结束")\n'
        'b = ngettext("还剩%(n)s天", "还剩%(n)s天", n)\n'
        'c = pgettext_lazy("verb", "开")\n'
        'd = "没有翻译"\n'
        'e = f"第{n}页"\n'
        "HEADS = {  # data: the heads of a sheet\n"
        '    "姓名": 1,\n    "住址": 2,\n}\n'
        "g = _(label)\n"
        "from django.utils.translation import gettext as _now\n"
        'h = _now("此刻")\n',
    )
    assert said(home) == [("", "此刻"), ("", "轮次已结束"), ("", "还剩%(n)s天"), ("verb", "开")]
    assert messages.read(home).words["", "还剩%(n)s天"].plural == "还剩%(n)s天"
    assert messages.read(home).loose == [
        "govern/rounds/rules.py:5: 没有翻译",
        "govern/rounds/rules.py:6: 第",
        "govern/rounds/rules.py:6: 页",
    ]


def test_every_label_of_a_stage_table_is_a_word(app):
    home = app("stages.py", '"""阶段。"""\nLABELS = {"call": "征集", "vote": "投票"}\n')
    assert said(home) == [("", "征集"), ("", "投票")]
    assert messages.read(home).loose == []


def test_words_of_templates_are_found_and_the_rest_is_loose(app):
    home = app(
        "templates/rounds/list.html",
        '<h1>{% translate "全部轮次" %}</h1>{# 备注 #}\n'
        "{% blocktranslate trimmed count n=n %}\n  {{ n }}轮\n{% plural %}\n  {{ n }}轮\n"
        "{% endblocktranslate %}\n"
        '{% button _("提交") kind="plain" %}{{ name|default:_("无名") }}\n'
        '<a lang="zh-hans">中文</a>\n'
        '<p title="提示">{% button "返回" %}</p>\n',
    )
    assert said(home) == [("", "%(n)s轮"), ("", "全部轮次"), ("", "提交"), ("", "无名")]
    assert messages.read(home).loose == [
        'govern/rounds/templates/rounds/list.html:9: 提示">',
        'govern/rounds/templates/rounds/list.html:9: 返回"',
    ]


def test_a_catalogue_follows_its_words_and_keeps_what_was_said(app):
    home = app("rules.py", '_("甲")\n_("乙%(n)s")\n')
    assert messages.write_all() == ["govern/rounds: 2 words wait"]
    path = messages.catalogue(home)
    book = polib.pofile(str(path))
    for entry in book:
        entry.msgstr = "A" if entry.msgid == "甲" else "B%(n)s"
    path.write_text(str(book))
    assert messages.write_all() == []
    assert messages.faults() == []
    before = path.read_text()
    app("rules.py", '\n\n\n_("丙")\n_("甲")\n')
    assert messages.faults() == [
        "govern/rounds: 丙 is not in the catalogue (govern/rounds/rules.py)",
        "govern/rounds: 乙%(n)s is on no screen any more",
    ]
    messages.write_all()
    app("rules.py", '_("甲")\n_("乙%(n)s")\n')
    assert [e.msgstr for e in polib.pofile(str(path))] == ["", "A"]
    messages.write_all()
    assert path.read_text() == before.replace("B%(n)s", "")


@pytest.mark.parametrize(
    ("word", "english", "reason"),
    [
        ("还剩%(n)s天", "%(n)s days left", ""),
        ("还剩%(n)s天", "%(days)s days left", "has other placeholders"),
        ("还剩%(n)s天", "some days left", "has other placeholders"),
        ("已结束", "", "has no English"),
        ("已结束", "%s over", "has other placeholders"),
    ],
)
def test_english_that_would_break_the_page_is_found(word, english, reason):
    entry = polib.POEntry(msgid=word, msgstr=english)
    assert messages.judge(entry).startswith(reason)
    assert bool(messages.judge(entry)) == bool(reason)


def test_one_word_is_said_in_one_way(app, tmp_path):
    app("rules.py", '_("名称")\n')
    other = tmp_path / "govern" / "awards"
    other.mkdir()
    (other / "__init__.py").write_text("")
    (other / "rules.py").write_text('_("名称")\n', encoding="utf-8")
    messages.write_all()
    for home, english in ((tmp_path / "govern" / "rounds", "name"), (other, "title")):
        path = messages.catalogue(home)
        path.write_text(
            path.read_text().replace('"名称"\nmsgstr ""', f'"名称"\nmsgstr "{english}"')
        )
    assert messages.faults() == [
        "名称 is said in several ways: name (govern/rounds); title (govern/awards)"
    ]


def test_compiled_catalogues_speak(app):
    home = app("rules.py", '_("甲")\n')
    messages.write_all()
    path = messages.catalogue(home)
    path.write_text(path.read_text() + '\nmsgid "丁"\nmsgstr "D"\n')
    assert messages.compile_all() == 1
    assert [e.msgstr for e in polib.mofile(str(path.with_suffix(".mo")))] == ["D"]


REPORT = """<testsuites><testsuite>
<testcase classname="a" name="good"/>
<testcase classname="a" name="bad"><failure message="x"/></testcase>
<testcase classname="a" name="broken"><error message="x"/></testcase>
<testcase classname="a" name="left"><skipped message="no folder"/></testcase>
<testcase classname="a" name="left2"><skipped message="no folder"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def step(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "BUILD", tmp_path)
    return checks.Step("units", "unit tests", (), tests=True)


def test_a_report_is_counted_and_skips_are_named_with_their_reason(step):
    step.report.write_text(REPORT)
    result = checks.read_report(step, [1])
    assert checks.counts(result) == "1 passed, 2 failed, 2 skipped"
    assert result.notes == ["failed: a.bad", "failed: a.broken", "skipped 2: no folder"]


@pytest.mark.parametrize("code", [2, 3, 5])
def test_a_run_without_an_account_is_a_failure(step, code):
    assert checks.read_report(step, [code]).failed == 1


def test_the_last_line_is_the_plain_sum(step, monkeypatch):
    monkeypatch.setattr(checks, "STRICT", False)
    results = {step: checks.Result(passed=3, skipped=1), checks.STEPS[0]: checks.Result(passed=1)}
    assert checks.summary(results).splitlines()[-1] == "4 passed, 0 failed, 1 skipped"
    assert all(one.fine for one in results.values())


def test_a_skip_is_a_failure_where_nothing_may_be_skipped(step, monkeypatch):
    monkeypatch.setattr(checks, "STRICT", True)
    result = checks.Result(passed=3, skipped=1)
    assert not result.fine
    assert "FAILED" in checks.summary({step: result})


def run(*words, **more):
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        **more,
    )


def test_a_throwaway_server_serves_one_command_and_is_gone():
    look = (
        "import os, psycopg\n"
        "with psycopg.connect(os.environ['DATABASE_URL']) as door:\n"
        "    print(door.execute('show data_directory').fetchone()[0])\n"
        "raise SystemExit(3)\n"
    )
    done = run("scripts.postgres", sys.executable, "-c", look)
    assert done.returncode == 3, done.stderr
    folder = Path(done.stdout.strip())
    assert folder.name == "data"
    assert not folder.parent.exists()


def test_a_machine_without_postgresql_is_told_what_it_lacks(monkeypatch):
    monkeypatch.setattr(postgres, "programs", lambda: None)
    with pytest.raises(postgres.Missing, match="no PostgreSQL server here"), postgres.postgres():
        pass


def test_who_may_not_install_packages_is_told_what_to_ask_for(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    lacking = ("a Chromium browser", "a Chinese font")
    for thing, (_, packages) in setup.TESTS.items():
        monkeypatch.setitem(setup.TESTS, thing, (lambda t=thing: t not in lacking, packages))
    with pytest.raises(setup.Missing) as told:
        setup.set_up_system()
    assert str(told.value) == (
        "The tests need what this machine lacks: a Chromium browser, a Chinese font.\n"
        "Ask whoever may install packages here for: "
        "apt install chromium fontconfig fonts-noto-cjk"
    )


def test_the_lock_of_the_product_is_a_part_of_the_lock_of_its_tests():
    product, tests = (
        set(setup.LOCKS[kind].read_text().splitlines()[1:]) for kind in ("run", "dev")
    )
    assert product < tests
