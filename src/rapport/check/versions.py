"""Rules across languages: what exists where, and which source text a translation follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapport.content.problem import Level, Problem
from rapport.content.status import source_hash
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from rapport.content.catalogue import Catalogue
    from rapport.content.guides import Guide


def language_problems(files: AbstractSet[str], catalogue: Catalogue, complete: bool) -> Iterator[Problem]:
    """Guides of the catalogue that exist in their source language but not in all, or in others but not in that one.

    In a `complete` knowledge base every guide that carries advice of the sources must exist in every language.
    """
    for guide in catalogue.guides.values():
        paths = {lang: f"docs/{lang}/{guide.theme}/{guide.id}.md" for lang in LANGUAGES}
        source = paths[guide.source]
        for lang, path in paths.items():
            if complete and guide.advice and path not in files:
                what = f"{guide.id} is missing in {lang}, though `complete` promises every guide that carries advice"
                yield Problem("content/guides.yml", 1, what, f"write {path}")
            elif source in files and path not in files:
                yield Problem(source, 1, f"{guide.id} is missing in {lang}", f"write {path}", Level.HINT)
            elif source not in files and path in files:
                yield Problem(
                    path, 1, f"{guide.id} is missing in its source language {guide.source}", f"write {source}"
                )


def translation_problems(
    guide: Guide, guides: Mapping[str, Guide], unsound: AbstractSet[str], catalogue: Catalogue | None
) -> Iterator[Problem]:
    """What is wrong with `translated` of one guide; `unsound` are the paths of those with problems of their own."""
    if guide.document.front is None:
        return
    line, source, written = guide.line_of("translated"), source_language(guide, catalogue), guide.translated
    if source == guide.lang:
        if "translated" in guide.document.front:
            yield Problem(guide.path, line, f"`translated` in the source language {guide.lang}", "delete the line")
        return
    path = guide.path.replace(f"docs/{guide.lang}/", f"docs/{source}/", 1)
    original = guides.get(path)
    if original is None or path in unsound:
        if not written:
            mend = f"mend or write {path} first, then run the check again"
            yield Problem(guide.path, line, "`translated` is missing", mend)
        return
    current = source_hash(original)
    if not written:
        mend = f"if this follows {path} as it is now, write `translated: {quoted(current)}`"
        yield Problem(guide.path, line, "`translated` is missing", mend)
    elif written != current:
        stamp = f"`rapport check --stamp {guide.path}`"
        mend = f"bring it up to date, then write `translated: {quoted(current)}` (or run {stamp})"
        yield Problem(guide.path, line, f"behind {path}, which has changed since", mend)


def source_language(guide: Guide, catalogue: Catalogue | None) -> str:
    """The language that a guide was first written in: the catalogue's word, else the file's."""
    planned = catalogue.guides.get(guide.id) if catalogue else None
    if planned:
        return planned.source
    return guide.source if guide.source in LANGUAGES else guide.lang


def quoted(digits: str) -> str:
    """A hash as YAML needs it: one of digits only would be read as a number."""
    return f'"{digits}"' if digits.isdigit() else digits
