"""Words of the interface, names of themes and guides, texts of the advice: one file per language, no language a master.

    i18n/<lang>.yml             words of pages and buttons, headings of sections, labels, glossary
    i18n/catalogue/<lang>.yml   titles of themes and of every guide of the catalogue, written or not
    i18n/advice/<lang>.yml      the source articles and their advice, told in this language

The keys are fixed here and in the catalogue, so a key that one language lacks or invents is a `ContentError` there.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

from babel import Locale

from rapport.content.guides import SECTION_IDS
from rapport.content.phrases import Words
from rapport.content.yaml import read_text, read_yaml
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from rapport.content.catalogue import Catalogue
    from rapport.project import Project

LABELS = ("weak", "better", "best", "subject")
GLOSSARY = (
    "client",
    "contact-person",
    "scope",
    "change-request",
    "invoice",
    "quote",
    "acceptance",
    "statement-of-work",
    "stakeholder",
    "fixed-price",
    "time-and-material",
    "revision-round",
    "deadline",
    "kickoff",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the glossary: the word that is used, and those that are not."""

    use: str
    avoid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interface:
    """Everything that `i18n/<lang>.yml` holds."""

    lang: str
    words: Words
    sections: Mapping[str, str]
    """Heading of every section, by section id in the order of a guide."""
    labels: Mapping[str, str]
    """`weak`, `better`, `best`: titles of the scripts; `subject`: what stands before a mail's subject."""
    glossary: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class ThemeWords:
    """A theme's name and the two sentences that bind its guides."""

    title: str
    intro: str


@dataclass(frozen=True, slots=True)
class CatalogueWords:
    """`i18n/catalogue/<lang>.yml`: names of all themes and guides, by id."""

    themes: Mapping[str, ThemeWords]
    guides: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AdviceWords:
    """`i18n/advice/<lang>.yml`: what each source article is (by its language) and each advice (by code)."""

    sources: Mapping[str, str]
    advice: Mapping[str, str]


@cache
def plural_forms(lang: str) -> tuple[str, ...]:
    """The forms (CLDR) that a counted word has in a language for whole numbers up to a thousand, `other` last."""
    form = Locale(lang).plural_form
    return (*dict.fromkeys(one for number in range(1001) if (one := form(number)) != "other"), "other")


def counted(forms: Mapping[str, str], lang: str, number: int) -> str:
    """A counted word: the form that `number` asks for, with `{n}` filled in."""
    return forms.get(Locale(lang).plural_form(number), forms["other"]).replace("{n}", str(number))


def read_interface(project: Project) -> dict[str, Interface]:
    """`i18n/<lang>.yml` of every language; ContentError with file and key where one is missing or unknown."""
    return {lang: _read_one(project, lang) for lang in LANGUAGES}


def read_catalogue_words(project: Project, catalogue: Catalogue) -> dict[str, CatalogueWords]:
    """`i18n/catalogue/<lang>.yml` of every language, complete for the catalogue; ContentError otherwise."""
    found = {}
    for lang in LANGUAGES:
        file = _File(project, project.i18n / "catalogue" / f"{lang}.yml")
        file.require(file.data, ("themes", "guides"), "")
        themes = file.mapping("themes", catalogue.themes)
        for theme, entry in themes.items():
            file.require(entry, ("title", "intro"), f"themes.{theme}.")
        found[lang] = CatalogueWords(
            {
                theme: ThemeWords(
                    *(_flat(file.text(entry[key], f"themes.{theme}.{key}")) for key in ("title", "intro"))
                )
                for theme, entry in themes.items()
            },
            file.texts("guides", catalogue.guides),
        )
    return found


def read_advice_words(project: Project, catalogue: Catalogue) -> dict[str, AdviceWords]:
    """`i18n/advice/<lang>.yml` of every language, complete for `content/advice.yml`; ContentError otherwise."""
    found = {}
    for lang in LANGUAGES:
        file = _File(project, project.i18n / "advice" / f"{lang}.yml")
        file.require(file.data, ("sources", "advice"), "")
        sources = file.mapping("sources", (source.lang for source in catalogue.sources))
        for source, entry in sources.items():
            file.require(entry, ("about",), f"sources.{source}.")
        about = {
            source: _flat(file.text(entry["about"], f"sources.{source}.about")) for source, entry in sources.items()
        }
        found[lang] = AdviceWords(about, file.texts("advice", catalogue.advice))
    return found


