"""Rebuild the table of how characters are read, from pypinyin's dictionaries."""

from collections import defaultdict

from pypinyin.constants import PHRASES_DICT, PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from reviewapp.facts.frequencies import levels
from reviewapp.facts.pinyin import TABLE
from reviewapp.facts.scripts import is_of_first_block

# Readings that these have as surnames, or in names, and in no word of the dictionary of words.
IN_NAMES = {
    "区": "ou", "盖": "ge", "覃": "qin", "谌": "shen", "员": "yun", "黑": "he", "秘": "bi", "折": "she", "种": "chong",
    "繁": "po", "能": "nai", "句": "gou", "召": "shao", "祭": "zhai", "万": "mo", "洗": "xian", "缪": "miao",
    "牟": "mu", "费": "bi", "郗": "chi", "俞": "yu", "解": "xie", "查": "zha", "仇": "qiu", "单": "shan", "曾": "zeng",
    "朴": "piao", "尉": "yu", "乐": "yue", "翟": "zhai", "晟": "sheng", "褚": "chu", "宓": "fu", "隗": "kui",
}  # fmt: skip


def main() -> None:
    spoken = _in_words()
    chars_of: dict[str, list[str]] = defaultdict(list)
    for char in sorted({char for char in map(chr, PINYIN_DICT) if is_of_first_block(char)} | set(levels())):
        for reading in _readings(char, spoken[char]):
            chars_of[reading].append(char)
    lines = [f"{reading}\t{''.join(chars)}" for reading, chars in sorted(chars_of.items())]
    TABLE.write_text("\n".join(["reading\tcharacters", *lines, ""]), encoding="utf-8")
    print(f"{TABLE.name}: {len(lines)} readings")


def _in_words() -> dict[str, set[str]]:
    """Return by character the readings that it has in a word: others are of old books."""
    spoken: dict[str, set[str]] = defaultdict(set)
    for word, readings in PHRASES_DICT.items():
        for char, reading in zip(word, readings, strict=False):
            spoken[char].add(to_normal(reading[0]))
    return spoken


def _readings(char: str, spoken: set[str]) -> set[str]:
    """Return the first reading, those of words and those of names; of a character without words all."""
    listed = [to_normal(reading) for reading in PINYIN_DICT.get(ord(char), "").split(",") if reading]
    kept = {reading for reading in listed if not spoken or reading in spoken or reading == listed[0]}
    return {reading for reading in kept | {IN_NAMES.get(char, "")} if reading.isascii() and reading.isalpha()}


if __name__ == "__main__":
    main()
