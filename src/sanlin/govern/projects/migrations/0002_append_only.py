from django.db import migrations

from sanlin.ground.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial"), ("journal", "0001_initial")]
    operations = [
        append_only("projects_signing"),
        append_only("projects_refund"),
        append_only("projects_receiptline"),
        append_only("projects_receiptpaper"),
    ]
