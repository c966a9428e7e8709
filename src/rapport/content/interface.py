"""Phrases of the interface, titles of themes and guides, texts of the advice: one file per language, none a master.

    i18n/<lang>.yml             phrases of pages and buttons, headings of sections, labels, glossary
    i18n/catalogue/<lang>.yml   titles of themes and of every guide of the catalogue, written or not
    i18n/advice/<lang>.yml      the source articles and their advice, told in this language

The keys are fixed here and in the catalogue, so a key that one language lacks or invents is a `ContentError` there.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

from rapport.content.phrases import Phrases
from rapport.content.problem import Problem, from_error, sound
from rapport.content.sections import SECTION_IDS
from rapport.content.yaml import Lines, read_yaml
from rapport.errors import ContentError
from rapport.languages import LANGUAGE, LANGUAGES

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
    phrases: Phrases
    sections: Mapping[str, str]
    """Heading of every section, by section id in the order of a guide."""
    labels: Mapping[str, str]
    """`weak`, `better`, `best`: titles of the scripts; `subject`: what stands before a mail's subject."""
    glossary: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class ThemeTexts:
    """A theme's title and the two sentences that bind its guides."""

    title: str
    intro: str


@dataclass(frozen=True, slots=True)
class CatalogueTitles:
    """`i18n/catalogue/<lang>.yml`: titles of all themes and guides, by id."""

    themes: Mapping[str, ThemeTexts]
    guides: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AdviceTexts:
    """`i18n/advice/<lang>.yml`: what each source article is (by its language) and each advice (by code)."""

    sources: Mapping[str, str]
    advice: Mapping[str, str]


@cache
def plural_forms(lang: str) -> tuple[str, ...]:
    """The forms (CLDR) that a counted word has in a language for whole numbers up to a thousand, `other` last."""
    from babel import Locale  # asking needs none

    form = Locale(lang).plural_form
    return (*dict.fromkeys(one for number in range(1001) if (one := form(number)) != "other"), "other")


def country(lang: str, shown_in: str) -> str:
    """Name of the country of a language, as another language calls it; empty where there is none."""
    from babel import Locale

    territory = LANGUAGE[lang].territory
    return str(Locale(shown_in).territories[territory]) if territory else ""


def language_name(lang: str, shown_in: str) -> str:
    """Name of a language in another, as it stands inside a sentence."""
    from babel import Locale

    return str(Locale(shown_in).languages[lang])


def counted(forms: Mapping[str, str], lang: str, number: int) -> str:
    """A counted word: the form that `number` asks for, with `{n}` filled in."""
    from babel import Locale

    return forms.get(Locale(lang).plural_form(number), forms["other"]).replace("{n}", str(number))


def load_interface(project: Project) -> tuple[dict[str, Interface], list[Problem]]:
    """`i18n/<lang>.yml` of every language that can be read; what is missing or wrong in it is empty, and told."""
    found: dict[str, Interface] = {}
    problems: list[Problem] = []
    for lang in LANGUAGES:
        file = _File(project, project.i18n / f"{lang}.yml", ("phrases", "sections", "labels", "glossary"))
        if file.data is not None:
            found[lang] = _interface(file, lang)
        problems += file.problems
    return found, problems


def read_interface(project: Project) -> dict[str, Interface]:
    """`load_interface`; ContentError where a key is missing, unknown or no text."""
    return sound(load_interface(project))


def load_catalogue_titles(project: Project, catalogue: Catalogue) -> tuple[dict[str, CatalogueTitles], list[Problem]]:
    """`i18n/catalogue/<lang>.yml` of every language that can be read, and what it lacks for the catalogue."""
    found: dict[str, CatalogueTitles] = {}
    problems: list[Problem] = []
    for lang in LANGUAGES:
        file = _File(project, project.i18n / "catalogue" / f"{lang}.yml", ("themes", "guides"))
        themes = {
            theme: ThemeTexts(
                **{"title": "", "intro": ""}
                | {key: file.text(text, "themes", theme, key) for key, text in entry.items()}
            )
            for theme in file.mapping(catalogue.themes, "themes")
            if (entry := file.mapping(("title", "intro"), "themes", theme))
        }
        found[lang] = CatalogueTitles(themes, file.texts(catalogue.guides, "guides"))
        problems += file.problems
    return found, problems


def read_catalogue_titles(project: Project, catalogue: Catalogue) -> dict[str, CatalogueTitles]:
    """`load_catalogue_titles`; ContentError where a key is missing, unknown or no text."""
    return sound(load_catalogue_titles(project, catalogue))


