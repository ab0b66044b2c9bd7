"""What all tests share: how examples are drawn, and where the published elections lie.

Every test begins in the language of the sources, whatever page the one before it read. A busy
machine is no failed test, so no example has a deadline; where CI is set the same examples are drawn
each time, elsewhere new ones.

SANLIN_PABULIB names the folder; without it a folder `data/pabulib` is looked for in this checkout
and in the folders beside it and above it. Where there is none, those tests are skipped and say so.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template import Template
from django.utils import translation
from hypothesis import settings

ROOT = Path(__file__).parent

settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")


PLAINLY = Template._render  # noqa: SLF001  # before the test runner puts its own in its place
LONGEST = ("test_hostile.py", "test_matrix.py", "test_round.py", "test_every_page.py")


def elections() -> Path | None:
    """The folder of .pb files, if this machine has it."""
    if named := os.environ.get("SANLIN_PABULIB"):
        return Path(named)
    around = (found for folder in (ROOT, *ROOT.parents) for found in folder.glob("*/data/pabulib"))
    return next((path for path in (ROOT / "data" / "pabulib", *around) if path.is_dir()), None)


def pytest_configure() -> None:
    """One place decides; tests read the variable."""
    if folder := elections():
        os.environ["SANLIN_PABULIB"] = str(folder)


@pytest.fixture(autouse=True)
def in_the_language_of_the_sources() -> None:
    """A page read in English leaves its language to the thread, and so to the next test."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture(scope="module", autouse=True)
def _pages_are_made_plainly(
    request: pytest.FixtureRequest, django_test_environment: None
) -> Iterator[None]:
    """Django's test runner has every template tell what it was given, and the client copies all of it:
    only for the tests that ask for it. The others read the page that came out."""
    telling = Template._render  # noqa: SLF001
    if ".context[" not in request.path.read_text(encoding="utf-8"):
        Template._render = PLAINLY  # noqa: SLF001
    yield
    Template._render = telling  # noqa: SLF001


@pytest.fixture(scope="session", autouse=True)
def _a_home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two hands count rows alike, so the fleeting keys of one would be the other's."""
    django_settings.HOME = tmp_path_factory.mktemp("home")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, so that no hand waits for another at the end; and a test of published
    elections is skipped where there are none."""
    names = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: names.get(item.path.name, len(names)))
    if not elections():
        absent = pytest.mark.skip(reason="no folder data/pabulib here (SANLIN_PABULIB names one)")
        for item in items:
            if item.get_closest_marker("conformance"):
                item.add_marker(absent)


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """Tables are made of the models at once: to go through every migration takes ten times as long.

    tests/test_commands.py does go through them, and finds the same tables, triggers and indexes.
    """
    return False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Beside tables, migrations put triggers: here too, by the very same functions."""
    from django.apps import apps  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations import RunPython  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    with django_db_blocker.unblock():
        django_settings.MIGRATION_MODULES = {}
        executor = MigrationExecutor(connection)
        executor.recorder.ensure_schema()
        for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes()):
            with connection.schema_editor() as editor:
                for one in migration.operations:
                    if isinstance(one, RunPython) and migration.__module__.startswith("sanlin."):
                        one.code(apps, editor)
            executor.recorder.record_applied(migration.app_label, migration.name)


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_triggers() -> Iterator[None]:
    """Between tests that commit (`transaction=True`), Django empties every table.

    On SQLite that is a DELETE, which an append-only table refuses, as it should: so the triggers are
    lifted while the tables are emptied and stand again for the next test. PostgreSQL truncates,
    which row triggers do not see.
    """
    from django.db.backends.sqlite3.base import DatabaseWrapper  # noqa: PLC0415

    operations = DatabaseWrapper.ops_class
    plain = operations.execute_sql_flush

    def lifted(self: Any, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
        try:
            plain(self, sql_list)
        finally:
            with self.connection.cursor() as cursor:
                for _name, sql in triggers:
                    cursor.execute(sql)

    operations.execute_sql_flush = lifted
    yield
    operations.execute_sql_flush = plain
