"""The product's settings, away from the product's data: a directory of its own, made before they are read."""

import atexit
import os
import re
import shutil
from pathlib import Path

from tests.databases import settings_environment

SOURCE = Path(__file__).resolve().parent.parent / "reviewapp" / "settings.py"
# All that the settings read of the environment, by helpers of their own whose names begin with `env_` or without.
CHANGEABLE = re.findall(r'(?:environ\.get|env_\w+)\(\s*"(\w+)"', SOURCE.read_text())
for name in CHANGEABLE:
    os.environ.pop(name, None)
os.environ.update(settings_environment())

from reviewapp.settings import *  # noqa: E402, F403
from reviewapp.settings import DATA_DIR, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

STATIC_ROOT.mkdir()
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads that race for a record need connections of their own; lost when the power fails.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
