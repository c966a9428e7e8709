"""What a page made of Markdown may consist of: every tag, attribute and address that is not named here is refused."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from rapport.characters import hidden
from rapport.content.markup import leads_to
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet
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
_ESCAPE = re.compile("\x02(\\d+)\x03")
"""As what the library keeps a character that is written with a backslash, until the page is done."""
MEND = "write it in plain Markdown"
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|\w+);")


def refuse_unsafe(root: Element, stored: Iterable[str], path: str, hosts: AbstractSet[str]) -> None:
    """ContentError, naming the file at `path`, where a rendered page holds what no page may."""
    for what, _ in unsafe(root, stored, hosts):
        raise ContentError(f"the page would hold {what}", where=path, mend=MEND)


def unsafe(root: Element, stored: Iterable[str], hosts: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    """Everything in a rendered page that no page may hold: what it is, and as what it may stand in the text.

    `root`: as the library made it, before anything of ours is in it; `stored`: what it keeps apart to put in as it is;
    `hosts`: to which links may lead away.
    """
    for raw in stored:
        if not _ENTITY.fullmatch(raw) or hidden(html.unescape(raw)):
            yield f"{raw.strip()[:60]!r}", raw.strip()
    for element in root.iter():
        if element is not root:
            yield from _element(element, hosts)


def _element(element: Element, hosts: AbstractSet[str]) -> Iterator[tuple[str, str]]:
    if element.tag not in _ALLOWED:
        yield f"<{element.tag}>", f"<{element.tag}"
        return
    for name, written in element.items():
        value = _ESCAPE.sub(lambda match: chr(int(match[1])), written)
        if name not in _ALLOWED[element.tag]:
            yield f"<{element.tag} {name}>", name
        elif name == "class" and not _CLASSES[element.tag].fullmatch(value):
            yield f"<{element.tag} class={value!r}>", value
        elif name in ("href", "src") and value and not _ADDRESS.fullmatch(value):
            if name == "src" or not leads_to(value, hosts):
                yield f"the address {value!r}", value
        elif hidden(value):
            yield f"<{element.tag} {name}={value!r}>", value
