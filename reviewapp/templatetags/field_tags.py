"""What a screen shows of one field."""

from collections.abc import Iterable
from typing import TypedDict

from django import template
from django.utils.functional import Promise

from reviewapp.certificate.fields import BY_NAME
from reviewapp.certificate.geometry import crop as crop_of
from reviewapp.certificate.geometry import reading_turn
from reviewapp.facts.frequencies import NO_CODE_POINT
from reviewapp.models import Field, Flag, Submission

register = template.Library()


class CropContext(TypedDict):
    submission: Submission
    view_box: str
    transform: str
    points: str


@register.filter
def points(field: Field) -> str:
    """Return a field's polygon as the `points` of an SVG polygon."""
    return " ".join(f"{x:g},{y:g}" for x, y in field.polygon or [])


@register.inclusion_tag("components/crop.html")
def crop(field: Field, turn: int | None = None) -> CropContext | dict[str, str]:
    """Show the place of a field's value, upright and enlarged; nothing when it has no place.

    `turn` is how far the whole page is turned (geometry.reading_turn over all fields); without it
    the polygon itself decides.
    """
    if not field.polygon:
        return {}
    if turn is None:
        turn = reading_turn([field.polygon])
    cut = crop_of(field.polygon, turn=turn)
    return {
        "submission": field.submission,
        "view_box": cut.view_box,
        "transform": cut.transform,
        "points": points(field),
    }


@register.filter
def other_places(flag: Flag, fields: Iterable[Field]) -> list[Field]:
    """Return the further fields that a finding names, for comparing them."""
    by_name = {field.name: field for field in fields}
    return [by_name[name] for name in flag.names[1:] if name in by_name]


@register.filter
def at(texts: dict[str, str], name: str) -> str:
    """Return what a mapping by field says of one."""
    return texts[name]


@register.filter
def label_of(name: str) -> Promise:
    """Return what people call a field."""
    return BY_NAME[name].label


@register.filter
def lacks_code_point(field: Field) -> bool:
    """Return whether a character of the value has no code point: only the picture shows it."""
    return NO_CODE_POINT in field.value


@register.filter
def check_state(field: Field) -> str:
    """Return how far the check of a field is: flagged, unsure, verified or ok."""
    if field.is_doubtful:
        return "flagged"
    if field.is_unsure:
        return "unsure"
    return "verified" if field.is_verified else "ok"
