"""Steps a second: as many clerks as asked for, each with one request on the way, in processes of their own."""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any, Protocol

from tests.bench.queue.clerk import Clerk, Diary, Refused
from tests.bench.queue.figures import milliseconds

# With more, the machine would be busy with the clients; with fewer, one would wait for another's answer.
PROCESSES = 2
WARM_UP_STEPS = 2
KINDS = ("step", "review_page", "save", "submit_next")


@dataclass
class Steps:
    """What so many clerks did together."""

    clients: int
    per_second: float
    times: dict[str, dict[str, float]]
    requests_per_step: float
    refused: list[str]
    diaries: list[dict[str, Any]] = field(repr=False)


class Worker(Protocol):
    """Somebody who works one record after the other, and writes down how long each act took."""

    diary: Diary

    def begin(self) -> None: ...
    def step(self) -> None: ...
    def leave(self) -> None: ...


# Makes a worker in the process that is theirs.
type Hire = Callable[[], Worker]


def of_clerks(host: str, sessions: dict[str, str], clients: int, seconds: float) -> Steps:
    """Let so many clerks work."""
    names = [f"clerk{number}" for number in range(clients)]
    return measure([partial(Clerk, host, name, sessions[name]) for name in names], seconds)


def measure(hired: Sequence[Hire], seconds: float) -> Steps:
    """Let people work for some seconds; what they had begun by then is finished and counted.

    1. the processes, each with some of them, who warm up; 2. all begin at once; 3. what they did.
    """
    context = get_context("spawn")
    processes = min(PROCESSES, len(hired))
    barrier, results = context.Barrier(processes), context.Queue()
    started = []
    for number in range(processes):
        process = context.Process(target=_work, args=(hired[number::processes], seconds, barrier, results))
        process.start()
        started.append(process)

    answers = [results.get() for _ in started]
    for process in started:
        process.join()

    diaries: list[Diary] = [diary for _begun, _ended, of_process in answers for diary in of_process]
    wall = max(ended for _begun, ended, _diaries in answers) - min(begun for begun, _ended, _diaries in answers)
    steps = sum(len(diary.seconds["step"]) for diary in diaries)
    requests = sum(diary.requests for diary in diaries)
    return Steps(
        clients=len(hired),
        per_second=round(steps / wall, 2),
        times={kind: milliseconds(_all(diaries, kind)) for kind in KINDS},
        requests_per_step=round(requests / max(1, steps), 2),
        refused=[said for diary in diaries for said in diary.refused],
        diaries=[_told(diary) for diary in diaries],
    )


def _all(diaries: Iterable[Diary], kind: str) -> list[float]:
    return [seconds for diary in diaries for seconds in diary.seconds[kind]]


def _told(diary: Diary) -> dict[str, Any]:
    told = asdict(diary)
    del told["seconds"]
    return told


def _work(hired: Sequence[Hire], seconds: float, barrier: Barrier, results: "Queue[Any]") -> None:
    workers = [hire() for hire in hired]
    with ThreadPoolExecutor(len(workers)) as pool:
        list(pool.map(_warm_up, workers))
        barrier.wait()
        # The clock that all processes of the machine share.
        begun = time.monotonic()
        list(pool.map(lambda worker: _work_until(worker, begun + seconds), workers))
        ended = time.monotonic()
        # What they give back goes to nobody who is still at work.
        barrier.wait()
        for worker in workers:
            worker.leave()
    results.put((begun, ended, [worker.diary for worker in workers]))


def _warm_up(worker: Worker) -> None:
    try:
        worker.begin()
        for _ in range(WARM_UP_STEPS):
            worker.step()
    except (Refused, OSError) as error:
        worker.diary.refused.append(str(error))
    worker.diary.seconds.clear()
    worker.diary.requests = 0


def _work_until(worker: Worker, end: float) -> None:
    while time.monotonic() < end:
        try:
            worker.step()
        except (Refused, OSError) as error:
            worker.diary.refused.append(str(error))
            return
