"""Personal data as lists show it."""

import pytest

from reviewapp.certificate.fields import FIELDS, Kind
from reviewapp.certificate.masking import MASKS, masked_value

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("neonatal_name", "李小明", "李**"),
        ("mother_name", "李", "李**"),
        ("father_name", "Smith", "S**"),
        ("neonatal_name", "𠮷田", "𠮷**"),
        ("mother_id_card_number", "330106199001011234", "330**1234"),
        ("father_id_card_number", "E12345", "**"),
        ("certificate_number", "A123456789", "**6789"),
        ("certificate_number", "A1234", "**"),
        ("mother_address", "浙江省杭州市西湖区文三路1号", "浙江省杭州市**"),
        ("father_address", "文三路1号", "**"),
        ("birth_place", "福建省上杭县临江镇", "福建省上杭县**"),
        ("birth_weight", "3456", "3456"),
        ("sex", "男", "男"),
        ("", "330106199001011234", "330106199001011234"),
    ],
)
def test_a_value_is_masked_as_its_kind_asks(name: str, value: str, shown: str) -> None:
    assert masked_value(name, value) == shown


def test_nothing_is_masked_as_nothing() -> None:
    assert {masked_value(spec.name, "") for spec in FIELDS} == {""}


def test_every_kind_that_names_or_finds_a_person_has_a_mask() -> None:
    assert set(MASKS) == {Kind.NAME, Kind.ID_NUMBER, Kind.CERTIFICATE_NUMBER, Kind.ADDRESS, Kind.PLACE}
