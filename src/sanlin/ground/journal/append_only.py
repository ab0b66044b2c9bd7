"""Tables whose rows are added and never changed: the database itself refuses.

In a migration after the table's own: `operations = [append_only("journal_entry")]`. An UPDATE or
DELETE then ends in an IntegrityError on both engines. A later migration that alters such a table has
to name it again: SQLite rebuilds a table without its triggers.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

WORDS = "lines are added here, never changed"
FUNCTION = f"""
CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation';
END $$"""


def append_only(table: str) -> migrations.RunPython:
    """The operation that puts the triggers on `table`, by the engine at hand; it can be undone."""

    def put(_apps: Any, editor: Any) -> None:
        take(_apps, editor)
        if editor.connection.vendor == "postgresql":
            editor.execute(FUNCTION)
            editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION append_only()"
            )
            return
        for act in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
            )

    def take(_apps: Any, editor: Any) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
            return
        for act in ("update", "delete"):
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")

    return migrations.RunPython(put, take)
