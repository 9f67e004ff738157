"""The records that an address of the table of access is about."""

from reviewapp.models import Submission
from tests.amendments import amendment_of
from tests.exports import exported, wished
from tests.factories import submission_at

OF_EXPORTS = ("export_cancel", "export_file")


def make_record(name: str, *, at: str = "recognised") -> Submission:
    """Make a record in a status, with what the address of this name needs beside it."""
    if name in OF_EXPORTS:
        approved = submission_at("approved")
        exported() if name == "export_file" else wished()
        return approved
    if not name.startswith("amendment_"):
        return submission_at(at, is_rendered=name == "picture")
    record = submission_at("approved")
    amendment_of(record)
    return record
