"""Reading and asking without a connection."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from conftest import wait_until
from playwright.sync_api import BrowserContext, Page, expect

from rapport.export.release import _write_service_worker
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from pathlib import Path

    from fault_server import FaultServer

    from rapport.content.phrases import Phrases
    from rapport.project import Project

Ask = Callable[..., Page]
READ = "de/money/invoice-not-understood/"


def stored(page: Page, address: str) -> None:
    wait_until(page, "async address => Boolean(await caches.match(address))", address)


def test_after_the_first_ask_everything_works_offline(
    context: BrowserContext, ask: Ask, server: FaultServer, phrases: Phrases
) -> None:
    page = context.new_page()
    page.goto(f"{server.base}{READ}")
    stored(page, f"{server.base}{READ}")
    page = ask(context, "de", "Der Kunde versteht meine Rechnung nicht")
    stored(page, f"{server.base}de/ask/")
    wait_until(
        page,
        """async () => {
          const names = await caches.keys();
          const kept = await Promise.all(names.map(async name => (await caches.open(name)).keys()));
          const urls = kept.flat().map(({ url }) => url);
          const modules = urls.some(url => url.endsWith("/tokenizers.js"));
          return modules && urls.filter(url => url.includes("/javascripts-")).length >= 20;
        }""",
    )
    context.set_offline(True)
    again = context.new_page()
    again.goto(f"{server.base}de/ask/?q=Korrekturrunden+ohne+Ende")
    again.wait_for_selector('.answers[data-stage="full"]')
    expect(again.locator("article.answer").first).to_have_attribute("data-guide", "endless-revisions")
    expect(again.locator(".offline-note")).to_have_text(phrases.answer_offline)
    again.goto(f"{server.base}{READ}")
    expect(again.locator("h1")).to_be_visible()
    response = again.goto(f"{server.base}de/fit/leave-early/")
    assert response is not None
    assert response.status == 503
    expect(again.locator("h1")).to_have_text(phrases.answer_offline_title)
    context.set_offline(False)
    again.reload()
    expect(again.locator("article.guide")).to_be_visible()


def test_kill_switch_removes_worker_and_pages_but_no_search(
    context: BrowserContext, ask: Ask, server: FaultServer, project: Project, tmp_path: Path
) -> None:
    question = "Der Kunde versteht meine Rechnung nicht"
    page = ask(context, "de", question)
    stored(page, f"{server.base}de/ask/")
    _write_service_worker(project, tmp_path, "test", offline=False)
    server.overlay = {"service-worker.js": (tmp_path / "service-worker.js").read_bytes()}
    page.goto(f"{server.base}de/about/")
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration())?.update()")
    only = """async () => {
      const gone = !(await navigator.serviceWorker.getRegistration());
      return gone && (await caches.keys()).join() === "rapport-search";
    }"""
    wait_until(page, only)
    server.fetched = []
    page = ask(context, "de", question)
    assert not [path for path in server.fetched if path.endswith(".bin")]
    wait_until(page, "async () => (await caches.keys()).join() === 'rapport-search'")


def test_offline_pages_are_kept_from_hosts_that_redirect_to_them(context: BrowserContext, server: FaultServer) -> None:
    server.redirects = {f"ask/offline-{lang}.html": f"ask/offline-{lang}" for lang in LANGUAGES}
    server.overlay = {new: (server.folder / old).read_bytes() for old, new in server.redirects.items()}
    page = context.new_page()
    page.goto(f"{server.base}{READ}")
    stored(page, f"{server.base}ask/offline-de.html")
    context.set_offline(True)
    response = page.goto(f"{server.base}de/fit/leave-early/")
    assert response is not None
    assert response.status == 503


def test_a_focus_after_a_release_keeps_the_stored_search(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path
) -> None:
    ask(context, "de", "Der Kunde versteht meine Rechnung nicht").close()
    manifest = json.loads((site / "ask" / "manifest.json").read_text("utf-8"))
    parts = manifest["parts"]
    parts["texts-de"], parts["scales"] = parts["texts-nl"], parts["texts-ru"]  # chunks that are not stored
    server.overlay = {"ask/manifest.json": json.dumps({**manifest, "version": "another"}).encode()}
    page = context.new_page()
    page.goto(f"{server.base}de/about/")
    stored(page, f"{server.base}de/about/")
    # what belongs to no release is removed at the end of all that a focus does
    stray = f"{server.base}ask/{'0' * 20}.bin"
    page.evaluate("async url => (await caches.open('rapport-search')).put(url, new Response('x'))", stray)
    page.locator("#q").focus()
    stored(page, f"{server.base}ask/{parts['texts-nl'][0]['name']}")
    wait_until(page, "async url => !(await caches.match(url))", stray)
    context.set_offline(True)
    ask(context, "de", "Korrekturrunden ohne Ende")


def test_a_page_of_the_release_before_keeps_working_after_the_next(
    context: BrowserContext, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    """The folder of its scripts is gone then: what the page needs has come with it, or was stored with it."""
    code = json.loads((site / "ask" / "manifest.json").read_text("utf-8"))["code"]
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{server.base}{READ}")
    stored(page, f"{server.base}{READ}")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    wanted = [address for address in loaded if f"/assets/javascripts-{code}/" in address]
    assert any(address.endswith("/guide.js") for address in wanted)
    for address in wanted:
        stored(page, address)
    gone = f"assets/javascripts-{code}/"
    server.fault = lambda path: "missing" if path.startswith(gone) else None
    server.overlay = {"ask/manifest.json": json.dumps({"schema": 3, "code": "0" * 12}).encode()}
    for _ in ("open since before", "opened again from the store"):
        page.locator(".script-best .copy").first.click()
        expect(page.locator(".script-best .copy").first).to_contain_text(phrases.copied)
        page.locator(".task label").first.click()
        ticked = page.locator(".task input").first.is_checked()
        context.set_offline(True)
        page.goto(f"{server.base}{READ}")
        expect(page.locator(".offline-note")).to_have_text(phrases.answer_offline)
        expect(page.locator(".task input").first).to_be_checked(checked=ticked)
    # and without any of its scripts a page is still to be read, with nothing on it that does nothing
    context.set_offline(False)
    fresh = context.browser.new_context(service_workers="block")  # type: ignore[union-attr]
    bare = fresh.new_page()
    bare.goto(f"{server.base}{READ}")
    expect(bare.locator("h1")).to_be_visible()
    expect(bare.locator(".script-best .copy").first).to_be_hidden()
    fresh.close()


def test_a_manifest_that_cannot_be_had_leaves_the_stored_search(
    context: BrowserContext, ask: Ask, server: FaultServer
) -> None:
    ask(context, "de", "Der Kunde versteht meine Rechnung nicht").close()
    server.fault = lambda path: "html" if path == "ask/manifest.json" else None
    ask(context, "de", "Korrekturrunden ohne Ende")
