from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.i18n import set_language

from reviewapp.api.docs import api_docs, api_try
from reviewapp.views.access_keys import access_key_revoke, access_keys
from reviewapp.views.accounts import ChangePassword, LogIn, LogOut
from reviewapp.views.batches import batch, batch_approve, batches
from reviewapp.views.characters import characters
from reviewapp.views.cloud import cloud, cloud_resume
from reviewapp.views.exports import exports
from reviewapp.views.home import home
from reviewapp.views.pictures import PictureKindConverter, picture
from reviewapp.views.records import approve, retry, return_to_clerk, submission
from reviewapp.views.review import (
    claim,
    field,
    give_back,
    heartbeat,
    next_record,
    reject,
    review,
    submit,
)
from reviewapp.views.rules import rules
from reviewapp.views.thresholds import evidence, reflag, thresholds
from reviewapp.views.upload import upload, upload_url

register_converter(PictureKindConverter, "picture_kind")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("login/", LogIn.as_view(), name="login"),
    path("logout/", LogOut.as_view(), name="logout"),
    path("password/", ChangePassword.as_view(), name="password"),
    path("upload/", upload, name="upload"),
    path("upload/url/", upload_url, name="upload_url"),
    path("batches/", batches, name="batches"),
    path("batches/<int:pk>/", batch, name="batch"),
    path("batches/<int:pk>/approve/", batch_approve, name="batch_approve"),
    path("exports/", exports, name="exports"),
    path("thresholds/", thresholds, name="thresholds"),
    path("thresholds/evidence/", evidence, name="evidence"),
    path("thresholds/reflag/", reflag, name="reflag"),
    path("rules/", rules, name="rules"),
    path("api/", api_docs, name="api_docs"),
    path("api/try/", api_try, name="api_try"),
    path("access-keys/", access_keys, name="access_keys"),
    path("access-keys/<int:pk>/revoke/", access_key_revoke, name="access_key_revoke"),
    path("cloud/", cloud, name="cloud"),
    path("cloud/resume/", cloud_resume, name="cloud_resume"),
    path("records/<int:pk>/", submission, name="submission"),
    path("records/<int:pk>/retry/", retry, name="retry"),
    path("records/<int:pk>/approve/", approve, name="approve"),
    path("records/<int:pk>/return/", return_to_clerk, name="return"),
    path("review/next/", next_record, name="next"),
    path("records/<int:pk>/review/", review, name="review"),
    path("records/<int:pk>/claim/", claim, name="claim"),
    path("records/<int:pk>/give-back/", give_back, name="give_back"),
    path("records/<int:pk>/heartbeat/", heartbeat, name="heartbeat"),
    path("records/<int:pk>/fields/<str:name>/", field, name="field"),
    path("records/<int:pk>/submit/", submit, name="submit"),
    path("records/<int:pk>/reject/", reject, name="reject"),
    path("records/<int:pk>/picture/<picture_kind:kind>/", picture, name="picture"),
    path("characters/", characters, name="characters"),
    path("admin/", admin.site.urls),
    path("language/", login_not_required(set_language), name="set_language"),
]
