"""Settings.

Every one that an installation may change comes from the environment; README has the table.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


def env_bool(name: str, *, default: bool) -> bool:
    """Read a switch: 1, true, yes, on against 0, false, no, off."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {text!r}. Set it to 1 or 0.")


def env_int(name: str, default: int) -> int:
    """Read a whole number."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal():
        raise ImproperlyConfigured(f"{name} is {text!r}. Set it to a whole number.")
    return int(text)


def env_decimal(name: str, default: str) -> str:
    """Read a number, with or without a decimal point, as it is written."""
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ImproperlyConfigured(f"{name} is {text!r}. Set it to a number.")
    return text


def env_float(name: str, default: float) -> float:
    """Read a number, with or without a decimal point."""
    return float(env_decimal(name, str(default)))


def env_list(name: str, default: list[str]) -> list[str]:
    """Read a list separated by commas."""
    items = [item.strip() for item in os.environ.get(name, "").split(",")]
    return [item for item in items if item] or default


def secret_key(data_dir: Path, *, shared_database: bool) -> str:
    """Return SECRET_KEY, or for the embedded database the key that its data directory keeps.

    Machines that share a database must share the key as well, so there it has no default.
    """
    key = os.environ.get("SECRET_KEY", "")
    if len(key) >= 50:
        return key
    if key:
        raise ImproperlyConfigured(
            "SECRET_KEY is shorter than 50 characters. Set it to a long random text."
        )
    if shared_database:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. With DATABASE_URL, set it to the same on every machine."
        )
    return kept_key(data_dir / "secret_key")


def kept_key(path: Path) -> str:
    """Return the key in a file, which is made where there is none."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be written ({error.strerror}).") from error

    try:
        key = path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be read ({error.strerror}). Let the user read it who runs this program."
        ) from error
    except UnicodeDecodeError:
        key = ""
    if len(key.strip()) < 50:
        raise ImproperlyConfigured(
            f"{path} holds no key. Put it back from the backup. If there is none, remove the file "
            "and a new key is made: everybody logs in again, and API callers need new access keys."
        )
    return key


def data_directory(*, shared_database: bool) -> Path:
    """Return the directory of the embedded database, the pictures and the key.

    It is made where there is none.
    """
    path = Path(os.environ.get("REVIEWAPP_DATA_DIR") or BASE_DIR / "var").resolve()
    advice = "Set REVIEWAPP_DATA_DIR to a directory that this program may write to."
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The directory {path} cannot be made ({error.strerror}). {advice}"
        ) from error
    if not shared_database and not os.access(path, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"The directory {path} cannot be written to. {advice}")
    return path


