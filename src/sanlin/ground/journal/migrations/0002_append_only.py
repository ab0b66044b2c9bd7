from django.db import migrations

from sanlin.ground.journal.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [("journal", "0001_initial")]

    operations = [append_only("journal_entry"), append_only("journal_unmasking")]
