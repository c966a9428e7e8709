"""Read a text that people write: front matter and Markdown to a `Document`. Pure.

This is the one reader of content: what the search embeds, an answer quotes and `check` judges are walks over its
blocks. The site renders with Python-Markdown, which knows no lines; a text that the two read differently is refused.
Nothing raises here, whatever the text: what is wrong with it is said in `problems`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import list_block
from markdown_it.rules_inline import backtick, emphasis, escape, html_inline, image, link, newline
from mdit_py_plugins.admon import admon_plugin

from rapport.content.blocks import (
    Block,
    Code,
    Exchange,
    Heading,
    Item,
    Items,
    Link,
    Paragraph,
    Quote,
    Row,
    Run,
    Script,
    Section,
    Table,
    Words,
)
from rapport.content.problem import Problem, from_error
from rapport.content.yaml import Lines, parse_yaml
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

SLOT = r"\[([^\[\]\n]+)\]\{\.slot\}"
"""A field that readers fill in: `[420 Euro]{.slot}`."""
ANCHOR = r"\s*\{#([^}\s]+)\}\s*\Z"
"""What ends a heading."""
BOX = r"\[([ xX])\]\s+"
"""What begins an item of a checklist."""

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_SLOT, _ANCHOR, _BOX = re.compile(SLOT), re.compile(ANCHOR), re.compile(BOX)
_SCRIPT = re.compile(r'(!!!) +(\w+)(?: +"([^"]*)")? *')


@dataclass(frozen=True, slots=True)
class Document:
    """A file of `docs/`, read."""

    path: str
    """Relative to the project, with forward slashes."""
    text: str
    front: dict[str, Any] | None
    """The front matter as YAML reads it; None where there is none, or none that can be read."""
    places: Lines
    """Where its keys and items stand."""
    body: str
    """The text below the front matter."""
    body_line: int
    """1-based line at which the body begins."""
    blocks: tuple[Block, ...]
    """The whole body, headings included."""
    sections: tuple[Section, ...]
    definitions: tuple[int, ...]
    """Lines of link targets that stand apart from their links."""
    problems: tuple[Problem, ...]
    """Why the front matter cannot be read."""

    @property
    def anchors(self) -> set[str]:
        """Ids of all headings."""
        return {block.id for block in self.blocks if isinstance(block, Heading) and block.id}


def parse_document(text: str, path: str) -> Document:
    """Read a file's text, `\\n` line ends; `path` is relative to the project."""
    front, places, problems = None, Lines({}), []
    match = _FRONT_MATTER.match(text)
    if match:
        try:
            front, places = parse_yaml(match[1], path, first_line=2)
            if not isinstance(front, dict):
                front = None
                problems.append(Problem(path, 2, "front matter must be keys and values", "write `title: …` and so on"))
        except ContentError as error:
            problems.append(from_error(error, path))
    start = match.end() if match else 0
    body, body_line = text[start:], text.count("\n", 0, start) + 1
    environment: dict[str, Any] = {}
    blocks = _Reader(path, body_line).blocks(_parser().parse(body, environment))
    references = [*environment.get("references", {}).values(), *environment.get("duplicate_refs", [])]
    definitions = sorted(body_line + entry["map"][0] for entry in references)
    return Document(
        path, text, front, places, body, body_line, blocks, _sections(blocks), tuple(definitions), tuple(problems)
    )


def _sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    starts = [at for at, block in enumerate(blocks) if isinstance(block, Heading) and block.level == 2]
    found = []
    for at, end in zip(starts, [*starts[1:], len(blocks)], strict=False):
        head = blocks[at]
        assert isinstance(head, Heading)
        inside = tuple(blocks[at + 1 : end])
        heading = "".join(run.text for run in head.words.runs).strip()
        found.append(Section(head.id, heading, head.line, exchanges(inside) if head.id == "push-back" else inside))
    return tuple(found)


