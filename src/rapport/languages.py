"""The languages that Rapport is written in, one record each: all that the program knows of a language stands here.

A language is added by its record and by files: `i18n/<lang>.yml` and its neighbours in `catalogue/` and `advice/`,
`docs/<lang>/`, `content/questions/bank/<lang>.jsonl`. Names of languages and countries, plural forms and dates come
from Unicode's locale data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_SPACE_BEFORE_DASH = (r" (?=[–—] )", "~")


@dataclass(frozen=True, slots=True)
class Marks:
    """Quotation marks of a language."""

    quotes: str
    """Opening and closing mark, and where a language has others for inside, those two."""
    pairs: dict[str, str]
    """Opening → closing; none where the closing mark is the apostrophe too and pairs cannot be told."""
    inner: str
    """Opening marks that stand inside others only."""
    foreign: str
    """Marks of other languages, which are mistakes here."""
    shape: str
    """How they look, for a message."""
    straight_apostrophe: bool = True
    """Whether `'` between letters passes."""


@dataclass(frozen=True, slots=True)
class Law:
    """Regular expressions for the way law is named in a language."""

    reference: str
    """An article: `§ 14`, `art. 7:400`."""
    mention: str
    """Anything that speaks of law, by name or in general."""
    contract: str = ""
    """What follows an article of the parties' own contract, which is no law."""
    clause: str = ""
    """Word for a part of an article: `Abs.`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language."""

    code: str
    """ISO 639-1."""
    name: str
    """Its own name, as menus show it."""
    territory: str = ""
    """ISO 3166-1 code of the country whose customs its guides tell first; empty where there is none."""
    marks: Marks
    law: Law
    spaced: bool = True
    """Whether words stand apart. Texts of the others are measured in characters, and their lines may break anywhere."""
    colon: str = ": "
    """Colon with the space that follows it in running text."""
    months: str = ""
    """Months as they stand after a day, as alternatives of a regular expression."""
    units: str = ""
    """The same of words that a number is not parted from."""
    spaces: tuple[tuple[str, str], ...] = ()
    """Further pairs (regular expression, replacement) that set spaces which must not break, written `~`."""
    question: str = r"[?？]"
    """Regular expression for the end of a question."""
    any_case: bool = False
    """Whether `spaces` and `units` count in capitals too."""
    spellings: tuple[tuple[str, str], ...] = ()
    """(as word lists write it, as people write it): `ss` for `ß`."""

    @property
    def locale(self) -> str:
        """`de_DE`, or the code alone."""
        return f"{self.code}_{self.territory}" if self.territory else self.code


