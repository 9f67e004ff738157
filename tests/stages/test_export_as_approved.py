"""Nothing leaves that says anything else than what was approved, and outsiders can compute that again."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from reviewapp.exceptions import ExportIncomplete, ReviewError
from reviewapp.models import Export, ExportFormat, ExportItem, Field, Submission, User
from reviewapp.models.field import ValueMark
from reviewapp.stages import approve, export
from tests.amendments import NEW_NAME, amended, approved_record, lines_of
from tests.exports import content_of, done, exported, left, wished
from tests.factories import no_program, submission_at
from tests.guards import guards_off
from tests.syntax import ROOT
from tests.views.pages import text

pytestmark = pytest.mark.django_db

DOCUMENT = ROOT / "docs" / "history.md"


def example() -> str:
    """Return the lines of Python that the documentation gives to outsiders."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("\n## An approval\n")[2].partition("\n## ")[0]
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    return code


def run_example(line: str, directory: Path) -> subprocess.CompletedProcess[str]:
    """Run the documentation's lines on a line of an export, in a Python without anything of ours."""
    (directory / "line.jsonl").write_text(line, encoding="utf-8")
    code = "text = open('line.jsonl', encoding='utf-8').read()\n" + example()
    command = [sys.executable, "-I", "-S", "-c", code]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def forge(record: Submission, **columns: str) -> None:
    with guards_off():
        Field.objects.filter(submission=record, name="neonatal_name").update(**columns)


def test_the_lines_of_the_documentation_compute_the_digest_of_a_real_export(tmp_path: Path) -> None:
    assert len(example().strip().splitlines()) <= 12
    plain = submission_at("approved")
    overridden = submission_at("approved", values={"birth_weight": "120", "mother_address": '湖南省"长沙市\\岳麓区'})
    amended(approved_record())
    pieces = [json.dumps(line, ensure_ascii=False) for line in lines_of(exported())]
    assert len(pieces) == 3
    assert {plain.pk, overridden.pk} < {int(json.loads(piece)["record"]) for piece in pieces}
    for piece in pieces:
        done = run_example(piece, tmp_path)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("key", ["neonatalName", "picture", "record"])
def test_the_lines_of_the_documentation_notice_a_changed_line(key: str, tmp_path: Path) -> None:
    approved_record()
    (line,) = lines_of(exported())
    line[key] = "7" * 64
    done = run_example(json.dumps(line), tmp_path)
    assert "is not as it was approved" in done.stderr


def test_the_page_of_a_record_shows_the_digest_that_its_export_carries(as_supervisor: Client) -> None:
    record = approved_record()
    (line,) = lines_of(exported())
    assert line["approval"] == record.approvals.get().digest
    assert line["approval"] in text(as_supervisor.get(record.get_absolute_url()))


def test_states_and_what_the_paper_should_say_leave_apart(supervisor: User) -> None:
    record = submission_at("reviewed")
    columns = {"verified_by": record.reviewed_by, "verified_at": record.reviewed_at}
    record.fields.filter(name="father_name").update(mark=ValueMark.ILLEGIBLE, value="", **columns)
    record.fields.filter(name="sex").update(mark=ValueMark.PAPER_WRONG, should_say="女", **columns)
    approve.approve(record, by=supervisor, queue=no_program)

    (line,) = lines_of(exported())
    assert (line["states"]["fatherName"], line["fatherName"]) == ("illegible", "")
    assert (line["states"]["sex"], line["shouldSay"]) == ("paper_wrong", {"sex": "女"})
    assert line["states"]["neonatalName"] == "read"
    made = exported(format=ExportFormat.CSV, columns=["states", "should_say"])
    (_header, row) = csv.reader(io.StringIO(content_of(made).decode("utf-8-sig")))
    assert row == ["Sex: The paper itself is wrong\nFather's name: Illegible", "Sex: 女"]


def test_a_record_that_was_changed_past_the_guards_does_not_leave(admin_user: User) -> None:
    whole, forged = approved_record(), approved_record()
    forge(forged, value="别人")
    with pytest.raises(ReviewError) as refusal:
        exported()
    assert (refusal.value.code, refusal.value.params) == ("notAsApproved", {"records": f"#{forged.pk}"})
    assert Export.objects.get().phase == "failed"
    assert not ExportItem.objects.exists()
    assert not forged.events.filter(kind="exported").exists()
    assert lines_of(exported(batches=[whole.batch]))


def test_a_record_without_an_approval_does_not_leave() -> None:
    record = submission_at("reviewed")
    with guards_off():
        Submission.objects.filter(pk=record.pk).update(status="approved")
    with pytest.raises(ReviewError) as refusal:
        exported(columns=["sex"])
    assert refusal.value.code == "notAsApproved"


@pytest.mark.parametrize("format", ExportFormat)
def test_a_record_that_is_forged_under_way_ends_the_export_without_a_file(
    format: ExportFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "READ", 1)
    first, second = approved_record(), approved_record()
    made = left(wished(format=format))
    forge(second, value="别人")
    with pytest.raises(ExportIncomplete, match=f"no longer what was approved: #{second.pk}"):
        done(made)
    made.refresh_from_db()
    assert (made.file.name, made.finished_at) == ("", None)
    assert first.pk < second.pk


def test_a_correction_between_choice_and_file_leaves_with_the_new_value_and_a_recall() -> None:
    record = approved_record()
    made = left(wished())
    amendment = amended(record)
    (line,) = lines_of(done(made))
    assert line["neonatalName"] == NEW_NAME
    # A file that was half written has the old value: it is told again.
    assert [recall.export for recall in amendment.recalls.all()] == [made]


def test_many_unlike_records_are_named_by_the_first_ten() -> None:
    records = [approved_record() for _ in range(12)]
    for record in records:
        forge(record, value="别人")
    with pytest.raises(ReviewError) as refusal:
        exported()
    named = str(refusal.value.params["records"])
    assert (named.count("#"), named.endswith(", …")) == (10, True)


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing was exported"), ("zh-hans", "未导出任何内容")])
def test_the_refusal_speaks_both_languages(language: str, words: str) -> None:
    forge(approved_record(), value="别人")
    with pytest.raises(ReviewError) as refusal:
        exported()
    with translation.override(language):
        assert words in str(refusal.value)


def test_a_record_that_is_forged_after_the_check_is_left_out_and_named(as_admin: Client) -> None:
    whole, forged = approved_record(), approved_record()
    made = wished()
    export._take(made)
    while made.phase != "leaving":
        export.bring_further(made)
    forge(forged, value="别人")
    lines = lines_of(done(made))
    assert [line["record"] for line in lines] == [str(whole.pk)]
    assert (made.row_count, made.left_out) == (1, [forged.pk])
    assert not forged.events.filter(kind="exported").exists()
    assert f"no longer as approved: #{forged.pk}" in text(as_admin.get("/exports/"))
