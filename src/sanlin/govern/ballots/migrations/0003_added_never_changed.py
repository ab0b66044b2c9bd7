"""What the database itself keeps: lines of a booth's book are only added."""

from django.db import migrations

from sanlin.ground.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("ballots", "0002_no_order_of_rows")]
    operations = [append_only("ballots_boothline")]
