"""What may go away: a worker that dies, a release that comes half, storage that is refused, a host that is silent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from conftest import shown_guides, wait_until
from playwright.sync_api import BrowserContext, Page, expect

if TYPE_CHECKING:
    from pathlib import Path

    from fault_server import FaultServer

    from rapport.content.phrases import Phrases

Ask = Callable[..., Page]
QUESTION = "Der Kunde versteht meine Rechnung nicht"
OTHER = "Korrekturrunden ohne Ende"
FIRST_OF_OTHER = "endless-revisions"

WORKERS = """window.made = [];
window.Worker = class extends Worker {
  constructor(address, ...more) { super(address, ...more); this.of = String(address); made.push(this); }
};"""


def send(page: Page, question: str) -> None:
    page.fill("#q-ask", question)
    page.press("#q-ask", "Enter")


def test_no_answer_stands_under_another_question_when_the_search_dies(
    context: BrowserContext, ask: Ask, phrases: Phrases
) -> None:
    context.add_init_script(WORKERS)
    page = ask(context, "de", QUESTION)
    before = shown_guides(page)[0]
    page.evaluate("made.find((one) => one.of.endsWith('/model-worker.js')).terminate()")
    send(page, OTHER)
    first = page.locator("article.answer").first
    expect(first).to_have_attribute("data-guide", FIRST_OF_OTHER, timeout=10_000)
    expect(page.locator(".answers")).to_have_attribute("data-stage", "typed")
    assert before != FIRST_OF_OTHER
    expect(page.locator(".load-status")).to_have_text(phrases.answer_broken)
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(first).to_have_attribute("data-guide", FIRST_OF_OTHER)


def test_nor_when_all_workers_die(context: BrowserContext, ask: Ask, phrases: Phrases) -> None:
    context.add_init_script(WORKERS)
    page = ask(context, "de", QUESTION)
    page.evaluate("made.forEach((one) => one.terminate())")
    send(page, OTHER)
    expect(page.locator("article.answer")).to_have_count(0, timeout=10_000)
    expect(page.locator(".listing")).to_be_visible()
    expect(page.locator(".load-status")).not_to_be_empty()
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", FIRST_OF_OTHER)


def release_with_other_scripts(site: Path) -> dict[str, bytes]:
    """The same site as another release would have it: scripts in another folder, chunks under other names."""
    entry = json.loads((site / "ask" / "manifest.json").read_text("utf-8"))
    old, new = entry["code"], "0123456789ab"
    files = {
        path.relative_to(site).as_posix().replace(old, new): path.read_bytes()
        for path in (site / "assets" / f"javascripts-{old}").rglob("*.js")
    }
    for page in site.rglob("*.html"):
        files[page.relative_to(site).as_posix()] = page.read_text("utf-8").replace(old, new).encode()
    for chunk in (chunk for chunks in entry["parts"].values() for chunk in chunks):
        renamed = "f" + chunk["name"][1:] if not chunk["name"].startswith("f") else "0" + chunk["name"][1:]
        files[f"ask/{renamed}"] = (site / "ask" / chunk["name"]).read_bytes()
        chunk["name"] = renamed
    files["ask/manifest.json"] = json.dumps({**entry, "code": new, "version": "another"}).encode()
    return files


@pytest.mark.parametrize("fault", ["drop", "missing"])
def test_a_release_with_other_scripts_that_comes_half_takes_nothing_away(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path, fault: str
) -> None:
    page = ask(context, "de", QUESTION)
    old = json.loads((site / "ask" / "manifest.json").read_text("utf-8"))["code"]
    wait_until(
        page,
        """async code => {
          const names = await caches.keys();
          const kept = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
          const urls = kept.flat().map(({ url }) => url);
          return urls.some(url => url.endsWith("/tokenizers.js")) && urls.some(url => url.endsWith("/de/ask/"))
            && urls.filter(url => url.includes(code)).length >= 20;
        }""",
        old,
    )
    server.overlay = release_with_other_scripts(site)
    gone = f"assets/javascripts-{old}/"
    server.fault = lambda path: "missing" if path.startswith(gone) else (fault if path.endswith(".bin") else None)
    page.goto(f"{server.base}de/ask/?q={OTHER}")
    expect(page.locator(".load-status")).not_to_be_empty()
    wait_until(page, "async address => Boolean(await caches.match(address))", f"{server.base}de/ask/?before")
    page.locator(".load button").click()  # once more, in vain
    page.wait_for_timeout(500)
    context.set_offline(True)
    page = ask(context, "de", OTHER)
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", FIRST_OF_OTHER)
    context.set_offline(False)
    server.fault = lambda path: "missing" if path.startswith(gone) else None
    page = ask(context, "de", QUESTION)
    new = page.evaluate("[...document.scripts].map(({ src }) => src).find((src) => src.includes('/page.js'))")
    assert "/javascripts-0123456789ab/" in new
    # whole now: the next visit without a connection has it
    wait_until(
        page,
        """async address => JSON.parse(await (await caches.match(address))?.text() ?? "{}").version === "another" """,
        f"{server.base}ask/manifest.json",
    )
    wait_until(page, "async address => Boolean(await caches.match(address))", new)
    context.set_offline(True)
    page = ask(context, "de", OTHER)
    assert "/javascripts-0123456789ab/" in page.content()


def test_a_release_that_comes_half_leaves_the_one_before_in_use(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path
) -> None:
    """Also while there is a connection, as long as the scripts are the same."""
    ask(context, "de", QUESTION).close()
    entry = json.loads((site / "ask" / "manifest.json").read_text("utf-8"))
    for chunks in entry["parts"].values():
        chunks[0]["name"] = f"{'0' * 19}{chunks[0]['name'][0]}.bin"
    server.overlay = {"ask/manifest.json": json.dumps({**entry, "version": "another"}).encode()}
    page = ask(context, "de", OTHER)
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", FIRST_OF_OTHER)


@pytest.mark.parametrize(
    ("script", "offered", "afterwards"),
    [
        ("delete window.caches; delete Window.prototype.caches;", "storage", "not_stored"),
        ("caches.open = async () => { throw new DOMException('no', 'SecurityError') }", "storage", ""),
        ("Cache.prototype.put = async () => { throw new DOMException('no', 'UnknownError') }", "storage", ""),
        ("Cache.prototype.put = async () => { throw new DOMException('no', 'QuotaExceededError') }", "full", ""),
    ],
)
def test_where_nothing_can_be_kept_nothing_large_comes_unasked(
    context: BrowserContext, ask: Ask, server: FaultServer, phrases: Phrases, script: str, offered: str, afterwards: str
) -> None:
    """In the page; whether the workers keep something they find out by themselves."""
    context.add_init_script(script)
    page = ask(context, "de", QUESTION, "typed")
    expect(page.locator(".load button")).to_be_visible()
    told = getattr(phrases, f"answer_{offered}").split("{total}")[0]
    expect(page.locator(".load-status")).to_contain_text(told)
    assert sum(path.endswith(".bin") for path in server.fetched) == 1  # the texts
    if not afterwards:
        return
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')


def test_a_stored_page_runs_while_the_host_is_silent(
    context: BrowserContext, server: FaultServer, phrases: Phrases
) -> None:
    read = "de/money/invoice-not-understood/"
    page = context.new_page()
    page.goto(f"{server.base}{read}")
    wait_until(page, "async address => Boolean(await caches.match(address))", f"{server.base}{read}")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    needed = [one for one in loaded if re.search(r"/assets/.*\.(css|js)\b", one)]
    assert needed
    for address in needed:
        wait_until(page, "async address => Boolean(await caches.match(address))", address)
    server.fault = lambda path: "silent"
    page.goto(f"{server.base}{read}", wait_until="commit")
    expect(page.locator(".offline-note")).to_have_text(phrases.answer_offline)
    page.locator(".task label").first.click()
    expect(page.locator(".task input").first).to_be_checked()
    page.locator("button.scheme").click()
    expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
