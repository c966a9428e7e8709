"""The catalogue: which guides there shall be, and which advice each of them carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapport.content.problem import Problem, from_error, sound
from rapport.content.yaml import Lines, read_yaml
from rapport.errors import ContentError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from rapport.project import Project

_KEYS = {"scope", "advice", "source", "demand"}
_REAL = "real"
"""The only `demand`: people ask for it, though no article of the sources has it."""
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAMES = "write one of small letters, digits and single hyphens, as `late-payment`, that no other page has"
_LONGEST = 60
"""Characters of a name: with `.md` and its folders it has room in every file system and in an address."""
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
"""What Windows takes for a device, with any ending: a checkout there would lack the file."""
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_TAKEN = ("about", "ask", "assets", "index", "sources")
"""Names below a language that are no theme's."""


@dataclass(frozen=True, slots=True)
class CatalogueGuide:
    """What the catalogue fixes about a guide, written or not."""

    id: str
    theme: str
    scope: str
    advice: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """One of the articles that the knowledge base grew from; `title` is in its own language."""

    lang: str
    title: str
    advice: tuple[str, ...]
    """Codes in their order."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All guides by id in catalogue order, the themes in order, the sources by language."""

    guides: dict[str, CatalogueGuide]
    themes: tuple[str, ...]
    sources: tuple[Source, ...]
    hosts: frozenset[str] = frozenset()
    """Other sites to which a text may link."""

    @property
    def advice(self) -> tuple[str, ...]:
        """Every advice code, in the order of the sources."""
        return tuple(code for source in self.sources for code in source.advice)


def load_catalogue(project: Project) -> tuple[Catalogue | None, list[Problem]]:
    """`content/guides.yml`, `advice.yml` and, if there is one, `hosts.yml`; None where anything in them is wrong."""
    sources, problems = _load_sources(project)
    hosts, unknown = _load_hosts(project)
    problems += unknown
    path = project.content / "guides.yml"
    where = project.show(path)
    try:
        data, lines = read_yaml(path, where)
    except ContentError as error:
        return None, [*problems, from_error(error, where)]
    if not isinstance(data, dict) or not data:
        return None, [
            *problems,
            Problem(where, 1, "must list themes and their guides", "write each theme, and below it its guides"),
        ]
    codes = None if sources is None else {code for source in sources for code in source.advice}
    guides: dict[str, CatalogueGuide] = {}
    for theme, entries in data.items():
        if wrong := name_problem(theme, _TAKEN):
            problems.append(Problem(where, lines.of(theme), f"theme {theme!r} {wrong}", _NAMES))
        if not isinstance(entries, dict):
            mend = "write its guides below it, each with scope, advice and source"
            problems.append(Problem(where, lines.of(theme), f"theme {theme!r} lists no guides", mend))
            continue
        for guide, entry in entries.items():
            found = list(_guide_problems(where, lines, theme, guide, entry, codes))
            if guide in guides:
                what = f"guide {guide!r}: stands in two themes"
                found.append(Problem(where, lines.of(theme, guide), what, "keep one of them"))
            problems += found
            if not found:
                scope = " ".join(entry["scope"].split())
                guides[guide] = CatalogueGuide(guide, theme, scope, tuple(entry["advice"]), entry["source"])
    # half a catalogue would make the rules complain of every guide in the other half
    return (None if problems or sources is None else Catalogue(guides, tuple(data), sources, hosts)), problems


def read_catalogue(project: Project) -> Catalogue:
    """`load_catalogue`; ContentError at the first thing that is wrong."""
    return sound(load_catalogue(project))


def name_problem(name: object, taken: tuple[str, ...]) -> str:
    """Why a theme or guide cannot be called so, to follow its name, or empty. `taken`: names of other pages."""
    if not isinstance(name, str):
        return "is no text"
    if name in taken:
        return "is the name of another page"
    if name in _DEVICES:
        return "is the name of a device on Windows"
    if len(name) > _LONGEST:
        return f"has more than {_LONGEST} characters"
    return "" if _NAME.fullmatch(name) else "is no name for an address"


