"""Small words that several screens need."""

from difflib import SequenceMatcher

from django import template

register = template.Library()


@register.filter
def masked(name: str) -> str:
    """Mask a person's name for a list: the first character, then two stars."""
    return f"{name[0]}**" if name else ""


@register.filter
def shares(counts: list[tuple[str, int]]) -> list[dict[str, str]]:
    """Turn counts by status into the parts of a bar, in percent of its length."""
    total = sum(count for _, count in counts) or 1
    parts, start = [], 0
    for status, count in counts:
        if count:
            span = {"start": f"{100 * start / total:.2f}", "share": f"{100 * count / total:.2f}"}
            parts.append({"status": status, **span})
        start += count
    return parts


@register.filter
def changed_pieces(new: str, old: str) -> list[tuple[str, bool]]:
    """Cut a value into pieces, each with whether it differs from the other value."""
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(new[start:end], kind != "equal") for kind, _, _, start, end in blocks if start < end]
