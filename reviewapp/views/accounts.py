"""Coming in, going out, and the password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    LoginView,
    LogoutView,
    PasswordChangeView,
    PasswordResetConfirmView,
)
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from reviewapp.administration import password_links, people
from reviewapp.administration.lockout import (
    address_of,
    note_wrong_link,
    waiting_sentence,
    waiting_sentence_of_address,
)
from reviewapp.exceptions import NotAllowed, sentence
from reviewapp.forms import PasswordForm
from reviewapp.models import User
from reviewapp.stages import claim as claiming


class LogIn(LoginView):
    """The only door: the admin's own log-in leads here."""

    http_method_names = ["get", "head", "post"]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        people.note_login(form.get_user(), address=address_of(self.request))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say what is wrong, or how long to wait."""
        name = form.cleaned_data.get("username", "")
        if form.non_field_errors() and _was_looked_at(self.request):
            address = address_of(self.request)
            people.note_failed_login(name, address=address)
        refused = waiting_sentence(self.request, name)
        context = self.get_context_data(form=form, refused=refused)
        return self.render_to_response(context, status=429 if refused else 200)


class LogOut(LogoutView):
    """End the session and let the browser forget what it kept of it.

    Only the cache: "storage" would forget the chosen appearance too, "cookies" the language. What
    was typed and not saved is forgotten by the login page, over plain HTTP as well, where browsers
    do not follow this header.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(request.user, User):
            address = address_of(request)
            claiming.let_go(by=request.user)
            people.note_logout(request.user, address=address)
        response = super().post(request, *args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


class ChangePassword(PasswordChangeView):
    """A new password for whoever is logged in. This session goes on; others of this person end."""

    http_method_names = ["get", "head", "post"]
    form_class = PasswordForm
    template_name = "registration/password.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        people.change_password(
            form.user,
            form.cleaned_data["new_password1"],
            by=form.user,
            address=address_of(self.request),
        )
        update_session_auth_hash(self.request, form.user)
        sentence = _("Your password is changed. You are logged out everywhere else.")
        messages.success(self.request, sentence)
        return redirect("home")

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        was_typed = bool(form.data.get("old_password"))
        is_wrong = was_typed and form.has_error("old_password")
        if is_wrong and _was_looked_at(self.request):
            people.note_failed_login(form.user.username, address=address_of(self.request))
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=422)


@method_decorator(login_not_required, name="dispatch")
class SetPassword(PasswordResetConfirmView):
    """A password for whoever brings a good link.

    The link's proof goes into the session and out of the address, where it could be read over a
    shoulder, in a history or in a log.
    """

    http_method_names = ["get", "head", "post"]
    template_name = "registration/set_password.html"
    token_generator = password_links.TOKENS

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Look at a link only where not too many wrong ones, or passwords, came from.

        1. Who must wait. 2. What the link is good for. 3. One that is not good counts as a guess.
        """
        if refused := waiting_sentence_of_address(request):
            return self._refuse(refused, status=429)
        if request.method not in ("GET", "HEAD", "POST"):
            return self.http_method_not_allowed(request)
        response = super().dispatch(request, *args, **kwargs)
        if self.validlink or response.status_code == 302:
            return response
        note_wrong_link(request)
        return self._refuse(sentence("passwordLinkSpent"), status=410)

    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        token = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN)
        password = form.cleaned_data["new_password1"]
        address = address_of(self.request)
        try:
            password_links.set_password(form.user, password, token=token, address=address)
        except NotAllowed as error:
            return self._refuse(str(error), status=410)
        told = _("Your password is set. Log in with it.")
        messages.success(self.request, told)
        return redirect("login")

    def form_invalid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _refuse(self, refused: str, *, status: int) -> HttpResponse:
        return render(self.request, self.template_name, {"refused": refused}, status=status)


def _was_looked_at(request: HttpRequest) -> bool:
    """Return whether the password was compared at all; if not, no failure is noted."""
    return not getattr(request, "axes_locked_out", False)
