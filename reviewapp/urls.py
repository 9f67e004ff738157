from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.i18n import set_language

from reviewapp.views.health import healthz
from reviewapp.views.home import home
from reviewapp.views.pictures import PictureKindConverter, picture

register_converter(PictureKindConverter, "picture_kind")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=False), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("records/<int:pk>/picture/<picture_kind:kind>/", picture, name="picture"),
    path("healthz", healthz, name="healthz"),
    path("admin/", admin.site.urls),
    path("language/", login_not_required(set_language), name="set_language"),
]
