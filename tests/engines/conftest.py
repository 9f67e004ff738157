from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from reviewapp.administration.cloud_budget import DatabaseGate, Terms
from reviewapp.engines.aliyun import Account, AliyunEngine, Credentials
from tests.engines import cloud as act
from tests.engines.cloud import FAST, Cloud, MakeEngine, cloud_server


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with cloud_server() as started:
        yield started


@pytest.fixture
def engine_of(cloud: Cloud) -> MakeEngine:
    def make(terms: Terms = FAST, *, token: str = "", secret: str = act.SECRET, **changes: Any) -> AliyunEngine:
        who = Credentials(act.KEY_ID, secret, token)
        account = Account(who, cloud.url, first_wait=0.01, read_seconds=5.0, total_seconds=10)
        return AliyunEngine(replace(account, **changes), DatabaseGate(terms))

    return make


@pytest.fixture
def engine(engine_of: MakeEngine) -> AliyunEngine:
    return engine_of()
