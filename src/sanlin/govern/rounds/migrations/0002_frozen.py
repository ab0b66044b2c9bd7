"""What the database itself refuses once a round is open, on either engine.

SQLite loses the triggers of a table that a later migration makes anew: such a migration has to run
`keep` again.
"""

from django.db import migrations

FROZEN = "an opened round keeps its rules"
LATER = "a deadline of an opened round only moves later"

SQLITE = (
    f"""
    CREATE TRIGGER round_rules_are_frozen BEFORE UPDATE ON rounds_round
    WHEN OLD.frozen IS NOT NULL AND (
        NEW.frozen IS NOT OLD.frozen OR NEW.fingerprint IS NOT OLD.fingerprint
        OR NEW.pack_id IS NOT OLD.pack_id OR NEW.pack_text IS NOT OLD.pack_text
        OR NEW.officer_values IS NOT OLD.officer_values)
    BEGIN SELECT RAISE(ABORT, '{FROZEN}'); END
    """,
    f"""
    CREATE TRIGGER window_only_moves_later BEFORE UPDATE ON rounds_window
    WHEN (SELECT frozen IS NOT NULL FROM rounds_round WHERE id = OLD.round_id) AND (
        NEW.round_id IS NOT OLD.round_id OR NEW.stage IS NOT OLD.stage
        OR (OLD.closes IS NOT NULL AND (NEW.closes IS NULL OR NEW.closes < OLD.closes))
        OR (OLD.stage = 'vote' AND julianday(NEW.closes) - julianday(NEW.opens) + 1e-8
            < julianday(OLD.closes) - julianday(OLD.opens)))
    BEGIN SELECT RAISE(ABORT, '{LATER}'); END
    """,
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION round_rules_are_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{FROZEN}' USING ERRCODE = 'check_violation';
    END $$
    """,
    """
    CREATE TRIGGER round_rules_are_frozen BEFORE UPDATE ON rounds_round FOR EACH ROW
    WHEN (OLD.frozen IS NOT NULL AND (
        NEW.frozen IS DISTINCT FROM OLD.frozen OR NEW.fingerprint <> OLD.fingerprint
        OR NEW.pack_id <> OLD.pack_id OR NEW.pack_text <> OLD.pack_text
        OR NEW.officer_values IS DISTINCT FROM OLD.officer_values))
    EXECUTE FUNCTION round_rules_are_frozen()
    """,
    f"""
    CREATE FUNCTION window_only_moves_later() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT frozen IS NOT NULL FROM rounds_round WHERE id = OLD.round_id) THEN
            RAISE EXCEPTION '{LATER}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER window_only_moves_later BEFORE UPDATE ON rounds_window FOR EACH ROW
    WHEN (NEW.round_id <> OLD.round_id OR NEW.stage <> OLD.stage
        OR (OLD.closes IS NOT NULL AND (NEW.closes IS NULL OR NEW.closes < OLD.closes))
        OR (OLD.stage = 'vote' AND NEW.closes - NEW.opens < OLD.closes - OLD.opens))
    EXECUTE FUNCTION window_only_moves_later()
    """,
)
NAMES = (("round_rules_are_frozen", "rounds_round"), ("window_only_moves_later", "rounds_window"))


def keep(_apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def drop(_apps, schema_editor):
    for trigger, table in NAMES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {trigger} ON {table}")
            schema_editor.execute(f"DROP FUNCTION {trigger}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {trigger}")


class Migration(migrations.Migration):
    dependencies = [("rounds", "0001_initial")]
    operations = [migrations.RunPython(keep, drop)]
