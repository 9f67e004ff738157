"""The bench of the queue: what it fills is what the product would have made."""

from collections.abc import Iterator

import pytest

from tests.bench.queue.place import called
from tests.installation import Installation, installation

pytestmark = pytest.mark.slow
RECORDS = 1_500


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installation(tmp_path_factory.mktemp("queue")) as made:
        made.manage("collectstatic", "--no-input", "-v", "0")
        filled, _peak = called(made, "fill", f"measure({RECORDS})")
        assert "clerk0" in filled["sessions"]
        yield made


def test_a_queue_that_was_filled_by_sets_has_a_history_that_holds(place: Installation) -> None:
    assert "The history holds." in place.manage("verify_history", "--without-pictures")
    assert not place.ask("__import__('reviewapp.triggers').triggers.missing(connections['default'])")


def test_each_act_of_a_filled_queue_can_be_counted(place: Installation) -> None:
    acts, _peak = called(place, "plans", "measure()")
    assert {"next", "save", "submit_next", "approve_500", "batch_page", "batches_page", "home_clerk"} <= acts.keys()
    assert all(act["statements"] for act in acts.values())
