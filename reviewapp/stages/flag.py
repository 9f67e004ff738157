"""Flag: which values a person must look at, and why. Pure."""

from reviewapp.certificate import Record
from reviewapp.rules.base import Finding
from reviewapp.rules.judge import Circumstances, judge


def flag(record: Record, around: Circumstances) -> list[Finding]:
    """Return all findings about an answer, the most severe first; `fields` of each are snake names."""
    return judge({name: read.value for name, read in record.fields.items()}, record, around)
