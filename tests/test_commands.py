"""The commands of an operator: taking files in, and reading pictures without storing anything."""

import hashlib
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from reviewapp.administration import engine_choice
from reviewapp.engines.base import get_engine
from reviewapp.models import Batch, RecognitionResult, Submission, User
from reviewapp.states import Source
from tests.factories import AnswerEngine, answer, picture
from tests.test_fetching import reply, sending, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(tmp_path: Path, settings: Settings) -> Callable[..., Path]:
    """Store an answer for a new picture, as the replay engine finds it; return the picture's path."""
    replays = tmp_path / "replay"
    replays.mkdir()
    settings.ENGINE_OPTIONS = settings.ENGINE_OPTIONS | {"replay": {"directory": str(replays)}}
    get_engine.cache_clear()

    def record(stored: str, name: str = "picture.png") -> Path:
        path = tmp_path / name
        path.write_bytes(picture())
        (replays / f"{hashlib.sha256(path.read_bytes()).hexdigest()}.json").write_text(stored)
        return path

    return record


def recognise(*paths: Path | str, engine: str = "replay") -> list[dict[str, Any]]:
    out = StringIO()
    call_command("recognise", *map(str, paths), engine=engine, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_each_picture_gives_one_line_with_its_data_and_flags(recorded: Callable[..., Path]) -> None:
    data = answer(probs={"mother_name": 12}, without_place=("sex",))
    path = recorded(json.dumps(data))
    (line,) = recognise(path)
    assert (line["file"], line["data"]) == (str(path), data)
    assert (line["flags"]["motherName"], line["flags"]["sex"]) == (["low_probability"], ["no_polygon"])
    assert line["seconds"] >= 0
    assert not RecognitionResult.objects.exists()
    assert not Submission.objects.exists()


def test_a_file_that_cannot_be_read_stops_no_other(recorded: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    (tmp_path / "unknown.png").write_bytes(picture())
    paths = [
        tmp_path / "missing.png",
        tmp_path,
        tmp_path / "notes.png",
        tmp_path / "unknown.png",
        recorded("{}", "empty.png"),
        recorded("[1, NaN", "broken.png"),
        recorded(json.dumps(answer()), "good.png"),
    ]
    lines = recognise(*paths)
    codes = [line.get("error", {}).get("code", "") for line in lines]
    refusals = ["unsupportedImageFormat", "noReplay", "unreadableAnswer", "unreadableAnswer"]
    assert codes == ["file", "file", *refusals, ""]
    assert all(line["error"]["sentence"] for line in lines[:-1])
    assert [line["data"] is None for line in lines] == [True] * 6 + [False]


def test_an_engine_that_breaks_is_told_in_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(AnswerEngine):
        def recognise(self, picture: bytes) -> Any:
            raise ZeroDivisionError

    monkeypatch.setattr("reviewapp.administration.engine_choice.engine", lambda name, **options: Broken())
    path = tmp_path / "picture.png"
    path.write_bytes(picture())
    (line,) = recognise(path)
    assert line["error"]["code"] == "algorithmError"


def test_the_local_engine_has_the_threads_of_the_settings_or_else_of_who_asks(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(engine_choice, "get_engine", lambda name, **options: given.append(options))
    engine_choice.engine("local")
    engine_choice.engine("local", threads=4)
    settings.OCR_THREADS = 2
    engine_choice.engine("local", threads=4)
    assert [options["threads"] for options in given] == [1, 4, 2]


def test_a_picture_at_an_address_is_fetched_with_the_guard(recorded: Callable[..., Path], settings: Settings) -> None:
    path = recorded(json.dumps(answer()))
    with serving(sending(reply(body=path.read_bytes()))) as host:
        assert recognise(f"http://{host}/a.png")[0]["error"]["code"] == "notSafeImageUrl"
        settings.FETCH_ALLOWED_HOSTS = [host]
        assert recognise(f"http://{host}/a.png")[0]["data"] == answer()


def test_an_engine_that_nobody_knows_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no engine called “tarot”.*local"):
        recognise(tmp_path, engine="tarot")


def ingest(*paths: Path, **options: str) -> tuple[list[str], list[str]]:
    out, errors = StringIO(), StringIO()
    try:
        call_command("ingest", *map(str, paths), stdout=out, stderr=errors, **options)
    except CommandError as error:
        errors.write(str(error))
    return out.getvalue().splitlines(), errors.getvalue().splitlines()


def test_files_and_folders_are_taken_into_a_batch(admin_user: User, tmp_path: Path) -> None:
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    paths = [tmp_path / "one.png", tmp_path / "folder" / "two.png", tmp_path / "folder" / "deep" / "three.png"]
    for path in paths:
        path.write_bytes(picture())
    taken, errors = ingest(paths[0], tmp_path / "folder", batch="March")
    assert (len(taken), errors) == (3, [])
    batch = Batch.objects.get(name="March")
    assert {record.original_name for record in batch.submissions.all()} == {"one.png", "two.png", "three.png"}
    assert {(record.source, record.received_by) for record in batch.submissions.all()} == {(Source.COMMAND, admin_user)}


def test_a_refused_file_is_told_with_its_sentence_and_stops_no_other(admin_user: User, tmp_path: Path) -> None:
    good, bad = tmp_path / "z.png", tmp_path / "a.png"
    good.write_bytes(picture())
    bad.write_text("no picture")
    taken, errors = ingest(bad, tmp_path / "missing.png", good)
    assert len(taken) == Submission.objects.count() == 1
    assert "This is no picture" in errors[0]
    assert "missing.png" in errors[1]
    assert errors[2] == "2 of the files were not taken."


def test_where_nothing_comes_in_no_batch_is_made(admin_user: User, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no picture")
    ingest(tmp_path / "a.png", batch="March")
    assert not Batch.objects.exists()


def test_pictures_are_taken_in_somebodys_name(clerk: User, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture())
    assert ingest(path)[1] == ["There is no administrator yet."]
    assert ingest(path, user="nobody")[1] == ["There is no active user “nobody”."]
    assert ingest(path, user="clerk", batch="")[1] == []
    assert Submission.objects.get().received_by == clerk