def load_advice_texts(project: Project, catalogue: Catalogue) -> tuple[dict[str, AdviceTexts], list[Problem]]:
    """`i18n/advice/<lang>.yml` of every language that can be read, and what it lacks for `content/advice.yml`."""
    found: dict[str, AdviceTexts] = {}
    problems: list[Problem] = []
    for lang in LANGUAGES:
        file = _File(project, project.i18n / "advice" / f"{lang}.yml", ("sources", "advice"))
        sources = file.mapping((source.lang for source in catalogue.sources), "sources")
        about = {
            source: file.text(entry["about"], "sources", source, "about")
            for source in sources
            if (entry := file.mapping(("about",), "sources", source))
        }
        found[lang] = AdviceTexts(about, file.texts(catalogue.advice, "advice"))
        problems += file.problems
    return found, problems


def read_advice_texts(project: Project, catalogue: Catalogue) -> dict[str, AdviceTexts]:
    """`load_advice_texts`; ContentError where a key is missing, unknown or no text."""
    return sound(load_advice_texts(project, catalogue))


def _interface(file: _File, lang: str) -> Interface:
    hints = get_type_hints(Phrases)
    names = [field.name for field in fields(Phrases)]
    phrases: dict[str, Any] = {name: "" if hints[name] is str else {} for name in names}
    for key, value in file.mapping(names, "phrases").items():
        if hints[key] is str:
            phrases[key] = file.text(value, "phrases", key)
        else:
            phrases[key] = file.texts(plural_forms(lang), "phrases", key)
    glossary = {}
    for term in file.mapping(GLOSSARY, "glossary"):
        entry = file.mapping(("use", "avoid"), "glossary", term)
        avoid = entry.get("avoid", [])
        if not isinstance(avoid, list):
            file.problem("`{}` must be a list", "write []", "glossary", term, "avoid")
            avoid = []
        glossary[term] = Term(
            file.text(entry.get("use"), "glossary", term, "use") if "use" in entry else "",
            tuple(file.text(word, "glossary", term, "avoid") for word in avoid),
        )
    sections, labels = file.texts(SECTION_IDS, "sections"), file.texts(LABELS, "labels")
    return Interface(lang, Phrases(**phrases), sections, labels, glossary)


class _File:
    """One file of texts; what is missing, unknown or no text in it is noted with its key and line, and left out."""

    def __init__(self, project: Project, path: Path, keys: Iterable[str]) -> None:
        self._where = project.show(path)
        self._lines = Lines({})
        self.data: Any = None
        self.problems: list[Problem] = []
        if not path.is_file():
            self.problem("is missing", "write it with the keys of the other languages")
            return
        try:
            self.data, self._lines = read_yaml(path, self._where)
        except ContentError as error:
            self.problems.append(from_error(error, self._where))
            return
        self.mapping(keys)

    def problem(self, what: str, mend: str, *keys: str) -> None:
        """Note what is wrong with a key (`{}` in `what`), at the line of the deepest part that is there."""
        self.problems.append(Problem(self._where, self._lines.of(*keys), what.format(".".join(keys)), mend))

    def mapping(self, keys: Iterable[str], *path: str) -> dict[str, Any]:
        """What stands below a path that should hold exactly `keys`: those that are there, in this order."""
        value, wanted = self.data, list(keys)
        for part in path:
            if not isinstance(value, dict) or part not in value:
                return {}  # told by whoever asked for the mapping around it
            value = value[part]
        if not isinstance(value, dict):
            name = "`{}`" if path else "the file"
            self.problem(f"{name} must hold keys and values", f"write {', '.join(wanted)}", *path)
            return {}
        for key in wanted:
            if key not in value:
                self.problem("the key `{}` is missing", "add it", *path, key)
        for key in value:
            if key not in wanted:
                self.problem("the key `{}` is unknown", "remove it or mend its name", *path, str(key))
        return {key: value[key] for key in wanted if key in value}

    def text(self, value: object, *path: str) -> str:
        """A value that must be a text that is not empty, on one line; empty where it is none."""
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())
        self.problem("`{}` must be a text", "write the words, quoted where YAML needs it", *path)
        return ""

    def texts(self, keys: Iterable[str], *path: str) -> dict[str, str]:
        """A mapping whose values are all texts."""
        return {name: self.text(value, *path, name) for name, value in self.mapping(keys, *path).items()}
