"""Which characters are Chinese, and which are Latin letters."""

import re

HAN = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003FFFF〇]+")
LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
