"""A first start where something is in the way: a sentence says what to do, and no traceback hides it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.installation import ROOT, free_port
from tests.test_settings import SECRET

SET_IT = "Set REVIEWAPP_DATA_DIR to a directory that this program may write to."


def refusal(load: Any, **environment: str) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        load(**environment)
    return str(caught.value)


def test_a_directory_that_cannot_be_made_is_named_with_what_to_do(settings_of: Any, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert refusal(settings_of).startswith(f"The directory {tmp_path / 'data'} cannot be made (")
    assert SET_IT in refusal(settings_of)
    assert SET_IT in refusal(settings_of, REVIEWAPP_DATA_DIR=str(tmp_path / "data" / "below"))
    assert SET_IT in refusal(settings_of, DATABASE_URL="postgresql://db/review", SECRET_KEY=SECRET)


def test_a_directory_that_may_only_be_read_is_named_with_what_to_do(
    settings_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_of()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    found = refusal(settings_of)
    assert found == f"The directory {tmp_path / 'data'} cannot be written to. {SET_IT}"
    assert settings_of(DATABASE_URL="postgresql://db/review", SECRET_KEY=SECRET)["DATA_DIR"]


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 60])
def test_a_key_that_is_none_is_not_used(settings_of: Any, tmp_path: Path, content: bytes) -> None:
    settings_of()
    (tmp_path / "data" / "secret_key").write_bytes(content)
    found = refusal(settings_of)
    assert "secret_key holds no key. Put it back from the backup." in found
    assert settings_of(SECRET_KEY=SECRET)["SECRET_KEY"] == SECRET


def test_a_key_that_cannot_be_read_is_said_so(settings_of: Any, tmp_path: Path) -> None:
    (tmp_path / "data" / "secret_key").mkdir(parents=True)
    found = refusal(settings_of)
    assert "secret_key cannot be read (" in found
    assert "Let the user read it" in found


def test_a_key_that_cannot_be_written_is_said_so(
    settings_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", full)
        found = refusal(settings_of)
    assert "secret_key cannot be written (No space left on device)" in found


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize(
    "command",
    [
        ("manage.py", "migrate"),
        ("manage.py", "demo"),
        ("manage.py", "worker"),
        ("-m", "gunicorn", "reviewapp.wsgi", "--no-control-socket"),
    ],
    ids=lambda command: command[1],
)
def test_every_process_says_it_without_a_traceback(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "data").write_text("a file")
    environment = os.environ | {
        "REVIEWAPP_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "reviewapp.settings",
        "DATABASE_URL": "",
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{free_port()}",
    }
    refused = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert refused.returncode != 0
    assert SET_IT in refused.stderr
    assert "Traceback" not in refused.stderr
