"""Whatever is sent, the answer is a whole Data object or a refusal with a known code.

A spread of them is tried everywhere, fewer of those that take long. All 500 and more:

    ODD_PICTURES=500 uv run --group dev pytest --db sqlite tests/engines/test_odd_pictures.py
"""

import os
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.oddities import KINDS, answer_to, cropped, page, stored

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite

COUNT = int(os.environ.get("ODD_PICTURES", "0")) // len(KINDS)
QUICK = {"noise": 12, "blank": 12, "extreme": 12, "broken": 12, "other paper": 4, "odd file": 12}
SPREAD = 2


@pytest.mark.parametrize("kind", KINDS)
def test_odd_pictures_are_answered_or_refused(kind: str) -> None:
    for number in range(COUNT or QUICK.get(kind, SPREAD)):
        answer_to(KINDS[kind](random.Random(f"{kind}/{number}")))


@settings(max_examples=max(20, COUNT))
@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_refused(content: bytes) -> None:
    assert answer_to(content) in ("unsupportedImageFormat", "illegalImageSize")


@settings(max_examples=max(3, COUNT))
@given(st.integers(0, 2**32))
def test_any_part_of_a_certificate_is_answered_or_refused(seed: int) -> None:
    answer_to(cropped(random.Random(seed)))


def test_the_certificates_among_them_can_be_read_when_nothing_is_wrong_with_them() -> None:
    for kind in ("main", "sheet", "edition4"):
        assert answer_to(stored(page(kind, 1), random.Random(1))) == "read"
