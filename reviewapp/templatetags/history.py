"""What a line of the history shows of a value, masked for who has no work with it."""

from django import template

from reviewapp.certificate.masking import masked_value
from reviewapp.history import chain_label
from reviewapp.models import Chain, Event
from reviewapp.states import EventKind

register = template.Library()


@register.simple_tag
def old_value(event: Event, is_masked: bool) -> str:  # noqa: FBT001 – tags have no other
    return _shown(event, event.old_label, is_masked=is_masked and not _tells_states(event))


@register.simple_tag
def new_value(event: Event, is_masked: bool) -> str:  # noqa: FBT001 – tags have no other
    return _shown(event, event.new_label, is_masked=is_masked and not _tells_states(event))


@register.simple_tag
def broken_rules(event: Event, is_masked: bool) -> list[str]:  # noqa: FBT001 – tags have no other
    """Return the rules that a kept value broke; masked, without what they quote of the record."""
    return event.rules_without_values if is_masked else event.rule_sentences


@register.simple_tag
def should_say(event: Event, is_masked: bool) -> str:  # noqa: FBT001 – tags have no other
    return _shown(event, event.should_say, is_masked=is_masked)


def _tells_states(event: Event) -> bool:
    """Return whether an event's old and new are states of a value, and not values."""
    return event.kind == EventKind.MARKED


def _shown(event: Event, label: str, *, is_masked: bool) -> str:
    return event.masked(label, masked_value) if is_masked else label


@register.filter
def of_what(chain: Chain) -> str:
    """Return what a chain is of, in the reader's language."""
    return chain_label(chain.name)
