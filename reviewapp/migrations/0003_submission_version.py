from django.db import migrations, models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

MOVES = ("recognised", "failed", "retried", "submitted", "rejected", "approved", "returned")


def count_moves(apps, schema_editor):
    """Give each record the version that its moves so far would have made."""
    events = apps.get_model("reviewapp", "Event").objects.filter(submission=OuterRef("pk"), kind__in=MOVES)
    moves = events.order_by().values("submission").annotate(times=Count("pk")).values("times")
    apps.get_model("reviewapp", "Submission").objects.update(version=Coalesce(Subquery(moves), 0) + 1)


class Migration(migrations.Migration):
    dependencies = [
        ("reviewapp", "0002_reflag_basis"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="version",
            field=models.PositiveIntegerField(default=1, help_text="grows by one with each change of status"),
        ),
        migrations.RunPython(count_moves, migrations.RunPython.noop),
    ]
