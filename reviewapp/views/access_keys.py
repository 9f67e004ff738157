"""Access keys of the recognition API, for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from reviewapp.administration.access_keys import make_key, revoke_key
from reviewapp.forms import AccessKeyForm
from reviewapp.http import PersonRequest
from reviewapp.models import AccessKey
from reviewapp.permissions import check_can_administer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def access_keys(request: PersonRequest) -> HttpResponse:
    """List the keys, and make one: its secret is on the page that answers, and on no other."""
    check_can_administer(request.user)
    if request.method != "POST":
        return _page(request, AccessKeyForm())
    form = AccessKeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    key, secret = make_key(**form.cleaned_data, by=request.user)
    return _page(request, AccessKeyForm(), made=key, secret=secret)


@require_POST
def access_key_revoke(request: PersonRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(AccessKey, pk=pk)
    check_can_administer(request.user)
    revoke_key(key, by=request.user)
    sentence = _("The key %(key)s is revoked.") % {"key": key}
    messages.success(request, sentence)
    return redirect("access_keys")


def _page(
    request: PersonRequest,
    form: AccessKeyForm,
    *,
    status: int = 200,
    made: AccessKey | None = None,
    secret: str = "",
) -> HttpResponse:
    keys = AccessKey.objects.select_related("user", "revoked_by").newest_first()
    context = {"form": form, "keys": keys, "made": made, "secret": secret}
    return render(request, "api/access_keys.html", context, status=status)
