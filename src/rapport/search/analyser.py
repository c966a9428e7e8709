"""Text to terms, the same for all languages, in Python here and in JavaScript in the browser.

Lower-case, accents off (й and the Japanese voicing marks stay), then for each word the word itself plus the
character 4-grams of `_word`; runs of Japanese or Chinese characters as single characters plus pairs. No stemmer,
no dictionary. Any change here is a change of `VERSION` and of the twin in
`docs/assets/javascripts/ask/analyser.js`; `tests/cases/analyser.yml` holds both to the same results.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = 1

GRAM = 4

_MARKS = re.compile("(?<!и)\u0306|[\u0300-\u0305\u0307-\u036f]")
_RUN = re.compile(r"[^\W_]+")
_CJK = re.compile("[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


def normalise(text: str) -> str:
    """Lower-case without accents: `Größe` → `grosse`, `счёт` → `счет`, `ガ` stays."""
    lower = unicodedata.normalize("NFKC", text).lower().replace("ß", "ss")
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", lower)))


def runs(normal: str) -> Iterator[tuple[str, bool]]:
    """Words of a normalised text, and its runs of Japanese or Chinese characters (True), in order."""
    for run in _RUN.findall(normal):
        at = 0
        for match in _CJK.finditer(run):
            if at < match.start():
                yield run[at : match.start()], False
            yield match[0], True
            at = match.end()
        if at < len(run):
            yield run[at:], False


def terms(text: str) -> list[str]:
    """The terms of a text in order, with repetitions."""
    found = []
    for run, cjk in runs(normalise(text)):
        found += _cjk_terms(run) if cjk else _word_terms(run)
    return found


def _word_terms(word: str) -> list[str]:
    marked = "_" + word
    return [word, *(marked[at : at + GRAM] for at in range(len(marked) - GRAM + 1))]


def _cjk_terms(run: str) -> list[str]:
    return [*run, *(run[at : at + 2] for at in range(len(run) - 1))]


def term_key(term: str) -> int:
    """A term as the index stores it: CRC-32 of its UTF-8 bytes, 0 to 2³² − 1."""
    return zlib.crc32(term.encode("utf-8"))
