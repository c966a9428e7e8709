"""What a page may do: nothing outside its site, nothing that its policy forbids, nothing that keeps readers out."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from conftest import NONSENSE, STORY
from playwright.sync_api import BrowserContext, Page, expect

from rapport.content.interface import counted, read_interface
from rapport.languages import LANGUAGES
from rapport.project import open_project
from rapport.site.serve import open_server

if TYPE_CHECKING:
    from fault_server import FaultServer

    from rapport.search.ask import Searcher

Ask = Callable[..., Page]
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
}"""
QUESTIONS = {
    "es": "el cliente no entiende la factura",
    "ru": "заказчик не понимает счёт",
    "ja": "お客様が請求書を理解できません",
    "nl": "de klant begrijpt de factuur niet",
    "de": "Der Kunde versteht meine Rechnung nicht",
}


def violations(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(RUN_AXE)  # type: ignore[no-any-return]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_answers_are_accessible(warm: BrowserContext, ask: Ask, lang: str) -> None:
    page = ask(warm, lang, QUESTIONS[lang])
    for details in page.locator("article.answer details").all():
        details.locator("summary").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page) == [], (lang, scheme, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (lang, width)


def test_a_guide_in_another_language_is_accessible(
    context: BrowserContext, ask: Ask, server: FaultServer, lacking: tuple[Searcher, dict[str, bytes]]
) -> None:
    _, server.overlay = lacking
    page = ask(context, "nl", QUESTIONS["nl"])
    assert page.locator(".answer-lang").count() > 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert violations(page) == [], (scheme, width)


def test_other_states_are_accessible(
    warm: BrowserContext, context: BrowserContext, ask: Ask, server: FaultServer
) -> None:
    page = ask(warm, "de", STORY)
    expect(page.locator(".choice")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == []
    page.goto(f"{server.base}de/ask/?q={quote(NONSENSE)}")
    page.wait_for_selector('.answers[data-outcome="nothing"]', state="attached")
    assert violations(page) == []
    page.goto(f"{server.base}de/")
    page.locator("#q-home").press_sequentially("rechn")
    page.wait_for_selector("[role=option]")
    page.locator("#q-home").press("ArrowDown")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert violations(page) == []
    server.fault = lambda path: "slow" if path.endswith(".bin") else None
    loading = context.new_page()
    loading.goto(f"{server.base}de/ask/?q=Rechnung")
    loading.wait_for_selector(".load progress")
    assert violations(loading) == []
    loading.locator(".load button").click()
    loading.wait_for_selector(".load-status:not(:empty)")
    assert violations(loading) == []


@pytest.fixture
def careful(site: Path) -> Iterator[str]:
    """The site at the root of `rapport serve`, which sends the policy as a header, for pages and workers."""
    with open_server(site, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize("host", ["careful", "plain"])
def test_no_foreign_request_and_nothing_that_the_policy_forbids(
    context: BrowserContext, careful: str, server: FaultServer, host: str
) -> None:
    """On a host without headers workers have no policy: only there a foreign request of theirs would be seen at all."""
    base = careful if host == "careful" else server.base
    requests: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: requests.append(request.url))
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    page.goto(f"{base}de/")
    page.locator("#q-home").press_sequentially("rechn")
    page.wait_for_selector("[role=option]")
    page.goto(f"{base}de/ask/?q=Der+Kunde+versteht+meine+Rechnung+nicht")
    page.wait_for_selector('.answers[data-stage="full"]')
    policy = page.locator('meta[http-equiv="Content-Security-Policy"]').get_attribute("content") or ""
    assert re.search(r"script-src 'self' 'wasm-unsafe-eval'(;|$)", policy)
    assert not complaints
    assert [url for url in requests if not url.startswith((base, "data:"))] == []


def test_what_is_folded_is_printed(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "de", STORY)
    folded = page.locator("article.answer details:not([open])")
    count = folded.count()
    assert count > 0
    said = folded.locator("css=:not(summary) >> visible=true")
    assert said.count() == 0
    page.emulate_media(media="print")
    for details in folded.all():
        expect(details.locator("p").first).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # as browsers do that cannot be told by style
    assert folded.count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert folded.count() == count


def test_a_translator_changes_no_language(context: BrowserContext, server: FaultServer) -> None:
    page = context.new_page()
    page.goto(f"{server.base}ru/")
    page.evaluate("document.documentElement.lang = 'ja'")
    page.locator("#q-home").press_sequentially("счёт")
    options = page.locator("[role=option]:not([aria-disabled]):not(.suggestion-ask)")
    expect(options.first).to_be_visible()
    phrases = read_interface(open_project(ROOT))["ru"].phrases
    status = page.locator("#q-home").locator("xpath=ancestor::form").get_by_role("status")
    expect(status).to_have_text(counted(phrases.answer_by_words, "ru", options.count()))


def test_the_active_option_is_seen_in_forced_colours_and_gone_after_leaving(
    context: BrowserContext, server: FaultServer
) -> None:
    page = context.new_page()
    page.emulate_media(forced_colors="active")
    page.goto(f"{server.base}de/")
    page.locator("#q-home").press_sequentially("rechn")
    page.wait_for_selector("[role=option]")
    page.locator("#q-home").press("ArrowDown")
    styles = page.locator("[role=option]").evaluate_all("all => all.map((one) => getComputedStyle(one).outlineStyle)")
    assert styles[0] == "solid"
    assert set(styles[1:]) == {"none"}
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(page.locator("[role=listbox]:visible")).to_have_count(0)
    assert page.locator("#q-home").get_attribute("aria-expanded") == "false"


def test_what_is_told_is_told_where_something_was(context: BrowserContext, server: FaultServer) -> None:
    """A live region is heard when it changes, not when it comes."""
    page = context.new_page()
    page.goto(f"{server.base}de/ask/")
    page.wait_for_selector(".load-status", state="attached")
    for region in page.locator("[role=status]").all():
        shown = region.evaluate("one => one.checkVisibility() && !one.closest('[hidden]')")
        assert shown, region.get_attribute("class")
    expect(page.locator(".load")).to_be_hidden()  # it takes no room
    assert page.locator(".offline-note").count() == 1
