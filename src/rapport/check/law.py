"""Where a guide names law. One pattern for all languages: a German guide may cite the Dutch code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.content.blocks import all_words
from rapport.content.text import plain
from rapport.languages import any_law

if TYPE_CHECKING:
    from rapport.content.blocks import Line
    from rapport.content.guides import Guide

_SAID = ("what-to-say", "push-back")

_REFERENCE = any_law("reference")
# a clause of the parties' own contract is no law
_CONTRACT = re.compile(rf"\s*(?:,?\s*(?:{any_law('clause').pattern})\s*\d+\s*)?(?:{any_law('contract').pattern})")
_MENTION = any_law("mention")


def first_reference(guide: Guide) -> Line | None:
    """Line and words of the first article of a law, outside what to say (a letter may cite its own contract)."""
    said = [section for section in guide.sections if section.id in _SAID]
    spoken = {words.line for section in said for words in all_words(section.blocks)}
    for words in all_words(guide.document.blocks):
        for number, line in words.lines() if words.line not in spoken else ():
            for match in _REFERENCE.finditer(line):
                if not _CONTRACT.match(line, match.end()):
                    return number, match[0].strip(" ,.")
    return None


def names_law(guide: Guide) -> bool:
    """Whether law is mentioned at all, by article or by name."""
    text = plain(guide.document.blocks)
    return bool(_REFERENCE.search(text) or _MENTION.search(text))
