"""The demo tells how far its pictures are read, and its accounts stay where they can be seen."""

from io import StringIO

import pytest

from reviewapp.management.commands.demo import Command


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def told(out: StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what is written while three moments pass, the second without news."""
    progress = iter([(1, 13), (1, 13), (2, 13)])
    monkeypatch.setattr("reviewapp.processes.demo.progress", lambda: next(progress))
    command = Command(stdout=out)
    shown = None
    for _ in range(3):
        shown = command._show_progress(shown)
    return out.getvalue()


def test_a_terminal_shows_progress_on_one_line_that_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(Terminal(), monkeypatch) == "\rPictures read: 1 of 13\x1b[K\rPictures read: 2 of 13\x1b[K"


def test_a_file_gets_a_line_for_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(StringIO(), monkeypatch) == "Pictures read: 1 of 13\nPictures read: 2 of 13\n"
