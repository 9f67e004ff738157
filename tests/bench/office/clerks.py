"""What clerks do: take a record, read it, and let it go in one of several ways."""

from contextlib import suppress
from datetime import datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import httpx

from tests.bench.office.browser import DONE, REFUSED, Closed, Intent, opened
from tests.bench.office.cast import batch_name
from tests.bench.office.pages import CLAIM, Shown, Unsure, inputs_of, numbers_in, undoable_in, unsure_in, values_of
from tests.bench.office.people import Deeds, Person

TYPED = (
    "neonatal_name",
    "mother_name",
    "father_name",
    "mother_address",
    "father_address",
    "medical_institutions",
    "issue_authority",
)
CHARACTERS = "零一二三四五六七八九"
REASONS = ("no_certificate", "unreadable", "duplicate")
LOOKS_AT_MOST = 40
READINGS_AT_MOST = 4
# What clerks say of a value beside its text, and how often.
MARKS = {"unsure": 8, "illegible": 1, "blank": 1}
CHINA = ZoneInfo("Asia/Shanghai")


def work(person: Person) -> None:
    """Read the record in hand and let it go, or take one."""
    if person.unsure:
        read_second(person)
        return
    if person.record:
        read(person)
        return
    take(person)
    if not person.record:
        hand_in(person)
        take_what_was_laid_aside(person)
        person.pause()


def take(person: Person) -> None:
    person.go_on(person.intent("ask for next"), "review/next/")


def hand_in(person: Person) -> None:
    """Upload a picture from the desk, if any is left."""
    path = person.desk.take()
    if path is None:
        return
    number = int(path.stem)
    intent = person.intent("upload", text=path.name)
    form = {"batch": "", "new_batch": batch_name(number)}
    files = {"file": (path.name, path.read_bytes(), "image/png")}
    response = person.browser.ask(intent, "upload/", form, files=files, is_htmx=True)
    intent.note = response.text.strip()[:300] if response is not None and not response.is_success else ""


def read(person: Person) -> None:
    """Go through a record: 1. what is unsure; 2. some things on the way; 3. every doubtful value; 4. the end."""
    settle(person)
    for _ in range(person.rng.randrange(4)):
        if person.values:
            person.choose(ON_THE_WAY)(person)
    for _ in range(LOOKS_AT_MOST):
        doubtful = [shown for shown in person.values.values() if shown.is_doubtful]
        if not doubtful:
            break
        verify(person, doubtful[0])
    if person.values:
        person.choose(ENDS)(person)


def settle(person: Person) -> None:
    """Decide on what somebody was unsure of, before the record came back; now and then they still are."""
    for shown in [shown for shown in person.values.values() if shown.is_unsure]:
        if person.record and person.rng.random() < 0.8:
            verify(person, person.values[shown.name])


def read_second(person: Person) -> None:
    """Decide what somebody else was unsure of; what is refused is said again, with what the page asks for."""
    if person.rng.random() < 0.05:
        give_back(person)
        return
    for _ in range(READINGS_AT_MOST):
        intent, form = decided(person)
        response = person.browser.ask(intent, f"records/{person.record}/second/", form)
        if intent.outcome != REFUSED or response is None:
            person.follow(intent, response)
            return
        person.unsure = unsure_in(response.text)
        if not person.unsure:
            break
    person.leave()


def decided(person: Person) -> tuple[Intent, dict[str, object]]:
    """Choose for each value a reading, another one, or to be unsure, too, and then what to ask."""
    intent = person.intent("second", record=person.record)
    form: dict[str, object] = {"question": ""}
    for unsure in person.unsure:
        said = _said(person, unsure)
        if said["choice"] == "other":
            intent.text = said["typed"]
        if said["choice"] == "unsure":
            form["question"] = intent.reason = intent.reason or person.browser.unique()
        form |= {f"{unsure.name}-{part}": text for part, text in said.items()}
    return intent, form


def _said(person: Person, unsure: Unsure) -> dict[str, str]:
    choice = person.rng.choice(unsure.choices)
    said = {"choice": choice, "version": str(unsure.version), "typed": ""}
    if choice == "other":
        said["typed"] = typed(person, unsure.name)
    if unsure.needs_reason:
        said["reason"] = person.browser.unique()
    return said


