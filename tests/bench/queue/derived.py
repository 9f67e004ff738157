"""What the product keeps beside its records, so that it need not read all of them: filled as on a full database."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection, transaction

from tests.bench.queue import sql

ORGANISATIONS = """
    INSERT INTO reviewapp_organisation (name, times) SELECT f.value, count(*) FROM reviewapp_field f
    JOIN reviewapp_submission s ON s.id = f.submission_id
    WHERE f.name IN ('medical_institutions', 'issue_authority') AND s.status = 'approved' AND f.value <> ''
    GROUP BY f.value"""


def fill() -> None:
    """1. The organisations of approved records. 2. The index of search."""
    if "organisation" in apps.get_app_config("reviewapp").models:
        sql.run(ORGANISATIONS)
    if find_spec("reviewapp.search"):
        with transaction.atomic():
            import_module("reviewapp.search.fill").fill(connection)
