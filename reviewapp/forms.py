"""What people send in, checked before a stage sees it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate import FIELDS
from reviewapp.states import RejectReason


class FieldForm(forms.Form):
    """One value as a clerk reads it, against the version that they saw. The stage judges the value."""

    value = forms.CharField(required=False, strip=False)
    version = forms.IntegerField(min_value=0)
    verify = forms.BooleanField(required=False)


class RejectForm(forms.Form):
    reason = forms.ChoiceField(choices=RejectReason, widget=forms.RadioSelect, label=_("Why?"))
    note = forms.CharField(
        required=False, max_length=500, label=_("Note"), widget=forms.Textarea(attrs={"rows": 2, "class": "input"})
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        max_length=500, label=_("Reason"), widget=forms.Textarea(attrs={"rows": 2, "class": "input"})
    )
    fields = forms.MultipleChoiceField(
        required=False,
        choices=[(spec.name, spec.label) for spec in FIELDS],
        widget=forms.CheckboxSelectMultiple,
        label=_("Fields to look at again"),
    )
