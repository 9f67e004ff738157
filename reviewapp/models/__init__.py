from reviewapp.models.batch import Batch
from reviewapp.models.correction import Correction
from reviewapp.models.event import Event
from reviewapp.models.export import Export, ExportFormat, ExportItem
from reviewapp.models.field import Field, Flag
from reviewapp.models.heartbeat import Heartbeat
from reviewapp.models.recognition import RecognitionResult
from reviewapp.models.submission import Submission
from reviewapp.models.threshold import DEFAULT_THRESHOLD, Threshold
from reviewapp.models.user import User

__all__ = [
    "DEFAULT_THRESHOLD",
    "Batch",
    "Correction",
    "Event",
    "Export",
    "ExportFormat",
    "ExportItem",
    "Field",
    "Flag",
    "Heartbeat",
    "RecognitionResult",
    "Submission",
    "Threshold",
    "User",
]
