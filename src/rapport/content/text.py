"""Blocks as text: what is embedded, quoted, counted and judged word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from rapport.content.blocks import Code, Exchange, Heading, Items, Line, Paragraph, Script, Table, inner, walk
from rapport.content.sections import SIGNS
from rapport.languages import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rapport.content.blocks import Block, Section
    from rapport.content.document import Document

_TO_SIGN = re.compile("__+")
"""A line to sign on is no word."""


def plain(blocks: Iterable[Block]) -> str:
    """The readable text, as its lines stand: no marks, link targets, bullets or labels of scripts."""
    lines: list[str] = []
    for block in walk(blocks):
        if isinstance(block, Paragraph | Heading):
            lines += [text for _, text in block.words.lines()]
        elif isinstance(block, Table):
            lines += [" | ".join(cell.plain for cell in row.cells) for row in block.rows]
        elif isinstance(block, Code):
            lines += block.text.split("\n")
    words = (" ".join(_TO_SIGN.sub("", line).split()) for line in lines)
    return "\n".join(line for line in words if line)


def prose(blocks: Iterable[Block]) -> list[Block]:
    """Blocks but for scripts and tables: what may be quoted without saying whether one should say it."""
    return [block for block in blocks if not isinstance(block, Script | Table)]


def scripts(blocks: Iterable[Block]) -> list[Script]:
    """Only the scripts."""
    return [block for block in blocks if isinstance(block, Script)]


def best_script(blocks: Iterable[Block]) -> Script | None:
    """The first script marked best; None where there is none."""
    return next((script for script in scripts(blocks) if script.kind == "success"), None)


def best_reply(blocks: Iterable[Block]) -> tuple[str, str] | None:
    """Its label and text, paragraphs apart; None where there is none, or none with a label."""
    best = best_script(blocks)
    return (best.label, "\n\n".join(plain([block]) for block in best.blocks)) if best and best.label else None


def first_sign(sections: Iterable[Section]) -> str:
    """By what one knows that a guide is meant, on one line: the first item of its `signs`; empty where it has none."""
    blocks = next((section.blocks for section in sections if section.id == SIGNS), ())
    items = next((block for block in blocks if isinstance(block, Items)), None)
    return plain(items.items[0].blocks).replace("\n", " ") if items else ""


def excerpt(blocks: Sequence[Block], limit: int) -> str:
    """The first lines of a section as plain text, whole lines as far as they fit, at least one (cut if it must be).

    Of scripts it has only the best, whole and with its label: the others are what one should rather not say. Of
    exchanges it has the first, with the first paragraph of what to say: neither says anything without the other.
    """
    if best := best_reply(blocks):
        label, said = best
        return "\n".join([*filter(None, plain(prose(blocks)).split("\n")[:1]), f"{label}: {said}"])
    if exchange := next((block for block in blocks if isinstance(block, Exchange)), None):
        return plain([replace(exchange, yours=exchange.yours[:1])])
    taken: list[str] = []
    size = 0
    for line in plain(prose(blocks)).split("\n"):
        if taken and size + len(line) > limit:
            break
        taken.append(line)
        size += len(line)
    text = "\n".join(taken)
    if len(text) <= limit * 2:
        return text
    cut = text[: limit * 2]
    return (cut[: cut.rfind(" ")] if " " in cut[limit:] else cut) + " …"


def is_spoken(text: str, lang: str) -> bool:
    """Whether a paragraph ends in something said: `„…“`, `«…».`"""
    quotes, bare = LANGUAGE[lang].marks.quotes, text.strip().rstrip(".。")
    return quotes[0] in bare and bare.endswith(quotes[1])


def read_lines(document: Document) -> Iterator[list[Line]]:
    """The words of a document as its readers see them, with labels of scripts: the lines of one block at a time."""
    yield from _read(document.blocks)


def _read(blocks: Iterable[Block]) -> Iterator[list[Line]]:
    for block in blocks:
        match block:
            case Paragraph() | Heading():
                yield block.words.lines()
            case Table():
                yield from (cell.lines() for row in block.rows for cell in row.cells)
            case Code():
                yield list(enumerate(block.text.rstrip("\n").split("\n"), block.line))
            case Script():
                yield [(block.line, block.label or block.written)]
        yield from _read(inner(block))
