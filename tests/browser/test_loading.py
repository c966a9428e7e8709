"""Loading the full search: progress, cancelling, resuming, broken files, and what remains where it cannot be had."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from conftest import wait_until
from playwright.sync_api import BrowserContext, Page, expect

if TYPE_CHECKING:
    from pathlib import Path

    from fault_server import FaultServer

    from rapport.content.phrases import Phrases

Ask = Callable[..., Page]
QUESTION = "Der Kunde versteht meine Rechnung nicht"


def manifest_of(site: Path) -> dict[str, Any]:
    return json.loads((site / "ask" / "manifest.json").read_text("utf-8"))  # type: ignore[no-any-return]


def chunks_of(site: Path, part: str) -> list[str]:
    return [f"ask/{chunk['name']}" for chunk in manifest_of(site)["parts"][part]]


def slow_down(server: FaultServer, site: Path, chunks: int | None = None) -> None:
    """Serve the first `chunks` of the weights (default all) slowly."""
    weights = set(chunks_of(site, "weights")[:chunks])
    server.fault = lambda path: "slow" if path in weights else None


def test_words_first_and_a_bar_that_can_be_cancelled_and_resumed(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    slow_down(server, site)
    page = ask(context, "de", QUESTION, "typed")
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", "invoice-not-understood")
    bar = page.locator(".load progress")
    expect(bar).to_be_visible()
    expect(page.locator(".load-text")).to_contain_text(" MB")
    page.wait_for_function("() => document.querySelector('.load progress').value > 3e6")
    page.locator(".load button").click()
    expect(page.locator(".load-status")).to_have_text(phrases.answer_cancelled)
    assert page.locator("article.answer").count() > 0
    before = set(server.fetched)
    server.fetched = []
    server.fault = lambda path: None
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')
    again = [path for path in server.fetched if path.endswith(".bin") and path in before]
    assert len(again) <= 2, again  # those that were under way


def test_the_focus_passes_from_button_to_button(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    slow_down(server, site)
    page = ask(context, "de", QUESTION, "typed")
    button = page.locator(".load button")
    expect(button).to_have_text(phrases.answer_cancel)
    button.focus()
    page.keyboard.press("Enter")
    for name in (phrases.answer_resume, phrases.answer_cancel, phrases.answer_resume):
        expect(button).to_have_text(name)
        expect(button).to_be_focused()
        if name == phrases.answer_cancel:
            server.fault = lambda path: None
        page.keyboard.press("Enter")
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(page.locator(".found")).to_be_focused()


def test_where_nothing_can_be_had_nothing_is_promised(
    context: BrowserContext, server: FaultServer, phrases: Phrases
) -> None:
    server.fault = lambda path: "drop" if path.endswith(".bin") else None
    page = context.new_page()
    page.goto(f"{server.base}de/ask/?q={QUESTION}")
    expect(page.locator(".load-status")).to_have_text(phrases.answer_no_search)
    expect(page.locator(".listing")).to_be_visible()


@pytest.mark.parametrize(("fault", "reason"), [("html", "damaged"), ("truncate", "damaged"), ("drop", "network")])
def test_a_broken_file_is_told_and_words_still_find(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path, fault: str, reason: str, phrases: Phrases
) -> None:
    broken = chunks_of(site, "vectors")[0]
    server.fault = lambda path: fault if path == broken else None
    page = ask(context, "de", QUESTION, "typed")
    expect(page.locator(".load-status")).to_have_text(getattr(phrases, f"answer_{reason}"))
    assert page.locator("article.answer").count() > 0
    server.fault = lambda path: None
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')


def test_a_passing_fault_is_mended_without_a_word(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path
) -> None:
    broken = chunks_of(site, "tokenizer")[0]
    server.fault = lambda path: "drop" if path == broken and server.fetched.count(broken) == 1 else None
    page = ask(context, "de", QUESTION)
    assert server.fetched.count(broken) == 2
    expect(page.locator(".load")).to_be_hidden()


@pytest.mark.parametrize("script", ["model-worker.js", "runtime-worker.js"])
def test_a_worker_that_cannot_start_is_told(
    context: BrowserContext, ask: Ask, server: FaultServer, phrases: Phrases, script: str
) -> None:
    server.fault = lambda path: "missing" if path.endswith(script) else None
    page = ask(context, "de", QUESTION, "typed")
    expect(page.locator(".load-status")).to_have_text(phrases.answer_broken)
    server.fault = lambda path: None
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')


def test_a_damaged_store_is_refetched(context: BrowserContext, ask: Ask, server: FaultServer, site: Path) -> None:
    ask(context, "de", QUESTION).close()
    page = context.new_page()
    page.goto(f"{server.base}de/about/")
    chunk = chunks_of(site, "model")[0]
    page.evaluate(
        """async url => {
          const store = await caches.open("rapport-search");
          const old = await (await store.match(url)).arrayBuffer();
          new Uint8Array(old).fill(7, 100, 200);
          await store.put(url, new Response(old));
        }""",
        server.base + chunk,
    )
    server.fetched = []
    ask(context, "de", QUESTION)
    assert [path for path in server.fetched if path.endswith(".bin")] == [chunk]


def test_a_new_release_fetches_only_what_changed(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path
) -> None:
    ask(context, "de", QUESTION).close()
    manifest = manifest_of(site)
    old = manifest["parts"]["texts-de"]
    texts = json.loads(b"".join(gzip.decompress((site / "ask" / chunk["name"]).read_bytes()) for chunk in old))
    texts["guides"][0]["title"] = "Ein neuer Titel"
    body = json.dumps(texts).encode()
    packed = gzip.compress(body)
    name = f"{hashlib.sha256(packed).hexdigest()[:20]}.bin"
    chunk = {"name": name, "bytes": len(packed), "size": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    manifest["parts"]["texts-de"] = [chunk]
    server.overlay = {f"ask/{name}": packed, "ask/manifest.json": json.dumps(manifest).encode()}
    server.fetched = []
    page = ask(context, "de", QUESTION)
    assert [path for path in server.fetched if path.endswith(".bin")] == [f"ask/{name}"]
    wait_until(
        page,
        """async gone => !(await (await caches.open("rapport-search")).match(gone))""",
        f"{server.base}ask/{old[0]['name']}",
    )


def test_a_page_of_another_release_says_so(
    context: BrowserContext, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    manifest = {**manifest_of(site), "code": "0" * 12}
    server.overlay = {"ask/manifest.json": json.dumps(manifest).encode()}
    page = context.new_page()
    page.goto(f"{server.base}de/ask/?q={QUESTION}")
    expect(page.locator(".load-status")).to_have_text(phrases.answer_outdated)
    expect(page.locator(".listing")).to_be_visible()
    server.overlay = {}
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')


def test_a_site_with_another_model_finds_by_words(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    manifest = manifest_of(site)
    manifest.update(
        model=None, modules=None, parts={k: v for k, v in manifest["parts"].items() if k.startswith("texts-")}
    )
    server.overlay = {"ask/manifest.json": json.dumps(manifest).encode()}
    page = ask(context, "de", QUESTION, "typed")
    expect(page.locator(".load-status")).to_have_text(phrases.answer_no_model)
    assert page.locator(".load button").count() == 0


OBSTACLES = {
    "saver": "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })",
    "storage": "Object.defineProperty(window, 'caches', { value: undefined })",
    "memory": "Object.defineProperty(navigator, 'deviceMemory', { value: 0.5 })",
    "unsupported": "Object.defineProperty(WebAssembly, 'validate', { value: () => false })",
}


@pytest.mark.parametrize("obstacle", OBSTACLES)
def test_obstacles_are_told_and_words_still_find(
    context: BrowserContext, ask: Ask, server: FaultServer, phrases: Phrases, obstacle: str
) -> None:
    context.add_init_script(OBSTACLES[obstacle])
    page = ask(context, "de", QUESTION, "typed")
    expect(page.locator(".load-status")).to_contain_text(getattr(phrases, f"answer_{obstacle}").split("{")[0])
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", "invoice-not-understood")
    assert sum(path.endswith(".bin") for path in server.fetched) <= 2
    if obstacle == "unsupported":
        assert page.locator(".load button").count() == 0
    elif obstacle == "saver":
        page.locator(".load button").click()
        page.wait_for_selector('.answers[data-stage="full"]')


def test_a_full_store_answers_from_memory(
    context: BrowserContext, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    page = context.new_page()
    quota = {"origin": server.base, "quotaSize": 10_000_000}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)
    page.goto(f"{server.base}de/ask/?q={QUESTION}")
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(page.locator(".load-status")).to_have_text(phrases.answer_not_kept)
    chunks = [path for path in server.fetched if path.endswith(".bin")]
    assert len(chunks) == len(set(chunks)), "what cannot be stored is fetched once all the same"


CONNECTION = "Object.defineProperty(navigator, 'connection', {{ value: {{ effectiveType: '4g', downlink: {} }} }})"
OPENED = """window.opened = [];
const open = caches.open.bind(caches);
caches.open = name => { opened.push(name); return open(name); };"""
READ = "de/money/invoice-not-understood/"


def test_on_a_fast_connection_loading_begins_with_the_focus(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path
) -> None:
    context.add_init_script(CONNECTION.format(10))
    context.add_init_script(OPENED)
    page = context.new_page()
    page.goto(f"{server.base}{READ}")
    page.locator("form[data-box] input").first.focus()
    wanted = [chunk["name"] for part, chunks in manifest_of(site)["parts"].items() for chunk in chunks
              if not part.startswith("texts-")]  # fmt: skip
    wait_until(
        page,
        """async wanted => {
          const kept = (await (await caches.open("rapport-search")).keys()).map(({ url }) => url.split("/").pop());
          return wanted.every(name => kept.includes(name));
        }""",
        wanted,
    )
    assert "rapport-search" in page.evaluate("window.opened")
    server.fetched = []
    ask(context, "de", QUESTION)
    assert not [path for path in server.fetched if path.endswith(".bin")]


def test_on_another_connection_the_focus_fetches_only_texts(
    context: BrowserContext, server: FaultServer, site: Path
) -> None:
    context.add_init_script(CONNECTION.format(2))
    context.add_init_script(OPENED)
    page = context.new_page()
    page.goto(f"{server.base}{READ}")
    page.locator("form[data-box] input").first.focus()
    page.locator("form[data-box] input").first.press_sequentially("rechnung")
    # the texts have come before what they suggest; only whoever fetches more opens the store in the page by then
    expect(page.locator('[role="option"]').first).to_be_visible()
    assert "rapport-search" not in page.evaluate("window.opened")
    assert [path for path in server.fetched if path.endswith(".bin")] == chunks_of(site, "texts-de")


def test_a_visit_without_a_question_fetches_next_to_nothing(context: BrowserContext, server: FaultServer) -> None:
    page = context.new_page()
    page.goto(f"{server.base}de/money/invoice-not-understood/", wait_until="networkidle")
    assert not [path for path in server.fetched if path.endswith(".bin")]


def test_who_edits_while_it_loads_gets_the_full_ranking(
    context: BrowserContext, ask: Ask, server: FaultServer, site: Path
) -> None:
    slow_down(server, site, 4)
    page = ask(context, "de", QUESTION, "typed")
    page.fill("#q-ask", "Korrekturrunden ohne Ende")
    page.wait_for_url("**/ask/?q=Korrekturrunden*")
    server.fault = lambda path: None
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", "endless-revisions")


def test_texts_that_fail_neither_stop_the_full_search_nor_call_it_cancelled(
    context: BrowserContext, server: FaultServer, site: Path, phrases: Phrases
) -> None:
    texts = set(chunks_of(site, "texts-de"))
    server.fault = lambda path: "missing" if path in texts else None
    page = context.new_page()
    page.goto(f"{server.base}de/ask/?q={QUESTION}")
    expect(page.locator(".load button")).to_be_visible()
    assert page.locator(".load-status").inner_text() != phrases.answer_cancelled
    server.fault = lambda path: None
    page.wait_for_selector('.load[data-load="ready"]')  # meanwhile the full search has arrived
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')


def test_a_failure_after_loading_is_told_and_mended(
    context: BrowserContext, ask: Ask, server: FaultServer, phrases: Phrases
) -> None:
    context.add_init_script("""const own = Worker;
      window.made = [];
      window.Worker = class extends own { constructor(...all) { super(...all); made.push([all[0], this]); } };""")
    page = ask(context, "de", QUESTION)
    page.evaluate("""() => {
      const [, worker] = made.find(([address]) => String(address).includes("model-worker"));
      const send = worker.postMessage.bind(worker);
      worker.postMessage = message => worker.dispatchEvent(
        new MessageEvent("message", { data: { id: message.id, reason: "memory", message: "full" } }));
    }""")
    page.fill("#q-ask", "Korrekturrunden ohne Ende")
    page.press("#q-ask", "Enter")
    expect(page.locator(".load-status")).to_have_text(phrases.answer_memory.split("{")[0])
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", "endless-revisions")
    page.locator(".load button").click()
    page.wait_for_selector('.answers[data-stage="full"]')
