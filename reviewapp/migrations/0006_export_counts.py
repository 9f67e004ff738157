from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviewapp", "0005_forget_lost_units")]

    operations = [
        # What earlier exports wrote was not counted.
        migrations.AddField("export", "written_count", models.PositiveIntegerField(null=True)),
        migrations.AlterField(
            "export",
            "written_count",
            models.PositiveIntegerField(
                default=0,
                help_text="records that the file holds; unknown for exports before they were counted",
                null=True,
            ),
        ),
        migrations.AddField(
            "export",
            "finished_at",
            models.DateTimeField(blank=True, help_text="when the file was written to its end", null=True),
        ),
        migrations.AlterField(
            "export",
            "row_count",
            models.PositiveIntegerField(default=0, help_text="records that were chosen"),
        ),
    ]
