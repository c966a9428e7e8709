"""What a template may ask of its page: phrases, links, neighbours. One `View` per page."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from babel.dates import format_date
from mkdocs.utils import get_relative_url

from rapport.content.blocks import Paragraph
from rapport.content.interface import counted, language_name
from rapport.content.text import plain
from rapport.languages import LANGUAGE, LANGUAGES
from rapport.search.question import MAX_QUESTION
from rapport.site.model import SiteModel, guide_url
from rapport.site.pages import Kind
from rapport.site.policy import PAGE_POLICY
from rapport.site.typography import title_html, words_html

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.content.blocks import Section
    from rapport.content.guides import Guide
    from rapport.content.homes import Pointer
    from rapport.content.interface import Interface
    from rapport.content.phrases import Counted, Phrases
    from rapport.content.status import State
    from rapport.site.assets import Assets

_DESCRIPTION = 200
"""Search engines show no more of a description than this."""


@dataclass(frozen=True, slots=True)
class Version:
    """This page in one language, for the switcher, hreflang and the list of versions."""

    lang: str
    name: str
    """The language's own name."""
    url: str
    """Relative to the site's root. Where the page is missing: the page that readers are led to, with its notice."""
    current: bool
    missing: bool


class View:
    """A page as its template sees it; `url` and `asset` give addresses relative to the page."""

    def __init__(
        self, model: SiteModel, assets: Assets, site_url: str, *, kind: Kind, lang: str, name: str, url: str
    ) -> None:
        """`name`: of theme, guide or text, else empty; `url`: the page's, relative to the site's root."""
        self.model = model
        self.kind = kind
        self.lang = lang
        self.name = name
        self.page_url = "" if url in (".", "./") else url
        self.site_url = site_url
        self.languages = LANGUAGES
        self.policy = PAGE_POLICY
        self._assets = assets

    # phrases

    @property
    def interface(self) -> Interface:
        """Phrases, headings and labels of the page's language."""
        return self.model.interface[self.lang]

    @property
    def phrases(self) -> Phrases | None:
        """Phrases of the page's language; None on pages that belong to none."""
        return self.interface.phrases if self.lang else None

    def phrases_of(self, lang: str) -> Phrases:
        """Phrases of a given language."""
        return self.model.interface[lang].phrases

    @property
    def answer_phrases(self) -> dict[str, Any]:
        """Phrases that the answer page's scripts show, without their prefix."""
        phrases = self.interface.phrases
        found = {field.name: getattr(phrases, field.name) for field in fields(phrases)}
        own = {name.removeprefix("answer_"): text for name, text in found.items() if name.startswith("answer_")}
        more = {name: found[name] for name in ("copy", "copied", "copy_failed", "they_say", "you_say")}
        more |= {"colon": LANGUAGE[self.lang].colon, "quotes": self.quotes}
        languages = {lang: language_name(lang, self.lang) for lang in LANGUAGES}
        return {**own, **more, "found": phrases.ask_found, "none": phrases.ask_none, "languages": languages}

    @property
    def quotes(self) -> str:
        """Quotation marks of the page's language: opening, closing, and those inside where it has others."""
        return LANGUAGE[self.lang].marks.quotes

    @property
    def box_phrases(self) -> dict[str, Any]:
        """Phrases that the search box of every page shows."""
        phrases = self.answer_phrases
        return {name: phrases[name] for name in ("ask", "by_words", "no_suggestions", "none", "quotes", "suggestions")}

    @property
    def max_question(self) -> int:
        """The search reads no more characters of a question than this."""
        return MAX_QUESTION

    def name_of(self, lang: str) -> str:
        """A language's own name."""
        return LANGUAGE[lang].name

    def language_in(self, lang: str, shown_in: str) -> str:
        """A language's name in another language."""
        return language_name(lang, shown_in)

    def count(self, forms: Counted, number: int) -> str:
        """A counted phrase in the page's language."""
        return counted(forms, self.lang, number)

    def date(self, iso: str) -> str:
        """An ISO date as the language writes it out."""
        return format_date(date.fromisoformat(iso), "long", locale=self.lang)

    def og_locale(self, lang: str) -> str:
        """`de` to `de_DE`."""
        return LANGUAGE[lang].locale

    # addresses

    def url(self, path: str) -> str:
        """A page or file of the site as a relative address; on error pages, whose depth nobody knows, from the root."""
        if self.kind is Kind.NEUTRAL:
            return urljoin(urlsplit(self.site_url).path or "/", path)
        return get_relative_url(path, self.page_url) if path else get_relative_url(".", self.page_url)

    def asset(self, path: str) -> str:
        """A file below `docs/assets/`, with its hash."""
        return self.url(self._assets.address(f"assets/{path}"))

    @property
    def card(self) -> str:
        """The picture that links to this language's pages are shown with, or the neutral one; empty without both."""
        own, neutral = f"assets/images/card-{self.lang}.png", "assets/images/card.png"
        return next((card for card in (own, neutral) if self._assets.holds(card)), "")

    def absolute(self, path: str) -> str:
        """The full address, for search engines and link previews."""
        return urljoin(self.site_url, path)

    @property
    def path(self) -> str:
        """The page's path below its language: `money/late-payment/`."""
        return self.page_url.removeprefix(f"{self.lang}/")

    @cached_property
    def versions(self) -> list[Version]:
        """This page in every language, in fixed order."""
        there = self.model.languages_of(self.path)
        found = []
        for lang in LANGUAGES:
            missing = lang not in there
            target = self.model.fallback_language(self.path) if missing else lang
            url = f"{target}/{self.path}" + (f"#missing-{lang}" if missing else "")
            found.append(Version(lang, LANGUAGE[lang].name, url, lang == self.lang, missing))
        return found

    @property
    def notices(self) -> list[str]:
        """Languages whose readers are led here because they have no such page."""
        if self.model.fallback_language(self.path) != self.lang:
            return []
        return [version.lang for version in self.versions if version.missing]

    def sitemap(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Every page's URL with its (language, URL) alternates."""
        texts = dict.fromkeys(f"{name}/" for _, name in self.model.pages)
        sources = ["sources/"] if self.model.catalogue.sources else []
        paths = ["", *texts, *sources, "ask/", *(f"{theme}/" for theme in self.model.catalogue.themes)]
        paths += dict.fromkeys(f"{guide.theme}/{guide.id}/" for guide in self.model.guides.values())
        pages = []
        for path in paths:
            same = [(lang, f"{lang}/{path}") for lang in self.model.languages_of(path)]
            pages += [(url, same) for _, url in same]
        return pages

    # the model, in the page's language

    @property
    def home_page(self) -> Any:
        """Texts of the language's home page."""
        return self.model.homes[self.lang]

    def pointed(self, pointers: tuple[Pointer, ...]) -> list[tuple[Guide, str]]:
        """Guides of a list of pointers, with its words, those that are written."""
        return [(g, p.text) for p in pointers if (g := self.model.guide(self.lang, p.guide))]

    @property
    def themes(self) -> list[str]:
        """Themes with guides in this language."""
        return self.model.themes_of(self.lang)

    def theme_texts(self, theme: str) -> Any:
        """Title and intro of a theme."""
        return self.model.names[self.lang].themes[theme]

    def theme_guides(self, theme: str) -> list[Guide]:
        """Guides of a theme in this language."""
        return self.model.guides_of(self.lang, theme)

    @property
    def guide(self) -> Guide:
        """The page's guide."""
        return self.model.guides[self.lang, self.name]

    @property
    def sections(self) -> tuple[Section, ...]:
        """Sections of the page's guide, for its table of contents."""
        return self.guide.sections

    def guide_url(self, guide: Guide) -> str:
        """Address of a guide from this page."""
        return self.url(guide_url(guide))

    @property
    def related(self) -> list[Guide]:
        """Guides near to this one."""
        return self.model.related(self.guide)

    @property
    def guide_versions(self) -> list[tuple[Version, State, str]]:
        """Version, freshness and title of the page's guide in every language; no title where it is missing."""
        return [
            (v, self.model.freshness(v.lang, self.name), g.title if (g := self.model.guide(v.lang, self.name)) else "")
            for v in self.versions
        ]

    def advice(self, code: str) -> str:
        """What an advice code says, in this language."""
        return self.model.advice[self.lang].advice[code]

    @property
    def moved_to(self) -> tuple[str, str]:
        """Address and title of the page that readers of this one are led to."""
        url = self.model.moved_to(self.lang, self.name)
        _, theme, guide, *_ = [*url.split("/"), ""]
        if guide:
            return url, self.model.guides[self.lang, guide].title
        return url, self.theme_texts(theme).title if theme else self.phrases_of(self.lang).home

    @property
    def title(self) -> str:
        """The page's title without the site's name."""
        match self.kind:
            case Kind.HOME:
                return str(self.home_page.title)
            case Kind.GUIDE:
                return self.guide.title
            case Kind.THEME:
                return str(self.theme_texts(self.name).title)
            case Kind.SOURCES:
                return self.interface.phrases.sources_title
            case Kind.ASK:
                return self.interface.phrases.ask_title
        return ""

    @property
    def description(self) -> str:
        """One or two sentences for search engines and link previews."""
        match self.kind:
            case Kind.HOME:
                return str(self.home_page.description)
            case Kind.GUIDE:
                return self.guide.summary
            case Kind.THEME:
                return first_sentences(self.theme_texts(self.name).intro, _DESCRIPTION)
            case Kind.SOURCES:
                return self.interface.phrases.sources_lead
            case Kind.ASK:
                return self.interface.phrases.ask_lead
            case Kind.TEXT:
                return self._text_description()
        return ""

    def _text_description(self) -> str:
        """What a text says of itself, else how it begins."""
        page = self.model.pages[self.lang, self.name]
        own = (page.front or {}).get("description")
        if isinstance(own, str) and own.strip():
            return own
        begin = next((block for block in page.blocks if isinstance(block, Paragraph)), None)
        text = " ".join(plain([begin]).split()) if begin else ""
        return first_sentences(text, _DESCRIPTION) or self.interface.phrases.tagline


def first_sentences(text: str, most: int) -> str:
    """As many whole sentences as fit into `most` characters, at least one."""
    sentences = re.findall(r".+?(?:[.!?…](?=\s|$)|[。！？]|$)\s*", text)
    kept = ""
    for sentence in sentences:
        if kept and len((kept + sentence).rstrip()) > most:
            break
        kept += sentence
    return kept.rstrip()


def filters() -> dict[str, Callable[..., Any]]:
    """Jinja filters: `{{ text | typeset(lang) }}` sets spaces, `| typeset_title(lang)` also Japanese phrases."""
    return {"typeset": words_html, "typeset_title": title_html}
