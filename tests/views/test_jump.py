"""By which keys a field is gone to."""

from itertools import product

from django.utils.translation import override

from reviewapp.views.jump import targets


def initials(words: str) -> str:
    return "".join(word[0] for word in words.split())


def labels_of(number: int) -> list[str]:
    return targets()[number - 1].words.split("|")


def test_each_field_has_its_number_and_its_names_in_pinyin_and_english_in_every_language() -> None:
    for language in ("en", "zh-hans"):
        with override(language):
            assert [target.number for target in targets()] == list(range(1, 24))
            assert labels_of(2) == ["xing bie", "sex"]
            assert labels_of(10)[-1] == "mothers age"


def test_the_pinyin_initials_of_no_two_fields_are_alike() -> None:
    spoken = [{initials(words) for words in labels_of(number)[:-1]} for number in range(1, 24)]
    assert all(spoken)
    pairs = [(one, other) for one, other in product(range(23), repeat=2) if one < other]
    assert [(one + 1, other + 1) for one, other in pairs if spoken[one] & spoken[other]] == []