def private_file(path: Path) -> Path:
    """Make a file that nobody else may read, where there is none yet.

    SQLite takes an empty file for a new database, and gives the files beside it the same rights.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(f"{path} cannot be made ({error.strerror}).") from error
    return path


DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATA_DIR = data_directory(shared_database=bool(DATABASE_URL))

DEBUG = env_bool("DEBUG", default=False)
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", LOOPBACK)
IS_LOCAL = set(ALLOWED_HOSTS) <= set(LOOPBACK)
HTTPS = env_bool("HTTPS", default=not IS_LOCAL)
SECRET_KEY = secret_key(DATA_DIR, shared_database=bool(DATABASE_URL))

if DEBUG and not IS_LOCAL:
    raise ImproperlyConfigured(
        "DEBUG is on and ALLOWED_HOSTS names a public host. Switch DEBUG off."
    )
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is '*'. Name the hosts that people type into their browsers."
    )

INSTALLED_APPS = [
    "reviewapp",
    "reviewapp.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tasks_db",
    "axes",
]

MIDDLEWARE = [
    "reviewapp.views.health.answer_health_checks",
    "reviewapp.api.middleware.answer_api_calls",
    "reviewapp.middleware.log_request",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "reviewapp.middleware.CompressedPages",
    "reviewapp.middleware.keep_nothing",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # In this order: who may send at all, how much, and only then is a body read, which CSRF tokens
    # are taken from.
    "reviewapp.middleware.LoginRequired",
    "reviewapp.middleware.KeepAuditorsOut",
    "reviewapp.middleware.LimitedBodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "reviewapp.middleware.find_nothing_at_nul",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reviewapp.middleware.RefusalsAsPages",
]

ROOT_URLCONF = "reviewapp.urls"
WSGI_APPLICATION = "reviewapp.wsgi.application"
AUTH_USER_MODEL = "reviewapp.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "login"
CSRF_FAILURE_VIEW = "reviewapp.views.errors.unknown_person"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "jinja2"],
        "OPTIONS": {"environment": "reviewapp.pieces.environment"},
    },
]


# A machine that vanishes without a word, as by a power cut, holds locks until somebody misses it:
# both sides ask a silent one after 10 s, and give it up within 30 s. Systems wait two hours.
VANISHED = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
    "options": "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5"
    " -c tcp_keepalives_count=4 -c tcp_user_timeout=30000",
}


def databases() -> dict[str, Any]:
    """Return PostgreSQL after DATABASE_URL, or SQLite in the data directory."""
    if DATABASE_URL:
        server = dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)
        if server["ENGINE"] == "django.db.backends.postgresql":
            server["OPTIONS"] = VANISHED | server.get("OPTIONS", {})
        return {"default": server}
    embedded = {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": private_file(DATA_DIR / "db.sqlite3"),
        "OPTIONS": {
            # Several processes write: each waits its turn at the start of its transaction.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
    return {"default": embedded}


def pictures_storage(bucket: str) -> dict[str, Any]:
    """Return where pictures are kept: in a bucket of S3, or in the data directory."""
    if not bucket:
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket_name": bucket}}


DATABASES = databases()

S3_BUCKET = os.environ.get("S3_BUCKET", "")
STORAGES: dict[str, Any] = {
    "default": pictures_storage(S3_BUCKET),
    "staticfiles": {"BACKEND": "reviewapp.static_storage.ModuleManifestStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

TASKS = {
    "default": {"BACKEND": os.environ.get("TASKS_BACKEND") or "django_tasks_db.DatabaseBackend"}
}

# How long a link is good through which a person sets a password.
PASSWORD_RESET_TIMEOUT = 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# How long to wait after wrong passwords is decided in reviewapp/administration/lockout.py.
AXES_HANDLER = "reviewapp.administration.lockout.GrowingDelay"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Its middleware would answer in place of the login page.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

LANGUAGE_CODE = os.environ.get("LANGUAGE_CODE") or "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "reviewapp" / "locale"]
TIME_ZONE = os.environ.get("TIME_ZONE") or "Asia/Shanghai"

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = env_int("SESSION_HOURS", 12) * 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env_bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS", [])

ENGINE = os.environ.get("ENGINE") or "local"
# Threads of the local engine in one process; 0 where nobody has said.
OCR_THREADS = env_int("REVIEWAPP_OCR_THREADS", 0)
ENGINE_OPTIONS: dict[str, dict[str, Any]] = {
    "replay": {"directory": os.environ.get("REPLAY_DIR") or str(DATA_DIR / "replay")}
}
# What binds the history together and approvals to their content: sha256, or sm3 (GB/T 32905).
HISTORY_DIGEST = os.environ.get("HISTORY_DIGEST") or "sha256"
ANCHOR_MINUTES = env_int("ANCHOR_MINUTES", 10)
# How many days the files of exports are kept.
EXPORT_DAYS = env_int("EXPORT_DAYS", 30)
CLAIM_MINUTES = env_int("CLAIM_MINUTES", 15)
WORKER_SILENT_SECONDS = env_int("WORKER_SILENT_SECONDS", 20)
FETCH_ALLOWED_HOSTS = env_list("FETCH_ALLOWED_HOSTS", [])

# The recognition API. Its callers' default read timeouts are 10 s, with the Node SDK 3 s.
RECOGNISER = os.environ.get("RECOGNISER", "")
RECOGNISER_AT_ONCE = env_int("RECOGNISER_AT_ONCE", 1)
RECOGNISER_WAITING = env_int("RECOGNISER_WAITING", 3)
RECOGNISER_NICENESS = env_int("RECOGNISER_NICENESS", 10)
API_SLOTS = env_int("API_SLOTS", 2)
# Two fewer than a web process has threads: the pages need theirs.
API_CALLS = env_int("API_CALLS", 4)
API_SECONDS = env_float("API_SECONDS", 9.0)
API_SECONDS_NODE = env_float("API_SECONDS_NODE", 2.8)

# The cloud's recogniser. The key's names are those that the official SDKs read.
ALIYUN_KEY_ID = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_ID", "")
ALIYUN_KEY_SECRET = os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "")
ALIYUN_SECURITY_TOKEN = os.environ.get("ALIBABA_CLOUD_SECURITY_TOKEN", "")
ALIYUN_ENDPOINT = os.environ.get("ALIYUN_ENDPOINT") or "ocr-api.cn-hangzhou.aliyuncs.com"
ALIYUN_CALLS_PER_SECOND = env_float("ALIYUN_CALLS_PER_SECOND", 5.0)
ALIYUN_CALLS_AT_ONCE = env_int("ALIYUN_CALLS_AT_ONCE", 4)
ALIYUN_FREE_QUOTA = env_int("ALIYUN_FREE_QUOTA", 0)
ALIYUN_PRICE = env_decimal("ALIYUN_PRICE", "0")
ALIYUN_BUDGET = env_decimal("ALIYUN_BUDGET", "")
ALIYUN_SHRINK = env_bool("ALIYUN_SHRINK", default=False)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.server": {"handlers": [], "propagate": True},
        "httpx": {"level": "WARNING"},
        "RapidOCR": {"level": "WARNING"},
    },
}
