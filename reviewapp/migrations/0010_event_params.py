from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviewapp", "0009_override_reason")]

    operations = [
        # Stored events stay as they are: what they say in texts is read from there.
        migrations.AddField(
            "event",
            "params",
            models.JSONField(
                blank=True,
                default=dict,
                help_text="what the event is about, by kind; see PARAMS",
            ),
        ),
        migrations.AlterField(
            "event",
            "reason",
            models.TextField(
                blank=True, help_text="in a person's own words", verbose_name="reason"
            ),
        ),
    ]
