"""Vouchers, postings and closes are added and never changed; what is added fits its fund.

Three guards that a column's own constraint cannot be: a posting stays within its voucher's fund and
one unit, no voucher is dated in a closed month, and a community fund keeps no cash of its own.
"""

from typing import Any

from django.db import migrations

from sanlin.ground.journal.append_only import append_only

GUARDS = {
    "funds_posting": (
        "a posting stays within one fund and one unit",
        """(SELECT COUNT(*) FROM funds_book d, funds_book c, funds_voucher v
            WHERE d.id = NEW.debit_id AND c.id = NEW.credit_id AND v.id = NEW.voucher_id
            AND d.unit = c.unit AND d.fund_id = v.fund_id AND c.fund_id = v.fund_id) = 0""",
    ),
    "funds_voucher": (
        "this month is closed",
        """(SELECT COUNT(*) FROM funds_fund f
            WHERE f.id = NEW.fund_id AND NEW.at < f.closed_before) > 0""",
    ),
    "funds_book": (
        "a community fund keeps no cash of its own",
        """NEW.kind = 'cash' AND
           (SELECT COUNT(*) FROM funds_fund f
            WHERE f.id = NEW.fund_id AND f.kind = 'community') > 0""",
    ),
}


def put(_apps: Any, editor: Any) -> None:
    take(_apps, editor)
    for table, (words, wrong) in GUARDS.items():
        if editor.connection.vendor == "postgresql":
            editor.execute(f"""
                CREATE OR REPLACE FUNCTION {table}_guard() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF {wrong} THEN
                        RAISE EXCEPTION '{words}' USING ERRCODE = 'integrity_constraint_violation';
                    END IF;
                    RETURN NEW;
                END $$""")
            editor.execute(
                f"CREATE TRIGGER {table}_guard BEFORE INSERT ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_guard()"
            )
        else:
            editor.execute(
                f"CREATE TRIGGER {table}_guard BEFORE INSERT ON {table} WHEN {wrong} "
                f"BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )


def take(_apps: Any, editor: Any) -> None:
    on = " ON {}" if editor.connection.vendor == "postgresql" else ""
    for table in GUARDS:
        editor.execute(f"DROP TRIGGER IF EXISTS {table}_guard{on.format(table)}")


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial"), ("journal", "0001_initial")]
    operations = [
        append_only("funds_voucher"),
        append_only("funds_posting"),
        append_only("funds_monthclose"),
        append_only("funds_closedbalance"),
        append_only("funds_inspection"),
        migrations.RunPython(put, take),
    ]
