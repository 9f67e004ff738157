"""In Chinese: a clerk notices a slip after approval, another supervisor corrects it, and the next export recalls it."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reviewapp.models import Export, Submission, User
from tests.amendments import NEW_NAME, OLD_NAME, amended, amendment_of, approved_record
from tests.browser.conftest import OpenPage
from tests.browser.test_screens import LOOKS, faults
from tests.exports import done, exported
from tests.factories import fields_of, person, submission_at

CHINESE = {"locale": "zh-CN"}


@pytest.fixture
def record(transactional_db: None) -> Submission:
    return approved_record()


def export_csv(page: Page) -> dict[str, str]:
    """Export as CSV with all columns; return the cells of the one record by their headers."""
    page.get_by_label("CSV").check()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.locator("#export-past progress")).to_have_count(1)
    made = done(Export.objects.latest("pk"))
    with page.expect_download() as download:
        page.locator(f"a[href$='/exports/{made.pk}/file/']").click()
    content = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(content))
    return dict(zip(header, row, strict=True))


def ask_by_keyboard(page: Page) -> None:
    """Open the form from the record's page, change the name and say why."""
    link = page.get_by_role("link", name="审核后更正…")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/amend/")
    name = page.get_by_label("新生儿姓名")
    expect(name).to_have_value(OLD_NAME)
    name.fill(NEW_NAME)
    page.get_by_label("原因").fill("审核后发现录成了同音字。")
    page.get_by_label("已再次查看纸质证件").check()
    page.get_by_label("哪份证件或决定").fill("证件存根，存于三号档案柜。")
    page.get_by_role("button", name="申请更正").click()


def test_a_correction_after_approval_from_the_slip_to_the_recall(
    open_page: OpenPage, record: Submission, clerk: User, supervisor2: User, admin_user: User
) -> None:
    exports = open_page(admin_user, "/exports/", **CHINESE)
    assert export_csv(exports)["新生儿姓名"] == OLD_NAME

    page = open_page(clerk, record.get_absolute_url(), **CHINESE)
    expect(page.locator("#approval-digest")).to_have_text(record.approvals.get().digest)
    ask_by_keyboard(page)
    expect(page.locator("#notices")).to_contain_text("更正已提交，等待审核人决定。")
    waiting = page.locator("#amendment")
    expect(waiting.locator("del mark")).to_have_text("小")
    expect(waiting.locator("ins mark")).to_have_text("晓")
    expect(waiting).to_contain_text("旧内容已随以下导出发出")
    expect(waiting.get_by_role("button")).to_have_text(["撤回更正"])

    page = open_page(supervisor2, "/", **CHINESE)
    page.get_by_role("link", name=f"#{record.pk}", exact=True).click()
    expect(page.locator("#amendment")).to_contain_text("证件存根，存于三号档案柜。")
    page.get_by_role("button", name="更正审核通过").click()
    expect(page.locator("#notices")).to_contain_text(f"记录 #{record.pk} 已更正并重新审核通过。")
    expect(page.locator("#approval-digest")).to_have_text(record.approvals.standing().get().digest)
    assert fields_of(record)["neonatal_name"].value == NEW_NAME

    exports.goto("/exports/")
    expect(exports.locator(".export-recalls")).to_contain_text(f"#{record.pk}")
    cells = export_csv(exports)
    assert cells["新生儿姓名"] == NEW_NAME
    first = Export.objects.earliest("pk")
    assert cells["替换先前导出的内容"] == f"{first}: 新生儿姓名: {OLD_NAME} → {NEW_NAME}"
    expect(exports.locator(".export-recalls")).to_have_count(0)
    expect(exports.locator("#export-past")).to_contain_text("召回的记录（不论所选范围均已导出）：1 条")


@pytest.mark.parametrize(("size", "locale", "colours"), LOOKS)
def test_the_screens_are_accessible_and_fit(
    open_page: OpenPage, transactional_db: None, size: tuple[int, int], locale: str, colours: str
) -> None:
    batch = submission_at("recognised").batch
    record, waiting = approved_record(batch=batch), approved_record(batch=batch, values={"sex": "男"})
    exported(balance_reason="Needed today.")
    amended(record)
    amendment_of(waiting, changes={"neonatal_name": NEW_NAME, "birth_weight": "120"})
    for number in ("X430000001", "X430000009", "X430000009"):
        submission_at("reviewed", values={"certificate_number": number})
    look = {"size": size, "locale": locale, "color_scheme": colours}

    page = open_page(person("supervisor2"), "/", **look)
    wrong = faults(page)
    paths = (f"/records/{record.pk}/amend/", record.get_absolute_url(), waiting.get_absolute_url())
    for path in (*paths, "/batches/", batch.get_absolute_url(), "/numbers/"):
        page.goto(path)
        wrong += [f"{path}: {fault}" for fault in faults(page)]
    wrong += faults(open_page(person("admin"), "/exports/", **look))
    assert not wrong, "\n".join(wrong)
