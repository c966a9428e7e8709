"""Which pages there are. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.site.model import SiteModel


class Kind(StrEnum):
    """Kinds of page; the value is the name of the template."""

    CHOOSER = "chooser"
    HOME = "home"
    THEME = "theme"
    GUIDE = "guide"
    SOURCES = "sources"
    ASK = "ask"
    MOVED = "moved"
    """Where a guide was once: leads to where it is now."""
    TEXT = "text"
    """A page that is nothing but its Markdown."""
    NEUTRAL = "neutral"
    """404, sitemap, robots.txt."""


def page_kind(uri: str, model: SiteModel) -> tuple[Kind, str, str]:
    """Kind, language and name (of theme, guide or text, else empty) of a page by its path in `docs/`."""
    lang, *rest = uri.removesuffix(".md").split("/")
    if lang not in LANGUAGES:
        return Kind.CHOOSER, "", ""
    match rest:
        case ["index"]:
            return Kind.HOME, lang, ""
        case ["sources"]:
            return Kind.SOURCES, lang, ""
        case ["ask"]:
            return Kind.ASK, lang, ""
        case [theme, "index"]:
            return Kind.THEME, lang, theme
        case [_, guide] if (lang, guide) in model.guides:
            return Kind.GUIDE, lang, guide
        case [theme, guide] if f"{theme}/{guide}" in model.moved:
            return Kind.MOVED, lang, f"{theme}/{guide}"
    return Kind.TEXT, lang, "/".join(rest)


def generated_pages(model: SiteModel, lang: str) -> Iterator[tuple[str, str]]:
    """Path in `docs/` and text of the pages that are made from the model alone, for one language."""
    if lang not in LANGUAGES:
        return
    phrases = model.interface[lang].phrases
    yield f"{lang}/ask.md", f"# {phrases.ask_title}\n"
    if model.catalogue.sources:
        yield f"{lang}/sources.md", f"# {phrases.sources_title}\n"
    for theme in model.themes_of(lang):
        yield f"{lang}/{theme}/index.md", f"# {model.names[lang].themes[theme].title}\n"
    for address in model.moved:
        yield f"{lang}/{address}.md", ""
