"""The rules as data: number, code, severity, fields, what is wrong and what settles it.

Numbers 1–32 and 36–39 are those of the specification. 0 is the form of a single value and how surely it was
read, 33 the look-alike alarm, 34 an address close to a place that exists, 35 an institution close
to a known one. One number may stand for several codes, because an off-by-one age and a
contradiction are not the same sentence. Sentences may name `%(field)s` and `%(other)s`, the labels
of a finding's first two fields, and whatever the finding's params hold.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reviewapp.certificate.fields import FIELDS, Group

if TYPE_CHECKING:
    from django.utils.functional import Promise


class Severity(TextChoices):
    """What a finding asks for: E correct or verify with a reason, W look at it, I nothing."""

    ERROR = "E", _("Must be resolved")
    WARNING = "W", _("Look at it")
    INFO = "I", _("For information")


# The specification's letters.
E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong.

    `fields` are those it may name; an administrator may change `severity`.
    """

    number: int
    code: str
    severity: Severity
    fields: tuple[str, ...]
    sentence: "Promise"
    remedy: "Promise"


RETURNED = "returned"
LOW_PROBABILITY = "low_probability"
ALL = tuple(spec.name for spec in FIELDS)
NAMES = ("neonatal_name", "mother_name", "father_name")
AGES = ("mother_age", "father_age")
NUMBERS = ("mother_id_card_number", "father_id_card_number")
NATIONALITIES = ("mother_nationality", "father_nationality")
ETHNICITIES = ("mother_ethnicity", "father_ethnicity")
ADDRESSES = ("mother_address", "father_address")
ORGANISATIONS = ("medical_institutions", "issue_authority")
PARENTS = tuple(spec.name for spec in FIELDS if spec.group in {Group.MOTHER, Group.FATHER})

_COMPARE = _("Compare both places with the paper and correct the one that was misread.")
_READ_AGAIN = _("Read it again on the paper, character by character.")
_TYPE_IT = _("Type what the paper says.")
_DIGITS = _("Compare it digit by digit with the paper; a proposal is only what would fit.")
_PAPER = _("Compare the date of issue, and whether this is a genuine form.")
_CHOOSE = _("Compare the strokes with the paper and choose the right character.")

