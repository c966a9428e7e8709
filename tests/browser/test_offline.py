"""Reading and asking without a connection."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

from conftest import wait_until
from playwright.sync_api import BrowserContext, Page, expect

from rapport.browser.export import _write_service_worker

if TYPE_CHECKING:
    from pathlib import Path

    from fault_server import FaultServer

    from rapport.project import Project
    from rapport.words import Words

Ask = Callable[..., Page]
READ = "de/money/invoice-not-understood/"


def stored(page: Page, address: str) -> None:
    wait_until(page, "async address => Boolean(await caches.match(address))", address)


def test_after_the_first_ask_everything_works_offline(
    context: BrowserContext, ask: Ask, server: FaultServer, words: Words
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
          return modules && urls.filter(url => url.includes("/ask-")).length >= 20;
        }""",
    )
    context.set_offline(True)
    again = context.new_page()
    again.goto(f"{server.base}de/ask/?q=Korrekturrunden+ohne+Ende")
    again.wait_for_selector('.answers[data-stage="full"]')
    expect(again.locator("article.answer").first).to_have_attribute("data-guide", "endless-revisions")
    expect(again.locator(".offline-note")).to_have_text(words.answer_offline)
    again.goto(f"{server.base}{READ}")
    expect(again.locator("h1")).to_be_visible()
    response = again.goto(f"{server.base}de/fit/leave-early/")
    assert response is not None
    assert response.status == 503
    expect(again.locator("h1")).to_have_text(words.answer_offline_title)
    context.set_offline(False)
    again.reload()
    expect(again.locator("article.guide")).to_be_visible()


def test_kill_switch_removes_worker_and_store(
    context: BrowserContext, server: FaultServer, project: Project, site: Path, tmp_path: Path
) -> None:
    page = context.new_page()
    page.goto(f"{server.base}{READ}")
    stored(page, f"{server.base}{READ}")
    _write_service_worker(project, tmp_path, "test", offline=False)
    server.overlay = {"service-worker.js": (tmp_path / "service-worker.js").read_bytes()}
    page.goto(f"{server.base}de/about/")
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration())?.update()")
    wait_until(page, "async () => (await caches.keys()).length === 0")
    shutil.rmtree(tmp_path)
