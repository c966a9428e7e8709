"""How words are written, to give back what was typed without: accents, `ae` for `ä`, all in capitals. Pure.

The words are those of our own texts, so there is no dictionary to keep: a word has a spelling where it is nearly always
written so. Only a text without any accent is held to lack them. `docs/assets/javascripts/ask/spelling.js` is the twin.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W\d_]+")
_MARK = re.compile("[\u0300-\u036f]")
_BEGINNING = re.compile(r"(?:\A|[.!?…:»«„“›(\n] ?)\Z")
_SENTENCE = re.compile(r"((?:\A|[.!?] )\W*)([^\W\d_])")
_EXPANDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NEARLY_ALWAYS = 0.8
_SHOUTED = 4
"""Fewest capitals of a text that is held to be shouted: known abbreviations keep theirs anyway."""


class Spelling:
    """Words by what is left of them when they are typed plainly."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """`words`: as `collect_spellings` gives them."""
        self.words = tuple(words)
        self._by_key: dict[str, str] = {}
        for word in self.words:
            self._by_key.setdefault(_expanded(word), word)
        self._by_key.update((_bare(word), word) for word in self.words)

    def restore(self, text: str) -> str:
        """A text in NFKC with its words as they are written, where it is shouted or has no accent at all."""
        if _is_shouted(text):
            lower = _WORD.sub(lambda match: self._by_key.get(_bare(match[0]), match[0].lower()), text)
            return _SENTENCE.sub(lambda match: match[1] + match[2].upper(), lower)
        if _MARK.search(unicodedata.normalize("NFD", text)) or "ß" in text:
            return text
        return _WORD.sub(lambda match: self._accented(match[0]), text)

    def _accented(self, word: str) -> str:
        """With the accents of its spelling; capitals stay as they were typed."""
        found = self._by_key.get(_bare(word))
        if found is None or _bare(found) == found.lower():
            return word
        return found[0].upper() + found[1:] if word[0].isupper() else found.lower()


NO_SPELLING = Spelling()


def collect_spellings(texts: Iterable[str]) -> tuple[str, ...]:
    """Words of the texts that are nearly always written in a way that typing may lose, sorted.

    What begins a sentence has a capital for that alone and is not counted.
    """
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for text in (unicodedata.normalize("NFKC", text) for text in texts):
        for match in _WORD.finditer(text):
            if not _BEGINNING.search(text, max(0, match.start() - 2), match.start()):
                written[_bare(match[0])][match[0]] += 1
    found = []
    for key, forms in written.items():
        form, count = forms.most_common(1)[0]
        if form != key and count >= _NEARLY_ALWAYS * forms.total():
            found.append(form)
    return tuple(sorted(found))


def _is_shouted(text: str) -> bool:
    """Whether hardly a letter is small; Japanese with an abbreviation is not shouted."""
    kinds = Counter(unicodedata.category(letter) for letter in text)
    return kinds["Lu"] >= _SHOUTED and kinds["Lu"] > 9 * kinds["Ll"] and not kinds["Lo"]


def _bare(word: str) -> str:
    """In small letters without accents: `Größe` → `grosse`, `счёт` → `счет`, `мой` → `мои`."""
    return _MARK.sub("", unicodedata.normalize("NFD", word.lower().replace("ß", "ss")))


def _expanded(word: str) -> str:
    return _bare(word.lower().translate(_EXPANDED))
