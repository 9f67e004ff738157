"""The help: a page for each role, the reader's own first, with pictures in the reader's language."""

import re
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image

from reviewapp.models import User
from reviewapp.states import Role
from tests.conftest import LogIn
from tests.factories import person
from tests.help_pictures import HEIGHT, PICTURES, SHOTS, WIDTH
from tests.views.pages import text

pytestmark = pytest.mark.django_db

ROLES = [Role.CLERK, Role.SUPERVISOR, Role.AUDITOR, Role.ADMIN]
BYTES_OF_ALL = 1_500_000


def listed(page: str) -> list[str]:
    return re.findall(r'href="/help/(\w+)/"', page)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_sees_the_page_of_their_own_role_first(log_in: LogIn, role: Role) -> None:
    response = log_in(person(role)).get("/help/")
    assert f"Help: {role.label}" in text(response)
    assert listed(response.content.decode())[0] == role
    assert sorted(listed(response.content.decode())) == sorted(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_may_read_every_page(as_clerk: Client, role: Role) -> None:
    response = as_clerk.get(f"/help/{role}/")
    assert f"Help: {role.label}" in text(response)
    assert f'href="/help/{role}/"\n           aria-current="page"' in response.content.decode()


def test_there_is_no_page_of_another_role(as_clerk: Client) -> None:
    assert as_clerk.get("/help/nobody/").status_code == 404


def test_every_page_leads_to_the_help(as_clerk: Client) -> None:
    assert 'href="/help/"' in as_clerk.get("/").content.decode()


@pytest.mark.parametrize(("language", "folder"), [("en", "en"), ("zh-hans", "zh-hans")])
def test_the_pictures_of_both_languages_are_there_and_all_are_used(clerk: User, language: str, folder: str) -> None:
    browser = Client(headers={"accept-language": language})
    browser.force_login(clerk)
    pages = "".join(browser.get(f"/help/{role}/").content.decode() for role in ROLES)
    shown = set(re.findall(rf'<img src="/static/help/{folder}/(\w+)\.', pages))
    assert shown == set(SHOTS)
    for name in SHOTS:
        with Image.open(PICTURES / folder / f"{name}.webp") as picture:
            assert picture.size == (WIDTH, HEIGHT)


def test_all_pictures_together_are_small() -> None:
    assert sum(path.stat().st_size for path in Path(PICTURES).rglob("*.webp")) <= BYTES_OF_ALL
