"""The official Node SDK, which always sends bodies chunked and waits three seconds, against the running server."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import PictureServer
from tests.api.running import Running
from tests.api.test_sdk_suite import UPPER_UUID, png
from tests.factories import answer

pytestmark = [pytest.mark.sqlite, pytest.mark.slow]

HERE = Path(__file__).parent / "node"


def by_node(cases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make calls with the Node SDK, all in one process; return what it made of each answer."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules").is_dir():
        pytest.skip("needs Node and: npm ci --prefix tests/api/node")
    command = [node, str(HERE / "suite.js")]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


@pytest.fixture(scope="module")
def results(
    server: Running, pictures: PictureServer, known_picture: bytes, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    directory = tmp_path_factory.mktemp("bodies")

    def file(name: str, content: bytes) -> str:
        (directory / name).write_bytes(content)
        return str(directory / name)

    who = {"keyId": server.key_id, "secret": server.secret, "host": server.host}
    known = file("known", known_picture)
    cases: dict[str, dict[str, Any]] = {
        "body": {"body": known},
        "url": {"url": f"{pictures.url}/certificate.png"},
        "odd url": {"url": f"{pictures.url}/certificate.png?a b+c=(出生)*!'~%20"},
        "sts": {"body": known, "token": "CAIS-a+token/=="},
        "both": {"body": known, "url": "http://example.com/a.jpg"},
        "neither": {},
        "long url": {"url": "http://example.com/" + "a" * 2030},
        "text": {"body": file("text", b"this is no picture")},
        "pdf": {"body": file("pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n")},
        "10px": {"body": file("10px", png(10, 10))},
        "9000px": {"body": file("9000px", png(9000, 200))},
        "ratio": {"body": file("ratio", png(6000, 100))},
        "10MB+1": {"body": file("large", bytes(10 * 1024**2 + 1))},
        "forbidden url": {"url": "http://169.254.169.254/latest/meta-data/"},
        "wrong secret": {"body": known, "secret": "wrong"},
        "unknown key": {"body": known, "keyId": "LTAI0000000000000000"},
    }
    return dict(zip(cases, by_node([{**who, **case} for case in cases.values()]), strict=True))


@pytest.mark.parametrize("case", ["body", "url", "odd url", "sts"])
def test_the_node_sdk_reads_a_picture(results: dict[str, dict[str, Any]], case: str) -> None:
    assert results[case].get("data") == answer(), results[case]
    assert results[case]["status"] == 200
    assert UPPER_UUID.fullmatch(results[case]["requestId"])


CODES = {
    "both": "imageUrlOrBodyEmpty",
    "neither": "imageUrlOrBodyEmpty",
    "long url": "exceededImageUrlLength",
    "text": "unsupportedImageFormat",
    "pdf": "unsupportedImageFormat",
    "10px": "illegalImageSize",
    "9000px": "illegalImageSize",
    "ratio": "illegalImageSize",
    "10MB+1": "exceededImageContent",
    "forbidden url": "notSafeImageUrl",
    "wrong secret": "SignatureDoesNotMatch",
    "unknown key": "InvalidAccessKeyId.NotFound",
}


@pytest.mark.parametrize("case", CODES)
def test_the_node_sdk_sees_the_code(results: dict[str, dict[str, Any]], case: str) -> None:
    assert results[case].get("code") == CODES[case], results[case]
