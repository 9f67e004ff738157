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

Numbers 1–32 and 36–39 are the specification's. 0 is the form of a single value and how surely it was read,
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
  With `--independent` it also counts on true records that were drawn without looking at the rules.
* Tables: `data/divisions_history.csv` (GB/T 2260 from 1981 on, with years and successors) and
  `divisions_further.csv` (codes that it lacks), `countries.csv` (GB/T 2659), `names.txt`,
  `given_names.txt` (given names by sex and years of birth), `name_characters.tsv`,
  `text_characters.tsv` and `lookalikes.tsv` (`tests.tables.characters` and
  `tests.tables.lookalikes` rebuild the last three).
* What an engine saw beside the values (rules 36 and 37) comes in the answer's `debug_info`:
  `barcode`, a text, "" where it cannot be read; `edition`, an object of `panel` ("yellow" or
  "green") and `landscape`. No engine that is shipped tells the colour of the panel, or that a
  barcode cannot be read: `barcode_unreadable` and what rests on `panel` are for engines that do.

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
