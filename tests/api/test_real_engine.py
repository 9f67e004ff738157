"""The whole way with the real recogniser: official SDKs, server, recogniser process, local engine."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from reviewapp.certificate.fields import FIELDS
from tests.api.calls import by_hand, by_sdk, sdk
from tests.api.running import Running, running
from tests.api.test_node_suite import by_node
from tests.certificates.make import make

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]
# Machines that run tests are busy; how fast answers come is the load bench's question.
PATIENCE = 240


@pytest.fixture(scope="module")
def local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    patient = {"API_SECONDS": str(PATIENCE), "API_SECONDS_NODE": str(PATIENCE)}
    with running(tmp_path_factory.mktemp("local"), ENGINE="local", **patient) as started:
        yield started


def test_a_certificate_is_read_by_the_python_sdk(local_server: Running) -> None:
    sample = make(4, "clean")
    data = by_sdk(sdk(local_server), body=sample.content, seconds=PATIENCE)
    right = sum(data["data"][spec.key] == sample.truth[spec.key] for spec in FIELDS)
    assert right >= 22
    assert {entry["key"] for entry in data["prism_keyValueInfo"]} == {spec.key for spec in FIELDS}


def test_a_certificate_is_read_by_the_node_sdk(local_server: Running, tmp_path: Path) -> None:
    (tmp_path / "certificate").write_bytes(make(5, "clean").content)
    who = {"keyId": local_server.key_id, "secret": local_server.secret, "host": local_server.host}
    (result,) = by_node([{**who, "body": str(tmp_path / "certificate"), "readTimeout": PATIENCE * 1000}])
    assert result.get("data", {}).get("data", {}).keys() == {spec.key for spec in FIELDS}, result


def test_a_picture_that_is_no_certificate_is_told_so(local_server: Running) -> None:
    with pytest.raises(ClientException) as raised:
        by_sdk(sdk(local_server), body=make(4, "nocert").content, seconds=PATIENCE)
    assert (raised.value.status_code, raised.value.code) == (400, "unmatchedImageType")


@pytest.fixture(scope="module")
def busy_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The real recogniser with one place, which callers fill with certificates as long as the tests run."""
    limits = {"API_SLOTS": "1", "RECOGNISER_WAITING": "0", "API_SECONDS": str(PATIENCE)}
    with running(tmp_path_factory.mktemp("busy"), workers=1, ENGINE="local", **limits) as started:
        is_over = threading.Event()
        with ThreadPoolExecutor(2) as pool:
            callers = [pool.submit(call_until, is_over, started, number) for number in range(2)]
            yield started
            is_over.set()
        codes = callers[0].result() + callers[1].result()
        assert set(codes) == {"", "Throttling.User"}


def call_until(is_over: threading.Event, server: Running, number: int) -> list[str]:
    """Send certificates one after another; return what was answered."""
    content, codes = make(number, "clean").content, []
    while not is_over.is_set():
        codes.append(by_hand(server, body=content).code)
        is_over.wait(0.1)
    return codes


def test_while_certificates_are_read_the_sdks_see_what_is_wrong_with_other_calls(
    busy_server: Running, tmp_path: Path
) -> None:
    (tmp_path / "text").write_bytes(b"no picture")
    who = {"keyId": busy_server.key_id, "secret": busy_server.secret, "host": busy_server.host}
    for _ in range(3):
        with pytest.raises(ClientException) as raised:
            by_sdk(sdk(busy_server), body=b"no picture", seconds=PATIENCE)
        assert raised.value.code == "unsupportedImageFormat"
    cases = [{**who, "body": str(tmp_path / "text")}, who, {**who, "secret": "wrong"}]
    results = by_node([{**case, "readTimeout": PATIENCE * 1000} for case in cases])
    codes = [result.get("code") for result in results]
    assert codes == ["unsupportedImageFormat", "imageUrlOrBodyEmpty", "SignatureDoesNotMatch"]


def test_while_certificates_are_read_a_caller_who_comes_back_is_answered(busy_server: Running) -> None:
    sample = make(6, "clean")
    codes = []
    until = time.monotonic() + PATIENCE
    while "" not in codes and time.monotonic() < until:
        codes.append(by_hand(busy_server, body=sample.content).code)
        time.sleep(0.05)
    assert set(codes) <= {"", "Throttling.User"}
    assert "" in codes
