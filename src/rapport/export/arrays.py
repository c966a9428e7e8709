"""The search index as little-endian arrays: what `docs/assets/javascripts/ask/knowledge.js` reads back. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from rapport.errors import RapportError
from rapport.search.index import StoredVectors
from rapport.search.knowledge import KINDS
from rapport.search.reading import MATRICES, round8

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rapport.search.knowledge import Head, Knowledge, ReadingHead
    from rapport.search.lexical import LexicalIndex

NOTHING = 0xFFFF
"""Stands in a table of numbers for a name that a row does not have."""

MOST_ROWS = 0xFFFF
"""A term may stand in every row, and their number is told in two bytes."""


def index_parts(knowledge: Knowledge) -> dict[str, bytes]:
    """The index by part: names and numbers as JSON, everything else as plain arrays.

    frame             JSON: names, settings, sizes
    rows              uint16 (4, rows): kind, guide, section, language
    vectors           uint8: two values of 4 bits each, plus 8, the first in the low half
    scales            float32 (rows,): a row is its values times its scale
    means             float32 (languages, d)
    head, section-head    float32: weights (classes, d), then bias (classes,)
    reading           int8 (3, classes, d): query, value and mean of the reading head
    reading-scales    float32: a scale for each of these rows, then bias (classes,) and centres (languages, d)
    term-keys         uint32: each key minus the one before
    term-lengths      uint16: postings of each term
    posting-rows      uint8 (2, postings): low, then high bytes of each row minus the one before it in its term
    posting-weights   uint8
    """
    vectors = knowledge.vectors
    if not isinstance(vectors, StoredVectors):
        raise TypeError("only an index that was read from its folder can be exported")
    if len(knowledge.rows) > MOST_ROWS:
        raise RapportError(
            f"the browser's copy holds at most {MOST_ROWS:,} rows, and the index has {len(knowledge.rows):,}",
            mend="ask on the command line, or take questions out of the bank",
        )
    values, scales = vectors.values, vectors.scale
    sections = sorted({row.section for row in knowledge.rows if row.section})
    frame = {
        "languages": knowledge.languages,
        "guides": knowledge.guides,
        "sections": sections,
        "written": [f"{guide} {lang}" for guide, lang in knowledge.texts],
        "signless": [f"{guide} {lang}" for (guide, lang), text in knowledge.texts.items() if not text.sign],
        "classes": knowledge.head.classes,
        "sectionClasses": knowledge.section_head.classes,
        "readingClasses": knowledge.reading.classes,
        "settings": asdict(knowledge.settings),
        "rows": len(knowledge.rows),
        "dimensions": values.shape[1],
        "step": knowledge.lexical.step,
        "spellings": knowledge.spelling.words,
    }
    return {
        "frame": to_json(frame),
        "rows": _rows(knowledge, sections),
        "vectors": _nibbles(values),
        "scales": _bytes(scales, "<f4"),
        "means": _bytes(knowledge.means, "<f4"),
        "head": _head(knowledge.head),
        "section-head": _head(knowledge.section_head),
        **_reading(knowledge.reading),
        **_lexical(knowledge.lexical),
    }


def to_json(value: object) -> bytes:
    """Compact JSON, the same bytes for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def _bytes(array: NDArray[Any], dtype: str) -> bytes:
    return np.ascontiguousarray(array).astype(dtype).tobytes()


def _nibbles(values: NDArray[np.int8]) -> bytes:
    halves = (values.astype(np.int16).reshape(-1) + 8).astype(np.uint8)
    return _bytes(halves[0::2] | halves[1::2] << 4, "<u1")


def _head(head: Head) -> bytes:
    return _bytes(head.weights, "<f4") + _bytes(head.bias, "<f4")


def _reading(head: ReadingHead) -> dict[str, bytes]:
    values, scales = zip(*(round8(getattr(head, name)) for name in MATRICES), strict=True)
    numbers = [*scales, head.bias, head.centres.reshape(-1)]
    return {"reading": _bytes(np.stack(values), "<i1"), "reading-scales": _bytes(np.concatenate(numbers), "<f4")}


def _rows(knowledge: Knowledge, sections: list[str]) -> bytes:
    guides = {guide: at for at, guide in enumerate(knowledge.guides)}
    anchors = {section: at for at, section in enumerate(sections)}
    table = [
        [KINDS.index(row.kind) for row in knowledge.rows],
        [NOTHING if row.guide is None else guides[row.guide] for row in knowledge.rows],
        [anchors[row.section] if row.section else NOTHING for row in knowledge.rows],
        [knowledge.languages.index(row.lang) for row in knowledge.rows],
    ]
    return _bytes(np.array(table), "<u2")


def _lexical(lexical: LexicalIndex) -> dict[str, bytes]:
    lengths = np.diff(lexical.starts.astype(np.int64))
    rows = lexical.rows.astype(np.int64)
    steps = np.diff(rows, prepend=0)
    first = lexical.starts[:-1].astype(np.int64)[lengths > 0]
    steps[first] = rows[first]
    return {
        "term-keys": _bytes(np.diff(lexical.keys.astype(np.int64), prepend=0), "<u4"),
        "term-lengths": _bytes(lengths, "<u2"),
        "posting-rows": _bytes(np.stack([steps & 255, steps >> 8]), "<u1"),
        "posting-weights": _bytes(lexical.weights, "<u1"),
    }
