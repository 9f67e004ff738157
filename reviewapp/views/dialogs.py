"""Small forms over a page, for what needs a reason."""

from dataclasses import dataclass

from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reviewapp.forms import AsideForm, AskForm, PostponeForm, TakeOverForm


@dataclass(frozen=True, slots=True)
class Dialog:
    """A small form over the page; `route` is where it is sent to."""

    route: str
    form: Form
    title: Promise
    hint: Promise
    button: Promise


def skip_dialog(form: Form | None = None) -> Dialog:
    return Dialog(
        route="skip",
        form=form or AsideForm(auto_id="skip_%s"),
        title=_("Skip this record"),
        hint=_("Others are offered it at once, you only after 12 hours. What you saved stays."),
        button=_("Skip"),
    )


def postpone_dialog(form: Form | None = None) -> Dialog:
    return Dialog(
        route="postpone",
        form=form or PostponeForm(auto_id="postpone_%s"),
        title=_("Postpone this record"),
        hint=_("It is offered to nobody before that day, but can be taken from the first page."),
        button=_("Postpone"),
    )


def ask_dialog(form: Form | None = None) -> Dialog:
    return Dialog(
        route="ask",
        form=form or AskForm(auto_id="ask_%s"),
        title=_("Ask a supervisor"),
        hint=_("The record comes back to you with the answer."),
        button=_("Ask"),
    )


def take_over_dialog(form: Form | None = None) -> Dialog:
    return Dialog(
        route="take_over",
        form=form or TakeOverForm(auto_id="take_over_%s"),
        title=_("Take this record over"),
        hint=_("Whoever holds it is told at once and keeps on their screen what they typed."),
        button=_("Take over"),
    )
