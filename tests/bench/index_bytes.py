"""Measure the bytes of a record's indexes in PostgreSQL, before and after a migration.

uv run --group dev python -m tests.bench.index_bytes [--records 20000] [--before 0017]
"""

import argparse
import tempfile
from pathlib import Path

import psycopg

from tests.databases import postgres
from tests.installation import Installation

TABLES = ("submission", "field", "flag", "recognitionresult", "event", "chain")
FILL = """
    INSERT INTO reviewapp_batch (name, status, created_by_id, created_at, priority)
        SELECT 'b' || n, 'open', (SELECT min(id) FROM reviewapp_user), now(), 0 FROM generate_series(1, 100) n;
    INSERT INTO reviewapp_submission (batch_id, version, status, source, original_name, sha256, original, screen,
        thumbnail, media_type, byte_size, width, height, received_by_id, received_at, return_reason, reject_reason,
        reject_note, failure_code, failure_params)
        SELECT 1 + n %% 100, 1, 'recognised', 'upload', n || '.jpg', encode(sha256(n::text::bytea), 'hex'),
            'pictures/o' || n, 'pictures/s' || n, 'pictures/t' || n, 'image/jpeg', 1, 1, 1,
            (SELECT min(id) FROM reviewapp_user), now() + n * interval '1 s', '', '', '', '', '{{}}'
        FROM generate_series(1, {records}) n;
    INSERT INTO reviewapp_field (submission_id, name, position, read_value, value, parts, alternatives, second_value,
        version, override_reason, mark, should_say)
        SELECT s.id, CASE p WHEN 1 THEN 'certificate_number' WHEN 2 THEN 'mother_id_card_number' ELSE 'field' || p END,
            p, 'value ' || s.id, 'value ' || s.id, '[]', '[]', '', 1, '', '', ''
        FROM reviewapp_submission s, generate_series(0, 22) p;
    INSERT INTO reviewapp_flag (field_id, code, severity, names, params, proposals)
        SELECT id, 'low_probability', 'W', '[]', '{{}}', '[]' FROM reviewapp_field WHERE position < 2;
    INSERT INTO reviewapp_recognitionresult (submission_id, engine, answer, request_id, seconds, recognised_at)
        SELECT id, 'replay', '{{}}', '', 0, now() FROM reviewapp_submission;
    INSERT INTO reviewapp_chain (submission_id, name, length, head, anchored_length)
        SELECT id, 'submission ' || id, 10, 'x', 0 FROM reviewapp_submission;
    INSERT INTO reviewapp_event (kind, chain_id, number, previous, at, by_id, submission_id, field_name, old, new,
        reason, params)
        SELECT 'verified', c.id, n, '', now(), (SELECT min(id) FROM reviewapp_user), c.submission_id, '', '', '', '',
            '{{}}' FROM reviewapp_chain c, generate_series(1, 10) n;
"""
BYTES = "SELECT sum(pg_indexes_size(('reviewapp_' || t)::regclass)) FROM unnest(%s::text[]) t"


def index_bytes(connection: psycopg.Connection, records: int) -> int:
    connection.execute("".join(f"REINDEX TABLE reviewapp_{table};" for table in TABLES))
    row = connection.execute(BYTES, [list(TABLES)]).fetchone()
    assert row is not None
    return round(row[0] / records)


def measure(records: int, before: str) -> tuple[int, int]:
    """Fill tables as they were, and move them on; return the bytes of all indexes of a record then and now."""
    with tempfile.TemporaryDirectory() as directory, postgres() as url:
        place = Installation(Path(directory), url)
        place.manage("migrate", "-v", "0")
        place.manage("shell", "-v", "0", "-c", "User.objects.create_user('a')")
        place.manage("migrate", "reviewapp", before, "-v", "0")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(FILL.format(records=records).replace("%%", "%"))
            old = index_bytes(connection, records)
            place.manage("migrate", "-v", "0")
            return old, index_bytes(connection, records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--before", default="0017")
    asked = parser.parse_args()
    old, new = measure(asked.records, asked.before)
    print(f"indexes: {old} bytes a record before, {new} after: {100 * (old - new) / old:.0f} % fewer")


if __name__ == "__main__":
    main()
