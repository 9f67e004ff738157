"""What people send in, checked before a stage sees it."""

from reviewapp.forms.batches import BatchChoiceForm, BatchForm, ExportForm
from reviewapp.forms.batches_list import BatchesForm
from reviewapp.forms.figures import FiguresForm
from reviewapp.forms.records import (
    AmendForm,
    AnswerForm,
    AsideForm,
    AskForm,
    FieldForm,
    MarkForm,
    PostponeForm,
    RefuseForm,
    RejectForm,
    ReturnForm,
    SecondReadingForm,
    ShownForm,
    TakeOverForm,
)
from reviewapp.forms.search import ActForm, RecordsForm, SavedFilterForm, SearchForm
from reviewapp.forms.settings import (
    AccessKeyForm,
    PasswordForm,
    RulesForm,
    ThresholdsForm,
    TryForm,
    WhatIfForm,
)

__all__ = [
    "AccessKeyForm",
    "ActForm",
    "AmendForm",
    "AnswerForm",
    "AsideForm",
    "AskForm",
    "BatchChoiceForm",
    "BatchForm",
    "BatchesForm",
    "ExportForm",
    "FieldForm",
    "FiguresForm",
    "MarkForm",
    "PasswordForm",
    "PostponeForm",
    "RecordsForm",
    "RefuseForm",
    "RejectForm",
    "ReturnForm",
    "RulesForm",
    "SavedFilterForm",
    "SearchForm",
    "SecondReadingForm",
    "ShownForm",
    "TakeOverForm",
    "ThresholdsForm",
    "TryForm",
    "WhatIfForm",
]
