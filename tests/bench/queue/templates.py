"""Invented certificates that many records have in common: values that break no rule, two of them read with doubt."""

import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from multiprocessing import get_context
from typing import Any

from django.utils import timezone

from reviewapp.certificate.fields import FIELDS, Kind, Record
from reviewapp.certificate.wire import parse
from reviewapp.models import Flag, RuleSeverity, Threshold
from reviewapp.models.field import ASKS_FOR_A_LOOK
from reviewapp.rules.judge import JudgementContext, judge
from tests.bench.queue.cast import DOUBTED
from tests.factories import SIZE, answer, true_values

DOUBTED_PROB = 60
ANSWER_BYTES = 12_000
# A resident number's last digit, by the sum of the others times their weights, modulo 11.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5)
# Each pair of these stands in an answer for a number that a record has alone; none is in any text.
PLACES = {
    "certificate_number": "@certificate@",
    "mother_id_card_number": "@mother@",
    "father_id_card_number": "@father@",
}


@dataclass(frozen=True)
class Template:
    """What many records have in common: `flags` are those of the rules by the field's name."""

    values: dict[str, str]
    record: Record
    answer: str
    flags: dict[str, list[Flag]]


def templates(number: int, processes: int = 2) -> list[Template]:
    """Return so many templates on which the rules doubt just the two values that were read with doubt."""
    # They end by themselves: one that is told to end while another holds the lock of their queue may never do so.
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        # A few have a second doubt, such as a rare character in a name.
        invented = list(pool.map(true_values, range(number + number // 10 + 20), chunksize=20))
    organisations = [spec.name for spec in FIELDS if spec.kind == Kind.ORGANISATION]
    known = frozenset(values[name] for values in invented for name in organisations)
    context = JudgementContext(
        today=timezone.localdate(),
        size=SIZE,
        thresholds=Threshold.objects.percents(),
        organisations=known,
        severities=RuleSeverity.objects.overrides(),
    )
    made = list(islice(filter(None, map(partial(_template, context), invented)), number))
    assert len(made) == number, f"only {len(made)} of {len(invented)} certificates are doubted in two values alone"
    return made


def _template(context: JudgementContext, values: dict[str, str]) -> Template | None:
    probs = dict.fromkeys(DOUBTED, DOUBTED_PROB)
    record = parse(answer(values, probs=probs))
    flags: dict[str, list[Flag]] = {}
    for finding in judge(values, record, context):
        flags.setdefault(finding.fields[0], []).append(Flag.of(0, finding))
    asking = [name for name, of_field in flags.items() for flag in of_field if flag.severity in ASKS_FOR_A_LOOK]
    if sorted(asking) != sorted(DOUBTED):
        return None
    places = dict(values) | PLACES
    return Template(values, record, json.dumps(_padded(answer(places, probs=probs))), flags)


def _padded(data: dict[str, Any]) -> dict[str, Any]:
    """Return an answer as long as those of the cloud, which also names each word that it saw."""
    words = data["prism_wordsInfo"] = []
    missing = ANSWER_BYTES - len(json.dumps(data))
    for word in _words(data):
        missing -= len(json.dumps(word)) + 2
        if missing < 0:
            break
        words.append(word)
    return data


def _words(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    entries = data["prism_keyValueInfo"]
    for number in count():
        entry = entries[number % len(entries)]
        left, top = 40 + 7 * number, 20 + 11 * number
        corners = [{"x": x, "y": y} for x in (left, left + 90) for y in (top, top + 16)]
        yield {"word": entry["key"], "prob": 90 + number % 10, "pos": corners, "angle": number % 4}


def partial_sum(number: str) -> int:
    """Return what the first fourteen digits of a resident number add to its check digit."""
    return sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
