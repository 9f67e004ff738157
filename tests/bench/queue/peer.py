"""Label Studio beside it: the same certificates as tasks, the same clients, on the same machine.

A step is what its own page does with a task by its API: the next task with its prediction, of 23 polygons and 23 texts,
and the submission of all of them as an annotation; in one of ten a text is corrected. Label Studio saves no single
values, so that its step is two requests, and ours up to four. Its pages are not measured here.
"""

import http.client
import json
import random
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from reviewapp.certificate.fields import FIELDS
from tests.bench.queue import steps
from tests.bench.queue.clerk import Diary, Refused, Session
from tests.bench.queue.peer_stack import Peer, peer
from tests.certificates.truth import invent

# An import of more takes longer than all of our own measurements together.
MOST = 100_000
SECONDS = 15
IMPORTED_AT_ONCE = 1000
CORRECTED_ONE_OF = 10
OWNER = "owner@bench.local"
MODEL = "ocr-v1"
SIDES = {"original_width": 2000, "original_height": 1500, "image_rotation": 0}


def measure(number: int, clients: list[int]) -> dict[str, float]:
    """Return steps a second by the number of clients, with so many tasks that wait."""
    reviewers = [f"reviewer{one}@bench.local" for one in range(max(clients))]
    with tempfile.TemporaryDirectory(prefix="peer-") as directory:
        # Its database runs as somebody else.
        Path(directory).chmod(0o755)
        with peer(Path(directory), [OWNER, *reviewers]) as running:
            project = _project(running, number)
            found = {}
            for count in clients:
                hired = [partial(Reviewer, running.host, running.tokens[name], project) for name in reviewers[:count]]
                done = steps.measure(hired, SECONDS)
                assert not done.refused, done.refused[:3]
                found[str(count)] = done.per_second
    return found


class Api(Session):
    """A connection with a token in place of cookies."""

    def __init__(self, host: str, token: str) -> None:
        super().__init__(host, "")
        self.headers = {"Authorization": f"Token {token}", "Accept-Encoding": "gzip"}

    def call(self, method: str, path: str, content: Any = None) -> Any:
        body = None if content is None else json.dumps(content).encode()
        answer = self.send(method, path, body, {"Content-Type": "application/json"})
        if answer.status >= http.client.BAD_REQUEST:
            raise Refused(f"{method} {path}: {answer.status} {answer.content[:300]!r}")
        return json.loads(answer.content or b"null")


class Reviewer:
    """Takes the next task, and accepts or corrects what was predicted."""

    def __init__(self, host: str, token: str, project: int) -> None:
        self.api, self.project = Api(host, token), project
        self.diary = Diary(token)
        self.rng = random.Random(token)

    def begin(self) -> None:
        self.api.call("GET", "/api/version/")

    def step(self) -> None:
        begun = time.perf_counter()
        task = self.api.call("GET", f"/api/projects/{self.project}/next")
        prediction = task["predictions"][0]
        result = prediction["result"]
        assert len(result) == 2 * len(FIELDS), len(result)
        if self.rng.randrange(CORRECTED_ONE_OF) == 0:
            result[1]["value"]["text"] = [f"corrected {task['id']}"]
        annotation = {
            "result": result,
            "lead_time": 3.2,
            "parent_prediction": prediction["id"],
            "parent_annotation": None,
            "project": self.project,
        }
        self.api.call("POST", f"/api/tasks/{task['id']}/annotations?project={self.project}", annotation)
        self.diary.requests += 2
        self.diary.seconds["step"].append(time.perf_counter() - begun)

    def leave(self) -> None:
        self.api.connection.close()


def _project(running: Peer, number: int) -> int:
    """Make a project as its template for OCR does, and import the tasks with their predictions."""
    owner = Api(running.host, running.tokens[OWNER])
    options = {"maximum_annotations": 1, "sampling": "Sequential sampling", "show_collab_predictions": True}
    made = owner.call("POST", "/api/projects", {"title": "certificates", "label_config": _config(), **options})
    project: int = made["id"]
    for first in range(0, number, IMPORTED_AT_ONCE):
        tasks = [_task(one) for one in range(first, min(number, first + IMPORTED_AT_ONCE))]
        imported = owner.call("POST", f"/api/projects/{project}/import", tasks)
        assert imported["task_count"] == len(tasks), imported
    owner.call("PATCH", f"/api/projects/{project}", {"model_version": MODEL, "show_collab_predictions": True})
    running.vacuum()
    return project


def _config() -> str:
    labels = "".join(f'<Label value="{spec.key}"/>' for spec in FIELDS)
    return f"""<View>
        <Image name="image" value="$ocr" zoom="true"/>
        <PolygonLabels name="label" toName="image" strokeWidth="2">{labels}</PolygonLabels>
        <TextArea name="transcription" toName="image" editable="true" perRegion="true" required="true"
            maxSubmissions="1" rows="1" displayMode="region-list"/>
    </View>"""


def _task(number: int) -> dict[str, Any]:
    values = invent(random.Random(number)).values
    result = []
    for position, spec in enumerate(FIELDS):
        top = 4 * position + 2
        points = [[5, top], [40, top], [40, top + 2.5], [5, top + 2.5]]
        region = {"id": f"r{position:02}_{number}", "to_name": "image", "score": 0.9, **SIDES}
        shape = {"points": points, "closed": True}
        labelled = {"type": "polygonlabels", "from_name": "label", "value": {**shape, "polygonlabels": [spec.key]}}
        text = {"type": "textarea", "from_name": "transcription", "value": {**shape, "text": [values[spec.key]]}}
        result += [region | labelled, region | text]
    prediction = {"model_version": MODEL, "score": 0.9, "result": result}
    return {"data": {"ocr": f"/form.jpg?doc={number}", "doc_id": f"doc-{number}"}, "predictions": [prediction]}
