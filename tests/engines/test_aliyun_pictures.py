"""What the client sends of a picture, where the answer's polygons end up, and what a second engine adds."""

import io
from typing import Any

import pytest
from PIL import Image

from reviewapp.engines.aliyun import AliyunEngine
from reviewapp.engines.second import SecondOpinionEngine
from reviewapp.pictures.files import ADVISED_BYTES
from reviewapp.stages.recognise import recognise
from reviewapp.states import SubmissionStatus
from tests.engines import cloud as act
from tests.engines.cloud import Cloud, MakeEngine
from tests.factories import AnswerEngine, answer, fields_of, receive

pytestmark = pytest.mark.django_db


def noise(width: int, height: int, *, orientation: int = 1) -> bytes:
    image = Image.effect_noise((width, height), 90).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


def sized(width: int, height: int, x: int, y: int) -> dict[str, Any]:
    entry = {"key": "sex", "value": "女", "valueProb": 99, "keyProb": 99, "valuePos": [{"x": x, "y": y}] * 4}
    rect = {f"{axis}{corner}": 100 for axis in "xy" for corner in range(4)}
    sizes = {"orgWidth": width, "orgHeight": height, "width": width, "height": height}
    return {"data": {"sex": "女"}, "prism_keyValueInfo": [entry], "sliceRect": rect, **sizes}


def test_a_large_picture_is_sent_smaller_and_its_polygons_put_back(engine_of: MakeEngine, cloud: Cloud) -> None:
    content = noise(3000, 2000)
    assert len(content) > ADVISED_BYTES
    cloud.will(act.data(sized(1500, 1000, 100, 200)))
    data = engine_of(shrink=True).recognise(content).data
    sent = Image.open(io.BytesIO(cloud.seen[0].body))
    assert len(cloud.seen[0].body) <= ADVISED_BYTES
    assert sent.width / sent.height == pytest.approx(1.5, abs=0.01)
    assert data["prism_keyValueInfo"][0]["valuePos"][0] == {"x": 200, "y": 400}
    assert data["sliceRect"]["x2"] == 200
    assert (data["orgWidth"], data["orgHeight"]) == (3000, 2000)


def test_a_large_picture_goes_as_it_is_unless_the_administrator_allows(engine: AliyunEngine, cloud: Cloud) -> None:
    content = noise(3000, 2000)
    engine.recognise(content)
    assert cloud.seen[0].body == content


def test_a_picture_that_exif_turns_is_sent_as_a_browser_shows_it(engine: AliyunEngine, cloud: Cloud) -> None:
    engine.recognise(noise(600, 400, orientation=6))
    sent = Image.open(io.BytesIO(cloud.seen[0].body))
    assert sent.size == (400, 600)
    assert sent.getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize("odd", [None, "x", [None, 3, {"valuePos": [None, {"x": "a"}]}], {"a": 1}])
def test_an_odd_answer_to_a_changed_picture_stays_odd(engine_of: MakeEngine, cloud: Cloud, odd: Any) -> None:
    cloud.will(act.data({**sized(1500, 1000, 1, 1), "prism_keyValueInfo": odd, "sliceRect": odd}))
    assert engine_of(shrink=True).recognise(noise(3000, 2000)).data["data"] == {"sex": "女"}


# A second opinion


def test_values_on_which_two_engines_disagree_are_flagged_with_both_readings(engine: AliyunEngine) -> None:
    other = AnswerEngine(answer({"sex": "男", "mother_age": "２９"}), name="local")
    submission = receive()
    recognise(submission, engine=SecondOpinionEngine(engine, other))
    fields = fields_of(submission)
    flags = {name: [flag.code for flag in field.flags.all()] for name, field in fields.items()}
    doubted = {name for name, reasons in flags.items() if "disagreement" in reasons}
    assert "sex" in doubted
    assert fields["sex"].value == answer()["data"]["sex"]
    sentence = next(flag.sentence for flag in fields["sex"].flags.all() if flag.code == "disagreement")
    assert "aliyun reads" in sentence
    assert "local reads “男”" in sentence
    assert [kept.engine for kept in submission.recognitions.all()] == ["aliyun", "local"]


def test_without_a_second_answer_there_is_one_opinion(engine: AliyunEngine) -> None:
    submission = receive()
    recognise(submission, engine=SecondOpinionEngine(engine, AnswerEngine(error="unmatchedImageType")))
    assert submission.status == SubmissionStatus.RECOGNISED
    assert submission.recognitions.count() == 1