_ALL = (
    Language(
        code="es",
        name="Español",
        territory="ES",
        marks=Marks("«»“”", {"«": "»", "“": "”"}, "“", "„‚‹›「」『』", "«…», and “…” inside"),
        law=Law(
            reference=r"\b[Aa]rt(?:s?\.|ículos?)\s?\d+(?:[.:]\d+)*|\bLey\s\d+/\d{4}",
            mention=r"\b[Ll]ey(?:es)?\b|Código|RGPD|Real Decreto|[Rr]eglamento|[Dd]irectiva|Tribunal Supremo",
            contract=r"(?:del|de tu|de su|de vuestro|de nuestro|de un) (?:contrato|acuerdo)",
        ),
        units="€|%|euros?|horas?|minutos?|días?|semanas?|meses|km|h",
        spaces=(
            (r"\b(n\.º|art\.|arts\.|núm\.|Sra?\.|D\.ª?|Dña\.|pág\.) (?=[\dA-ZÁÉÍÓÚÑ])", r"\1~"),
            (r"(?<=\d) (?=de (?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep|oct|nov|dic))", "~"),
            _SPACE_BEFORE_DASH,
        ),
    ),
    Language(
        code="ru",
        name="Русский",
        territory="RU",
        marks=Marks("«»„“", {"«": "»", "„": "“"}, "„", "”‘‚‹›「」『』", "«…», and „…“ inside"),
        law=Law(
            reference=r"\b[Сс]т(?:\.|\.\s?ст\.|ать[яиеёюй]+)\s?\d+(?:\.\d+)*|\d+-ФЗ",
            mention=r"\b[Зз]акон|\b[Кк]одекс|\bГК\b|\bНК\b|\bТК\b|-ФЗ|Верховн\w+ [Сс]уд",
            contract=r"(?:\w+ )?(?:договора|контракта|соглашения)",
            clause=r"п\.",
        ),
        months="января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря",
        units="₽|%|руб|рублей|тысяч|тыс|млн|часов|часа|час|минут|дней|дня|день|недель|недели|процентов|км|ч",
        spaces=(
            # a one- or two-letter preposition or conjunction does not end a line; a particle does not begin one
            (r"(?<![\w-])([вксоуиая]|не|ни|на|по|за|до|от|из|об|со|во|ко|но|да) ", r"\1~"),
            (r" (бы|б|же|ж|ли)\b", r"~\1"),
            (r"(№|§|\bст\.|\bп\.|\bч\.|\bг\.) (?=[\dА-ЯЁ])", r"\1~"),
            (r"\bт\. ([едпк])\.", r"т.~\1."),
            (r"\b([А-ЯЁ]\.) (?=[А-ЯЁ])", r"\1~"),
            (r" (?=[–—])", "~"),
        ),
        any_case=True,
    ),
    Language(
        code="ja",
        name="日本語",
        territory="JP",
        marks=Marks("「」『』", {"「": "」", "『": "』"}, "", "“”„‘‚«»‹›", "「…」, and 『…』 inside"),
        law=Law(
            reference=r"(?:法|令|規則|規程|同)第?[0-9０-９一二三四五六七八九十百]+条(?:の[0-9０-９]+)?",
            mention=r"最高裁|判例|(?<![方作文用手技話])法(?!人)|政令|省令|告示|通達|条例|規則|規程",
        ),
        spaced=False,
        colon="：",
        question=r"[?？]|か。",
    ),
    Language(
        code="nl",
        name="Nederlands",
        territory="NL",
        marks=Marks("‘’", {}, "", "“”„‚«»‹›「」『』", "‘…’", straight_apostrophe=False),
        law=Law(
            reference=r"\b[Aa]rt(?:\.|ikel(?:en)?)\s?\d+(?:[.:]\d+)*",
            mention=r"\b[Ww]et(?:ten|telijk\w*|boek)?\b|\bBW\b|\bAVG\b|[Rr]ichtlijn|[Vv]erordening|Hoge Raad",
            contract=r"(?:van|uit|in) (?:de|het|je|jullie|ons|onze|een) (?:overeenkomst|contract|voorwaarden)",
            clause="lid",
        ),
        months="januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december",
        units="€|%|euro|uur|procent|minuten|dagen|weken|maanden|km",
        spaces=(
            (r"€ (?=\d)", "€~"),
            (r"\b(art\.|lid|nr\.|artikel) (?=\d)", r"\1~"),
            _SPACE_BEFORE_DASH,
        ),
    ),
    Language(
        code="de",
        name="Deutsch",
        territory="DE",
        marks=Marks("„“‚‘", {"„": "“", "‚": "‘"}, "‚", "”«»‹›「」『』", "„…“, and ‚…‘ inside"),
        law=Law(
            reference=r"§§?\s?\d+[a-z]?(?:,\s?\d+[a-z]?)*|\b[Aa]rt(?:\.|ikeln?)\s?\d+(?:[.:]\d+)*",
            mention=(
                r"§|BGB|HGB|UStG|DSGVO|VOB|\w*[Gg]esetz|[Rr]echtslage|[Gg]esetzlich|[Rr]ichtlinie|[Vv]erordnung|BGH|BAG"
            ),
            contract=r"(?:des|unseres|Ihres|eines|im) (?:Rahmen)?[Vv]ertrag|(?:der|unserer|Ihrer) AGB",
            clause=r"Abs\.",
        ),
        months="Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember",
        units="€|%|Euro|EUR|Uhr|Prozent|Stunden?|Minuten?|Tagen?|Wochen?|Monaten?|km|h",
        spaces=(
            (r"\b(z|d|u|i|o)\. (B|h|a|d|Ä|R)\.", r"\1.~\2."),
            (r"(§§?|\bAbs\.|\bNr\.|\bArt\.|\bSatz|\bS\.) (?=\d)", r"\1~"),
            _SPACE_BEFORE_DASH,
        ),
        spellings=(("ss", "ß"),),
    ),
)

LANGUAGE = {one.code: one for one in _ALL}
"""Every language by its code, in the order in which they are always listed."""


class _Chosen(Sequence[str]):
    """The languages of the project that is open: a process is about one project, and `open_project` chooses them."""

    def __init__(self) -> None:
        self._codes = tuple(LANGUAGE)

    def choose(self, codes: Collection[str]) -> None:
        """Take those of `codes`, in the order in which languages are always listed."""
        self._codes = tuple(code for code in LANGUAGE if code in codes)

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...
    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        return self._codes[at]

    def __len__(self) -> int:
        return len(self._codes)

    def __eq__(self, other: object) -> bool:
        return self._codes == (other._codes if isinstance(other, _Chosen) else other)

    def __hash__(self) -> int:
        return hash(self._codes)

    def __repr__(self) -> str:
        return repr(self._codes)


LANGUAGES = _Chosen()
"""Codes of the languages that the project is written in: all, or those that `rapport.toml` names."""


def any_law(kind: str) -> re.Pattern[str]:
    """The patterns of one kind (a field of `Law`) of all languages as one: guides cite each other's law."""
    return re.compile("|".join(f"(?:{part})" for one in _ALL if (part := getattr(one.law, kind))))


def language_of_locale(environment: Mapping[str, str]) -> str | None:
    """Which of ours the environment asks for, in the order of gettext; None where it asks for none of them."""
    named = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := environment.get(name))), "")
    codes = (re.split("[_.@-]", one)[0].lower() for one in (*environment.get("LANGUAGE", "").split(":"), named))
    return next((code for code in codes if code in LANGUAGES), None)
