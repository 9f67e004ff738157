"""Describe the rules that records are checked by, from the table that the product itself obeys."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from reviewapp.certificate.fields import BY_NAME
from reviewapp.rules.catalogue import ALL, RULES, Rule, Severity

HEAD = """# Rules

Written by `manage.py rules > docs/rules.md` from `reviewapp/rules/catalogue.py`; a test keeps it
current.

A rule never changes a value. A finding names its fields, says what is wrong and what would settle
it, and may propose values; a person takes them or not. **E** must be corrected, or verified
against the paper with a reason, before a record is submitted; **W** must be looked at; **I** is
shown. An administrator may give any code another severity or switch it off.

Numbers 1–32 are the specification's. 0 is the form of a single value and how surely it was read,
33 the look-alike alarm (see decision 20), 34 an address close to a place that exists, 35 an
institution close to a known one.

* The rules are pure functions: `rules.check.check(record, today=…)` takes 23 values and returns
  findings. One file per subject; `rules/subjects.py` lists them. How surely a value was read is
  judged beside them in `rules/judge.py`.
* From the shell: `manage.py flag [FILE…]` reads API `Data` objects, one a line, and prints one
  JSON line for each.
* How much they catch: `uv run --group dev python -m tests.bench.flags`; with `--true 50000` it
  checks that 50,000 true records raise no E. What the record holds no second witness of cannot be
  caught: a digit of the number's serial that was read as another digit, a day or a time that
  stays possible, a given name that lost one of two characters or whose character was read as
  another common one.
* Tables: `data/divisions.csv` (GB/T 2260), `division_years.csv` (from when a county's code has
  been in use), `division_former.csv` (until when one was that no longer is), `countries.csv`
  (GB/T 2659), `names.txt`, `name_characters.tsv`, `text_characters.tsv` and `lookalikes.tsv`
  (`tests.tables.characters` and `tests.tables.lookalikes` rebuild the last three).

| rule | code | | fields | what is wrong | what settles it |
|---|---|---|---|---|---|"""


class Command(BaseCommand):
    help = "Print docs/rules.md: the rules with their severities and sentences."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(document(), ending="")


def document() -> str:
    """Return the whole document as Markdown, in English."""
    lines = [HEAD]
    with override("en"):
        lines += [_row(rule) for rule in RULES]
        lines.append("")
        lines += [f"* **{severity.value}** {severity.label}" for severity in Severity]
    lines.append("")
    return "\n".join(lines)


def _row(rule: Rule) -> str:
    cells = [rule.number, rule.code, rule.severity.value, _fields(rule), rule.sentence, rule.remedy]
    return f"| {' | '.join(map(str, cells))} |"


def _fields(rule: Rule) -> str:
    if rule.fields == ALL:
        return "all"
    return ", ".join(str(BY_NAME[name].label) for name in rule.fields)
