"""What the site shows, as one immutable model: guides, texts, and what can be derived from both. Reads files once."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from rapport.content.blocks import all_words
from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.content.homes import read_homes
from rapport.content.interface import read_advice_texts, read_catalogue_titles, read_interface
from rapport.content.moved import read_moved
from rapport.content.pages import Pages, read_pages
from rapport.content.status import State, state_of
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rapport.content.catalogue import Catalogue
    from rapport.content.guides import Guide
    from rapport.content.homes import Home
    from rapport.content.interface import AdviceTexts, CatalogueTitles, Interface
    from rapport.project import Project

RELATED = 4
"""At most so many related guides under a guide."""


@dataclass(frozen=True)
class SiteModel:
    """All that templates need. Texts are plain; URLs are relative to the site's root, without a leading slash."""

    interface: Mapping[str, Interface]
    catalogue: Catalogue
    names: Mapping[str, CatalogueTitles]
    advice: Mapping[str, AdviceTexts]
    homes: Mapping[str, Home]
    guides: Mapping[tuple[str, str], Guide]
    """By (language, id), in catalogue order."""
    pages: Pages
    """Texts that are no guides, by (language, name)."""
    moved: Mapping[str, str]
    """Address that a guide had once, without its language → the present one."""
    order: Mapping[str, int] = field(repr=False)

    def guide(self, lang: str, guide: str) -> Guide | None:
        """The guide in a language, None where it is not written."""
        return self.guides.get((lang, guide))

    def themes_of(self, lang: str) -> list[str]:
        """Themes that have a guide in this language, in catalogue order."""
        written = {guide.theme for (of, _), guide in self.guides.items() if of == lang}
        return [theme for theme in self.catalogue.themes if theme in written]

    def guides_of(self, lang: str, theme: str | None = None) -> list[Guide]:
        """Written guides of a language (and theme), in catalogue order."""
        return [g for (of, _), g in self.guides.items() if of == lang and theme in (None, g.theme)]

    def languages_of(self, path: str) -> list[str]:
        """Languages that have the page `<lang>/<path>`: `money/`, `money/late-payment/`, `ask/`, … in fixed order."""
        theme, _, guide = path.rstrip("/").partition("/")
        if guide:
            return [lang for lang in LANGUAGES if (lang, guide) in self.guides]
        if theme in self.catalogue.themes:
            return [lang for lang in LANGUAGES if theme in self.themes_of(lang)]
        if any(name == theme for _, name in self.pages):
            return [lang for lang in LANGUAGES if (lang, theme) in self.pages]
        return list(LANGUAGES)  # home, and what the site makes itself

    def fallback_language(self, path: str) -> str:
        """The language that readers of a missing page are led to: the source's, else the first that has the page."""
        there = self.languages_of(path)
        guide = self.catalogue.guides.get(path.rstrip("/").partition("/")[2])
        return guide.source if guide and guide.source in there else there[0]

    def freshness(self, lang: str, guide: str) -> State:
        """How a guide of the catalogue stands, in a language, to its source."""
        return self._states[lang, guide]

    @cached_property
    def _states(self) -> dict[tuple[str, str], State]:
        return {
            (lang, planned.id): state_of(self.guide(lang, planned.id), self.guide(planned.source, planned.id))
            for planned in self.catalogue.guides.values()
            for lang in LANGUAGES
        }

    @cached_property
    def _links(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {key: tuple(linked_guides(guide)) for key, guide in self.guides.items()}

    def related(self, guide: Guide) -> list[Guide]:
        """Written guides in the same language: those it links to, those that link to it, then its theme's."""
        key = (guide.lang, guide.id)
        to_here = [of for (lang, of), targets in self._links.items() if lang == guide.lang and guide.id in targets]
        near = sorted(
            (g.id for g in self.guides_of(guide.lang, guide.theme)), key=lambda i: self._distance(i, guide.id)
        )
        found = dict.fromkeys([*self._links[key], *to_here, *near])
        found.pop(guide.id, None)
        return [g for other in found if (g := self.guide(guide.lang, other))][:RELATED]

    def _distance(self, one: str, other: str) -> int:
        return abs(self.order[one] - self.order[other])

    def moved_to(self, lang: str, address: str) -> str:
        """Where readers of an address that a guide had once are led: the guide, else its theme, else the home page."""
        theme, _, guide = self.moved[address].partition("/")
        if guide and self.guide(lang, guide):
            return f"{lang}/{theme}/{guide}/"
        return f"{lang}/{theme}/" if theme in self.themes_of(lang) else f"{lang}/"

    def carriers(self, lang: str, code: str) -> list[Guide]:
        """Written guides in a language whose text carries an advice code."""
        return [guide for guide in self.guides_of(lang) if code in guide.advice]

    def unwritten(self, lang: str) -> frozenset[str]:
        """Where the guides would lie that the catalogue names but that nobody has written in a language."""
        guides = self.catalogue.guides.values()
        return frozenset(f"docs/{lang}/{g.theme}/{g.id}.md" for g in guides if (lang, g.id) not in self.guides)

    def planned(self, lang: str, code: str) -> list[str]:
        """Titles of the guides that shall carry a code but are not written in this language."""
        return [
            self.names[lang].guides[guide.id]
            for guide in self.catalogue.guides.values()
            if code in guide.advice and (lang, guide.id) not in self.guides
        ]


def linked_guides(guide: Guide) -> list[str]:
    """Ids that a guide's text links to, in order, each once."""
    links = (link for words in all_words(guide.document.blocks) for link in words.links if not link.image)
    parts = (link.path.removesuffix(".md").split("/") for link in links if link.path != guide.path)
    return list(dict.fromkeys(part[3] for part in parts if part[:2] == ["docs", guide.lang] and len(part) == 4))


def guide_url(guide: Guide) -> str:
    """`de/money/late-payment/`."""
    return f"{guide.lang}/{guide.theme}/{guide.id}/"


def read_model(project: Project) -> SiteModel:
    """Read everything the site is made from; ContentError with file and line at the first thing that cannot be used."""
    catalogue = read_catalogue(project)
    order = {guide: number for number, guide in enumerate(catalogue.guides)}
    written = sorted(read_guides(project, catalogue), key=lambda guide: order[guide.id])
    return SiteModel(
        interface=read_interface(project),
        catalogue=catalogue,
        names=read_catalogue_titles(project, catalogue),
        advice=read_advice_texts(project, catalogue),
        homes=read_homes(project, catalogue),
        guides={(guide.lang, guide.id): guide for guide in written},
        pages=read_pages(project, catalogue),
        moved=read_moved(project, catalogue),
        order=order,
    )
