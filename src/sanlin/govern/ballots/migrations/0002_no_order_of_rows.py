"""On SQLite a table keeps its rows in the order in which they came, unless it is WITHOUT ROWID."""

from django.db import migrations

TABLE = "ballots_ballot"


def keep_no_order(apps, schema_editor):
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [TABLE]
        )
        made = cursor.fetchall()
        cursor.execute(f"DROP TABLE {TABLE}")
        for kind, sql in sorted(made, key=lambda row: row[0] != "table"):
            cursor.execute(sql + " WITHOUT ROWID" if kind == "table" else sql)


class Migration(migrations.Migration):
    dependencies = [("ballots", "0001_initial")]
    operations = [migrations.RunPython(keep_no_order, migrations.RunPython.noop)]
