"""The plain character for one that looks the same but is another to a computer. Pure.

Text that was typed, copied or read may hold such characters: for nobody sees the difference, the
name is then not found, not joined with a register and not printed. Which they are:

* characters that are not seen at all: of width zero, marks of direction and variation, soft hyphens
* compatibility ideographs (U+F900–FAFF, U+2F800–2FA1F) and radicals (U+2E80–2FDF)
* private-use characters in whose places GB 18030-2022 has standard ones
"""

import re
import unicodedata

# U+2F00–2FD5 are in Unicode's own compatibility mappings, and two of these. The rest are those of
# EquivalentUnifiedIdeograph.txt that have one: code point and ideograph.
_RADICALS = (
    "2E81厂 2E82乛 2E83乚 2E85亻 2E86冂 2E87几 2E88刀 2E89刂 2E8A卜 2E8B㔾 2E8C小 2E8D小 "
    "2E8E兀 2E8F尣 2E90尢 2E92巳 2E93幺 2E94彑 2E95彐 2E96忄 2E97㣺 2E98扌 2E99攵 2E9B旡 "
    "2E9D月 2E9E歺 2E9F母 2EA0民 2EA1氵 2EA2氺 2EA3灬 2EA4爫 2EA5爫 2EA6丬 2EA7牛 2EA8犭 "
    "2EA9王 2EAA疋 2EAB罒 2EAC示 2EAD礻 2EAF糹 2EB0纟 2EB1罓 2EB2罒 2EB3罓 2EB6羊 2EB9耂 "
    "2EBA肀 2EBB聿 2EBC月 2EBD臼 2EBE艹 2EBF艹 2EC0艹 2EC1虎 2EC2衤 2EC3覀 2EC4西 2EC5见 "
    "2EC6角 2EC7角 2EC8讠 2EC9贝 2ECB车 2ECC辶 2ECD辶 2ECE辶 2ECF阝 2ED0钅 2ED1長 2ED2镸 "
    "2ED3长 2ED4门 2ED5阜 2ED6阝 2ED7雨 2ED8青 2ED9韦 2EDA页 2EDB风 2EDC飞 2EDD食 2EDE飠 "
    "2EDF飠 2EE0饣 2EE1首 2EE2马 2EE3骨 2EE4鬼 2EE5鱼 2EE6鸟 2EE7卤 2EE8麦 2EE9黄 2EEA黾 "
    "2EEB斉 2EEC齐 2EED歯 2EEE齿 2EEF竜 2EF0龙 2EF1龜 2EF2亀 2EF3龟 "
)
# GB 18030 gave these a private-use code point until Unicode had them. The first eighteen are those
# that changed with the edition of 2022, the next changed in 2005, the last six are older pairs.
_PRIVATE_USE = (
    "E78DFE10 E78EFE12 E78FFE11 E790FE13 E791FE14 E792FE15 E793FE16 E794FE17 E795FE18 E796FE19 "
    "E81E9FB4 E8269FB5 E82B9FB6 E82C9FB7 E8329FB8 E8439FB9 E8549FBA E8649FBB "
    "E7C71E3F "
    "E81620087 E81720089 E818200CC E831215D7 E83B2298F E855241FE"
)
PRIVATE_USE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
# Compatibility ideographs and radicals, but for the ideographs among them that have no other form.
_COMPATIBLE = re.compile("[\uf900-\ufaff\U0002f800-\U0002fa1f\u2f00-\u2fdf\u2e80-\u2eff]")
# Not seen, though no format characters: joiner, fillers of Hangul, selectors of variants.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
FORMAT = "Cf"


def _radicals() -> dict[str, str]:
    pairs = "".join(_RADICALS).split()
    return {chr(int(pair[:4], 16)): pair[4:] for pair in pairs}


def _standard_of_private_use() -> dict[int, str]:
    pairs = _PRIVATE_USE.split()
    return {int(pair[:4], 16): chr(int(pair[4:], 16)) for pair in pairs}


_RADICAL_OF = _radicals()
STANDARD_OF_PRIVATE_USE = _standard_of_private_use()


def without_unseen(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    if text.isascii():
        return text
    seen = _UNSEEN.sub("", text)
    return "".join(char for char in seen if unicodedata.category(char) != FORMAT)


def with_standard_characters(text: str) -> str:
    """Return a text with the standard character for each that only looks like it."""
    if text.isascii():
        return text
    unified = _COMPATIBLE.sub(lambda match: _unified(match[0]), text)
    return unified.translate(STANDARD_OF_PRIVATE_USE)


def _unified(char: str) -> str:
    return _RADICAL_OF.get(char) or unicodedata.normalize("NFKC", char)


def plain(text: str) -> str:
    """Return a text as a computer compares it: what is seen, in standard characters."""
    return with_standard_characters(without_unseen(text))


def has_private_use(text: str) -> bool:
    return PRIVATE_USE.search(text) is not None
