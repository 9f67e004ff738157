"""Settings come from the environment; an unsafe one refuses to start, with a sentence."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from tests.settings import CHANGEABLE
from tests.syntax import ROOT

SECRET = "x" * 50


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY is shorter than 50 characters"),
        ({"DATABASE_URL": "postgresql://db/review"}, "SECRET_KEY is not set"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is '*'"),
        ({"ALLOWED_HOSTS": "review.example,*"}, "ALLOWED_HOSTS is '*'"),
        ({"DEBUG": "1", "ALLOWED_HOSTS": "review.example"}, "Switch DEBUG off"),
        ({"DEBUG": "maybe"}, "DEBUG is 'maybe'. Set it to 1 or 0"),
        ({"HTTPS": "2"}, "HTTPS is '2'"),
        ({"CLAIM_MINUTES": "ten"}, "CLAIM_MINUTES is 'ten'. Set it to a whole number"),
        ({"SESSION_HOURS": "-1"}, "SESSION_HOURS is '-1'"),
        ({"API_SECONDS": "soon"}, "API_SECONDS is 'soon'. Set it to a number"),
        ({"ALIYUN_PRICE": "0,1"}, "ALIYUN_PRICE is '0,1'. Set it to a number"),
    ],
)
def test_an_unsafe_or_wrong_setting_refuses_to_start(
    environment: dict[str, str], sentence: str, settings_of: Any
) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        settings_of(**environment)
    assert sentence in str(caught.value)


def test_without_any_setting_it_serves_this_machine_alone(settings_of: Any) -> None:
    found = settings_of()
    assert found["DEBUG"] is False
    assert set(found["ALLOWED_HOSTS"]) == {"localhost", "127.0.0.1", "[::1]"}
    assert found["DATABASES"]["default"]["ENGINE"].endswith("sqlite3")
    assert found["DATABASES"]["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["LANGUAGE_CODE"] == "zh-hans"
    assert found["SESSION_COOKIE_SECURE"] is False


def test_a_public_host_is_served_by_https_alone(settings_of: Any) -> None:
    found = settings_of(ALLOWED_HOSTS="review.example", SECRET_KEY=SECRET)
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_SSL_REDIRECT"):
        assert found[name] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31536000
    assert found["SECURE_PROXY_SSL_HEADER"] is None
    behind = settings_of(ALLOWED_HOSTS="review.example", BEHIND_PROXY="1")
    assert behind["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_the_embedded_database_keeps_its_own_secret_key(settings_of: Any, tmp_path: Path) -> None:
    first, second = settings_of()["SECRET_KEY"], settings_of()["SECRET_KEY"]
    path = tmp_path / "data" / "secret_key"
    assert first == second == path.read_text()
    assert len(first) >= 50
    assert path.stat().st_mode & 0o077 == 0
    assert settings_of(SECRET_KEY=SECRET)["SECRET_KEY"] == SECRET


def test_a_shared_database_and_shared_files_are_named_by_the_environment(settings_of: Any) -> None:
    found = settings_of(DATABASE_URL="postgresql://u:p@db:5433/review", SECRET_KEY=SECRET, S3_BUCKET="scans")
    database = found["DATABASES"]["default"]
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db", 5433, "review")
    assert found["STORAGES"]["default"]["OPTIONS"] == {"bucket_name": "scans"}


def test_switches_numbers_and_lists_are_read(settings_of: Any) -> None:
    found = settings_of(
        DEBUG="yes", SESSION_HOURS="2", FETCH_ALLOWED_HOSTS=" scans.local:8080, ,10.0.0.5 ", ENGINE="replay"
    )
    assert found["DEBUG"] is True
    assert found["SESSION_COOKIE_AGE"] == 7200
    assert found["FETCH_ALLOWED_HOSTS"] == ["scans.local:8080", "10.0.0.5"]
    assert found["ENGINE"] == "replay"
    assert found["STORAGES"]["staticfiles"]["BACKEND"].startswith("django.")


def test_pages_may_load_and_send_nothing_elsewhere(settings_of: Any) -> None:
    policy = settings_of()["SECURE_CSP"]
    assert policy["default-src"] == ["'self'"]
    assert not [source for sources in policy.values() for source in sources if "unsafe" in source or "http" in source]


def test_every_setting_is_in_a_table_of_the_documentation() -> None:
    tables = (ROOT / "README.md").read_text() + (ROOT / "docs" / "api.md").read_text()
    assert len(CHANGEABLE) > 20
    assert not sorted({name for name in CHANGEABLE if f"`{name}`" not in tables})


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_tests_know_every_name_that_the_settings_read(settings_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read = set()

    class Environment(dict[str, str]):
        def get(self, name: str, *default: Any) -> Any:
            read.add(name)
            return super().get(name, *default)

    monkeypatch.setattr(os, "environ", Environment(os.environ))
    settings_of()
    assert read == set(CHANGEABLE)


def test_the_tests_do_not_see_the_developers_environment() -> None:
    ours = {"REVIEWAPP_DATA_DIR", "DATABASE_URL", "SECRET_KEY"}
    assert not [name for name in CHANGEABLE if name in os.environ and name not in ours]


def test_a_machine_that_vanishes_is_missed_by_both_sides_of_its_connections(settings_of: Any) -> None:
    found = settings_of(DATABASE_URL="postgresql://u:p@db:5433/review", SECRET_KEY=SECRET)
    options = found["DATABASES"]["default"]["OPTIONS"]
    assert options["keepalives_idle"] == 10
    assert "tcp_user_timeout=30000" in options["options"]