def _guide_problems(
    where: str, lines: Lines, theme: Any, guide: Any, entry: Any, codes: AbstractSet[str] | None
) -> Iterator[Problem]:
    def problem(what: str, mend: str, *keys: object) -> Problem:
        return Problem(where, lines.of(theme, guide, *keys), f"guide {guide!r}: {what}", mend)

    if wrong := name_problem(guide, ("index",)):
        yield problem(wrong, _NAMES)
    if not isinstance(entry, dict):
        yield problem("must be a mapping with scope, advice and source", "write them below it")
        return
    for key in entry:
        if key not in _KEYS:
            yield problem(f"unknown key {key!r}", f"known are {', '.join(sorted(_KEYS))}", key)
    for key in ("advice", "scope", "source"):
        if key not in entry:
            yield problem(f"lacks {key!r}", "add it")
    if "scope" in entry and not isinstance(entry["scope"], str):
        yield problem("`scope` must be a text", "say in a sentence what the guide is about", "scope")
    if "source" in entry and entry["source"] not in LANGUAGES:
        what = f"source {entry['source']!r} is none of {', '.join(LANGUAGES)}"
        yield problem(what, "name the language it is written in first", "source")
    if "demand" in entry and entry["demand"] != _REAL:
        yield problem(f"`demand` is {entry['demand']!r}", f"write {_REAL}, or delete it", "demand")
    if not isinstance(advice := entry.get("advice", []), list):
        yield problem("`advice` must be a list of codes", "write it as `[E1]`", "advice")
        return
    if not advice and entry.get("demand") != _REAL:
        yield problem("carries no advice", "list codes of content/advice.yml, or write `demand: real`", "advice")
    for number, code in enumerate(advice):
        if codes is not None and (not isinstance(code, str) or code not in codes):
            what = f"advice code {code!r} is not in content/advice.yml"
            yield problem(what, "mend the code, or add it there", "advice", number)


def _load_sources(project: Project) -> tuple[tuple[Source, ...] | None, list[Problem]]:
    path = project.content / "advice.yml"
    where = project.show(path)
    try:
        data, lines = read_yaml(path, where)
    except ContentError as error:
        return None, [from_error(error, where)]
    entries = data.get("sources") if isinstance(data, dict) else None
    if not isinstance(entries, dict):
        return None, [Problem(where, 1, "must hold `sources`", "write each source by its language")]
    problems = [
        Problem(where, lines.of("sources", lang), f"source {lang!r}: {wrong}", "write title, and advice with its codes")
        for lang, entry in entries.items()
        if (wrong := _source_problem(lang, entry))
    ]
    if problems:
        return None, problems
    found = [Source(lang, " ".join(entry["title"].split()), tuple(entry["advice"])) for lang, entry in entries.items()]
    return tuple(found), []


def _source_problem(lang: object, entry: object) -> str:
    if lang not in LANGUAGES:
        return "is no language"
    if not isinstance(entry, dict) or not isinstance(entry.get("title"), str):
        return "has no title"
    codes = entry.get("advice")
    if not isinstance(codes, dict | list) or not all(isinstance(code, str) for code in codes):
        return "has no advice by codes"
    return ""


def _load_hosts(project: Project) -> tuple[frozenset[str], list[Problem]]:
    path = project.content / "hosts.yml"
    where = project.show(path)
    if not path.exists():
        return frozenset(), []
    try:
        data, lines = read_yaml(path, where)
    except ContentError as error:
        return frozenset(), [from_error(error, where)]
    mend = "list the names of hosts, as `- example.org`, or delete the file"
    if not isinstance(data, list):
        return frozenset(), [Problem(where, 1, "must be a list", mend)]
    problems = [
        Problem(where, lines.of(at), f"{host!r} is no name of a host", mend)
        for at, host in enumerate(data)
        if not isinstance(host, str) or not _HOST.fullmatch(host)
    ]
    return frozenset() if problems else frozenset(data), problems
