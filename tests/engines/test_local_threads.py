"""The local engine's networks use no more threads than who made the engine allows."""

import pytest

from reviewapp.engines.local.networks.weights import threads_allowed, threads_bounded

# Nothing here needs a database, so one run of the two is enough.
pytestmark = pytest.mark.sqlite


def test_a_reading_has_the_threads_that_its_engine_was_given_and_one_at_least() -> None:
    with threads_bounded(3):
        assert threads_allowed() == 3
    assert threads_allowed() == 1
    with threads_bounded(0):
        assert threads_allowed() == 1
