from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewAppConfig(AppConfig):
    name = "reviewapp"
    verbose_name = _("Birth certificate review")
