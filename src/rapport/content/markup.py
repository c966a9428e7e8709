"""What no text may hold, because the page would obey it or lead away: HTML, attributes, addresses of other sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.content.blocks import Code, all_words, walk
from rapport.content.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rapport.content.blocks import Link, Run
    from rapport.content.document import Document

_TAG = re.compile(r"<[/!?]?[a-z][^\s>]*|<!--", re.IGNORECASE)
_BRACES = re.compile(r"\{[^{}\n]*\}")
_BARE = re.compile(r"https?://[^\s)>]+")
_NO_FOREIGN = "take it out; sources are generated, and no page leads away"
_NO_HTML = "write Markdown"


def markup_problems(document: Document) -> Iterator[Problem]:
    """Everything in the body that no page may show, and tags in the texts of the front matter."""
    path = document.path
    for line in document.definitions:
        yield Problem(path, line, "a link written in two places", "write it as `[text](file.md)`")
    for block in walk(document.blocks):
        if isinstance(block, Code):
            yield Problem(path, block.line, "a block of code", "write a paragraph, and indent it only below `!!!`")
    for words in all_words(document.blocks):
        for run in words.runs:
            yield from _run(path, run)
        for link in words.links:
            if link.foreign:
                yield _foreign(path, link)
    for keys, text in _texts(document.front, ()):
        yield from _html(path, document.places.of(*keys), text)


def _run(path: str, run: Run) -> Iterator[Problem]:
    if run.code:  # shown, not obeyed
        return
    yield from _html(path, run.line, run.text)
    if not run.html:
        for found in _BRACES.findall(run.text):
            mend = "take it out; known are `{#id}` after a heading and `{.slot}` after `[…]`"
            yield Problem(path, run.line, f"attributes {found!r}", mend)
        if not run.link:
            for url in _BARE.findall(run.text):
                yield Problem(path, run.line, f"address {url} of another site", _NO_FOREIGN)


def _html(path: str, line: int, text: str) -> Iterator[Problem]:
    for tag in dict.fromkeys(match[0] for match in _TAG.finditer(text)):
        yield Problem(path, line, f"HTML {tag!r}", _NO_HTML)


def _foreign(path: str, link: Link) -> Problem:
    if link.image:
        what = f"image {link.target} of another site"
        return Problem(path, link.line, what, "put the file into docs/assets/images/")
    return Problem(path, link.line, f"link to {link.target}", _NO_FOREIGN)


def _texts(value: object, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text below a value of YAML, with the keys that lead to it."""
    if isinstance(value, str):
        yield keys, value
    elif isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(inside, (*keys, key))
