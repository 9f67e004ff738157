"""Each index of the tables that grow with the records, and what it is for: none comes back by chance."""

import pytest
from django.db import connection

# By table and columns; by its name where it holds few of the rows. Another index brings its line along.
SERVES = {
    "reviewapp_submission": {
        "id": "the record of an address, and its row in any join",
        "sha256": "a picture comes in once (`submission_once`)",
        "batch_id,status": "the records of a batch, and what is to do in it (`submission_of_batch`)",
        "received_at": "lists in the order of coming in",
        "approved_at": "exports between two days",
        "status,received_at": "the queue, and lists of one status (`submission_queue`)",
        "claimed_by_id": "what is in a person's hands (`submission_claimed`, few rows)",
        "reviewed_by_id,reviewed_at": "what a person finished (`submission_reviewer`)",
        "reviewed_at": "lists in the order of review, and the evidence that no sum holds yet (`submission_reviewed`)",
        "submission_never_exported": "approved records that never left (few rows)",
        "submission_waiting": "the next record, in the order in which records wait",
        "submission_returned": "what is returned to a person (few rows)",
        "submission_in_hand": "read records that do not plainly wait: held, postponed, come back (few rows)",
    },
    "reviewapp_field": {
        "id": "one value",
        "submission_id,name": "the values of a record, each once (`field_once_per_submission`)",
        "name,value": "other records with a number (`field_numbers`, two values a record)",
        "mark": "papers that are wrong, values that nobody reads (`field_marked`, few rows)",
    },
    "reviewapp_flag": {"id": "one finding", "field_id": "the findings of values"},
    "reviewapp_recognitionresult": {"id": "one answer", "submission_id": "the answers of a record"},
    "reviewapp_correction": {"id": "one correction", "field_id": "the corrections of values"},
    "reviewapp_approval": {
        "id": "one approval",
        "submission_id,version": "the approvals of a record (`approval_once_per_version`)",
    },
    "reviewapp_exportitem": {
        "id": "one row of an export",
        "export_id,submission_id": "the records of an export (`export_item_once`)",
        "submission_id": "the exports of a record",
    },
    "reviewapp_event": {
        "id": "lists of events, the newest first",
        "chain_id,number": "a chain in its order (`event_number_once`)",
        "submission_id": "what was done to a record",
        "by_id,at": "what a person did on a day (`event_by_at`)",
        "kind,id": "what is of a kind (`event_kind`)",
        "at": "what happened in the house on a day",
        "person_id": "what is about a person (`event_person`, few rows)",
        "batch_id": "what was done to a batch (`event_batch`, few rows)",
    },
    "reviewapp_chain": {
        "id": "one chain",
        "name": "part of every digest, once (`chain_once`)",
        "submission_id": "the chain of a record",
        "batch_id": "the chain of a batch",
        "person_id": "the chain of a person",
    },
}


def indexes_of(table: str) -> list[str]:
    """Return the columns of each index as the database has it; the name of one that the table knows by that."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    # A key that is an integer is the table itself on SQLite, which lists no index of it.
    return [
        name if name in SERVES[table] else ",".join(found["columns"])
        for name, found in constraints.items()
        if (found["index"] or found["unique"] or found["primary_key"]) and None not in found["columns"]
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("table", SERVES)
def test_each_index_of_a_table_that_grows_is_for_a_query(table: str) -> None:
    indexes = indexes_of(table)
    assert set(indexes) == set(SERVES[table])
    assert len(indexes) == len(set(indexes)), "an index stands twice, perhaps as one for LIKE"


def test_no_index_is_the_beginning_of_another_one() -> None:
    doubled = [
        (table, columns)
        for table, known in SERVES.items()
        for columns in known
        if any(other.startswith(f"{columns},") for other in known)
    ]
    assert not doubled
