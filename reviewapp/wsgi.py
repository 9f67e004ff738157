import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application
from gunicorn.errors import AppImportError

from reviewapp.incoming import limited
from reviewapp.processes.readiness import check_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reviewapp.settings")

try:
    application = limited(get_wsgi_application())
    check_server()
except ImproperlyConfigured as error:
    # gunicorn says this one in a sentence and gives up; any other it buries in a traceback.
    raise AppImportError(str(error)) from error
