"""Chinese wording: the words of registries, one for each thing, and none that changes what Django's own pages say."""

import re
from pathlib import Path

import django
import polib
import pytest

from tests.translations import CATALOGUE, ROOT

pytestmark = pytest.mark.sqlite

OURS = [entry for entry in polib.pofile(str(ROOT / CATALOGUE)) if not entry.obsolete]
CATALOGUES_OF_DJANGO = sorted(Path(django.__file__).parent.rglob("locale/zh_Hans/LC_MESSAGES/django.po"))

# Left: a word that must not come back. Right: the one that took its place, as the people at the counter say it.
GAVE_WAY = {
    "剔除": "作废",
    "放回": "退回队列",
    "录入": "填写",
    "经办员": "经办人",
    "审核员": "审核人",
    "批准": "审核通过",
    "审批": "审核",
    "概率": "置信度",
    "更改": "修改",
    "不予通过": "驳回",
    "审核作废": "审核撤销",
    "份数": "申报张数",
}
# Django's 注销 also means to give an account up.
OTHER_WORD_THAN_DJANGO = {"Log out"}


def chinese(entry: polib.POEntry) -> str:
    return entry.msgstr or " ".join(entry.msgstr_plural.values())


def test_no_sentence_of_ours_changes_what_a_page_of_django_says() -> None:
    of_django: dict[tuple[str | None, str], set[str]] = {}
    for path in CATALOGUES_OF_DJANGO:
        for entry in polib.pofile(str(path)):
            of_django.setdefault((entry.msgctxt, entry.msgid), set()).add(chinese(entry))
    assert len(of_django) > 500
    shared = [entry for entry in OURS if (entry.msgctxt, entry.msgid) in of_django]
    changed = [entry for entry in shared if chinese(entry) not in of_django[entry.msgctxt, entry.msgid]]
    assert {entry.msgid for entry in changed} == OTHER_WORD_THAN_DJANGO


@pytest.mark.parametrize("word", GAVE_WAY)
def test_a_word_that_gave_way_to_another_is_not_used(word: str) -> None:
    assert [chinese(entry) for entry in OURS if word in chinese(entry)] == []


def test_what_a_record_and_what_a_value_has_been_through_have_different_words() -> None:
    of_records = {chinese(entry) for entry in OURS if entry.msgctxt == "submission"}
    of_values = {chinese(entry) for entry in OURS if entry.msgctxt == "value"}
    assert not of_records & of_values


def test_chinese_sentences_have_full_width_punctuation() -> None:
    narrow = re.compile(r"[\u4e00-\u9fff][,;:?!()\"]|[,;:?!()\"][\u4e00-\u9fff]|[\u4e00-\u9fff]\.(?!\w)")
    assert [chinese(entry) for entry in OURS if narrow.search(chinese(entry))] == []
