"""Compare the ranking in a real browser with Python's, question by question."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from rapport.search.ask import Searcher
    from rapport.types import JudgedQuestion

LIMIT = 5

OPEN_WORKER = """async () => {
  const base = document.querySelector('script[src$="/ask/box.js"]').src;
  const { Remote } = await import(new URL("rpc.js", base).href);
  const { loadManifest } = await import(new URL("release.js", base).href);
  window.asked = new Remote(new URL("model-worker.js", base), () => {});
  await window.asked.call("load", { manifest: await loadManifest() });
}"""
ASK = "([question, lang, limit]) => window.asked.call('ask', { question, lang, limit })"


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two rankings of the same questions agree; shares are 0 to 1."""

    questions: int
    first: float
    """Share of questions with the same first guide."""
    first_five: float
    """Share with the same five guides in the same order."""
    section: float
    """Share with the same section opened in the first guide."""
    outcome: float
    median_ms: float
    p95_ms: float
    """Of a question in the browser, embedding and ranking, without passing messages."""
    different: tuple[str, ...]
    """Ids of the questions whose first five differ."""


def measure_parity(page: Page, searcher: Searcher, questions: Sequence[JudgedQuestion]) -> Parity:
    """Ask every question in `page` (any page of a site with the full search) and in Python."""
    page.evaluate(OPEN_WORKER)
    rows = []
    for question in questions:
        text = " ".join(question.text.split())
        there: dict[str, Any] = page.evaluate(ASK, [text, question.lang, LIMIT])
        here = searcher.ask(text, question.lang, LIMIT)
        ours, theirs = [hit.guide for hit in here.hits], [hit["guide"] for hit in there["hits"]]
        sections = [hit.section for hit in here.hits[:1]] == [hit["section"] for hit in there["hits"][:1]]
        rows.append(
            (ours[:1] == theirs[:1], ours == theirs, sections, here.outcome.value == there["outcome"], there["elapsed"])
        )
    first, five, section, outcome, elapsed = zip(*rows, strict=True)
    return Parity(
        questions=len(rows),
        first=statistics.mean(first),
        first_five=statistics.mean(five),
        section=statistics.mean(section),
        outcome=statistics.mean(outcome),
        median_ms=statistics.median(elapsed),
        p95_ms=statistics.quantiles(elapsed, n=20)[-1],
        different=tuple(question.id for question, same in zip(questions, five, strict=True) if not same),
    )
