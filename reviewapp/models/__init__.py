from reviewapp.models.access_key import AccessKey, Notice, SpentNonce
from reviewapp.models.approval import (
    AmendedValue,
    Amendment,
    Approval,
    OverrideSight,
    Recall,
    Voiding,
)
from reviewapp.models.balance import Balance, balances
from reviewapp.models.batch import Batch
from reviewapp.models.chain import Chain, LedgerEntry, LedgerHead
from reviewapp.models.cloud import Breaker, CallOutcome, CloudCall
from reviewapp.models.correction import Correction
from reviewapp.models.event import Event
from reviewapp.models.evidence import EvidenceDay, EvidenceSum
from reviewapp.models.export import Export, ExportFormat, ExportItem, ExportPhase
from reviewapp.models.field import Field, Flag, Override
from reviewapp.models.heartbeat import Heartbeat
from reviewapp.models.organisation import Organisation
from reviewapp.models.recognition import RecognitionResult
from reviewapp.models.reflag import Reflag, present_basis
from reviewapp.models.rule_severity import RuleSeverity
from reviewapp.models.saved_filter import SavedFilter
from reviewapp.models.search_term import SearchTerm
from reviewapp.models.skip import Skip
from reviewapp.models.submission import Submission
from reviewapp.models.threshold import DEFAULT_THRESHOLD, Threshold
from reviewapp.models.user import User

__all__ = [
    "DEFAULT_THRESHOLD",
    "AccessKey",
    "AmendedValue",
    "Amendment",
    "Approval",
    "Balance",
    "Batch",
    "Breaker",
    "CallOutcome",
    "Chain",
    "CloudCall",
    "Correction",
    "Event",
    "EvidenceDay",
    "EvidenceSum",
    "Export",
    "ExportFormat",
    "ExportItem",
    "ExportPhase",
    "Field",
    "Flag",
    "Heartbeat",
    "LedgerEntry",
    "LedgerHead",
    "Notice",
    "Organisation",
    "Override",
    "OverrideSight",
    "Recall",
    "RecognitionResult",
    "Reflag",
    "RuleSeverity",
    "SavedFilter",
    "SearchTerm",
    "Skip",
    "SpentNonce",
    "Submission",
    "Threshold",
    "User",
    "Voiding",
    "balances",
    "present_basis",
]
