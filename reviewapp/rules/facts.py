"""A record as the rules look at it: plain values, and what several rules read out of them. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from reviewapp.certificate.fields import FIELDS
from reviewapp.facts import divisions, resident, vocabulary
from reviewapp.facts.certificates import NUMBER
from reviewapp.facts.divisions import Place
from reviewapp.facts.scripts import LATIN
from reviewapp.rules.base import Reading, RelatedRecord
from reviewapp.rules.clean import clean

PARENTS = ("mother", "father")
TIME = re.compile(r"(\d{4})年(\d{2})月(\d{2})日(\d{2})时(\d{2})分", re.ASCII)
DATE = re.compile(r"(\d{4})年(\d{2})月(\d{2})日", re.ASCII)
WHOLE = re.compile(r"\d{1,3}", re.ASCII)
COMPATRIOTS = ("香港", "澳门", "台湾")


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
    """A parent's rows; `who` is mother or father, the other values are plain."""

    who: str
    name: str
    age_text: str
    nationality: str
    ethnicity: str
    address: str
    number: str

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

    @cached_property
    def home(self) -> Place | None:
        return divisions.resolve(self.address)


@dataclass(frozen=True)
class Facts:
    """One record with everything that the rules are given beside it."""

    raw: Mapping[str, str]
    today: date
    read: Mapping[str, Reading]
    related: tuple[RelatedRecord, ...]
    organisations: tuple[str, ...]

    @cached_property
    def values(self) -> dict[str, str]:
        """Return the plain form of all 23 values."""
        values = {}
        for spec in FIELDS:
            raw = self.raw.get(spec.name) or ""
            values[spec.name], _changes = clean(spec.name, raw)
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
        """Return the certificate's number when it has its form, else ""."""
        number = self["certificate_number"]
        return number if NUMBER.fullmatch(number) else ""

    @cached_property
    def birth_place(self) -> Place | None:
        return divisions.resolve(self["birth_place"])

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
        )

    @cached_property
    def provided(self) -> tuple[Parent, ...]:
        return tuple(parent for parent in self.parents if parent.is_provided)
