"""How fast approved records leave, by format. Runs in a process of its own beside the product's models."""

import json
import time

from reviewapp.certificate.fields import FIELDS
from reviewapp.models import Export, ExportFormat, User
from reviewapp.stages import export

COLUMNS = [spec.name for spec in FIELDS]
REASON = "measured"


def measure(format_name: str) -> None:
    """Export all that is approved; print rows and seconds."""
    admin = User.objects.get(username="admin")
    begun = time.perf_counter()
    made = _made(admin, ExportFormat(format_name))
    seconds = round(time.perf_counter() - begun, 2)
    made.refresh_from_db()
    print(json.dumps({"rows": made.written_count, "chosen": made.row_count, "seconds": seconds}))


def _made(admin: User, chosen: ExportFormat) -> Export:
    """Return an export that was written to its end."""
    options = {"by": admin, "format": chosen, "columns": COLUMNS, "balance_reason": REASON}
    made = export.wish(**options, queue=lambda _pk: None)
    assert export.go_on(made)
    return made
