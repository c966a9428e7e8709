"""Whether the site's renderer reads a text as `content.document` does: the same blocks, words, links and fields.

Two libraries read the Markdown: one knows lines, the other makes the pages. Where they differ, what is searched, quoted
and checked is not what the page shows; so `check` refuses such a text, and a test holds all guides to it.
"""

from __future__ import annotations

import html
import itertools
import re
from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor

from rapport.content.blocks import Code, Heading, Items, Paragraph, Quote, Script, Table
from rapport.content.document import BOX
from rapport.content.problem import Problem
from rapport.site.safety import MEND, unsafe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from rapport.content.blocks import Block, Words
    from rapport.content.document import Document

EXTENSIONS = ("tables", "fenced_code", "admonition", "sane_lists", "rapport.site.markdown")
"""Those that MkDocs adds by itself and those of `mkdocs.yml`, but for `toc`, which gives an id to every heading."""

_BOX = re.compile(BOX)
_KEPT = re.compile("\x02wzxhzdk:(\\d+)\x03")
_BLOCKS = {"p", "ul", "ol", "div", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "table"}


class Piece(NamedTuple):
    """A block or a line of words, as either reading has it."""

    depth: int
    """How many items, scripts and quotations it stands in."""
    kind: str
    text: str = ""
    bold: bool = False
    """Whether it is bold throughout."""
    links: tuple[tuple[str, str], ...] = ()
    """Target and text."""
    slots: tuple[str, ...] = ()


def danger(document: Document, hosts: AbstractSet[str]) -> Problem | None:
    """The first thing in the rendered page that no page may hold; `hosts`: to which links may lead away."""
    for what, written in unsafe(*_render(document.body), hosts):
        lines = document.text.split("\n")
        found = (at for at, line in enumerate(lines, 1) if written in line and at >= document.body_line)
        return Problem(document.path, next(found, document.body_line), f"the page would hold {what}", MEND)
    return None


def difference(document: Document) -> Problem | None:
    """The first place that the two read differently; None where they agree."""
    ours, theirs = list(_pieces(document.blocks)), list(_read(_restored(*_render(document.body))))
    for found, shown in itertools.zip_longest(ours, theirs):
        if found is None or shown is None or found[1] != shown:
            line = found[0] if found else ours[-1][0] if ours else document.body_line
            mend = "put an empty line between blocks, and four spaces before what belongs to an item or a script"
            what = f"{shown.kind} {shown.text[:40]!r}" if shown else "nothing"
            return Problem(document.path, line, f"can be read in two ways (the page shows {what.strip()})", mend)
    return None


def _render(body: str) -> tuple[Element, list[str]]:
    """The tree that the site's renderer makes of a body, before it is cut into parts, and what it keeps apart."""
    renderer = Markdown(extensions=list(EXTENSIONS), extension_configs={"tables": {"use_align_attribute": True}})
    keep = _Keep(renderer)
    renderer.treeprocessors.register(keep, "rapport-keep", -1)
    renderer.convert(body)
    return keep.root, [str(raw) for raw in renderer.htmlStash.rawHtmlBlocks]


class _Keep(Treeprocessor):
    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.root = Element("div")

    def run(self, root: Element) -> None:
        """Called by Python-Markdown."""
        self.root = deepcopy(root)


def _restored(root: Element, stored: list[str]) -> Element:
    """The tree with what the library keeps apart in its place."""
    words = [html.unescape(raw) for raw in stored]
    for element in root.iter():
        element.text = _restore(element.text, words)
        element.tail = _restore(element.tail, words)
    return root


def _restore(text: str | None, stored: list[str]) -> str | None:
    """Text with what the library keeps apart (entities, above all) in its place."""
    return text and _KEPT.sub(lambda match: stored[int(match[1])], text).replace("\x02amp\x03", "&")


def _flat(text: str) -> str:
    return " ".join(text.split())