def exchanges(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks of `push-back`: a paragraph that is bold throughout, and what follows up to the next, are an exchange."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph) and block.words.all_bold:
            found.append(Exchange(block.line, block.words, ()))
        elif found and isinstance(last := found[-1], Exchange):
            found[-1] = replace(last, yours=(*last.yours, block))
        else:
            found.append(block)
    return tuple(found)


class _Reader:
    """Tokens to blocks; `first` is the line at which the parsed text begins."""

    def __init__(self, path: str, first: int) -> None:
        self._path, self._first = path, first

    def blocks(self, tokens: Sequence[Token]) -> tuple[Block, ...]:
        return tuple(block for token, inside in _nested(tokens) if (block := self._block(token, inside)))

    def _block(self, token: Token, inside: Sequence[Token]) -> Block | None:
        line = self._line(token)
        match token.type:
            case "heading_open":
                return self._heading(line, int(token.tag[1:]), inside[0])
            case "paragraph_open":
                return Paragraph(line, self._words(inside[0]))
            case "bullet_list_open" | "ordered_list_open":
                items = tuple(self._item(item, blocks) for item, blocks in _nested(inside))
                return Items(line, token.type == "ordered_list_open", items)
            case "admonition_open":
                return self._script(line, token, inside)
            case "blockquote_open":
                return Quote(line, self.blocks(inside))
            case "table_open":
                rows = [row for _, part in _nested(inside) for row in _nested(part)]
                return Table(line, tuple(self._row(row, cells) for row, cells in rows))
            case "fence" | "code_block":
                return Code(line, token.content)
        return None

    def _line(self, token: Token) -> int:
        return self._first + (token.map[0] if token.map else 0)

    def _heading(self, line: int, level: int, token: Token) -> Heading:
        words = self._words(token)
        *before, last = words.runs or (Run(line, ""),)
        match = _ANCHOR.search(last.text)
        if not match:
            return Heading(line, level, "", words)
        return Heading(line, level, match[1], Words(line, (*before, replace(last, text=last.text[: match.start()]))))

    def _item(self, token: Token, inside: Sequence[Token]) -> Item:
        blocks = self.blocks(inside)
        if blocks and isinstance(first := blocks[0], Paragraph) and first.words.runs:
            match = _BOX.match(first.words.runs[0].text)
            if match:
                bare = replace(first, words=first.words.without(match))
                return Item(self._line(token), match[1] != " ", (bare, *blocks[1:]))
        return Item(self._line(token), None, blocks)

    def _row(self, token: Token, inside: Sequence[Token]) -> Row:
        line = self._line(token)
        return Row(line, tuple(Words(line, tuple(self._runs(cell[0], line))) for _, cell in _nested(inside)))

    def _script(self, line: int, token: Token, inside: Sequence[Token]) -> Script:
        written = f"{token.markup}{token.info}"
        match = _SCRIPT.fullmatch(written)
        kind, label = (match[2], match[3] or "") if match else ("", "")
        if inside and inside[0].type == "admonition_title_open":
            inside = inside[3:]
        return Script(line, kind, label, written, self.blocks(inside))

    def _words(self, token: Token) -> Words:
        first = self._line(token)
        return Words(first, tuple(self._runs(token, first)))

    def _runs(self, token: Token, first: int) -> Iterator[Run]:
        line, open_marks = first, {"strong": 0, "em": 0, "slot": 0}
        links: list[tuple[int, str, list[Run]]] = []
        for child in token.children or ():
            if "at" in child.meta:
                line = max(line, first + token.content.count("\n", 0, child.meta["at"]))
            name, _, end = child.type.partition("_")
            run: Run | None = None
            match child.type:
                case "link_open":
                    links.append((line, str(child.attrs.get("href", "")), []))
                    continue
                case "link_close":
                    place, target, runs = links.pop()
                    found = self._link(place, "".join(one.text for one in runs), target)
                    yield from (replace(one, link=found) for one in runs or [Run(place, "")])
                    continue
                case "image":
                    shown = "".join(part.content for part in child.children or ())
                    found = self._link(line, shown, str(child.attrs.get("src", "")), image=True)
                    run = Run(line, shown, link=found)
                case "softbreak" | "hardbreak":
                    run = Run(line, " ")
                    line += 1
                case "code_inline" | "html_inline":
                    run = Run(line, child.content, code=name == "code", html=name == "html")
                case _ if name in open_marks:
                    open_marks[name] += 1 if end == "open" else -1
                    continue
                case _ if not child.content:  # left where two marks meet
                    continue
                case _:
                    run = Run(line, child.content)
            strong, emphasis, slot = (bool(open_marks[mark]) for mark in ("strong", "em", "slot"))
            run = replace(run, strong=strong, emphasis=emphasis, slot=slot)
            if links:
                links[-1][2].append(run)
            else:
                yield run

    def _link(self, line: int, text: str, target: str, *, image: bool = False) -> Link:
        file, _, anchor = target.partition("#")
        found = Link(line, text, target, self._path, anchor, image)
        if not file:
            return found
        elsewhere = found.foreign or file.startswith("/")
        return replace(found, path="" if elsewhere else resolve(self._path, file))


def resolve(path: str, file: str) -> str:
    """The file that a link in the file at `path` names, relative to the project as that is."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), file))


def _nested(tokens: Sequence[Token]) -> Iterator[tuple[Token, Sequence[Token]]]:
    """The outermost tokens, each with those between its opening and its closing."""
    at = 0
    while at < len(tokens):
        start = at
        depth: int = tokens[at].nesting
        while depth > 0:
            at += 1
            depth += tokens[at].nesting
        yield tokens[start], tokens[start + 1 : at]
        at += 1


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 20}).use(admon_plugin)
    parser.block.ruler.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    # HTML is no block of its own, but words that the rules refuse; an address stays as it is written, for them to judge
    parser.disable("html_block").enable("table")
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.inline.ruler.before("link", "slot", _slot)
    spanning = {
        "newline": newline,
        "escape": escape,
        "backticks": backtick,
        "link": link,
        "image": image,
        "html_inline": html_inline,
    }
    for name, rule in spanning.items():
        parser.inline.ruler.at(name, _placed(rule))
    return parser


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A list does not begin in the middle of a paragraph, but for one inside another list: so the site has it."""
    if silent and state.parentType == "paragraph" and state.listIndent < 0:
        return False
    return list_block(state, start, end, silent)


def _emphasis(state: StateInline, silent: bool) -> bool:
    """Stars mark wherever they touch a word: the library's rule, made for spaces between words, fails in Japanese."""
    at, count = state.pos, len(state.delimiters)
    found = emphasis.tokenize(state, silent)
    if found and state.src[at] == "*":
        before, after = state.src[at - 1 : at], state.src[state.pos : min(state.pos + 1, state.posMax)]
        for delimiter in state.delimiters[count:]:
            delimiter.open, delimiter.close = bool(after.strip()), bool(before.strip())
    return found


def _placed(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """A rule whose tokens say where in the text they began: of what may go over lines, the library says no lines."""

    def run(state: StateInline, silent: bool) -> bool:
        at, count = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and not silent:
            for token in state.tokens[count:]:
                token.meta.setdefault("at", at)
        return found

    return run


def _slot(state: StateInline, silent: bool) -> bool:
    match = _SLOT.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        end = state.posMax
        state.push("slot_open", "span", 1)
        state.pos, state.posMax = match.start(1), match.end(1)
        state.md.inline.tokenize(state)
        state.push("slot_close", "span", -1)
        state.posMax = end
    state.pos = match.end()
    return True
