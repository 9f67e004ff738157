from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviewapp", "0008_readings_with_fields")]

    operations = [
        migrations.RenameField("field", "confirmation", "override_reason"),
        migrations.AlterField(
            "reflag",
            "undone",
            models.PositiveIntegerField(
                default=0, help_text="verifications undone by a new finding"
            ),
        ),
    ]
