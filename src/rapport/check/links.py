"""Rules for links and images: within the language, to guides that exist or are planned, to anchors that exist."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from rapport.check.problem import Level, Problem
from rapport.content.guides import SECTION_IDS
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from rapport.check.page import Page
    from rapport.content.catalogue import Catalogue

_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*<?([^)>\s]*)>?(?:\s+\"[^\"]*\")?\s*\)")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]]+\]: *\S")
_BARE = re.compile(r"https?://[^\s)>]+")
_HTML = re.compile(r"<(?:a|img)\b", re.IGNORECASE)
_TAG = re.compile(r"<[/!?]?[a-z][^\s>]*|<!--", re.IGNORECASE)
_HANDLER = re.compile(r"\bon[a-z]{3,}\s*=", re.IGNORECASE)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_ANCHOR = re.compile(r"\{#([^}\s]+)\}")
_GENERATED = ("sources", "ask")
"""Pages of a language that the site makes."""
_NO_FOREIGN = "take it out; sources are generated, and no page leads away"


def link_problems(
    page: Page, pages: Mapping[str, Page], files: AbstractSet[str], catalogue: Catalogue | None
) -> Iterator[Problem]:
    """Everything wrong with the links of a guide.

    `pages` are the readable guides by path; `files` the paths of all files in `docs/`, all relative to the project.
    """
    links = _Links(page, pages, files, catalogue)
    for number, line in page.body_lines():
        for match in _LINK.finditer(line):
            target = match[3]
            if match[1] and not match[2].strip():
                yield Problem(page.path, number, "the image has no text", "say in the brackets what it shows")
            problem = links.image(number, target) if match[1] else links.link(number, target)
            if problem:
                yield problem
        rest = _LINK.sub(lambda match: match[2], line)
        for url in _BARE.findall(rest):
            yield Problem(page.path, number, f"address {url} of another site", _NO_FOREIGN)
        if _DEFINITION.match(rest) and not _BARE.search(rest):
            yield Problem(page.path, number, "a link written in two places", "write it as `[text](file.md)`")
        if _HTML.search(rest):
            yield Problem(page.path, number, "a link or image in HTML", "write it as `[text](file.md)`")
        yield from _raw_html(page.path, number, _HTML.sub("", _BARE.sub("", rest)))
    for number, text in page.front_texts():
        yield from _raw_html(page.path, number, text)


def _raw_html(path: str, number: int, line: str) -> Iterator[Problem]:
    """Tags and event handlers, which would reach the page as they are; code is shown, not obeyed."""
    shown = _CODE.sub("", line)
    for tag in dict.fromkeys(match[0] for match in _TAG.finditer(shown)):
        if tag.lower() not in ("</a", "</img"):
            yield Problem(path, number, f"HTML {tag!r}", "write Markdown")
    for handler in dict.fromkeys(match[0] for match in _HANDLER.finditer(shown)):
        yield Problem(path, number, f"HTML {handler!r}", "take it out")


class _Links:
    """Judges the targets of one page."""

    def __init__(
        self, page: Page, pages: Mapping[str, Page], files: AbstractSet[str], catalogue: Catalogue | None
    ) -> None:
        self._page, self._pages, self._files = page, pages, files
        self._guides = catalogue.guides if catalogue else {}
        self._themes = catalogue.themes if catalogue else ()
        self._known = catalogue is not None
        self._home = f"docs/{page.guide.lang}"

    def image(self, line: int, target: str) -> Problem | None:
        """The problem of an image's file, if any."""
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.IGNORECASE):
            return self._error(line, f"image {target} of another site", "put the file into docs/assets/images/")
        if self._resolve(target) not in self._files:
            return self._error(
                line, f"image {target!r} does not exist", "mend the path; images lie in docs/assets/images/"
            )
        return None

    def link(self, line: int, target: str) -> Problem | None:
        """The problem of a link's target, if any."""
        if re.match(r"[a-z][a-z0-9+.-]*:|//", target, re.IGNORECASE):
            return self._error(line, f"link to {target}", _NO_FOREIGN)
        file, _, anchor = target.partition("#")
        if not target or target == "#":
            return self._error(line, "the link has no target", "write the guide's file")
        if file.startswith("/"):
            return self._error(line, f"link {target!r} is not relative", self._mend(file))
        path = self._resolve(file) if file else self._page.path
        _, lang, *rest = [*path.split("/"), ""]
        if lang != self._page.guide.lang and path.startswith("docs/") and lang in LANGUAGES:
            return self._error(line, f"link {target!r} leads into another language", self._mend(file))
        if path in self._pages:
            return self._to_anchor(line, target, anchor, _anchors(self._pages[path]))
        if path in self._files and path.endswith(".md"):
            return None
        if rest[1:2] == ["index.md"] and lang == self._page.guide.lang and (rest[0] in self._themes or not self._known):
            return None
        if path in {f"{self._home}/{name}.md" for name in _GENERATED}:
            return None
        planned = self._guides.get(_id(path))
        if planned and path == f"{self._home}/{planned.theme}/{planned.id}.md":
            if anchor and anchor not in SECTION_IDS:
                return self._to_anchor(line, target, anchor, set(SECTION_IDS))
            mend = f"write {path}; until then the site shows the words without a link"
            return Problem(self._page.path, line, f"{planned.id} is not written yet", mend, Level.HINT)
        if not self._known:
            return None
        return self._error(line, f"link {target!r} leads nowhere", self._mend(file))

    def _to_anchor(self, line: int, target: str, anchor: str, anchors: set[str]) -> Problem | None:
        if not anchor or anchor in anchors:
            return None
        there = [name for name in SECTION_IDS if name in anchors]
        return self._error(
            line,
            f"link {target!r}: no #{anchor} there",
            f"there are {', '.join(there)}" if there else "link to the guide as a whole",
        )

    def _mend(self, file: str) -> str:
        """How the link should be written, if the id at its end is a guide's."""
        planned = self._guides.get(_id(file))
        if not planned:
            return "link to a guide of content/guides.yml, or take the link out"
        same = planned.theme == self._page.guide.theme
        return f"write `{planned.id}.md`" if same else f"write `../{planned.theme}/{planned.id}.md`"

    def _resolve(self, target: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(self._page.path), target))

    def _error(self, line: int, message: str, mend: str) -> Problem:
        return Problem(self._page.path, line, message, mend)


def _id(path: str) -> str:
    return posixpath.basename(path.rstrip("/")).removesuffix(".md").removesuffix(".html")


def _anchors(page: Page) -> set[str]:
    return set(_ANCHOR.findall(page.guide.body))
