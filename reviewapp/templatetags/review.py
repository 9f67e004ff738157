"""Small words that several screens need."""

from django import template

register = template.Library()


@register.filter
def masked(name: str) -> str:
    """Mask a person's name for a list: the first character, then two stars."""
    return f"{name[0]}**" if name else ""
