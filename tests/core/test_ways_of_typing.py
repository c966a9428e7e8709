"""The judged questions, typed in other ways: what says the same finds the same."""

from __future__ import annotations

import random
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rapport.content.catalogue import read_catalogue
from rapport.content.questions import read_judged
from rapport.project import open_project
from rapport.search.question import clean_question, letters, read_question
from rapport.search.spelling import NO_SPELLING

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.search.ask import Searcher
    from rapport.types import JudgedQuestion

ROOT = Path(__file__).resolve().parents[2]
ASKED = 60
"""Questions that are really asked in another way, drawn from all; `ASKED = 10_000` asks them all."""


@cache
def judged() -> list[JudgedQuestion]:
    project = open_project(ROOT)
    return read_judged(project, read_catalogue(project))


def soft_hyphens(text: str) -> str:
    return re.sub(r"(\w{3})(?=\w{3})", "\\1\u00ad", text)


def full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one.replace(" ", "\u3000") for one in text)


def half_width(text: str) -> str:
    narrow = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF61, 0xFFA0)}
    return "".join(narrow.get(one, one) for one in text)


SAME_TEXT: dict[str, Callable[[str], str]] = {
    "soft hyphens": soft_hyphens,
    "a space without width before each word": lambda text: re.sub(r"\b", "\u200b", text),
    "one between all characters": "\u200b".join,
    "marks of direction": lambda text: f"\ufeff\u202a{text}\u202c\u200e",
    "taken apart": lambda text: unicodedata.normalize("NFD", text),
    "full width": full_width,
    "half width": half_width,
    "doubled spaces": lambda text: f" {text.replace(' ', '  ')}\n",
    "pictures at the end": lambda text: f"{text} 😡🤷🏽‍♀️",
    "pictures at the beginning": lambda text: f"🙏 {text}",
    "an escape for terminals": lambda text: f"\x1b{text}\x07",
}
"""Ways of typing that nobody sees, or that are one to the network."""


@pytest.mark.parametrize("way", SAME_TEXT)
def test_the_search_reads_the_same(way: str) -> None:
    for question in judged():
        # what is cut at the end may be cut elsewhere
        if len(question.text) < 900:
            changed = SAME_TEXT[way](question.text)
            assert read_question(changed, NO_SPELLING) == read_question(question.text, NO_SPELLING), question.id


def test_reading_loses_no_letter() -> None:
    for question in judged():
        assert letters(read_question(question.text, NO_SPELLING)) == letters(clean_question(question.text)), question.id


def without_accents(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", apart))


def in_ascii(text: str) -> str:
    for mark, pair in zip("äöüÄÖÜß", ("ae", "oe", "ue", "Ae", "Oe", "Ue", "ss"), strict=True):
        text = text.replace(mark, pair)
    return text


_KEYS = str.maketrans(
    "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ.,?",
    "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>/?&",
)
_TWINS = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")


def every_second_twin(text: str) -> str:
    return "".join(one.translate(_TWINS) if at % 2 else one for at, one in enumerate(text))


# the floors leave room for the draw
NEARLY_THE_SAME: dict[str, tuple[str, Callable[[str], str], float]] = {
    "capitals": ("es ru nl de", str.upper, 0.9),
    "no accents": ("es ru nl de", without_accents, 0.93),
    "ae for ä": ("de", in_ascii, 0.93),
    "a Latin keyboard": ("ru", lambda text: text.translate(_KEYS), 0.9),
    "Latin twins of Cyrillic letters": ("ru", every_second_twin, 0.96),
    "no mark at the end": ("es ru ja nl de", lambda text: text.rstrip(".!?…。！？ "), 0.93),
    "no punctuation": ("es ru ja nl de", lambda text: re.sub(r"[.,!?;:…。、！？；：¿¡]+", "", text), 0.84),
}
"""Ways that lose something: languages, the way, the least share of questions with the same first guide."""


def first_guide(searcher: Searcher, text: str) -> str:
    answer = searcher.ask(text, limit=1)
    return answer.unwritten or (answer.hits[0].guide if answer.hits else "")


@pytest.mark.parametrize("way", NEARLY_THE_SAME)
def test_the_search_answers_the_same(real_searcher: Searcher, way: str) -> None:
    """Of questions with a guide; of what was really told, a story of many lines, often two guides are as near."""
    languages, typed, floor = NEARLY_THE_SAME[way]
    those = [one for one in judged() if one.guide and one.kind != "real" and one.lang in languages.split()]
    changed = [one for one in those if typed(one.text) != one.text]
    drawn = random.Random(0).sample(changed, min(ASKED, len(changed)))
    same = sum(first_guide(real_searcher, typed(one.text)) == first_guide(real_searcher, one.text) for one in drawn)
    assert same / len(drawn) >= floor
