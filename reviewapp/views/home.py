from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviewapp.http import PersonRequest


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    return render(request, "home/home.html")
