"""Which characters are Chinese, and which are Latin letters. Pure."""

import re

# Character sets of patterns: the ideographs of the basic plane, and those of the planes behind it.
BASIC_HAN = "\u3400-\u9fff"
FURTHER_HAN = "\U00020000-\U0003ffff"
COMPATIBILITY_HAN = "\uf900-\ufaff"
HAN = re.compile(f"[\u3400-\u4dbf\u4e00-\u9fff{COMPATIBILITY_HAN}{FURTHER_HAN}〇]+")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
# Readers see Chinese brackets where the form prints small ones.
PLAIN_BRACKETS = str.maketrans("（）", "()")


def is_chinese(char: str) -> bool:
    """Tell whether a character is an ideograph of the basic plane: what the engine counts as
    Chinese.

    HAN is wider, for people also type what no network reads.
    """
    return "\u3400" <= char <= "\u9fff"


def has_chinese(text: str) -> bool:
    return any(is_chinese(char) for char in text)


def is_of_first_block(char: str) -> bool:
    """Tell whether a character is of the first block of ideographs, without extension A."""
    return "\u4e00" <= char <= "\u9fff"
