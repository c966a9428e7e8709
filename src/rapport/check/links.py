"""Rules for links and images: within the language, to guides that exist or are planned, to anchors that exist."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from rapport.content.blocks import all_words
from rapport.content.files import IMAGE_TYPES, IMAGES
from rapport.content.pages import GENERATED
from rapport.content.problem import Level, Problem
from rapport.content.sections import SECTION_IDS
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from rapport.content.blocks import Link
    from rapport.content.catalogue import Catalogue
    from rapport.content.guides import Guide


def link_problems(
    guide: Guide, guides: Mapping[str, Guide], files: AbstractSet[str], catalogue: Catalogue | None
) -> Iterator[Problem]:
    """Everything wrong with the links of a guide, but for addresses of other sites, which no text may hold.

    `guides` are the readable ones by path; `files` the paths of all files in `docs/`, all relative to the project.
    """
    links = _Links(guide, guides, files, catalogue)
    for words in all_words(guide.document.blocks):
        for link in words.links:
            if link.image and not link.text.strip():
                what, mend = "the image has no text", "say in the brackets what it shows"
                yield Problem(guide.path, link.line, what, mend)
            if not link.foreign and (problem := links.image(link) if link.image else links.link(link)):
                yield problem


class _Links:
    """Judges the targets of one page."""

    def __init__(
        self, guide: Guide, guides: Mapping[str, Guide], files: AbstractSet[str], catalogue: Catalogue | None
    ) -> None:
        self._guide, self._written, self._files = guide, guides, files
        self._guides = catalogue.guides if catalogue else {}
        self._themes = catalogue.themes if catalogue else ()
        self._known = catalogue is not None
        self._home = f"docs/{guide.lang}"

    def image(self, link: Link) -> Problem | None:
        """The problem of an image's file, if any."""
        if posixpath.dirname(link.path) != f"docs/{IMAGES}" or link.path not in self._files:
            mend = f"mend the path; images lie in docs/{IMAGES}/"
            return self._error(link, f"image {link.target!r} does not exist", mend)
        if not link.path.endswith(IMAGE_TYPES):
            return self._error(link, f"image {link.target!r} is neither PNG nor JPEG", "save it as one of them")
        return None

    def link(self, link: Link) -> Problem | None:
        """The problem of a link's target, if any."""
        path, target = link.path, link.target
        if target in ("", "#"):
            return self._error(link, "the link has no target", "write the guide's file")
        if not path:
            return self._error(link, f"link {target!r} is not relative", self._mend(target))
        _, lang, *rest = [*path.split("/"), ""]
        if lang != self._guide.lang and path.startswith("docs/") and lang in LANGUAGES:
            return self._error(link, f"link {target!r} leads into another language", self._mend(path))
        if path in self._written:
            return self._to_anchor(link, self._written[path].document.anchors)
        if path in self._files and path.endswith(".md"):
            return None
        if rest[1:2] == ["index.md"] and lang == self._guide.lang and (rest[0] in self._themes or not self._known):
            return None
        if path in {f"{self._home}/{name}.md" for name in GENERATED}:
            return None
        planned = self._guides.get(_id(path))
        if planned and path == f"{self._home}/{planned.theme}/{planned.id}.md":
            if link.anchor and link.anchor not in SECTION_IDS:
                return self._to_anchor(link, set(SECTION_IDS))
            mend = f"write {path}; until then the site shows the words without a link"
            return Problem(self._guide.path, link.line, f"{planned.id} is not written yet", mend, Level.HINT)
        if not self._known:
            return None
        return self._error(link, f"link {target!r} leads nowhere", self._mend(path))

    def _to_anchor(self, link: Link, anchors: set[str]) -> Problem | None:
        if not link.anchor or link.anchor in anchors:
            return None
        there = [name for name in SECTION_IDS if name in anchors]
        return self._error(
            link,
            f"link {link.target!r}: no #{link.anchor} there",
            f"there are {', '.join(there)}" if there else "link to the guide as a whole",
        )

    def _mend(self, path: str) -> str:
        """How the link should be written, if the id at its end is a guide's."""
        planned = self._guides.get(_id(path.partition("#")[0]))
        if not planned:
            return "link to a guide of content/guides.yml, or take the link out"
        same = planned.theme == self._guide.theme
        return f"write `{planned.id}.md`" if same else f"write `../{planned.theme}/{planned.id}.md`"

    def _error(self, link: Link, message: str, mend: str) -> Problem:
        return Problem(self._guide.path, link.line, message, mend)


def _id(path: str) -> str:
    return posixpath.basename(path.rstrip("/")).removesuffix(".md").removesuffix(".html")
