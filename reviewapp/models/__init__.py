from reviewapp.models.access_key import AccessKey, Notice, SpentNonce
from reviewapp.models.batch import Batch
from reviewapp.models.cloud import Breaker, CallOutcome, CloudCall
from reviewapp.models.correction import Correction
from reviewapp.models.event import Event
from reviewapp.models.export import Export, ExportFormat, ExportItem
from reviewapp.models.field import Field, Flag, Override
from reviewapp.models.heartbeat import Heartbeat
from reviewapp.models.recognition import RecognitionResult
from reviewapp.models.reflag import Reflag, present_basis
from reviewapp.models.rule_severity import RuleSeverity
from reviewapp.models.submission import Submission
from reviewapp.models.threshold import DEFAULT_THRESHOLD, Threshold
from reviewapp.models.user import User

__all__ = [
    "DEFAULT_THRESHOLD",
    "AccessKey",
    "Batch",
    "Breaker",
    "CallOutcome",
    "CloudCall",
    "Correction",
    "Event",
    "Export",
    "ExportFormat",
    "ExportItem",
    "Field",
    "Flag",
    "Heartbeat",
    "Notice",
    "Override",
    "RecognitionResult",
    "Reflag",
    "RuleSeverity",
    "SpentNonce",
    "Submission",
    "Threshold",
    "User",
    "present_basis",
]
