"""What stands between the engine and the cloud: whoever counts the calls and may hold them back.

Pure.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from reviewapp.engines.acs3.errors import Remedy


@dataclass(frozen=True, slots=True)
class Report:
    """How one attempt went.

    `remedy` is None when the picture was read; then `data` is the answer.
    """

    remedy: Remedy | None
    code: str = ""
    status: int | None = None
    request_id: str = ""
    seconds: float = 0.0
    retry_after: float | None = None
    is_answer_lost: bool = False
    is_pictures_own: bool = False
    data: dict[str, Any] | None = None


class Gate(Protocol):
    """Shared by all workers; an engine knows only this of the database."""

    def answer_of(self, sha256: str) -> tuple[dict[str, Any], str] | None:
        """Return the answer to this picture that was paid for already, and its request id."""
        ...

    def admit(self, sha256: str, attempt: int) -> int:
        """Wait for a turn and return the number of this attempt.

        Raises EnginePaused when none comes soon.
        """
        ...

    def report(self, call: int, report: Report) -> None:
        """Note how an attempt went.

        Raises EnginePaused when it shows that no call will do better for now.
        """
        ...
