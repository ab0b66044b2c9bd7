"""What the database itself keeps: lines are only added, and a log only grows.

On SQLite a table keeps its rows in the order in which they came, unless it is WITHOUT ROWID: then
in the order of its key, so that the logs do not tell what happened between them.
"""

from django.db import migrations

from sanlin.ground.journal.append_only import append_only

WORDS = "a log only grows"
SHRINKS = "NEW.size <= OLD.size OR NEW.name <> OLD.name OR NEW.origin <> OLD.origin"


def keep_no_order(_apps, editor):
    if editor.connection.vendor != "sqlite":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'journal_entry' "
            "AND sql IS NOT NULL"
        )
        made = cursor.fetchall()
        cursor.execute("DROP TABLE journal_entry")
        for kind, sql in sorted(made, key=lambda row: row[0] != "table"):
            cursor.execute(sql + " WITHOUT ROWID" if kind == "table" else sql)


def only_grow(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE OR REPLACE FUNCTION only_grow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' OR {SHRINKS} THEN RAISE EXCEPTION '{WORDS}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
        )
        editor.execute(
            "CREATE TRIGGER journal_log_only_grows BEFORE UPDATE OR DELETE ON journal_log "
            "FOR EACH ROW EXECUTE FUNCTION only_grow()"
        )
        return
    for act, when in (("DELETE", ""), ("UPDATE", f"WHEN {SHRINKS}")):
        editor.execute(
            f"CREATE TRIGGER journal_log_no_{act.lower()} BEFORE {act} ON journal_log {when} "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )


def ungrow(_apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP TRIGGER IF EXISTS journal_log_only_grows ON journal_log")
        return
    for act in ("update", "delete"):
        editor.execute(f"DROP TRIGGER IF EXISTS journal_log_no_{act}")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.RunPython(keep_no_order, migrations.RunPython.noop),
        migrations.RunPython(only_grow, ungrow),
        append_only("journal_entry"),
        append_only("journal_unmasking"),
        append_only("journal_checkpoint"),
    ]