def mark(person: Person) -> None:
    """Say of a value what its text does not say; only what is not said of it already leaves a trace."""
    shown = person.values[person.rng.choice(TYPED)]
    said = person.rng.choices(list(MARKS), list(MARKS.values()))[0]
    is_said = shown.is_unsure if said == "unsure" else not shown.value
    if is_said:
        return
    intent = person.intent("mark", record=person.record, field_name=shown.name, reason=person.browser.unique())
    form = {"mark": said, "version": shown.version, "should_say": "", "reason": intent.reason}
    address = f"records/{person.record}/fields/{shown.name}/mark/"
    look_at(person, person.browser.ask(intent, address, form, is_htmx=True))


def typed(person: Person, name: str) -> str:
    """Return a value that nobody else types, and this person never again."""
    digits = (char for char in person.browser.unique() if char.isdecimal())
    kind = "甲" if person.name.startswith("clerk") else "乙"
    unique = kind + "".join(CHARACTERS[int(digit)] for digit in digits)
    return f"王{unique}" if name.endswith("_name") else f"云南省昆明市第{unique}号"


def correct(person: Person) -> None:
    shown = person.values[person.rng.choice(TYPED)]
    save(person, shown, typed(person, shown.name))


def save(person: Person, shown: Shown, value: str) -> None:
    intent = person.intent("save", record=person.record, field_name=shown.name, text=value, version=shown.version)
    form = {"value": value, "version": shown.version, "verify": "", "override_reason": ""}
    address = f"records/{person.record}/fields/{shown.name}/"
    look_at(person, person.browser.ask(intent, address, form, is_htmx=True))


def verify(person: Person, shown: Shown) -> None:
    """Say that a value is right; against a rule, with a reason."""
    reason = person.browser.unique() if shown.has_error else ""
    intent = person.intent("verify", record=person.record, field_name=shown.name, text=shown.value, reason=reason)
    form = {"value": shown.value, "version": shown.version, "verify": "1", "override_reason": reason}
    address = f"records/{person.record}/fields/{shown.name}/"
    look_at(person, person.browser.ask(intent, address, form, is_htmx=True))


def look_at(person: Person, response: httpx.Response | None) -> None:
    """See what the values are now; without an answer the page is opened again, a lost record is let go."""
    if response is None:
        person.open(person.record)
        return
    found = values_of(response.text)
    if found:
        person.values |= found
    else:
        person.leave()


def type_in_two_tabs(person: Person) -> None:
    """Change one value in two tabs at once, both against the version that both show."""
    shown = person.values[person.rng.choice(TYPED)]
    saving = []
    for _ in range(2):
        value = typed(person, shown.name)
        intent = person.intent("save", record=person.record, field_name=shown.name, text=value, version=shown.version)
        form = {"value": value, "version": shown.version, "verify": "", "override_reason": ""}
        address = f"records/{person.record}/fields/{shown.name}/"
        saving.append(Thread(target=_press, args=(person, intent, address, form)))
    for tab in saving:
        tab.start()
    for tab in saving:
        tab.join()
    person.open(person.record)


def _press(person: Person, intent: Intent, address: str, form: dict[str, object]) -> None:
    with suppress(Closed):
        person.browser.ask(intent, address, form, is_htmx=True)


def type_against_an_old_version(person: Person) -> None:
    """Save from a tab that was opened before the last change."""
    shown = person.values[person.rng.choice(TYPED)]
    save(person, shown, typed(person, shown.name))
    if person.record:
        save(person, shown, typed(person, shown.name))


def show_life(person: Person) -> None:
    intent = person.intent("heartbeat", record=person.record)
    person.browser.ask(intent, f"records/{person.record}/heartbeat/", is_htmx=True)


def look_at_picture(person: Person) -> None:
    person.browser.get(f"records/{person.record}/picture/screen/")


