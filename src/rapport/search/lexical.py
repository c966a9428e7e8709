"""BM25 as sparse vectors: a passage's weights are fixed at build time, so a score is an inner product.

Passages and questions of each language are collections of their own (document frequencies and mean length): words of
different languages must not make each other common, nor short texts and long ones share a mean length.
Formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the
non-negative idf `log(1 + (N − n + 0.5) / (n + 0.5))`.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from rapport.search.analyser import term_key, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rapport.types import Floats

K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Postings in term order: the rows and weights of term `t` stand at `starts[t]:starts[t + 1]`."""

    keys: NDArray[np.uint32]
    """`(terms,)`, ascending."""
    starts: NDArray[np.uint32]
    """`(terms + 1,)`."""
    rows: NDArray[np.uint16] | NDArray[np.uint32]
    """`(postings,)`, ascending within a term; two bytes each where they are enough."""
    weights: NDArray[np.uint8]
    """`(postings,)`, in units of `step`."""
    step: float
    count: int
    """Number of rows."""

    def scores(self, question: str) -> Floats:
        """BM25 of every row for the question, `(rows,) float32`, higher is better, 0 where no term is shared."""
        total = np.zeros(self.count, dtype=np.float32)
        for term, times in Counter(terms(question)).items():
            span = self._span(term)
            total[self.rows[span]] += times * self.weights[span].astype(np.float32)
        return total * np.float32(self.step)

    def rows_with(self, term: str) -> NDArray[np.uint16] | NDArray[np.uint32]:
        """Numbers of the rows that hold a term, ascending."""
        return self.rows[self._span(term)]

    def _span(self, term: str) -> slice:
        key = term_key(term)
        at = int(np.searchsorted(self.keys, key))
        there = at < len(self.keys) and self.keys[at] == key
        return slice(int(self.starts[at]), int(self.starts[at + 1])) if there else slice(0, 0)


def build_lexical(texts: Sequence[str], collections: Sequence[str]) -> LexicalIndex:
    """Index `texts`; `collections[i]` names the collection of text i."""
    counts = [Counter(term_key(term) for term in terms(text)) for text in texts]
    postings: dict[int, list[tuple[int, float]]] = {}
    for collection in sorted(set(collections)):
        rows = [row for row, of in enumerate(collections) if of == collection]
        lengths = {row: counts[row].total() for row in rows}
        mean = sum(lengths.values()) / len(rows) or 1.0
        frequency = Counter(key for row in rows for key in counts[row])
        for row in rows:
            for key, times in counts[row].items():
                weight = bm25(times, lengths[row], mean, idf(frequency[key], len(rows)))
                postings.setdefault(key, []).append((row, weight))
    keys = sorted(postings)
    ordered = [pair for key in keys for pair in sorted(postings[key])]
    return pack(
        keys=np.array(keys, dtype=np.uint32),
        sizes=[len(postings[key]) for key in keys],
        rows=np.array([row for row, _ in ordered], dtype=np.uint32),
        weights=np.array([weight for _, weight in ordered], dtype=np.float64),
        count=len(texts),
    )


Value = TypeVar("Value", float, "NDArray[np.float64]")


def idf(frequency: int, count: int) -> float:
    """How much a term tells that stands in `frequency` of `count` texts; never negative."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def bm25(times: Value, length: Value, mean: float, idf: float) -> Value:
    """Weight of a term that stands `times` in a text of `length` terms, one number or many."""
    norm = K1 * (1 - B + B * length / mean)
    return idf * times * (K1 + 1) / (times + norm)


def pack(
    keys: NDArray[np.uint32],
    sizes: Sequence[int],
    rows: NDArray[np.uint32],
    weights: NDArray[np.float64] | Floats,
    count: int,
) -> LexicalIndex:
    """Postings in term order, `sizes[t]` of term t, as they are kept: weights in 255 steps."""
    step = float(np.float32(weights.max() / 255)) if len(weights) else 1.0
    return LexicalIndex(
        keys=keys,
        starts=np.cumsum([0, *sizes]).astype(np.uint32),
        rows=rows.astype(np.uint16) if count <= 1 << 16 else rows,
        weights=np.clip(np.rint(weights / step), 1, 255).astype(np.uint8),
        step=step,
        count=count,
    )
