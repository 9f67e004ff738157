"""What a page shows of one field, and the pieces that it takes in."""

from typing import Any, cast

from django import template
from django.template import engines
from django.template.context import Context
from markupsafe import Markup

from reviewapp import pieces
from reviewapp.facts.frequencies import NO_CODE_POINT
from reviewapp.models import Field, Flag

register = template.Library()

register.filter("check_state", pieces.check_state)


@register.simple_tag(takes_context=True)
def piece(context: Context, name: str, **further: Any) -> Markup:
    """Draw a piece (reviewapp.pieces) with what the page knows, and `further`."""
    known = cast("dict[str, Any]", context.flatten()) | further
    html = engines["jinja2"].get_template(name).render(known, known.get("request"))
    return Markup(html)  # noqa: S704 – the piece has escaped what it shows


@register.simple_tag
def crop(field: Field, turn: int | None = None) -> Markup:
    """Show the place of a field's value, upright and enlarged; nothing when it has no place."""
    drawn = engines["jinja2"].get_template("components/crop.html")
    return Markup(drawn.render({"field": field, "turn": turn}))  # noqa: S704 – as above


@register.simple_tag(takes_context=True)
def finding(context: Context, flag: Flag) -> str:
    """Say what a finding says; another record that it names is a link for who may see it."""
    return pieces.finding_of(flag, context.get("user"))


@register.filter
def lacks_code_point(field: Field) -> bool:
    """Return whether a character of the value has no code point: only the picture shows it."""
    return NO_CODE_POINT in field.value
