"""Characters that no reader sees, controls and invisible ones: where a text hides some, and how to print it. Pure.

The twin of `INVISIBLE` and `CONTROL` is in `docs/assets/javascripts/ask/question.js`.
"""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = (
    # what Unicode calls formats (Cf)
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffc\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    # fillers, joiners and variation selectors, which it says may be left out of sight too
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff"
)
"""Inside of a character class: formats, joiners, direction marks, variation selectors."""

CONTROL = "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
"""The same: controls that are no white space."""

_HIDDEN = re.compile(f"[{INVISIBLE}{CONTROL}\x0b-\x0d\x1c-\x1f\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(f"[{INVISIBLE}{CONTROL}\x0b-\x0d\x1c-\x1f\x85\u2028\u2029\ud800-\udfff]")


def hidden(text: str) -> list[tuple[int, str]]:
    """Where a text holds a character that nobody sees, line ends and tabs apart, and how Unicode names each."""
    return [(match.start(), _name(match[0])) for match in _HIDDEN.finditer(text)]


def _name(character: str) -> str:
    return f"U+{ord(character):04X} {unicodedata.name(character, 'CONTROL CHARACTER')}"


def printable(text: str) -> str:
    """A text as any terminal shows it and none obeys it: what cannot be seen as its escape; line ends and tabs stay.

    The escapes are those of JSON, so a line of JSON stays one and says the same.
    """
    return _UNPRINTABLE.sub(lambda match: escape(match[0]), text)


def escape(text: str) -> str:
    """Every character as JSON escapes it: `\\\\u001b`, two of them beyond the first plane."""
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
