"""A question as it is shown, and as the search reads it. Pure.

Two texts that say the same shall find the same, however they were typed. So what is only a way of typing goes out here,
before anything is embedded or compared, for questions, the bank and what the reading head learns from alike.
`docs/assets/javascripts/ask/question.js` is the twin; `tests/cases/question.yml` holds both to the same results.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rapport.characters import CONTROL, INVISIBLE
from rapport.search.analyser import normalise, runs

if TYPE_CHECKING:
    from rapport.search.spelling import Spelling

MAX_QUESTION = 2_000
"""Characters of a question that are looked at; the model reads no more than its first 512 pieces anyway."""

LONG = 200
"""Letters and digits from which on a text may tell of more than one situation; a Japanese one counts for two."""

_UNSEEN = re.compile(f"[{INVISIBLE}{CONTROL}]")
_PICTURE = re.compile("[\u20e3\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2900-\u297f\u2b00-\u2bff\U0001f000-\U0001faff]")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC, _LATIN = re.compile("[\u0400-\u04ff]"), re.compile("[A-Za-z]")
_LATIN_VOWEL, _CYRILLIC_VOWEL = re.compile("[aeiouAEIOU]"), re.compile("[аеёиоуыэюяАЕЁИОУЫЭЮЯ]")
_ALIKE = dict(zip("ABCEHKMOPTXYaceopxykm", "АВСЕНКМОРТХУасеорхукм", strict=True))
"""Latin letter → the Cyrillic one that looks the same."""
_ALIKE_BACK = {cyrillic: latin for latin, cyrillic in _ALIKE.items()}
_RUSSIAN_KEYS = str.maketrans(
    "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?&",
    "ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,?",
)
"""What a key of a Latin keyboard gives on a Russian one."""
_FEWEST = 10
"""Letters by which one knows that the wrong keyboard was on."""


def clean_question(text: str) -> str:
    """As it is shown: one line without doubled spaces and without what nobody sees, cut at `MAX_QUESTION`.

    Half characters become question marks.
    """
    # an argument that is not UTF-8 arrives with lone surrogates, which nothing downstream can encode
    text = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(_UNSEEN.sub("", text).split())[:MAX_QUESTION]


def read_question(text: str, spelling: Spelling) -> str:
    """As the search reads it: `clean_question`, without pictures, in one form of every character and one script a word.

    `spelling` gives back what the keyboard lacked. A text that is nothing but pictures stays one.
    """
    clean = clean_question(text)
    plain = unicodedata.normalize("NFKC", clean)
    plain = " ".join(_PICTURE.sub(" ", plain).split()) or plain
    return spelling.restore(_in_one_script(_on_russian_keys(plain)))


def _in_one_script(text: str) -> str:
    """Words of Latin and Cyrillic letters in the script of those letters that look like none of the other.

    In a Cyrillic text also small words that are nothing but letters that look Cyrillic.
    """
    is_cyrillic = len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text))

    def unmix(match: re.Match[str]) -> str:
        word = match[0]
        is_mixed = bool(_CYRILLIC.search(word))
        if not _LATIN.search(word) or not (is_mixed or (is_cyrillic and word == word.lower())):
            return word
        cyrillic = "".join(_ALIKE.get(letter, letter) for letter in word)
        if not _LATIN.search(cyrillic):
            return cyrillic
        latin = "".join(_ALIKE_BACK.get(letter, letter) for letter in word)
        return word if _CYRILLIC.search(latin) else latin

    return _WORD.sub(unmix, text)


def _on_russian_keys(text: str) -> str:
    """Russian that was typed while a Latin keyboard was on: it has hardly a vowel, and on the right keys enough."""
    letters = _LATIN.findall(text)
    if len(letters) < _FEWEST or len(letters) < len("".join(_WORD.findall(text))):
        return text
    russian = text.translate(_RUSSIAN_KEYS)
    found = _CYRILLIC.findall(russian)
    vowels, sounding = len(_LATIN_VOWEL.findall(text)), len(_CYRILLIC_VOWEL.findall(russian))
    return russian if vowels * 6 < len(letters) and sounding * 3 > len(found) else text


def words(question: str) -> list[str]:
    """Its words, and of Japanese each character; all of them terms of the analyser."""
    return [word for run, cjk in runs(normalise(question)) for word in (run if cjk else (run,))]


def letters(question: str) -> int:
    """How many letters and digits it has; a Japanese one counts for two."""
    return sum(len(run) * (2 if cjk else 1) for run, cjk in runs(normalise(question)))


def is_long(question: str) -> bool:
    """Whether it tells a story rather than one situation."""
    return letters(question) >= LONG
