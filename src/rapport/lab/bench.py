"""Figures of the search in a real browser: bytes by file, times, memory, parity. Chromium, one thread."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from rapport.errors import RapportError
from rapport.lab.parity import Parity, measure_parity
from rapport.site.assets import SCRIPTS
from rapport.site.serve import open_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from rapport.search.ask import Searcher
    from rapport.types import JudgedQuestion

QUESTION = "Der Kunde versteht meine Rechnung nicht"
FULL = '.answers[data-stage="full"]'
PATIENCE_MS = 300_000

# Playwright looks every half second; the page itself knows when each stage was shown
CLOCK = """window.times = {};
new MutationObserver(() => {
  const stage = document.querySelector(".answers")?.dataset.stage;
  if (stage) window.times[stage] ??= performance.now();
}).observe(document, { subtree: true, childList: true, attributes: true });"""
COLD_STARTS = 7

# what browsers' own tools give as 3G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}


@dataclass(frozen=True, slots=True)
class Figures:
    """Times in seconds, sizes in bytes."""

    wire: dict[str, int]
    """Part of the release → bytes over the wire, `modules` and `texts-<lang>` among them."""
    first_ask: int
    """Bytes that a first question fetches beyond the page: all of `wire` with one language's texts."""
    first_typed_s: float
    """Nothing stored: page open → typed results."""
    first_answer_s: float
    """Nothing stored: page open → full ranking, without a limit on the connection."""
    cold_s: tuple[float, ...]
    """Everything stored: page open → full ranking, each in a new page."""
    memory: int
    """JavaScript heaps of page and workers plus WebAssembly memory, after an answer; see `_memory`."""
    slow_typed_s: float
    """Nothing stored, a connection like 3G: page open → typed results."""
    slow_megabytes_per_minute: float
    parity: Parity


def measure_browser(
    browser: Browser, site: Path, searcher: Searcher, questions: Sequence[JudgedQuestion], slow_seconds: float = 30
) -> Figures:
    """Serve `site` (with the browser's copy) and measure; takes minutes."""
    wire = wire_bytes(site)
    first_ask = sum(size for name, size in wire.items() if not name.startswith("texts-") or name == "texts-de")
    with _served(site) as base:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        first_typed, first_answer = _open(page, base)
        page.close()
        cold = []
        for _ in range(COLD_STARTS):
            page = context.new_page()
            cold.append(_open(page, base)[1])
            page.close()
        page = context.new_page()
        page.goto(f"{base}de/about/")
        parity = measure_parity(page, searcher, questions)
        context.close()
        slow_typed, rate = _slow(browser, base, slow_seconds)
    memory = _memory(browser, site)
    return Figures(wire, first_ask, first_typed, first_answer, tuple(cold), memory, slow_typed, rate, parity)


@contextmanager
def _served(site: Path, headers: dict[str, str] | None = None) -> Iterator[str]:
    """The address of `site` on this machine; `headers` go with every answer."""
    with open_server(site, "127.0.0.1", 0) as server:
        server.headers.update(headers or {})
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            server.shutdown()


def wire_bytes(site: Path) -> dict[str, int]:
    """Bytes over the wire by part, as the manifest says; modules, scripts and the manifest as the files are."""
    folder = site / "ask"
    try:
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    except OSError as error:
        raise RapportError("is not there", where=folder, mend="run `rapport build`") from error
    sizes = {name: sum(chunk["bytes"] for chunk in chunks) for name, chunks in manifest["parts"].items()}
    scripts = site / f"{SCRIPTS}-{manifest['code']}"
    sizes["scripts"] = sum((scripts / name).stat().st_size for name in manifest["scripts"])
    sizes["modules"] = sum((folder / path).stat().st_size for path in (manifest["modules"] or {}).values())
    sizes["manifest"] = (folder / "manifest.json").stat().st_size
    return sizes


def _open(page: Page, base: str) -> tuple[float, float]:
    """Seconds from opening the page to typed results and to the full ranking."""
    page.add_init_script(CLOCK)
    page.goto(f"{base}de/ask/?q={quote(QUESTION)}", wait_until="commit")
    page.wait_for_selector(FULL)
    times = page.evaluate("() => window.times")
    return times["typed"] / 1000, times["full"] / 1000


def _memory(browser: Browser, site: Path) -> int:
    """What the page and its workers hold after an answer, WebAssembly's memory included, as Chromium measures it.

    It tells isolated pages only, so page and scripts get the two headers here that no plain host sends.
    """
    isolation = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    with _served(site, isolation) as base:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        _open(page, base)
        found = page.evaluate("async () => (await performance.measureUserAgentSpecificMemory()).bytes")
        context.close()
    return int(found)


def _slow(browser: Browser, base: str, seconds: float) -> tuple[float, float]:
    """A connection like 3G: seconds to typed results, and what the bar has gained per minute since."""
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    started = time.perf_counter()
    page.goto(f"{base}de/ask/?q={quote(QUESTION)}", wait_until="commit")
    page.wait_for_selector("article.answer")
    typed = time.perf_counter() - started
    page.wait_for_timeout(seconds * 1000)
    shown = page.evaluate("document.querySelector('.load progress')?.value ?? 0")
    elapsed = time.perf_counter() - started - typed
    context.close()
    return typed, shown / 1e6 / elapsed * 60


def table(figures: Figures) -> str:
    """The figures as Markdown."""
    cold = sorted(figures.cold_s)
    median, best, worst = cold[len(cold) // 2], cold[0], cold[-1]
    parity = figures.parity
    alike = (parity.first, parity.first_five, parity.section, parity.outcome)
    rows = [
        *((f"over the wire: {name}", f"{size:,} bytes") for name, size in figures.wire.items()),
        ("first question, over the wire", f"{figures.first_ask / 1e6:.1f} MB"),
        ("nothing stored: typed results / answer", f"{figures.first_typed_s:.2f} / {figures.first_answer_s:.2f} s"),
        ("everything stored: answer, median (best to worst)", f"{median:.2f} s ({best:.2f}–{worst:.2f})"),
        ("warm question, p50 / p95", f"{parity.median_ms:.0f} / {parity.p95_ms:.0f} ms"),
        ("memory after an answer", f"{figures.memory / 1e6:.0f} MB"),
        ("like 3G: typed results", f"{figures.slow_typed_s:.1f} s"),
        ("like 3G: the bar gains", f"{figures.slow_megabytes_per_minute:.1f} MB a minute"),
        ("questions asked in browser and Python", f"{parity.questions}"),
        ("same first guide / first five / section / outcome", " / ".join(f"{share:.4f}" for share in alike)),
    ]  # fmt: skip
    return "\n".join(["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)])
