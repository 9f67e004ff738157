"""A record as the rules look at it: plain values, and what several rules read out of them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from reviewapp.certificate.fields import FIELDS, NO_SIGNS, Signs
from reviewapp.facts import divisions, resident, vocabulary
from reviewapp.facts.certificates import LIMITS, NUMBER, Limits, NumberForm
from reviewapp.facts.divisions import Place
from reviewapp.facts.gazetteer import TODAY
from reviewapp.facts.marks import READ_AS_SLASHES, SLASHES
from reviewapp.facts.scripts import LATIN
from reviewapp.rules.base import Reading, RelatedRecord
from reviewapp.rules.clean import clean

PARENTS = ("mother", "father")
TIME = re.compile(r"(\d{4})年(\d{2})月(\d{2})日(\d{2})时(\d{2})分", re.ASCII)
DATE = re.compile(r"(\d{4})年(\d{2})月(\d{2})日", re.ASCII)
WHOLE = re.compile(r"\d{1,3}", re.ASCII)
COMPATRIOTS = ("香港", "澳门", "台湾")
# Values in which nothing is but slashes, as they are written and as they are read.
_SLASHES = re.compile(f"[{SLASHES}]+")
_READ_AS_SLASHES = re.compile(f"[{READ_AS_SLASHES}]*")
# Years after a change in which offices still print the old name of a place.
_OLD_NAMES = 2


def _moment(pattern: re.Pattern[str], text: str) -> datetime | None:
    match = pattern.fullmatch(text)
    if match is None:
        return None
    numbers = [int(digits) for digits in match.groups()]
    year, month, day, hour, minute = (*numbers, 0, 0)[:5]
    try:
        return datetime(year, month, day, hour, minute)  # noqa: DTZ001 – the clock of the paper
    except ValueError:
        return None


@dataclass(frozen=True)
class Parent:
    """A parent's rows; `who` is mother or father, the other values are plain.

    `home` is the place that the address begins with; `slashed` are the parts, such as age, that
    have slashes instead of a value.
    """

    who: str
    name: str
    age_text: str
    nationality: str
    ethnicity: str
    address: str
    number: str
    home: Place | None = None
    slashed: tuple[str, ...] = ()

    def field(self, part: str) -> str:
        """Return the field's name, such as mother_age for age."""
        return f"{self.who}_{part}"

    @property
    def is_provided(self) -> bool:
        return any(
            (self.name, self.age_text, self.nationality, self.ethnicity, self.address, self.number)
        )

    @property
    def is_chinese(self) -> bool:
        """Return whether this is a citizen of China.

        Somebody with a Chinese name of whom no country was read is.
        """
        if not self.nationality:
            return not LATIN.search(self.name)
        code = vocabulary.country_code(self.nationality)
        return code == vocabulary.CHINA or self.nationality.startswith("中国")

    @property
    def is_compatriot(self) -> bool:
        return self.is_chinese and any(region in self.nationality for region in COMPATRIOTS)

    @property
    def is_foreign(self) -> bool:
        """Return whether this is a foreigner.

        A country that does not exist is more likely a misread 中国.
        """
        if not self.nationality:
            return bool(LATIN.search(self.name))
        code = vocabulary.country_code(self.nationality)
        return code not in ("", vocabulary.CHINA)

    @cached_property
    def resident(self) -> resident.ResidentNumber | None:
        return resident.parse(self.number)

    @cached_property
    def age(self) -> int | None:
        return int(self.age_text) if WHOLE.fullmatch(self.age_text) else None


@dataclass(frozen=True)
class Facts:
    """One record with everything that the rules are given beside it."""

    raw: Mapping[str, str]
    today: date
    read: Mapping[str, Reading]
    related: tuple[RelatedRecord, ...]
    organisations: tuple[str, ...]
    signs: Signs = NO_SIGNS
    limits: Limits = LIMITS

    @cached_property
    def values(self) -> dict[str, str]:
        """Return the plain form of all 23 values.

        Slashes are read as ones and as letters. That nothing is provided shows in all of a
        parent's values together, not in each.
        """
        values = {}
        for spec in FIELDS:
            raw = self.raw.get(spec.name) or ""
            values[spec.name], _changes = clean(spec.name, raw)
        for who in PARENTS:
            fields = [name for name in values if name.startswith(f"{who}_")]
            if all(_READ_AS_SLASHES.fullmatch(values[name]) for name in fields):
                values.update(dict.fromkeys(fields, ""))
        return values

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @cached_property
    def born_at(self) -> datetime | None:
        return _moment(TIME, self["birth_time"])

    @cached_property
    def born_on(self) -> date | None:
        return self.born_at.date() if self.born_at else None

    @cached_property
    def issued_on(self) -> date | None:
        issued = _moment(DATE, self["issue_date"])
        return issued.date() if issued else None

    @cached_property
    def number(self) -> str:
        """Return the certificate's number when it has the form of 2000 to 2025, else ""."""
        number = self["certificate_number"]
        return number if NUMBER.fullmatch(number) else ""

    @cached_property
    def number_form(self) -> NumberForm:
        """Return the form that numbers have in the year of issue, or of birth, or the usual one."""
        day = self.issued_on or self.born_on
        return self.limits.number_form(day.year if day else self.today.year)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Return the years whose divisions this certificate may name, the likeliest first.

        The child's year of birth, that of the issue, and two before, for offices go on with an old
        name for a while. Without a date it is today.
        """
        if self.born_on is None:
            return (TODAY,)
        born = self.born_on.year
        issued = self.issued_on.year if self.issued_on else born
        earlier = range(born - 1, born - _OLD_NAMES - 1, -1)
        return tuple(dict.fromkeys((born, max(born, issued), *earlier)))

    @cached_property
    def birth_place(self) -> Place | None:
        return divisions.resolve_in(self["birth_place"], self.years)

    @property
    def birth_province(self) -> str:
        """Return the two digits of the province of birth, "" where it is not known."""
        return self.birth_place.code[:2] if self.birth_place else ""

    @property
    def province_of_birth(self) -> str:
        """Return the name of the province of birth, "" where it is not known."""
        return self.birth_place.division.levels[0] if self.birth_place else ""

    def _home(self, address: str) -> Place | None:
        """Return where an address lies; in the province of birth where it leaves that out."""
        years = (*self.years, TODAY)
        place = divisions.resolve_in(address, years)
        if place is None and self.birth_place:
            place = divisions.resolve_in(self.province_of_birth + address, years)
        return place if place and place.rest in address else None

    @cached_property
    def parents(self) -> tuple[Parent, ...]:
        """Return mother and father, provided or not."""
        return tuple(self._parent(who) for who in PARENTS)

    def _parent(self, who: str) -> Parent:
        return Parent(
            who=who,
            name=self[f"{who}_name"],
            age_text=self[f"{who}_age"],
            nationality=self[f"{who}_nationality"],
            ethnicity=self[f"{who}_ethnicity"],
            address=self[f"{who}_address"],
            number=self[f"{who}_id_card_number"],
            home=self._home(self[f"{who}_address"]),
            slashed=self._slashed(who),
        )

    def _slashed(self, who: str) -> tuple[str, ...]:
        parts = []
        for spec in FIELDS:
            raw = (self.raw.get(spec.name) or "").strip()
            if spec.name.startswith(f"{who}_") and _SLASHES.fullmatch(raw):
                parts.append(spec.name.removeprefix(f"{who}_"))
        return tuple(parts)

    @cached_property
    def provided(self) -> tuple[Parent, ...]:
        return tuple(parent for parent in self.parents if parent.is_provided)