def _pieces(blocks: Iterable[Block], depth: int = 0) -> Iterator[tuple[int, Piece]]:
    """Our reading, with lines."""
    for block in blocks:
        match block:
            case Heading():
                yield block.line, _words(depth, f"h{block.level} {block.id}".rstrip(), block.words)
            case Paragraph():
                yield block.line, _words(depth, "p", block.words)
            case Items():
                for item in block.items:
                    box = "" if item.checked is None else "x" if item.checked else "_"
                    yield item.line, Piece(depth, f"{'ol' if block.ordered else 'ul'} {box}".rstrip())
                    yield from _pieces(item.blocks, depth + 1)
            case Script():
                label = _flat(block.label) or block.kind.capitalize()
                yield block.line, Piece(depth, f"!!! {block.kind}", label)
                yield from _pieces(block.blocks, depth + 1)
            case Quote():
                yield block.line, Piece(depth, ">")
                yield from _pieces(block.blocks, depth + 1)
            case Table():
                for row in block.rows:
                    yield row.line, Piece(depth, "tr")
                    yield from ((row.line, _words(depth, "td", cell)) for cell in row.cells)
            case Code():
                yield block.line, Piece(depth, "pre", _flat(block.text))


def _words(depth: int, kind: str, words: Words) -> Piece:
    links = tuple((link.target, "" if link.image else _flat(link.text)) for link in words.links)
    fields = itertools.groupby(words.runs, lambda run: run.slot)
    slots = tuple(_flat("".join(run.text for run in runs)) for slot, runs in fields if slot)
    return Piece(depth, kind, _flat(words.plain), words.all_bold, links, slots)


def _read(parent: Element, depth: int = 0) -> Iterator[Piece]:
    """The renderer's reading."""
    for element in parent:
        kind = element.tag
        if kind not in _BLOCKS:
            continue
        if kind[0] == "h" and kind[1:].isdigit():
            yield _inline(depth, f"{kind} {element.get('id') or ''}".rstrip(), element)
        elif kind == "p" and element.get("class") != "admonition-title":
            yield _inline(depth, "p", element)
        elif kind in ("ul", "ol"):
            for item in element:
                yield from _item(depth, kind, item)
        elif kind == "div":
            title = element.find("p[@class='admonition-title']")
            name = (element.get("class") or "").removeprefix("admonition").strip()
            yield Piece(depth, f"!!! {name}", _flat("".join(title.itertext())) if title is not None else "")
            yield from _read(element, depth + 1)
        elif kind == "blockquote":
            yield Piece(depth, ">")
            yield from _read(element, depth + 1)
        elif kind == "table":
            for row in element.iter("tr"):
                yield Piece(depth, "tr")
                yield from (_inline(depth, "td", cell) for cell in row)
        elif kind not in ("p", "hr"):
            yield Piece(depth, kind, _flat("".join(_text(element))))


def _item(depth: int, kind: str, item: Element) -> Iterator[Piece]:
    """An item: its own words are a paragraph, whether the renderer makes one of them or not."""
    first = item.find("p") if not (item.text or "").strip() else None
    holder = item if first is None else first
    box = _BOX.match((holder.text or "").lstrip())
    yield Piece(depth, f"{kind} {'' if not box else '_' if box[1] == ' ' else 'x'}".rstrip())
    if box:
        holder.text = (holder.text or "").lstrip()[box.end() :]
    own = deepcopy(item)
    for block in [child for child in own if child.tag in _BLOCKS]:
        own.remove(block)
    if (piece := _inline(depth + 1, "p", own)).text or piece.links:
        yield piece
    yield from _read(item, depth + 1)


def _inline(depth: int, kind: str, element: Element) -> Piece:
    text = "".join(_text(element))
    links = tuple(
        (part.get("href") or part.get("src") or "", _flat("".join(_text(part))) if part.tag == "a" else "")
        for part in element.iter()
        if part.tag in ("a", "img")
    )
    slots = tuple(_flat("".join(_text(part))) for part in element.iter() if part.get("class") == "slot")
    bold = len(element) == 1 and element[0].tag == "strong" and not (element.text or element[0].tail or "").strip()
    return Piece(depth, kind, _flat(text), bold, links, slots)


def _text(element: Element) -> Iterator[str]:
    if element.tag == "img":
        yield element.get("alt") or ""
    if element.tag == "br":
        yield " "
    yield html.unescape(element.text or "") if element.tag == "code" else element.text or ""
    for child in element:
        yield from _text(child)
        yield child.tail or ""
