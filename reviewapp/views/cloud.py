"""What the cloud's recogniser costs, and whether calls to it are held back; for administrators."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from reviewapp import intake
from reviewapp.administration import engine_choice
from reviewapp.administration.cloud_budget import ledger
from reviewapp.http import PersonRequest
from reviewapp.models import Breaker, CloudCall
from reviewapp.permissions import check_can_administer

SHOWN = 50


@require_safe
def cloud(request: PersonRequest) -> HttpResponse:
    check_can_administer(request.user)
    context = {
        "engine": settings.ENGINE,
        "month": ledger(engine_choice.cloud_terms()),
        "breaker": Breaker.the_one(),
        "calls": CloudCall.objects.defer("answer")[:SHOWN],
    }
    return render(request, "api/cloud.html", context)


@require_POST
def cloud_resume(request: PersonRequest) -> HttpResponse:
    intake.resume_cloud(by=request.user)
    messages.success(request, _("Pictures are sent to the cloud again."))
    return redirect("cloud")
