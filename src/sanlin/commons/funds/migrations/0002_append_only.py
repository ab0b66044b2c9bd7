from django.db import migrations

from sanlin.ground.journal.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("funds", "0001_initial"), ("journal", "0001_initial")]
    operations = [append_only("funds_voucher"), append_only("funds_posting")]
