"""Which batches somebody lists, and in which order."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviewapp.models import Batch, User
from reviewapp.models.batch import BatchQuerySet
from reviewapp.states import BatchStatus


class BatchesForm(forms.Form):
    """What a list of batches shows; all, the newest first, where nothing is chosen."""

    MINE, OVERDUE, WAITING = "mine", "overdue", "waiting"
    SHOWS = (
        ("", _("All batches")),
        (WAITING, _("With records to approve")),
        (OVERDUE, pgettext_lazy("batch", "Overdue")),
        (MINE, _("Made by me")),
        *BatchStatus.choices,
    )
    DUE, OLDEST = "due", "oldest"
    SORTS = (("", _("Newest first")), (DUE, _("Due first")), (OLDEST, _("Oldest waiting first")))

    show = forms.ChoiceField(
        required=False, choices=SHOWS, label=pgettext_lazy("batches", "Which ones")
    )
    sort = forms.ChoiceField(required=False, choices=SORTS, label=pgettext_lazy("records", "Sort"))

    def batches(self, *, by: User) -> BatchQuerySet:
        """Return what is asked for, in its order; nothing where that makes no sense."""
        if not self.is_valid():
            return Batch.objects.none()
        shown = self._shown(self.cleaned_data["show"], by=by)
        if self.cleaned_data["sort"] == self.DUE:
            return shown.due_first()
        if self.cleaned_data["sort"] == self.OLDEST:
            return shown.oldest_waiting_first()
        return shown.newest_first()

    def _shown(self, show: str, *, by: User) -> BatchQuerySet:
        batches = Batch.objects.all()
        if show == self.WAITING:
            return batches.awaiting_approval()
        if show == self.OVERDUE:
            return batches.overdue(today=timezone.localdate())
        if show == self.MINE:
            return batches.made_by(by)
        return batches.with_status(BatchStatus(show)) if show else batches
