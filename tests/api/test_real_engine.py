"""The whole way with the real recogniser: official SDKs, server, recogniser process, local engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alibabacloud_tea_openapi.exceptions import ClientException

from reviewapp.certificate.fields import FIELDS
from tests.api.calls import by_sdk, sdk
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
