"""Pieces of pages that are drawn hundreds of times a day: Jinja2 templates under templates/jinja2.

They are compiled, and take a tenth of the time that Django's own templates take. A page of Django's
takes them in by `{% piece %}` (templatetags.field_tags).
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext, pgettext_lazy
from jinja2 import Environment
from markupsafe import Markup

from reviewapp.certificate.fields import BY_NAME, FieldSpec, Group, Kind
from reviewapp.certificate.geometry import Crop, crop, reading_turn
from reviewapp.certificate.showing import grouped_pieces, grouping_of
from reviewapp.models import Field, Flag, Submission, User
from reviewapp.permissions import allowed, check_can_view

_GROUP = Markup('<span class="digits">{}</span>')
_MARKED = Markup("<mark>{}</mark>")

# As on the paper, where a parent's block stands under the parent's name.
OF_PARENTS = {
    Kind.NAME: pgettext_lazy("of a parent", "Name"),
    Kind.AGE: pgettext_lazy("of a parent", "Age"),
    Kind.NATIONALITY: pgettext_lazy("of a parent", "Nationality"),
    Kind.ETHNICITY: pgettext_lazy("of a parent", "Ethnic group"),
    Kind.ADDRESS: pgettext_lazy("of a parent", "Address"),
    Kind.ID_NUMBER: pgettext_lazy("of a parent", "ID number"),
}

# The fields with which a row of the screen begins: short ones share a row as on the paper, each long
# one has its own.
FIRST_IN_ROW = frozenset(
    {
        "neonatal_name",
        "gestational_age",
        "birth_place",
        "medical_institutions",
        "mother_name",
        "mother_address",
        "mother_id_card_number",
        "father_name",
        "father_address",
        "father_id_card_number",
        "issue_authority",
        "issue_date",
    }
)


def environment(**options: Any) -> Environment:
    """Return what the pieces know beside what a view gives them; named in settings.TEMPLATES."""
    made = Environment(**options, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 – Django's default is on
    made.globals |= {
        "_": gettext,
        "pgettext": pgettext,
        "url": lambda name, *parts: reverse(name, args=parts),
        "check_state": check_state,
        "crop_of": crop_of,
        "finding_of": finding_of,
        "grouping_of": grouping_of,
        "label_of": lambda name: BY_NAME[name].label,
        "other_places": other_places,
        "points": points,
        "rows_of": rows_of,
        "short_label": short_label,
        "value_of": value_of,
        "value_text": value_text,
    }
    made.filters["fill"] = lambda sentence, **names: sentence % names
    return made


def short_label(spec: FieldSpec) -> str:
    """Return what a field is called where its block says whose it is."""
    is_of_parent = spec.group in {Group.MOTHER, Group.FATHER}
    return str(OF_PARENTS[spec.kind] if is_of_parent else spec.label)


def points(field: Field) -> str:
    """Return a field's polygon as the `points` of an SVG polygon."""
    return " ".join(f"{x:g},{y:g}" for x, y in field.polygon or [])


def crop_of(field: Field, turn: int | None = None) -> Crop | None:
    """Return the place of a field's value, upright; None when it has no place.

    `turn` is how far the whole page is turned (geometry.reading_turn over all fields); without it
    the polygon itself decides.
    """
    if not field.polygon:
        return None
    return crop(field.polygon, turn=reading_turn([field.polygon]) if turn is None else turn)


def other_places(flag: Flag, fields: Iterable[Field]) -> list[Field]:
    """Return the further fields that a finding names, for comparing them."""
    by_name = {field.name: field for field in fields}
    return [by_name[name] for name in flag.names[1:] if name in by_name]


def rows_of(fields: Iterable[Field]) -> list[list[Field]]:
    """Return the fields of a block by the rows in which the screen shows them, in their order."""
    rows: list[list[Field]] = []
    for field in fields:
        if field.name in FIRST_IN_ROW or not rows:
            rows.append([])
        rows[-1].append(field)
    return rows


def finding_of(flag: Flag, reader: object) -> str:
    """Return a finding's sentence as HTML; another record it names is a link for who may see it."""
    if flag.related_record is None or not isinstance(reader, User):
        return format_html("{}", flag.sentence)
    record = Submission.objects.filter(pk=flag.related_record).first()
    if record is None or not allowed(check_can_view, reader, record):
        return format_html("{}", flag.sentence)
    before, after = flag.sentence_around_record
    link = '{}<a href="{}" target="_blank" rel="noopener">{}</a>{}'
    return format_html(link, before, record.get_absolute_url(), record, after)


def value_of(name: str, fields: Iterable[Field]) -> str:
    """Return the present value of one of these fields."""
    return next((field.value for field in fields if field.name == name), "")


def value_text(name: str, value: str, other: str | None = None) -> Markup:
    """Return a field's value with its long numbers in groups, and marked what differs from `other`.

    The gaps between groups are the style sheet's alone: what is copied is the bare value.
    """
    if not value:
        return Markup.escape("—" if other is None else gettext("(empty)"))
    groups = []
    for group in grouped_pieces(name, value, other):
        pieces = (_MARKED.format(piece) if is_changed else piece for piece, is_changed in group)
        groups.append(Markup().join(pieces))
    if len(groups) == 1:
        return groups[0]
    return Markup().join(_GROUP.format(group) for group in groups)


def check_state(field: Field) -> str:
    """Return how far the check of a field is: flagged, unsure, verified or ok."""
    if field.is_doubtful:
        return "flagged"
    if field.is_unsure:
        return "unsure"
    return "verified" if field.is_verified else "ok"
