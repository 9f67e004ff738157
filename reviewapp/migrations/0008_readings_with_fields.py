import json
from itertools import batched

from django.db import migrations, models

from reviewapp.certificate.wire import parse
from reviewapp.exceptions import EngineError

CHUNK = 200
COLUMNS = ["parts", "alternatives", "second_value"]


def keep_readings(apps, schema_editor):
    """Store with its fields what the answers say of how they were read.

    Only of records that may be judged again: an approved one is final, and nobody asks for it.
    """
    submissions = apps.get_model("reviewapp", "Submission").objects
    judgeable = submissions.filter(status__in=("recognised", "reviewed", "returned", "rejected"))
    for pks in batched(list(judgeable.order_by("pk").values_list("pk", flat=True)), CHUNK):
        _keep_chunk(apps, pks)


def _keep_chunk(apps, pks):
    answers = apps.get_model("reviewapp", "RecognitionResult").objects.filter(submission__in=pks)
    readings = {}
    for pk, answer in answers.order_by("pk").values_list("submission_id", "answer"):
        try:
            readings.setdefault(pk, []).append(parse(json.loads(answer)).fields)
        except EngineError:
            continue

    fields = apps.get_model("reviewapp", "Field").objects
    changed = []
    for field in fields.filter(submission__in=list(readings)):
        first, *second = readings[field.submission_id]
        field.parts = list(first[field.name].parts)
        field.alternatives = list(first[field.name].alternatives)
        field.second_value = second[0][field.name].value if second else ""
        if field.parts or field.second_value:
            changed.append(field)
    fields.bulk_update(changed, COLUMNS, batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [("reviewapp", "0007_notices_are_tasks")]

    operations = [
        migrations.AddField(
            "field",
            "parts",
            models.JSONField(
                blank=True,
                default=list,
                help_text="texts that the value read was put together from, in reading order",
            ),
        ),
        migrations.AddField(
            "field",
            "alternatives",
            models.JSONField(
                blank=True,
                default=list,
                help_text="other values that were nearly read, best first",
            ),
        ),
        migrations.AddField(
            "field",
            "second_value",
            models.TextField(
                blank=True, default="", help_text="what a second engine read, where two were asked"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(keep_readings, migrations.RunPython.noop, elidable=True),
    ]
