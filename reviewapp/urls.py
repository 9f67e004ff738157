from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.i18n import set_language

from reviewapp.api.docs import api_docs, api_try
from reviewapp.http import open_to_auditors
from reviewapp.views.access_keys import access_key_revoke, access_keys
from reviewapp.views.accounts import ChangePassword, LogIn, LogOut, SetPassword
from reviewapp.views.amendments import (
    amend,
    amendment_approve,
    amendment_refuse,
    amendment_withdraw,
)
from reviewapp.views.batches import batch, batch_approve, batch_change
from reviewapp.views.batches_list import batches
from reviewapp.views.characters import characters
from reviewapp.views.cloud import cloud, cloud_resume
from reviewapp.views.contact_sheet import batch_sheet
from reviewapp.views.errors import failure
from reviewapp.views.exports import export_cancel, export_file, exports
from reviewapp.views.figures import figures
from reviewapp.views.going_on import ahead, let_go
from reviewapp.views.handing_on import ask, postpone, skip, take_over, undo
from reviewapp.views.help import help_page
from reviewapp.views.history import history, history_of_person, history_of_record
from reviewapp.views.home import home, returned
from reviewapp.views.numbers import numbers
from reviewapp.views.overrides import override_seen
from reviewapp.views.papers import papers
from reviewapp.views.people import password_link, people
from reviewapp.views.pictures import PictureKindConverter, picture
from reviewapp.views.records import answer, approve, retry, return_to_clerk, submission
from reviewapp.views.records_list import filter_delete, filter_save, records, records_act
from reviewapp.views.review import (
    claim,
    field,
    give_back,
    heartbeat,
    mark,
    next_record,
    reject,
    review,
    submit,
)
from reviewapp.views.rules import rules
from reviewapp.views.search import search
from reviewapp.views.second import second
from reviewapp.views.sets import batch_approve_chosen, batch_reject, batch_return
from reviewapp.views.thresholds import evidence, reflag, thresholds
from reviewapp.views.upload import upload, upload_url

register_converter(PictureKindConverter, "picture_kind")

handler500 = failure

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("returned/", returned, name="returned"),
    path("login/", open_to_auditors(LogIn.as_view()), name="login"),
    path("logout/", open_to_auditors(LogOut.as_view()), name="logout"),
    path("password/", open_to_auditors(ChangePassword.as_view()), name="password"),
    path(
        "password/<uidb64>/<token>/", open_to_auditors(SetPassword.as_view()), name="password_set"
    ),
    path("help/", help_page, name="help"),
    path("help/<str:role>/", help_page, name="help_of_role"),
    path("people/", people, name="people"),
    path("people/<int:pk>/password-link/", password_link, name="password_link"),
    path("upload/", upload, name="upload"),
    path("upload/url/", upload_url, name="upload_url"),
    path("batches/", batches, name="batches"),
    path("batches/<int:pk>/", batch, name="batch"),
    path("batches/<int:pk>/sheet/", batch_sheet, name="batch_sheet"),
    path("batches/<int:pk>/approve/", batch_approve, name="batch_approve"),
    path("batches/<int:pk>/approve-chosen/", batch_approve_chosen, name="batch_approve_chosen"),
    path("batches/<int:pk>/return/", batch_return, name="batch_return"),
    path("batches/<int:pk>/reject/", batch_reject, name="batch_reject"),
    path("batches/<int:pk>/change/", batch_change, name="batch_change"),
    path("exports/", exports, name="exports"),
    path("exports/<int:pk>/cancel/", export_cancel, name="export_cancel"),
    path("exports/<int:pk>/file/", export_file, name="export_file"),
    path("history/", history, name="history"),
    path("history/records/<int:pk>/", history_of_record, name="history_of_record"),
    path("history/people/<int:pk>/", history_of_person, name="history_of_person"),
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
    path("records/", records, name="records"),
    path("records/act/", records_act, name="records_act"),
    path("records/filters/", filter_save, name="filter_save"),
    path("records/filters/<int:pk>/delete/", filter_delete, name="filter_delete"),
    path("records/<int:pk>/", submission, name="submission"),
    path("records/<int:pk>/retry/", retry, name="retry"),
    path("records/<int:pk>/approve/", approve, name="approve"),
    path("records/<int:pk>/return/", return_to_clerk, name="return"),
    path("records/<int:pk>/amend/", amend, name="amend"),
    path("amendments/<int:pk>/approve/", amendment_approve, name="amendment_approve"),
    path("amendments/<int:pk>/refuse/", amendment_refuse, name="amendment_refuse"),
    path("amendments/<int:pk>/withdraw/", amendment_withdraw, name="amendment_withdraw"),
    path("numbers/", numbers, name="numbers"),
    path("figures/", figures, name="figures"),
    path("records/<int:pk>/answer/", answer, name="answer"),
    path("records/<int:pk>/overrides/<str:name>/seen/", override_seen, name="override_seen"),
    path("search/", search, name="search"),
    path("papers/", papers, name="papers"),
    path("review/next/", next_record, name="next"),
    path("records/<int:pk>/review/", review, name="review"),
    path("records/<int:pk>/claim/", claim, name="claim"),
    path("records/<int:pk>/give-back/", give_back, name="give_back"),
    path("records/<int:pk>/ahead/", ahead, name="ahead"),
    path("records/<int:pk>/let-go/", let_go, name="let_go"),
    path("records/<int:pk>/skip/", skip, name="skip"),
    path("records/<int:pk>/postpone/", postpone, name="postpone"),
    path("records/<int:pk>/ask/", ask, name="ask"),
    path("records/<int:pk>/take-over/", take_over, name="take_over"),
    path("records/<int:pk>/undo/", undo, name="undo"),
    path("records/<int:pk>/heartbeat/", heartbeat, name="heartbeat"),
    path("records/<int:pk>/fields/<str:name>/", field, name="field"),
    path("records/<int:pk>/fields/<str:name>/mark/", mark, name="mark"),
    path("records/<int:pk>/second/", second, name="second"),
    path("records/<int:pk>/submit/", submit, name="submit"),
    path("records/<int:pk>/reject/", reject, name="reject"),
    path("records/<int:pk>/picture/<picture_kind:kind>/", picture, name="picture"),
    path("characters/", characters, name="characters"),
    path("admin/", admin.site.urls),
    path("language/", open_to_auditors(login_not_required(set_language)), name="set_language"),
]
