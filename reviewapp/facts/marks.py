"""Slashes for what was not provided, raised digits, middle dots: how they are written and read.
Pure.

The rules see values that a person or a recogniser wrote down, the engine what networks make of
print. So the engine's sets are the wider ones; the rules would take a value for an empty one by
them.
"""

# Character sets of patterns. A slash as it is typed, and as networks read a printed one.
SLASHES = r"/\\|丿"
READ_SLASHES = SLASHES + "丨ノ∕⁄／"
# What a row of slashes is read as, and what networks make of several at once: M, N and W, 川 and Ⅲ.
SLASH_LIKE = SLASHES + "1Il"
READ_SLASH_LIKE = READ_SLASHES + "1IlJiLtfV!ⅠⅡ川ⅢNMWH7,.'`-"

# Characters of a value that is nothing but slashes, where all of a parent's values are: slashes, what
# they are read as (// as 11, a long row as m), and the words for it, which clean has taken away.
READ_AS_SLASHES = SLASH_LIKE + "7mM"

NOT_PROVIDED = frozenset({"未提供", "无", "不详"})
# A pattern: of 未提供 two characters suffice, 无 stands alone. Not 不详: the engine answers what is
# printed and leaves it to the rules what that means.
READ_NOT_PROVIDED = r"[未末]提[供洪]|未.供|^无$"

RAISED = str.maketrans("⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "+0123456789")
# Those that days of gestation can have: 40⁺⁶ is the last before 41.
RAISED_DAYS = "⁺⁰¹²³⁴⁵⁶"

# Dots that look like the middle dot of names, as character sets of patterns; people also type the
# last two. READ_DOTS are what networks read between two Chinese characters.
DOTS = "•・‧∙"
TYPED_DOTS = DOTS + "･●"
READ_DOTS = "." + "·:：" + DOTS
# What one of them is written as between the two parts of a name: also a point of any kind, an
# apostrophe, a hyphen. A pattern's character set.
LONE_MARKS = TYPED_DOTS + r"·.．。、,，⋅᛫'’‘`´_\-‐‑–—－"
