from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reviewapp.models import Heartbeat
from reviewapp.workers import silence


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether the database answers (503 if not) and how many workers live."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        workers = Heartbeat.objects.filter(beat_at__gte=timezone.now() - silence()).count()
    except DatabaseError:
        return JsonResponse({"status": "error", "database": False}, status=503)
    return JsonResponse({"status": "ok", "database": True, "workers": workers})
