"""Edition 4, whose form nobody has measured, on drawings that are all laid out differently."""

import random
import unicodedata
from functools import cache

import numpy as np
import pytest

from reviewapp.engines.local.engine import Certificate, read
from tests.bench.engine import overlap_of
from tests.certificates import edition4
from tests.certificates.make import Sample, make
from tests.certificates.truth import KEYS, invent

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite


def plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def right_values(found: Certificate, sample: Sample) -> int:
    return sum(plain(value.text) == plain(sample.truth[value.key]) for value in found.values)


@cache
def drawn(seed: int) -> Sample:
    return make(seed, "edition4", case="plain")


@cache
def certificate(seed: int) -> Certificate:
    return read(drawn(seed).content)


def test_edition_4_is_read_wherever_its_labels_stand() -> None:
    samples = [drawn(seed) for seed in (201, 202, 203)]
    found = [certificate(seed) for seed in (201, 202, 203)]
    assert [each.form.name for each in found] == ["4"] * 3
    assert sum(right_values(*pair) for pair in zip(found, samples, strict=True)) >= 3 * 23 * 0.95
    assert all(value.text == "" for each in found for value in each.values if "Address" in value.key)


def test_edition_4_says_that_its_form_was_only_measured_in_the_picture() -> None:
    assert certificate(201).registration.by == "plain"


@pytest.mark.parametrize("variant", range(edition4.VARIANTS))
def test_no_label_of_edition_4_covers_another(variant: int) -> None:
    places = edition4.layout(variant)
    for label in places.labels:
        right = label.x + places.label_size * len(label.chinese)
        assert right < edition4.WIDTH - 9
        beside = [other.x for other in places.labels if other.y == label.y and other.x > label.x]
        assert not beside or right < min(beside)


def test_variants_of_edition_4_differ_by_millimetres() -> None:
    names = [next(label for label in edition4.layout(v).labels if label.chinese == "民族") for v in range(10)]
    assert np.ptp([label.x for label in names]) > 5
    assert np.ptp([label.y for label in names]) > 1


def test_edition_4_prints_every_value_but_the_addresses() -> None:
    truth = edition4.as_edition_4(invent(random.Random(5)))
    page = edition4.draw(truth, rng=random.Random(5), font="song", seal=False, misprint_mm=0.5, dpi=160)
    assert set(page.parts) == {key for key in KEYS if truth.values[key]}
    whole = page.polygons["motherIdCardNumber"]
    assert whole is not None
    assert overlap_of(np.array(whole), page.parts["motherIdCardNumber"][0]) > 0.9
