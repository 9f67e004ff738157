"""Which letters and marks are read for digits, and which letter for a digit. Pure.

One table for each place. They share `_SURE` and differ in the rest, for each was drawn up for what
its place can hold. A common table would propose, or choose, values that are right in one place and
wrong in another: so they stand side by side.
"""

_SURE = {"O": "0", "D": "0", "Q": "0", "I": "1", "Z": "2", "S": "5", "B": "8"}

# Certificates' numbers behind their letter, and resident numbers as networks read them. Small
# letters can only come from networks: the rules see numbers in capitals.
IN_NUMBER = str.maketrans(_SURE | {"L": "1", "l": "1", "G": "6"})
# Weight and length may have a unit behind them, of which G and L are letters.
IN_MEASURE = str.maketrans(_SURE | {"o": "0", "l": "1"})
# Between 年, 月 and 日 only digits are printed: small letters and strokes are digits too.
IN_DATE = str.maketrans(
    _SURE | {"o": "0", "l": "1", "L": "1", "z": "2", "G": "6", "|": "1", "/": "1"}
)
# Resident numbers that are not right as they were read, in capitals. They may end with X, so what
# looks like that becomes X. Not G, with which passports begin.
IN_RESIDENT_NUMBER = str.maketrans(
    _SURE | {"L": "1", "K": "X", "Y": "X", "×": "X", "/": "1", "|": "1"}
)

# The letters that a digit at the start of a certificate's number may be, the likeliest first; which
# one it is the year of issue tells.
LETTERS_FOR_DIGIT = {
    "0": "ODQ", "1": "IL", "2": "Z", "4": "A", "5": "S", "6": "G", "7": "ZT", "8": "B", "9": "G",
}  # fmt: skip
# The letter that a network means by a digit at the start of a certificate's number. It is chosen,
# not proposed: a 9 is seldom enough a G that it stays for a person to see.
LETTER_FOR_DIGIT = str.maketrans(
    {digit: letters[0] for digit, letters in LETTERS_FOR_DIGIT.items() if digit != "9"}
)
