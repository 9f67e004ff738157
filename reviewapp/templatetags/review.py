"""Small words that several screens need."""

from django import template

from reviewapp.certificate.masking import masked_name
from reviewapp.pieces import value_text

register = template.Library()

register.simple_tag(value_text)


@register.filter
def masked(name: str) -> str:
    """Mask a person's name for a list: the first character, then two stars."""
    return masked_name(name)


@register.filter
def shares(counts: list[tuple[str, int]]) -> list[dict[str, str]]:
    """Turn counts by status into the parts of a bar, in percent of its length."""
    total = sum(count for _, count in counts)
    parts = []
    before = 0
    for status, count in counts:
        if count:
            start_percent = 100 * before / total
            share_percent = 100 * count / total
            part = {
                "status": status,
                "start": f"{start_percent:.2f}",
                "share": f"{share_percent:.2f}",
            }
            parts.append(part)
        before += count
    return parts
