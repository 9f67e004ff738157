"""Django's admin, to look and not to touch; only people are managed here."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from reviewapp import models


class OwnFiltersOnly(admin.ModelAdmin[Any]):
    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Take from an address only what the filters beside the list write.

        Of anything else, not every value fits its column.
        """
        return lookup in {f"{name}__exact" for name in self.list_filter}


class LookOnly(OwnFiltersOnly):
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


@admin.register(models.Batch)
class BatchAdmin(LookOnly):
    list_display = ("name", "status", "created_by", "created_at")
    list_filter = ("status",)


@admin.register(models.Submission)
class SubmissionAdmin(LookOnly):
    list_display = ("id", "batch", "status", "source", "received_at", "failure_code")
    list_filter = ("status", "source")


@admin.register(models.Event)
class EventAdmin(LookOnly):
    list_display = ("at", "kind", "by", "address", "submission", "batch", "field_name")
    list_filter = ("kind",)
    search_fields = ("by__username", "address")


@admin.register(models.RecognitionResult)
class RecognitionResultAdmin(LookOnly):
    list_display = ("id", "submission", "engine", "seconds", "recognised_at")
    list_filter = ("engine",)


@admin.register(models.Export)
class ExportAdmin(LookOnly):
    list_display = ("id", "format", "row_count", "exported_by", "exported_at")
    exclude = ("submissions",)


@admin.register(models.User)
class PersonAdmin(OwnFiltersOnly, UserAdmin[models.User]):
    """People are made, given a role and switched off here.

    They are never deleted: their work carries their name.
    """

    list_display = ("username", "last_name", "first_name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (
            None,
            {
                "fields": (
                    "last_name",
                    "first_name",
                    "email",
                    "role",
                    "can_recognise",
                    "is_active",
                    "is_staff",
                )
            },
        ),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "role", "usable_password", "password1", "password2")}),
    )

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
