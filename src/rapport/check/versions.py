"""Rules across languages: what exists where, and which source text a translation follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.check.problem import Problem
from rapport.content.guides import source_hash
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from rapport.check.page import Page
    from rapport.content.catalogue import Catalogue


def language_problems(files: AbstractSet[str], catalogue: Catalogue) -> Iterator[Problem]:
    """Guides of the catalogue that exist in their source language but not in all, or in others but not in that one."""
    for guide in catalogue.guides.values():
        paths = {lang: f"docs/{lang}/{guide.theme}/{guide.id}.md" for lang in LANGUAGES}
        source = paths[guide.source]
        for lang, path in paths.items():
            if source in files and path not in files:
                yield Problem(source, 1, f"{guide.id} is missing in {lang}", f"write {path}")
            elif source not in files and path in files:
                yield Problem(
                    path, 1, f"{guide.id} is missing in its source language {guide.source}", f"write {source}"
                )


def translation_problems(page: Page, pages: Mapping[str, Page], catalogue: Catalogue | None) -> Iterator[Problem]:
    """What is wrong with `translated` of one guide."""
    if page.front is None:
        return
    lang, line = page.guide.lang, page.line_of("translated")
    source = source_language(page, catalogue)
    written = page.front.get("translated")
    if source == lang:
        if written is not None:
            yield Problem(page.path, line, f"`translated` in the source language {lang}", "delete the line")
        return
    path = page.path.replace(f"docs/{lang}/", f"docs/{source}/", 1)
    original = pages.get(path)
    if original is None or not original.sound:
        if not written:
            yield Problem(
                page.path, line, "`translated` is missing", f"mend or write {path} first, then run the check again"
            )
        return
    current = source_hash(original.guide)
    if not written:
        mend = f"if this follows {path} as it is now, write `translated: {quoted(current)}`"
        yield Problem(page.path, line, "`translated` is missing", mend)
    elif str(written) != current:
        stamp = f"`rapport check --stamp {page.path}`"
        mend = f"bring it up to date, then write `translated: {quoted(current)}` (or run {stamp})"
        yield Problem(page.path, line, f"behind {path}, which has changed since", mend)


def source_language(page: Page, catalogue: Catalogue | None) -> str:
    """The language that a guide was first written in: the catalogue's word, else the file's."""
    planned = catalogue.guides.get(page.guide.id) if catalogue else None
    if planned:
        return planned.source
    named = page.front.get("source") if page.front else None
    return named if isinstance(named, str) and named in LANGUAGES else page.guide.lang


def quoted(digits: str) -> str:
    """A hash as YAML needs it: one of digits only would be read as a number."""
    return f'"{digits}"' if digits.isdigit() else digits
