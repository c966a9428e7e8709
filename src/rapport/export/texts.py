"""What an answer quotes, per language: the text of all guides, in which the browser also finds by words. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

from rapport.content.blocks import Exchange, Script
from rapport.content.text import best_reply, first_sign, is_spoken, plain, prose, scripts
from rapport.search.analyser import normalise, runs
from rapport.types import RowKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rapport.content.blocks import Block
    from rapport.content.catalogue import Catalogue
    from rapport.content.guides import Guide
    from rapport.content.interface import CatalogueTitles
    from rapport.search.knowledge import GuideText
    from rapport.types import Row

COMMON = 0.3
"""Words that occur in the questions of more than this share of all guides say nothing about which one is meant."""


def language_texts(
    lang: str,
    guides: Iterable[Guide],
    elsewhere: Iterable[GuideText],
    catalogue: Catalogue,
    names: CatalogueTitles,
    titles: Mapping[tuple[str, str], str],
    common: list[str],
) -> dict[str, Any]:
    """Guides, themes and titles of one language, for `texts-<lang>`.

    `guides` are the written ones of this language, in the order in which equals shall be listed;
    `elsewhere` are those that only other languages have, each in the one in which it is shown instead.
    """
    written = list(guides)
    ids = {guide.id for guide in written}
    return {
        "lang": lang,
        "themes": [{"id": theme, "title": about.title} for theme, about in names.themes.items()],
        "guides": [_guide(guide) for guide in written],
        "elsewhere": [_elsewhere(text) for text in elsewhere],
        "planned": [
            {"id": guide.id, "theme": guide.theme, "title": titles[guide.id, lang]}
            for guide in catalogue.guides.values()
            if guide.id not in ids
        ],
        "common": common,
    }


def _elsewhere(text: GuideText) -> dict[str, Any]:
    sections = [{"id": name, "heading": heading, "text": body} for name, heading, body in text.sections]
    return {
        "id": text.guide,
        "theme": text.theme,
        "lang": text.lang,
        "title": text.title,
        "summary": text.summary,
        "sign": text.sign,
        "sections": sections,
    }


def common_words(rows: Iterable[Row], lang: str) -> list[str]:
    """Words (in Japanese pairs of characters) that people use whatever they ask about: never marked as a reason."""
    words: dict[str, set[str]] = {}
    for row in rows:
        if row.kind is RowKind.BANK and row.lang == lang and row.guide is not None:
            words.setdefault(row.guide, set()).update(_words(row.text))
    shares = Counter(word for found in words.values() for word in found)
    return sorted(word for word, count in shares.items() if count > COMMON * len(words))


def _words(text: str) -> Iterable[str]:
    for run, cjk in runs(normalise(text)):
        if cjk:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run


def _guide(guide: Guide) -> dict[str, Any]:
    return {
        "id": guide.id,
        "theme": guide.theme,
        "title": guide.title,
        "summary": guide.summary,
        "situations": guide.situations,
        "sections": [
            {"id": section.id, "heading": section.heading, **_lines(section.blocks)} for section in guide.sections
        ],
        "sign": first_sign(guide.sections),
        "script": best_script(guide),
        "push": first_exchange(guide),
    }


def _lines(blocks: tuple[Block, ...]) -> dict[str, list[str]]:
    """Lines of a section that may be quoted as they stand, and `scripts`: found, but not quoted out of their frame.

    A frame says whether one should say it or rather not.
    """
    return {"lines": plain(prose(blocks)).splitlines(), "scripts": plain(scripts(blocks)).splitlines()}


def best_script(guide: Guide) -> dict[str, str] | None:
    """The script marked best, `{"heading", "scene", "label", "text"}` with paragraphs apart; None where there is none.

    `scene`: who says it to whom, the prose above the scripts; empty where there is none.
    """
    for section in guide.sections:
        if best := best_reply(section.blocks):
            label, text = best
            above = itertools.takewhile(lambda block: not isinstance(block, Script), section.blocks)
            scene = plain(above).replace("\n", " ")
            return {"heading": section.heading, "scene": scene, "label": label, "text": text}
    return None


def first_exchange(guide: Guide) -> dict[str, str] | None:
    """The first answer to which there is something to say, and that: `{"heading", "theirs", "yours"}`; else None."""
    for section in guide.sections:
        for block in section.blocks:
            if isinstance(block, Exchange):
                yours = next((text for one in block.yours if is_spoken(text := plain([one]), guide.lang)), "")
                if yours:
                    return {"heading": section.heading, "theirs": block.theirs.plain, "yours": yours}
    return None
