from django.db import migrations, models
from django.utils import timezone

TASK = "reviewapp.tasks.tell_of_approval"
PRIORITY = 20


def queue_waiting(apps, schema_editor):
    """Queue the unsettled notices of approved records: nobody looks for them any more."""
    tasks = apps.get_model("django_tasks_database", "DBTaskResult").objects
    notices = apps.get_model("reviewapp", "Notice").objects.filter(
        submission__approved_at__isnull=False, delivered_at=None, given_up_at=None
    )
    for pk, due_at in notices.order_by("pk").values_list("pk", "next_attempt_at"):
        tasks.create(
            task_path=TASK,
            args_kwargs={"args": [pk], "kwargs": {}},
            priority=PRIORITY,
            run_after=max(due_at, timezone.now()),
            backend_name="default",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("reviewapp", "0006_export_counts"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ]

    operations = [
        migrations.AlterField(
            "notice", "next_attempt_at", models.DateTimeField(default=timezone.now)
        ),
        migrations.RunPython(queue_waiting, migrations.RunPython.noop, elidable=True),
    ]
