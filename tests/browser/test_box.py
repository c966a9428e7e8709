"""The search box of every page: typing, keys, what a screen reader is told."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import BrowserContext, expect

if TYPE_CHECKING:
    from fault_server import FaultServer

    from rapport.search.ask import Searcher


def test_keys_lead_through_the_list_and_open_a_guide(warm: BrowserContext, server: FaultServer) -> None:
    page = warm.new_page()
    page.goto(f"{server.base}de/")
    box = page.locator("#q-home")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("rechn")
    options = page.locator("#q-home-list [role=option]")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("form:has(#q-home) [role=status]")).not_to_be_empty()
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "q-home-list-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    box.press("ArrowUp")
    box.press("Home")  # moves in the text, as in any box
    box.press("Escape")
    expect(page.locator("#q-home-list")).to_be_hidden()
    expect(box).to_have_value("rechn")
    box.press("ArrowDown")
    expect(page.locator("#q-home-list")).to_be_visible()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/de/money/invoice-not-understood/*")


def test_what_is_found_nowhere_is_said_and_can_still_be_asked(warm: BrowserContext, server: FaultServer) -> None:
    page = warm.new_page()
    page.goto(f"{server.base}de/about/")
    page.locator("#q").press_sequentially("xyzzyq")
    none = page.locator("#q-list .suggestion-none")
    expect(none).to_be_visible()
    none.click(force=True)
    page.press("#q", "ArrowDown")
    expect(page.locator("#q-list .suggestion-ask")).to_have_attribute("aria-selected", "true")


def test_suggestions_mark_what_was_typed_in_titles(
    warm: BrowserContext, server: FaultServer, searcher: Searcher
) -> None:
    title = searcher.knowledge.titles["invoice-not-understood", "de"]
    word = max(re.findall(r"\w+", title), key=len)
    page = warm.new_page()
    page.goto(f"{server.base}de/about/")
    page.locator("#q").press_sequentially(word[:-2].lower())
    option = page.locator("#q-list [role=option]", has=page.get_by_text(title, exact=True))
    expect(option.locator(".suggestion-title mark").first).to_have_text(word)
    expect(page.locator("#q-list .suggestion-ask")).to_be_in_viewport()


def test_enter_asks(warm: BrowserContext, server: FaultServer) -> None:
    page = warm.new_page()
    page.goto(f"{server.base}de/about/")
    page.fill("#q", "Der Kunde zahlt nicht")
    page.press("#q", "Enter")
    page.wait_for_url("**/de/ask/?q=Der+Kunde+zahlt+nicht")
    page.wait_for_selector('.answers[data-stage="full"]')


def test_a_long_question_is_asked_whole_with_an_address_that_hosts_take(
    warm: BrowserContext, server: FaultServer
) -> None:
    question = "請求書の内訳が分からないと言われました。" * 45
    page = warm.new_page()
    page.goto(f"{server.base}ja/about/")
    page.fill("#q", question)
    page.press("#q", "Enter")
    page.wait_for_url("**/ja/ask/?q=*")
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(page.locator("#q-ask")).to_have_value(question)
    assert len(page.url) < 4200
    page.reload()
    expect(page.locator("#q-ask")).to_have_value(question)
    shared = page.evaluate("decodeURIComponent(location.search.slice(3))")
    assert question.startswith(shared)
    assert len(shared) > 400


def test_slash_goes_to_the_box_but_not_while_writing(warm: BrowserContext, server: FaultServer) -> None:
    page = warm.new_page()
    page.goto(f"{server.base}de/about/")
    page.locator("body").press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("a/b")
    expect(page.locator("#q")).to_have_value("a/b")


def test_typos_accents_compounds_and_japanese(warm: BrowserContext, server: FaultServer) -> None:
    cases = [
        ("de", "rehcnung", "invoice-not-understood"),
        ("es", "factua", "invoice-not-understood"),
        ("nl", "faktuur", "invoice-not-understood"),
        ("ru", "счета", "invoice-not-understood"),
        ("ja", "請求", "invoice-not-understood"),
        ("de", "korrekturr", "endless-revisions"),
    ]
    page = warm.new_page()
    for lang, typed, guide in cases:
        page.goto(f"{server.base}{lang}/ask/")
        page.fill("#q-ask", typed)
        page.wait_for_selector("article.answer")
        found = [article.get_attribute("data-guide") for article in page.locator("article.answer").all()]
        assert guide in found[:3], (lang, typed, found)


def test_without_javascript_the_list_is_there(browser_without_scripts: BrowserContext, server: FaultServer) -> None:
    page = browser_without_scripts.new_page()
    page.goto(f"{server.base}de/")
    page.fill("#q-home", "Rechnung")
    page.press("#q-home", "Enter")
    page.wait_for_url("**/de/ask/?q=Rechnung")
    expect(page.locator("noscript p")).to_be_visible()
    assert page.locator(".listing li.card").count() > 10
