"""Characters that nobody sees, or that only look like standard ones, in any value."""

import unicodedata

import pytest

from reviewapp.certificate.fields import BY_NAME, FIELDS, Kind
from reviewapp.facts.characters import PRIVATE_USE, STANDARD_OF_PRIVATE_USE, plain
from reviewapp.facts.scripts import HAN
from reviewapp.rules.clean import clean
from tests.rules.records import TRUE, codes, findings, proposals, the

TEXTS = [
    spec.name
    for spec in FIELDS
    if spec.kind in {Kind.NAME, Kind.PLACE, Kind.ADDRESS, Kind.ORGANISATION, Kind.NATIONALITY, Kind.ETHNICITY}
]
UNSEEN = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u200e", "\u202e", "\u2066", "\ufe00", "\ufe0f",
          "\U000e0100", "\u034f", "\u3164", "\u180e"]  # fmt: skip


@pytest.mark.parametrize("char", UNSEEN, ids=lambda char: f"U+{ord(char):04X}")
@pytest.mark.parametrize("field", [spec.name for spec in FIELDS])
def test_what_is_not_seen_is_proposed_away_in_every_field(field: str, char: str) -> None:
    value = TRUE[field][:1] + char + TRUE[field][1:]
    finding = the("unclean", {field: value})
    assert proposals(finding) == [(field, TRUE[field])]
    assert codes({field: value}) == {"unclean"}


@pytest.mark.parametrize("field", TEXTS)
def test_a_character_that_only_looks_like_a_standard_one_is_proposed_as_that(field: str) -> None:
    for odd, standard in (("\uf90a", "金"), ("\U0002f800", "丽"), ("\u2fa8", "門"), ("\u2f08", "人"), ("\u2ee2", "马")):
        value, steps = clean(field, TRUE[field] + odd)
        assert value == TRUE[field] + unicodedata.normalize("NFC", standard)
        assert "standard_characters" in steps
        found = [finding for finding in findings({field: TRUE[field] + odd}) if finding.code == "unclean"]
        assert proposals(found[0])[0] == (field, value)


def test_no_proposal_of_any_rule_has_a_character_that_is_not_seen() -> None:
    spoilt = {name: value[:2] + "\u200b" + value[2:] for name, value in TRUE.items()}
    changes = spoilt | {
        "mother_name": "李\u200b、静怡",
        "birth_weight": "3.4\u200b5",
        "certificate_number": "T43O123456\ufeff",
    }
    values = [proposal.value for finding in findings(changes) for proposal in finding.proposals]
    assert values
    assert all(value == plain(value) for value in values)


def test_every_compatibility_ideograph_and_radical_has_its_standard_form() -> None:
    blocks = [*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20), *range(0x2F00, 0x2FD6)]
    for char in map(chr, blocks):
        if not unicodedata.decomposition(char):
            continue
        assert plain(char) == unicodedata.normalize("NFKC", char) != char
    # Twelve of the block are ideographs of their own, though it is called one of compatibility.
    assert plain("\ufa0e\ufa29") == "\ufa0e\ufa29"


def test_the_eighteen_places_of_2022_have_their_standard_characters() -> None:
    assert [plain(char) for char in "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864"] == list(
        "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb"
    )
    assert plain("\ue78d\ue796") == "\ufe10\ufe19"
    changed_in_2022 = [point for point in STANDARD_OF_PRIVATE_USE if point not in (0xE7C7, 0xE816, 0xE817, 0xE818)]
    assert len(changed_in_2022) == 18 + 3
    assert not any(PRIVATE_USE.search(standard) for standard in STANDARD_OF_PRIVATE_USE.values())


@pytest.mark.parametrize("text", ["", "a", "李静怡", "㐂𠮷", "Anna-Maria", "〓", "·"])
def test_plain_text_stays(text: str) -> None:
    assert plain(text) == text


def test_a_long_text_is_plain_in_no_time() -> None:
    assert plain("\u200b\uf90a" * 100_000) == "金" * 100_000


@pytest.mark.parametrize("char", ["\ue000", "\uac00", "\ua000", "\uf8ff", "\u1100"])
def test_no_private_use_and_no_syllable_is_taken_for_an_ideograph(char: str) -> None:
    assert not HAN.fullmatch(char)


@pytest.mark.parametrize("char", ["一", "㐀", "\uf900", "\U00020000", "〇", "\u9fff"])
def test_ideographs_of_all_blocks_are(char: str) -> None:
    assert HAN.fullmatch(char)


@pytest.mark.parametrize("mark", list(".．。、⋅'’-·・•‧∙ –\u3000"))
def test_one_mark_between_the_parts_of_a_name_is_a_dot(mark: str) -> None:
    assert clean("mother_name", f"阿依古丽{mark}买买提")[0] == "阿依古丽·买买提"


@pytest.mark.parametrize("mark", list(".．。、⋅'-・•‧∙"))
def test_a_mark_in_a_short_name_is_a_dot_or_dirt(mark: str) -> None:
    values = {
        proposal.value for finding in findings({"mother_name": f"李{mark}静怡"}) for proposal in finding.proposals
    }
    assert "李·静怡" in values


@pytest.mark.parametrize(
    "name", ["李静怡", "John Smith", "Anna-Maria K.", "O'Neill", "买买提·艾山·库尔班", "", "·", "--"]
)
def test_marks_elsewhere_stay(name: str) -> None:
    assert BY_NAME["mother_name"].kind == Kind.NAME
    assert clean("mother_name", name)[0] == name
