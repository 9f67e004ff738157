"""What the recogniser makes of readings that nobody waits for any more, and what it is asked at all."""

import threading
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reviewapp.engines.base import Engine, Recognition
from reviewapp.exceptions import EngineError
from reviewapp.models import User
from reviewapp.processes import recogniser
from reviewapp.processes.line import FIRST_GUESS, SHORTEST_SECONDS, Line
from reviewapp.waiting import Caller
from tests.factories import answer, picture

PICTURE = picture(number=1)


class Endless:
    """An engine that reads until its time is up."""

    name = "endless"

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    def recognise(self, picture: bytes) -> Recognition:
        time.sleep(self.caller.seconds_left)
        raise EngineError("ServiceTimeout")


def waiting(seconds: float) -> Caller:
    return Caller(time.monotonic() + seconds)


def refused(line: Line, seconds: float) -> str:
    with pytest.raises(EngineError) as raised:
        line.read(PICTURE, caller=waiting(seconds))
    return raised.value.code


def test_a_reading_that_was_ended_says_nothing_of_how_long_others_take() -> None:
    line = Line(Endless, at_once=1, waiting=1)
    assert refused(line, SHORTEST_SECONDS + 0.1) == "ServiceTimeout"
    assert line._usual_seconds == FIRST_GUESS


def test_a_reading_that_cannot_be_in_time_is_not_begun() -> None:
    def never(caller: Caller) -> Engine:
        raise AssertionError("begun")

    line = Line(never, at_once=1, waiting=1)
    assert refused(line, SHORTEST_SECONDS / 2) == "ServiceTimeout"
    assert line._usual_seconds == FIRST_GUESS


def test_a_call_of_the_cloud_goes_on_without_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    go, done = threading.Event(), threading.Event()

    class Slow:
        name = "aliyun"

        def recognise(self, picture: bytes) -> Recognition:
            go.wait(10)
            done.set()
            return Recognition("aliyun", answer(), 0.1)

    monkeypatch.setattr("reviewapp.administration.engine_choice.engine", lambda name: Slow())
    with pytest.raises(EngineError) as raised:
        recogniser.Cloud(waiting(0.1)).recognise(PICTURE)
    assert raised.value.code == "ServiceTimeout"
    go.set()
    assert done.wait(10)
    assert recogniser.Cloud(waiting(10)).recognise(PICTURE).engine == "aliyun"


def test_what_computes_is_read_in_a_child_process_and_what_is_paid_for_is_not(settings: Any) -> None:
    kinds = {}
    for name in ("local", "replay", "aliyun", "aliyun+local"):
        settings.ENGINE = name
        engine = recogniser._engine(waiting(0))
        assert engine.name == name
        parts = [vars(engine)[part] for part in ("_first", "_second")] if "+" in name else [engine]
        kinds[name] = [type(part) for part in parts]
    assert kinds["local"] == kinds["replay"] == [recogniser.InChild]
    assert kinds["aliyun"] == [recogniser.Cloud]
    assert kinds["aliyun+local"] == [recogniser.Cloud, recogniser.InChild]


@pytest.mark.django_db
@pytest.mark.parametrize("size", [(10, 10), (900, 16)])
def test_a_wrong_picture_is_told_so_without_the_recogniser(
    as_clerk: Client, clerk: User, settings: Any, size: tuple[int, int]
) -> None:
    clerk.can_recognise = True
    clerk.save()
    settings.RECOGNISER = "http://127.0.0.1:9"
    file = SimpleUploadedFile("a.png", picture(size=size))
    assert "illegalImageSize" in as_clerk.post(reverse("api_try"), {"file": file}).content.decode()
