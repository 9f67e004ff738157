from django.db import migrations

CODE = "unit_lost"


def forget(apps, schema_editor):
    """Take away what is stored of a rule that there is no more: nobody need look for its sake."""
    for name in ("Flag", "RuleSeverity"):
        apps.get_model("reviewapp", name).objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("reviewapp", "0004_log_in_events")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]
