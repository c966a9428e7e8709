"""axe on every kind of page × language × scheme × width."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
KINDS = ("", "closeness/", "closeness/friend-as-client/", "sources/", "ask/", "ask/?q={q}", "about/")
QUESTIONS = {"es": "factura", "ru": "счёт", "ja": "請求書", "nl": "factuur", "de": "Rechnung"}
RUN = """async () => {
  const result = await axe.run(document, { resultTypes: ['violations'] });
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ')}`);
}"""


def violations(context: BrowserContext, url: str) -> list[str]:
    assert AXE.is_file(), "run `npm ci` first"
    page = context.new_page()
    found = []
    page.goto(url)
    page.evaluate(AXE.read_text("utf-8"))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"{url} {scheme} {width} {one}" for one in page.evaluate(RUN)]
    page.close()
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_of_a_language(lang: str, context: BrowserContext, base: str) -> None:
    assert [v for kind in KINDS for v in violations(context, f"{base}{lang}/{kind.format(q=QUESTIONS[lang])}")] == []


def test_pages_of_no_language(context: BrowserContext, base: str) -> None:
    assert violations(context, base) + violations(context, base + "404.html") == []


def test_open_menus(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(base + "de/closeness/friend-as-client/")
        page.evaluate(AXE.read_text("utf-8"))
        for summary in page.locator("summary:visible").all():
            summary.click()
            assert page.evaluate(RUN) == []
