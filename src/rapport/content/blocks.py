"""What a text consists of, once it is read: blocks with their lines, words with their marks. Pure data."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FOREIGN = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)

Line = tuple[int, str]
"""1-based line of the file, and text."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image, as written and as meant."""

    line: int
    text: str
    target: str
    """As written."""
    path: str
    """The file that the target names, relative to the project; empty where it is an address or not relative."""
    anchor: str
    image: bool = False

    @property
    def foreign(self) -> bool:
        """Whether the target is an address with a scheme or a host of its own."""
        return bool(_FOREIGN.match(self.target))


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line whose characters all carry the same marks."""

    line: int
    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    html: bool = False
    """A tag: no words."""
    slot: bool = False
    """A field that readers fill in with something of their own."""
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a paragraph, an item, a heading or a cell."""

    line: int
    runs: tuple[Run, ...]

    def lines(self) -> list[Line]:
        """Line by line without any mark, empty ones left out."""
        found: dict[int, list[str]] = {}
        for run in self.runs:
            if not run.html:
                found.setdefault(run.line, []).append(run.text)
        texts = ((line, " ".join("".join(parts).split())) for line, parts in found.items())
        return [(line, text) for line, text in texts if text]

    @property
    def plain(self) -> str:
        """The same as one text."""
        return "\n".join(text for _, text in self.lines())

    @property
    def links(self) -> list[Link]:
        """Links and images in their order."""
        return list(dict.fromkeys(run.link for run in self.runs if run.link))

    @property
    def lead(self) -> str:
        """The bold text that the words begin with; empty where they begin otherwise."""
        found = ""
        for run in self.runs:
            if not run.strong:
                break
            found += run.text
        return found

    @property
    def all_bold(self) -> bool:
        """Whether the words are one bold text and nothing else."""
        said = [run for run in self.runs if run.text]
        return bool(said) and all(run.strong for run in said)

    def without(self, mark: re.Match[str]) -> Words:
        """The words without what a pattern has found at the start of their first run."""
        first, *rest = self.runs
        left = first.text[mark.end() :]
        return Words(self.line, (*([replace(first, text=left)] if left else []), *rest))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    line: int
    words: Words


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `id` is what `{#…}` at its end says, or empty."""

    line: int
    level: int
    id: str
    words: Words


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list; of a checklist, where it begins with a box."""

    line: int
    checked: bool | None
    """Whether its box is ticked; None where it has none."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    line: int
    ordered: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """Something to say, or rather not to say: what stands indented below `!!! tip "Label"`."""

    line: int
    kind: str
    """The word after the marks; empty where the line cannot be read."""
    label: str
    written: str
    """The line as it stands."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the other side answers, and what one can say to that."""

    line: int
    theirs: Words
    yours: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Text below `>`."""

    line: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; the first one is its head."""

    line: int
    cells: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    line: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Code, as it stands."""

    line: int
    text: str


Block = Paragraph | Heading | Items | Script | Exchange | Quote | Table | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a guide under a heading of the second level; `id` is the anchor and the same in all languages."""

    id: str
    heading: str
    line: int
    """1-based line of the heading in its file."""
    blocks: tuple[Block, ...]
    """Everything below the heading, without it."""


def inner(block: Block) -> tuple[Block, ...]:
    """The blocks that a block holds."""
    match block:
        case Items():
            return tuple(inside for item in block.items for inside in item.blocks)
        case Script() | Quote():
            return block.blocks
        case Exchange():
            return (Paragraph(block.theirs.line, block.theirs), *block.yours)
    return ()


def walk(blocks: Iterable[Block]) -> Iterator[Block]:
    """All blocks, each before those that it holds."""
    for block in blocks:
        yield block
        yield from walk(inner(block))


def all_words(blocks: Iterable[Block]) -> Iterator[Words]:
    """The words of all paragraphs, items, headings and cells."""
    for block in walk(blocks):
        if isinstance(block, Paragraph | Heading):
            yield block.words
        elif isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row.cells)
