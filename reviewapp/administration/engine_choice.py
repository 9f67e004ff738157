"""Which engine this installation reads with, set up as its settings say."""

from decimal import Decimal

from django.conf import settings

from reviewapp.administration.cloud_budget import DatabaseGate, Terms
from reviewapp.engines.aliyun import Account, Credentials
from reviewapp.engines.base import Engine, get_engine
from reviewapp.engines.second import SecondOpinionEngine
from reviewapp.exceptions import EngineError


def engine(name: str = "", *, threads: int = 1) -> Engine:
    """Return an engine as the settings set it up; without a name the installation's own.

    The local engine has so many threads, unless the settings say otherwise: with one each, two
    workers on two cores read more than one worker on both.

    Raises EngineError: `unknownEngine`, `cloudNotSetUp`.
    """
    chosen = name or settings.ENGINE
    if chosen == "aliyun":
        gate = DatabaseGate(cloud_terms())
        return get_engine(chosen, account=cloud_account(), gate=gate)
    if chosen == "aliyun+local":
        return SecondOpinionEngine(engine("aliyun"), engine("local", threads=threads))
    if chosen == "local":
        return get_engine(chosen, threads=settings.OCR_THREADS or threads)
    return get_engine(chosen, **settings.ENGINE_OPTIONS.get(chosen, {}))


def cloud_account() -> Account:
    """Return the cloud's account as the environment names it, as the official SDKs read it too.

    Raises EngineError: `cloudNotSetUp`.
    """
    key_id, secret = settings.ALIYUN_KEY_ID, settings.ALIYUN_KEY_SECRET
    if not key_id or not secret:
        raise EngineError("cloudNotSetUp")
    credentials = Credentials(key_id, secret, settings.ALIYUN_SECURITY_TOKEN)
    return Account(credentials, endpoint=settings.ALIYUN_ENDPOINT, shrink=settings.ALIYUN_SHRINK)


def cloud_terms() -> Terms:
    """Return how often, how many at once and for how much money a month the cloud may be called."""
    budget = settings.ALIYUN_BUDGET
    return Terms(
        per_second=settings.ALIYUN_CALLS_PER_SECOND,
        at_once=settings.ALIYUN_CALLS_AT_ONCE,
        free_quota=settings.ALIYUN_FREE_QUOTA,
        price=Decimal(settings.ALIYUN_PRICE),
        budget=Decimal(budget) if budget else None,
    )
