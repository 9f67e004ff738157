"""Of which days somebody wants figures, and how."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FiguresForm(forms.Form):
    """The last 30 days as a page, where nothing else is asked for."""

    CSV = "csv"
    DEFAULT_DAYS = "30"
    DAYS = (("", _("The last 30 days")), ("7", _("The last 7 days")), ("90", _("The last 90 days")))

    days = forms.ChoiceField(required=False, choices=DAYS, label=pgettext_lazy("figures", "Days"))
    format = forms.ChoiceField(
        required=False, choices=[("", ""), (CSV, CSV)], widget=forms.HiddenInput
    )

    @property
    def asked_days(self) -> int:
        """Return how many days are asked for, today among them."""
        return int(self.cleaned_data["days"] or self.DEFAULT_DAYS)