RULES: tuple[Rule, ...] = (
    Rule(0, "missing", W, ALL, _("No value was read here."),
         _("Type it, or say that it is blank on the paper or illegible.")),
    Rule(0, "malformed", W, ALL, _("“%(value)s” does not have the form of this field."), _TYPE_IT),
    Rule(0, "unclean", I, ALL,
         _("“%(value)s” is written unusually; its plain form is “%(clean)s”."),
         _("Take the plain form, or leave the value as the paper has it.")),
    Rule(0, LOW_PROBABILITY, W, ALL,
         _("The recogniser is only %(probability)s %% sure; the threshold is %(threshold)s %%."),
         _READ_AGAIN),
    Rule(0, "no_polygon", W, ALL, _("The recogniser did not say where this value stands."),
         _("Look for it on the paper.")),
    Rule(0, "polygon_outside", W, ALL,
         _("The place given for this value lies outside the picture."),
         _("Look for it on the paper.")),
    Rule(0, "disagreement", W, ALL,
         _("%(first_engine)s reads “%(first)s”, %(second_engine)s reads “%(second)s”."),
         _READ_AGAIN),
    Rule(0, RETURNED, W, ALL, _("The supervisor asks to look at this again: %(reason)s"),
         _("Compare it with the paper.")),
    Rule(1, "number_form", E, ("certificate_number",),
         _("“%(value)s” is not a capital letter and nine digits."),
         _("Copy the number from the panel at the bottom right.")),
    Rule(1, "number_form_new", W, ("certificate_number",),
         _("“%(value)s” has not the form of the numbers until 2025; how those from 2026 on are made "
           "is not known here yet."), _("Copy the number from the panel at the bottom right.")),
    Rule(2, "number_province", W, ("certificate_number",),
         _("%(province)s, the 2nd and 3rd characters, is no province's code."), _DIGITS),
    Rule(2, "number_corps", I, ("certificate_number",),
         _("66 stands for the Production and Construction Corps, whose hospitals lie in Xinjiang."),
         _("Compare it with the paper if the child was born elsewhere.")),
    Rule(3, "number_year", W, ("certificate_number", "issue_date"),
         _("The letter %(letter)s stands for paper of %(year)s, but the certificate was issued "
           "in %(issued)s."), _COMPARE),
    Rule(4, "number_reused", E, ("certificate_number",),
         _("Record %(record)s has the same number but other content."),
         _("Compare both certificates: one number was misread, or one of them is not genuine.")),
    Rule(4, "number_second_scan", I, ("certificate_number",),
         _("Record %(record)s is the same certificate."),
         _("Reject one of the two as a duplicate if both were to be exported.")),
    Rule(5, "birth_time_unreal", E, ("birth_time",), _("“%(value)s” is no real date and time."),
         _DIGITS),
    Rule(5, "birth_time_future", E, ("birth_time",), _("This birth lies in the future."), _DIGITS),
    Rule(5, "birth_time_early", E, ("birth_time",),
         _("There were no birth certificates before 1 January 1996."), _DIGITS),
    Rule(5, "time_digit_lost", W, ("birth_time", "issue_date"),
         _("“%(value)s” has a single digit where the form prints two: one may be lost."), _DIGITS),
    Rule(6, "issue_date_unreal", E, ("issue_date",), _("“%(value)s” is no real date."), _DIGITS),
    Rule(6, "issue_date_future", E, ("issue_date",), _("This date of issue lies in the future."),
         _DIGITS),
    Rule(6, "issued_before_birth", E, ("issue_date", "birth_time"),
         _("The certificate was issued before the child was born."), _COMPARE),
    Rule(7, "issued_late", I, ("issue_date", "birth_time"),
         _("The certificate was issued %(days)s days after the birth, later than the province's "
           "%(months)s months for it."),
         _("A written explanation of the delay lies with the papers; if not, compare both dates.")),
    Rule(7, "issued_very_late", W, ("issue_date", "birth_time"),
         _("The certificate was issued %(days)s days after the birth, later than the province's "
           "%(months)s months for it."),
         _("A test of paternity and maternity lies with the papers; if not, compare both dates.")),
    Rule(8, "sex_unknown", E, ("sex",), _("The sex must be 男 or 女, not “%(value)s”."), _TYPE_IT),
    Rule(9, "gestation_unreadable", E, ("gestational_age",),
         _("“%(value)s” is no number of weeks such as 40 or 40+3."), _TYPE_IT),
    Rule(9, "gestation_run_together", E, ("gestational_age",),
         _("“%(value)s” looks like weeks and raised days read as one number."),
         _("Write weeks and days as 40+3.")),
    Rule(9, "gestation_impossible", E, ("gestational_age",),
         _("No child is born after %(weeks)s weeks."), _READ_AGAIN),
    Rule(9, "gestation_unusual", W, ("gestational_age",),
         _("%(weeks)s weeks are outside the usual 28 to 42."), _READ_AGAIN),
    Rule(10, "weight_unreadable", E, ("birth_weight",), _("“%(value)s” is no weight in grams."),
         _TYPE_IT),
    Rule(10, "weight_in_kilograms", E, ("birth_weight",),
         _("“%(value)s” looks like kilograms; the form asks for grams."),
         _("Write the weight in grams.")),
    Rule(10, "weight_impossible", E, ("birth_weight",), _("No newborn weighs %(value)s g."),
         _READ_AGAIN),
    Rule(10, "weight_unusual", W, ("birth_weight",),
         _("%(value)s g is outside the usual 1000 to 5000 g."), _READ_AGAIN),
    Rule(11, "length_unreadable", E, ("birth_length",),
         _("“%(value)s” is no length in centimetres."), _TYPE_IT),
    Rule(11, "length_impossible", E, ("birth_length",), _("No newborn is %(value)s cm long."),
         _READ_AGAIN),
    Rule(11, "length_unusual", W, ("birth_length",),
         _("%(value)s cm is outside the usual 40 to 58 cm."), _READ_AGAIN),
    Rule(12, "weight_for_weeks", W, ("birth_weight", "gestational_age"),
         _("A weight of %(weight)s g does not go with %(weeks)s weeks."), _COMPARE),
    Rule(13, "id_form", E, NUMBERS,
         _("“%(value)s” is no resident number: those have 17 digits and a digit or X."), _DIGITS),
    Rule(13, "id_checksum", E, NUMBERS,
         _("The last character of this number should be %(expected)s: a digit is wrong."), _DIGITS),
    Rule(14, "id_birth_unreal", E, NUMBERS, _("Digits 7 to 14, %(digits)s, are no date of birth."),
         _DIGITS),
    Rule(14, "id_birth_after_child", E, (*NUMBERS, "birth_time"),
         _("By this number the parent was born on %(born)s, not before the child."), _COMPARE),
    Rule(15, "id_sex", E, NUMBERS,
         _("The 17th digit is %(digit)s; it is even for mothers and odd for fathers."),
         _("Compare it with the paper; mother and father may have changed places.")),
    Rule(16, "age_off_by_one", I, (*AGES, *NUMBERS),
         _("The age given is %(age)s; by the ID number it was %(expected)s on the day of birth."),
         _COMPARE),
    Rule(16, "age_contradicts", E, (*AGES, *NUMBERS),
         _("The age given is %(age)s, but by the ID number it was %(expected)s on the day of "
           "birth."), _COMPARE),
    Rule(16, "age_unreadable", E, AGES, _("“%(value)s” is no age in full years."), _TYPE_IT),
    Rule(17, "id_province_unknown", E, NUMBERS,
         _("%(area)s, the first two digits, is no province's code."), _DIGITS),
    Rule(17, "id_county_unknown", W, NUMBERS,
         _("%(area)s, the first six digits, has never been a county's code."), _DIGITS),
    Rule(17, "id_county_older", I, NUMBERS,
         _("The county's code %(area)s was in use until %(until)s, before this person's birth in "
           "%(born)s."), _DIGITS),
    Rule(17, "id_county_newer", I, NUMBERS,
         _("The county's code %(area)s came into use in %(since)s, after this person's birth in "
           "%(born)s."),
         _("Who moved, or got a first number later, has such a code; or compare it with the "
           "paper.")),
    Rule(18, "parent_age_unusual", W, AGES, _("%(age)s years is an unusual age for a parent."),
         _READ_AGAIN),
    Rule(18, "mother_young", I, ("mother_age",), _("The mother is younger than 20."), _READ_AGAIN),
    Rule(19, "parents_same_number", E, NUMBERS, _("Both parents have the same ID number."),
         _COMPARE),
    Rule(19, "parents_same_name", E, ("mother_name", "father_name"),
         _("Both parents have the same name."), _COMPARE),
    Rule(20, "id_kind", W, (*NUMBERS, *NATIONALITIES),
         _("The number “%(value)s” is of no kind that goes with the nationality "
           "“%(nationality)s”."), _COMPARE),
    Rule(20, "card_nationality", W, (*NUMBERS, *NATIONALITIES),
         _("By its number this residence card is of “%(country)s”, but the nationality is "
           "“%(nationality)s”."), _COMPARE),
    Rule(20, "card_check", W, NUMBERS,
         _("The last digit of this residence card's number should be %(expected)s: a character is "
           "wrong."), _DIGITS),
    Rule(20, "card_sex", W, NUMBERS,
         _("The 14th digit of this residence card's number is %(digit)s; it is even for mothers "
           "and odd for fathers."),
         _("Compare it with the paper; mother and father may have changed places.")),
    Rule(20, "nationality_unknown", W, NATIONALITIES, _("“%(value)s” is no country's name."),
         _TYPE_IT),
    Rule(21, "ethnicity_unknown", W, ETHNICITIES, _("“%(value)s” is none of the 56 ethnic groups."),
         _TYPE_IT),
    Rule(22, "name_empty", E, NAMES, _("There is no name."), _TYPE_IT),
    Rule(22, "name_form", W, NAMES,
         _("“%(value)s” is not a name of two or more Chinese characters."), _TYPE_IT),
    Rule(22, "name_latin", W, NAMES,
         _("“%(value)s” has Latin letters, but no parent is a foreigner."), _COMPARE),
    Rule(22, "no_code_point", W, (*NAMES, *ADDRESSES, *ORGANISATIONS),
         _("In “%(value)s” the mark 〓 stands for a character that has no code point; the picture "
           "shows it."),
         _("Compare it with the picture; find the character if there is one after all.")),
    Rule(23, "name_outside_standard", W, ("neonatal_name",),
         _("“%(characters)s” is not among the 8105 standard characters that a given name may "
           "have."), _CHOOSE),
    Rule(24, "surname_of_neither", W, NAMES,
         _("The child's surname “%(surname)s” is neither parent's."), _COMPARE),
    Rule(24, "patronym_differs", I, ("neonatal_name", "father_name"),
         _("“%(patronym)s” behind the dot is not the first part of the father's name."), _COMPARE),
    Rule(25, "place_unresolved", W, ("birth_place",),
         _("“%(value)s” is no province, city and county that exist together."),
         _("Read the three slots from left to right, each of them to its end.")),
    Rule(25, "place_unit_differs", I, ("birth_place",),
         _("Today this place is called “%(today)s”."),
         _("Leave it as the paper has it, if it does.")),
    Rule(25, "place_not_yet", W, ("birth_place",),
         _("There has been a place of this name since %(year)s, but the child was born in "
           "%(born)s."), _("Read the three slots again; a proposal is what the place was called "
                           "then.")),
    Rule(25, "place_no_more", W, ("birth_place",),
         _("There was a place of this name until %(year)s, but the child was born in %(born)s."),
         _("Read the three slots again; a proposal is what the place was called then.")),
    Rule(26, "institution_elsewhere", I, ("medical_institutions", "birth_place"),
         _("“%(value)s” lies in %(place)s, which is not the place of birth."), _COMPARE),
    Rule(27, "number_elsewhere", W, ("certificate_number", "birth_place"),
         _("The number is of %(province)s, but the place of birth is in %(other_province)s."),
         _COMPARE),
    Rule(28, "authority_differs", I, ("issue_authority", "medical_institutions"),
         _("The issuing authority is not the institution of the birth."), _COMPARE),
    Rule(28, "authority_nearly_same", W, ("issue_authority", "medical_institutions"),
         _("The issuing authority and the institution differ by %(count)s character only."),
         _COMPARE),
    Rule(29, "mother_not_provided", W, ("mother_name",), _("Nothing about the mother was read."),
         _("Look whether the paper has slashes in her rows.")),
    Rule(29, "father_not_provided", I, ("father_name",), _("The father is not provided."),
         _("Look whether the paper has slashes in his rows.")),
    Rule(30, "mother_again", W, ("mother_id_card_number", "birth_time"),
         _("By record %(record)s the same mother gave birth %(days)s days apart."), _COMPARE),
    Rule(30, "mother_twins", I, ("mother_id_card_number", "birth_time"),
         _("Record %(record)s has the same mother and nearly the same time: twins, or a second "
           "scan."), _COMPARE),
    Rule(30, "issued_again", W, ("certificate_number",),
         _("Record %(record)s is of the same child, but its number is %(number)s: re-issued, or "
           "copied."),
         _("Find out which of the two numbers is void.")),
    Rule(31, "differs_from_parts", W, ALL,
         _("The recogniser saw “%(parts)s” and changed it to “%(value)s”."), _READ_AGAIN),
    Rule(32, "area_elsewhere", I, (*NUMBERS, *ADDRESSES),
         _("The ID number was issued in %(area)s, the address is elsewhere."), _COMPARE),
    Rule(33, "look_alike", W, NAMES,
         _("“%(characters)s” is rare here and easily misread for %(candidates)s."), _CHOOSE),
    Rule(33, "unusual_character", W, NAMES,
         _("“%(characters)s” hardly ever stands in a name; a rarer character may."), _CHOOSE),
    Rule(33, "look_alike_possible", I, NAMES, _("“%(characters)s” looks like %(candidates)s."),
         _CHOOSE),
    Rule(33, "look_alike_address", W, (*ADDRESSES, *ORGANISATIONS),
         _("“%(characters)s” is rare in addresses and easily misread for %(candidates)s."),
         _CHOOSE),
    Rule(33, "second_choice", W, (*NAMES, *ADDRESSES),
         _("The recogniser nearly read %(candidates)s instead of “%(characters)s”."), _CHOOSE),
    Rule(34, "address_nearly_known", W, ADDRESSES,
         _("“%(value)s” is not quite the name of a place; “%(today)s” is."), _CHOOSE),
    Rule(35, "organisation_nearly_known", W, ORGANISATIONS,
         _("“%(value)s” is not quite the known “%(known)s”."), _CHOOSE),
    Rule(36, "barcode_differs", E, ("certificate_number",),
         _("The barcode beside the number says “%(barcode)s”, not “%(value)s”."), _DIGITS),
    Rule(36, "barcode_unreadable", I, ("certificate_number",),
         _("The barcode beside the number cannot be read; below 200 dpi it never can."),
         _("Scan the paper with 200 dpi or more, or compare the number digit by digit.")),
    Rule(37, "edition_too_new", W, ("issue_date", "certificate_number"),
         _("A barcode or a yellow panel is on paper from 1 April 2023 on, but this was issued on "
           "%(issued)s."), _PAPER),
    Rule(37, "edition_too_old", W, ("issue_date", "certificate_number"),
         _("This was issued on %(issued)s, but has neither the barcode nor the yellow panel of "
           "paper from 1 April 2023 on."), _PAPER),
    Rule(37, "edition_landscape", W, ("issue_date", "certificate_number"),
         _("This was issued on %(issued)s on a form wider than high, which was in use until "
           "2013."), _PAPER),
    Rule(38, "private_use", E, NAMES,
         _("%(points)s in this name is no standard character: each computer shows another one."),
         _("Take the standard character, or find it with the character search.")),
    Rule(38, "private_use_elsewhere", W,
         tuple(name for name in ALL if name not in NAMES),
         _("%(points)s here is no standard character: each computer shows another one."),
         _("Take the standard character, or find it with the character search.")),
    Rule(39, "slashes_and_values", W, PARENTS,
         _("This parent has slashes here and values elsewhere."),
         _("Look whether the paper has a value here, or slashes in all of this parent's rows.")),
)  # fmt: skip

BY_CODE = {rule.code: rule for rule in RULES}
