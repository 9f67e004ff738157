import os

from django.core.wsgi import get_wsgi_application

from reviewapp.readiness import check_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")

application = get_wsgi_application()
check_server()