def submit(person: Person) -> None:
    record = person.record
    person.finished.append(record)
    person.go_on(person.intent("submit", record=record), f"records/{record}/submit/", is_htmx=True)


def reject(person: Person) -> None:
    intent = person.intent("reject", record=person.record, text=person.browser.unique())
    form = {"reason": person.rng.choice(REASONS), "note": intent.text}
    person.go_on(intent, f"records/{person.record}/reject/", form, is_htmx=True)


def give_back(person: Person) -> None:
    person.browser.ask(person.intent("give back", record=person.record), f"records/{person.record}/give-back/")
    person.leave()


def go_away(person: Person) -> None:
    """Leave the record lying there; others may take it when the time is over."""
    person.leave()


def reach_for_anothers(person: Person) -> None:
    """Try to take a record that somebody else may hold, by its number."""
    record = max(1, person.record + person.rng.randrange(-3, 4))
    intent = person.intent("claim", record=record)
    person.browser.ask(intent, f"records/{record}/claim/")
    if intent.outcome == DONE:
        person.open(record)


def take_back(person: Person) -> None:
    """Take back the record that this person finished last, where the screen offers it."""
    record, version = undoable_in(person.page)
    if not record:
        return
    intent = person.intent("undo", record=record, version=version)
    response = person.browser.ask(intent, f"records/{record}/undo/", {"version": version}, is_htmx=True)
    if opened(response):
        person.open(record)


def lay_aside(person: Person, action: str, **further: str) -> None:
    """Let a record go for a reason, in one of the ways that have a small form over the screen."""
    intent = person.intent(action, record=person.record, text=person.browser.unique())
    form = {"reason": intent.text, **further}
    person.go_on(intent, f"records/{person.record}/{action}/", form, is_htmx=True)


def skip(person: Person) -> None:
    lay_aside(person, "skip")


def postpone(person: Person) -> None:
    tomorrow = datetime.now(CHINA).date() + timedelta(days=1)
    lay_aside(person, "postpone", until=tomorrow.isoformat())


def ask(person: Person) -> None:
    """Ask a supervisor, about one value or the whole record."""
    intent = person.intent("ask", record=person.record, text=person.browser.unique())
    form = {"question": intent.text, "field": person.rng.choice(("", *TYPED))}
    person.go_on(intent, f"records/{person.record}/ask/", form, is_htmx=True)


def take_what_was_laid_aside(person: Person) -> None:
    """Take a record that the first page lists: skipped, or postponed."""
    listed = numbers_in(person.browser.get("").text, CLAIM)
    if not listed:
        return
    record = person.rng.choice(listed)
    intent = person.intent("claim", record=record)
    if opened(person.browser.ask(intent, f"records/{record}/claim/")):
        person.open(record)


def ask_for_correction(person: Person) -> None:
    """Ask for another value in an approved record on which this person has worked."""
    if not person.finished:
        return
    record = person.rng.choice(person.finished)
    page = person.browser.get(f"records/{record}/amend/")
    if not page.is_success:
        return
    form = inputs_of(page.text)
    name = person.rng.choice(TYPED)
    value, reason = typed(person, name), person.browser.unique()
    intent = person.intent("amend", record=record, field_name=name, text=value, reason=reason)
    form |= {name: value, "reason": reason, "evidence": "paper_seen", "evidence_note": "box 1"}
    person.browser.ask(intent, f"records/{record}/amend/", form)


ON_THE_WAY: Deeds = {
    "correct": (60, correct),
    "mark": (14, mark),
    "two tabs": (8, type_in_two_tabs),
    "old version": (6, type_against_an_old_version),
    "heartbeat": (10, show_life),
    "picture": (10, look_at_picture),
    "another's record": (6, reach_for_anothers),
    "take back": (6, take_back),
}
ENDS: Deeds = {
    "submit": (80, submit),
    "reject": (5, reject),
    "give back": (4, give_back),
    "go away": (2, go_away),
    "skip": (3, skip),
    "postpone": (2, postpone),
    "ask": (4, ask),
}
DEEDS: Deeds = {"work": (12, work), "hand in": (1, hand_in), "ask for a correction": (1, ask_for_correction)}
