from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class ReviewAppConfig(AppConfig):
    name = "reviewapp"
    verbose_name = _("Birth certificate review")


class AdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "reviewapp.admin_site.OneDoorSite"
