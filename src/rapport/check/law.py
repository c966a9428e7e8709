"""Where a guide names law. One pattern for all languages: a German guide may cite the Dutch code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.languages import any_law

if TYPE_CHECKING:
    from rapport.check.page import Line, Page

_REFERENCE = any_law("reference")
# a clause of the parties' own contract is no law
_CONTRACT = re.compile(rf"\s*(?:,?\s*(?:Abs\.|lid|п\.)\s*\d+\s*)?(?:{any_law('contract').pattern})")
_MENTION = any_law("mention")


def first_reference(page: Page) -> Line | None:
    """Line and words of the first article of a law, outside scripts (a letter may cite its own contract)."""
    scripts = {
        n for section in page.guide.sections if section.id == "what-to-say" for n, _ in page.section_lines(section)
    }
    for number, line in page.body_lines():
        for match in _REFERENCE.finditer(line):
            if number not in scripts and not _CONTRACT.match(line, match.end()):
                return number, match[0].strip(" ,.")
    return None


def names_law(page: Page) -> bool:
    """Whether law is mentioned at all, by article or by name."""
    return bool(_REFERENCE.search(page.guide.body) or _MENTION.search(page.guide.body))
