"""A guide's file as the rules see it, also where parts of it are broken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from rapport.check.problem import Problem, from_error
from rapport.content.guides import parse_guide
from rapport.content.yaml import parse_yaml, read_text
from rapport.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rapport.types import Guide, Section

Line = tuple[int, str]
"""1-based line number and text."""

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---[ \t]*\n", re.DOTALL | re.MULTILINE)
_BLANK_FRONT = '{title: "-", summary: "-", source: "-"}\n'
_ITEM = re.compile(r"^ *- ")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ID = re.compile(r" *\{#[^}]*\}")
_ADMONITION = re.compile(r'^!!!\s*\w*\s*(?:"(.*)")?\s*$')


@dataclass(frozen=True, slots=True)
class Page:
    """One guide file."""

    guide: Guide
    text: str
    lines: tuple[str, ...]
    front: dict[str, Any] | None
    """The front matter as YAML reads it; None where it cannot be read."""
    keys: dict[str, int]
    """Front-matter key → 1-based line."""
    sound: bool
    """Whether the guide's fields from the front matter can be relied on; path, body and sections always can."""

    @property
    def path(self) -> str:
        """Relative to the project."""
        return self.guide.path

    def line_of(self, key: str) -> int:
        """1-based line of a front-matter key; 1 where the key is missing."""
        return self.keys.get(key, 1)

    def item_line(self, key: str, index: int) -> int:
        """1-based line of an item of a list in front matter; the key's line where the list stands in one line."""
        start = self.line_of(key)
        keys = [line for line in self.keys.values() if line > start]
        end = min(keys, default=self.guide.body_line) - 1
        found = [number for number in range(start + 1, end + 1) if _ITEM.match(self.lines[number - 1])]
        return found[index] if index < len(found) else start

    def section_lines(self, section: Section) -> list[Line]:
        """The lines below a section's heading, up to the next one."""
        later = [other.line for other in self.guide.sections if other.line > section.line]
        end = min(later, default=len(self.lines) + 1)
        return [(number, self.lines[number - 1]) for number in range(section.line + 1, end)]

    def body_lines(self) -> Iterator[Line]:
        """Every line after the front matter."""
        yield from enumerate(self.lines[self.guide.body_line - 1 :], self.guide.body_line)

    def front_texts(self) -> Iterator[Line]:
        """Title, summary and situations, one entry each, with their lines."""
        if not self.sound:
            return
        yield self.line_of("title"), self.guide.title
        yield self.line_of("summary"), " ".join(self.guide.summary.split())
        for index, situation in enumerate(self.guide.situations):
            yield self.item_line("situations", index), " ".join(situation.split())


def read_page(file: Path, path: str) -> tuple[Page | None, list[Problem]]:
    """Read one guide with all that can be said about its readability; None where nothing of it can be used."""
    try:
        text = read_text(file, path)
        if not text.strip():
            raise ContentError("is empty", where=path, line=1, mend="write the guide, or delete the file")
        return _parse(text, path)
    except ContentError as error:
        return None, [from_error(error, path)]


def _parse(text: str, path: str) -> tuple[Page | None, list[Problem]]:
    lines = tuple(text.split("\n"))
    match = _FRONT_MATTER.match(text)
    if not match or not match[1]:
        mend = "begin the file with ---, then title, summary and the other keys, and close with ---"
        return None, [Problem(path, 1, "has no front matter", mend)]
    problems: list[Problem] = []
    front: dict[str, Any] | None = None
    keys: dict[str, int] = {}
    try:
        front, keys = parse_yaml(match[1], path, first_line=2)
        if not isinstance(front, dict):
            front = None
            problems.append(Problem(path, 2, "front matter must be keys and values", "write `title: …` and so on"))
    except ContentError as error:
        problems.append(from_error(error, path))
    except (yaml.YAMLError, TypeError, ValueError) as error:  # control characters, keys that are lists, odd tags
        problems.append(Problem(path, 2, f"the YAML cannot be read: {error}", "write `key: text`, quoted where needed"))
    if front is not None:
        try:
            return Page(parse_guide(text, path), text, lines, front, keys, sound=True), problems
        except ContentError:
            pass  # what is wrong with the keys, the rules for front matter say one by one
    # the body is read all the same, below a front matter of as many lines
    blank = f"---\n{_BLANK_FRONT}" + "\n" * (match[1].count("\n") - 1) + text[match.end(1) :]
    return Page(parse_guide(blank, path), text, lines, front, keys, sound=False), problems


def prose(lines: Iterator[Line]) -> Iterator[Line]:
    """Lines as a reader sees them: link targets, anchors and admonition marks taken away; bold and lists stay."""
    for number, line in lines:
        admonition = _ADMONITION.match(line)
        text = (admonition[1] or "") if admonition else line
        yield number, _ID.sub("", _LINK.sub(r"\1", text))


def text_body(text: str) -> Iterator[Line]:
    """The lines of a page that is no guide, without its front matter."""
    match = _FRONT_MATTER.match(text)
    start = text[: match.end()].count("\n") if match else 0
    yield from enumerate(text.split("\n")[start:], start + 1)
