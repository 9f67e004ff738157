"""Django's admin, to look and not to touch; only people are managed here."""

from typing import Any, cast, override

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin  # noqa: F401 – registered first, then taken out
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from reviewapp import models
from reviewapp.administration import people
from reviewapp.administration.lockout import address_of
from reviewapp.administration.password_links import make_link
from reviewapp.administration.view_log import Look, note_looks
from reviewapp.states import EventKind


class OwnFiltersOnly(admin.ModelAdmin[Any]):
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Take from an address only what the filters beside the list write.

        Of anything else, not every value fits its column.
        """
        return lookup in {f"{name}__exact" for name in self.list_filter}


def _link(shown: models.Submission | models.Batch | None) -> str:
    """Return the way to a page of the product."""
    if shown is None:
        return "–"
    return format_html('<a href="{}">{}</a>', shown.get_absolute_url(), shown)


class LookOnly(OwnFiltersOnly):
    """Rows that nobody changes here, newest first.

    Who looks at one is noted where it tells of a record.
    """

    ordering = ("-pk",)

    @admin.display(description=_("Record"))
    def record(self, obj: Any) -> str:
        return _link(obj if isinstance(obj, models.Submission) else obj.submission)

    @admin.display(description=_("Batch"))
    def batch_page(self, obj: Any) -> str:
        return _link(obj if isinstance(obj, models.Batch) else obj.batch)

    def look_at(self, obj: Any) -> Look | None:
        """Return what a person sees who opens a row, or nothing that is noted."""
        return None

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show a row, of which the look is noted first: the page is made after this."""
        response = super().change_view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse) and response.context_data:
            look = self.look_at(response.context_data["original"])
            _note(request, look)
        return response

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_administrator(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)


def _is_administrator(request: HttpRequest) -> bool:
    return request.user.is_active and getattr(request.user, "is_administrator", False)


def _note(request: HttpRequest, look: Look | None) -> None:
    if look is not None:
        by = cast("models.User", request.user)
        note_looks([look], by=by, address=address_of(request))


@admin.register(models.Batch)
class BatchAdmin(LookOnly):
    list_display = ("name", "status", "created_by", "created_at", "batch_page")
    list_filter = ("status",)


@admin.register(models.Submission)
class SubmissionAdmin(LookOnly):
    list_display = ("id", "status", "source", "received_at", "failure_code", "record", "batch_page")
    list_filter = ("status", "source")
    list_select_related = ("batch",)

    def look_at(self, obj: models.Submission) -> Look:
        return Look(EventKind.VIEWED, obj.pk)


@admin.register(models.Event)
class EventAdmin(LookOnly):
    list_display = (
        "at",
        "kind",
        "by",
        "person",
        "address",
        "record",
        "batch_page",
        "field_label",
        "old_label",
        "new_label",
    )
    list_select_related = ("by", "person", "submission", "batch")
    list_filter = ("kind",)
    search_fields = ("by__username", "address")

    def look_at(self, obj: models.Event) -> Look:
        return Look(EventKind.HISTORY_SEEN, obj.submission_id, obj.person_id)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, which is a reading of the history, too."""
        response = super().changelist_view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            _note(request, Look(EventKind.HISTORY_SEEN))
        return response


@admin.register(models.RecognitionResult)
class RecognitionResultAdmin(LookOnly):
    list_display = ("id", "engine", "seconds", "recognised_at", "record")
    list_filter = ("engine",)
    list_select_related = ("submission",)

    def look_at(self, obj: models.RecognitionResult) -> Look:
        return Look(EventKind.ANSWER_SEEN, obj.submission_id, params={"answer": obj.pk})


@admin.register(models.Export)
class ExportAdmin(LookOnly):
    list_display = ("id", "format", "row_count", "exported_by", "exported_at", "exports_page")
    exclude = ("submissions",)

    @admin.display(description=_("Exports"))
    def exports_page(self, obj: models.Export) -> str:
        return format_html('<a href="{}">{}</a>', reverse("exports"), _("Exports"))


class NewPersonForm(forms.ModelForm[models.User]):
    class Meta:
        model = models.User
        fields = ("username", *people.NAMES, "role", *people.RIGHTS)
        field_classes = {"username": UsernameField}


class PersonForm(forms.ModelForm[models.User]):
    """A person as they were shown, so that nobody writes over what another has changed since."""

    basis = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = models.User
        fields = people.CHANGEABLE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["basis"] = people.basis_of(self.instance)


@admin.register(models.User)
class PersonAdmin(OwnFiltersOnly):
    """People are made, given a role and switched off here, through administration/people.py.

    They are never deleted or renamed: their work carries their name. Nobody but its owner sets a
    password: a link is made for them.
    """

    list_display = ("username", "last_name", "first_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "last_name", "first_name")
    ordering = ("username",)

    def get_form(
        self, request: HttpRequest, obj: Any = None, *args: Any, **kwargs: Any
    ) -> type[forms.ModelForm[models.User]]:
        form = PersonForm if obj else NewPersonForm
        return super().get_form(request, obj, *args, form=form, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return NewPersonForm.Meta.fields
        return ("username", *people.CHANGEABLE, "has_password", "in_hand", "basis")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody is renamed, and nobody changes what gives them their own power."""
        if obj is None:
            return ()
        own = people.FIXED_FOR_ONESELF if obj == request.user else ()
        return ("username", "has_password", "in_hand", *own)

    @admin.display(boolean=True, description=_("has set a password"))
    def has_password(self, obj: models.User) -> bool:
        return obj.has_usable_password()

    @admin.display(description=_("records in hand"))
    def in_hand(self, obj: models.User) -> str:
        """Say what somebody else will have to do if this person no longer reviews."""
        hands = people.hands_of(obj)
        held = ", ".join(f"#{pk}" for pk in hands.held) or "–"
        returned = ", ".join(f"#{pk}" for pk in hands.returned) or "–"
        return _(
            "Held: %(held)s. Returned to this person: %(returned)s. Others get them when the "
            "account is deactivated or no longer reviews."
        ) % {"held": held, "returned": returned}

    @override
    def save_model(self, request: Any, obj: models.User, form: Any, change: bool) -> None:
        address = address_of(request)
        if not change:
            people.add_person(obj, by=request.user, address=address)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        basis = form.cleaned_data["basis"]
        people.change_person(obj, changes, by=request.user, address=address, basis=basis)

    def response_add(
        self, request: Any, obj: models.User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the link through which the new person sets their password."""
        link = make_link(obj, by=request.user, address=address_of(request))
        shown = {"person": obj, "link": request.build_absolute_uri(link.path)}
        return render(request, "people/link.html", shown)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _is_administrator(request)

    has_add_permission = has_change_permission = has_view_permission

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


admin.site.unregister(Group)
admin.site.site_header = admin.site.site_title = _("Birth certificate review")
admin.site.index_title = _("Administration")
