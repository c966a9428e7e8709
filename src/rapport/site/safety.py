"""What a page made of Markdown may consist of: every tag, attribute and address that is not named here is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

_HEADING = frozenset({"id"})
_NONE: frozenset[str] = frozenset()
_ALLOWED = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _HEADING),
    **dict.fromkeys(("p", "div", "span"), frozenset({"class"})),
    **dict.fromkeys(("ul", "li", "strong", "em", "blockquote", "br", "hr", "code"), _NONE),
    **dict.fromkeys(("table", "thead", "tbody", "tr"), _NONE),
    **dict.fromkeys(("th", "td"), frozenset({"align"})),
    "ol": frozenset({"start"}),
    "a": frozenset({"href", "title"}),
    "img": frozenset({"src", "alt", "title"}),
}
"""Tag → its attributes."""
_CLASSES = {"p": re.compile("admonition-title"), "div": re.compile(r"admonition( \w+)+"), "span": re.compile("slot")}
_ADDRESS = re.compile(r"(?:\.\.?/)*[\w#][\w./#-]*")
"""Below or beside the page; neither a scheme nor the root of a host."""
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")


def refuse_unsafe(root: Element, stored: Iterable[str], path: str) -> None:
    """ContentError, naming the file at `path`, where a rendered page holds what no page may.

    `root`: as the library made it, before anything of ours is in it; `stored`: what it keeps apart to put in as it is.
    """

    def refuse(what: str) -> None:
        raise ContentError(f"the page would hold {what}", where=path, mend="write it in plain Markdown")

    for raw in stored:
        if not _ENTITY.fullmatch(raw):
            refuse(f"{raw.strip()[:60]!r}")
    for element in root.iter():
        if element is root:
            continue
        if element.tag not in _ALLOWED:
            refuse(f"<{element.tag}>")
        for name, value in element.items():
            if name not in _ALLOWED[element.tag]:
                refuse(f"<{element.tag} {name}>")
            if name in ("href", "src") and value and not _ADDRESS.fullmatch(value):
                refuse(f"the address {value!r}")
            if name == "class" and not _CLASSES[element.tag].fullmatch(value):
                refuse(f"<{element.tag} class={value!r}>")