def _read_one(project: Project, lang: str) -> Interface:
    file = _File(project, project.i18n / f"{lang}.yml")
    file.require(file.data, ("words", "sections", "labels", "glossary"), "")
    hints = get_type_hints(Words, include_extras=False)
    words = file.mapping("words", (field.name for field in fields(Words)))
    for key, value in words.items():
        if hints[key] is str:
            file.text(value, f"words.{key}")
            words[key] = _flat(value)
        else:
            wanted = LANGUAGES if key in {"languages", "countries"} else plural_forms(lang)
            file.require(value, wanted, f"words.{key}.")
            words[key] = {form: file.text(value[form], f"words.{key}.{form}") for form in wanted}
    glossary = file.mapping("glossary", GLOSSARY)
    for term, entry in glossary.items():
        file.require(entry, ("use", "avoid"), f"glossary.{term}.")
        if not isinstance(entry["avoid"], list):
            raise file.error(f"`glossary.{term}.avoid` must be a list", f"glossary.{term}.avoid", "write []")
        file.text(entry["use"], f"glossary.{term}.use")
        for word in entry["avoid"]:
            file.text(word, f"glossary.{term}.avoid")
    return Interface(
        lang,
        Words(**words),
        file.texts("sections", SECTION_IDS),
        file.texts("labels", LABELS),
        {term: Term(entry["use"], tuple(entry["avoid"])) for term, entry in glossary.items()},
    )


def _flat(text: str) -> str:
    return " ".join(text.split())


class _File:
    """One file of words, and errors that name it, the key and its line."""

    def __init__(self, project: Project, path: Path) -> None:
        self.where = project.show(path)
        if not path.is_file():
            raise ContentError("is missing", where=self.where, mend="write it with the keys of the other languages")
        self.data, _ = read_yaml(path, self.where)
        self._lines = read_text(path, self.where).split("\n")

    def error(self, what: str, key: str, mend: str) -> ContentError:
        """An error at the line of a dotted key (of the deepest part that is there)."""
        line = at = 0
        for part in key.split("."):
            found = next(
                (n for n, text in enumerate(self._lines[at:], at) if text.strip().startswith(f"{part}:")), None
            )
            if found is None:
                break
            line, at = found, found + 1
        return ContentError(what, where=self.where, line=line + 1, mend=mend)

    def require(self, value: Any, keys: Iterable[str], prefix: str) -> None:
        """Exactly `keys`, no more, no fewer."""
        wanted = list(keys)
        if not isinstance(value, dict):
            key = prefix.rstrip(".")
            raise self.error(f"`{key or 'the file'}` must hold keys and values", key, f"write {', '.join(wanted)}")
        for key in wanted:
            if key not in value:
                raise self.error(f"the key `{prefix}{key}` is missing", prefix + key, "add it")
        for key in value:
            if key not in wanted:
                raise self.error(f"the key `{prefix}{key}` is unknown", f"{prefix}{key}", "remove it or mend its name")

    def mapping(self, key: str, keys: Iterable[str]) -> dict[str, Any]:
        """The mapping under a top-level key, with exactly `keys`, in their order."""
        wanted = list(keys)
        self.require(self.data[key], wanted, f"{key}.")
        return {name: self.data[key][name] for name in wanted}

    def text(self, value: object, key: str) -> str:
        """A value that must be a text that is not empty."""
        if not isinstance(value, str) or not value.strip():
            raise self.error(f"`{key}` must be a text", key, "write the words, quoted where YAML needs it")
        return value

    def texts(self, key: str, keys: Iterable[str]) -> dict[str, str]:
        """A mapping whose values are all texts, each on one line."""
        return {name: _flat(self.text(value, f"{key}.{name}")) for name, value in self.mapping(key, keys).items()}
