"""What no text may hold: HTML, attributes and addresses of other sites, which a page obeys; and what nobody sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapport.characters import hidden
from rapport.content.blocks import Code, Script, all_words, walk
from rapport.content.problem import Problem
from rapport.content.yaml import HIDDEN_MEND, hidden_message, hidden_places, texts_below

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

    from rapport.content.blocks import Link, Run
    from rapport.content.document import Document

_TAG = re.compile(r"<[/!?]?[a-z][^\s>]*|<!--", re.IGNORECASE)
_BRACES = re.compile(r"\{[^{}\n]*\}")
_BARE = re.compile(r"https?://[^\s)>]+")
_HOSTED = re.compile(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:/[\w./#?=&%+~-]*)?")
_NO_FOREIGN = "take it out, or allow its host in content/hosts.yml, as `- example.org`; pages lead there by https only"
_NO_HTML = "write Markdown"


def markup_problems(document: Document, hosts: AbstractSet[str] = frozenset()) -> Iterator[Problem]:
    """Everything in the body that no page may show, and tags in the texts of the front matter.

    `hosts`: to which links may lead away, all the same.
    """
    path = document.path
    yield from _hidden(document)
    for line in document.definitions:
        yield Problem(path, line, "a link written in two places", "write it as `[text](file.md)`")
    for block in walk(document.blocks):
        if isinstance(block, Code):
            yield Problem(path, block.line, "a block of code", "write a paragraph, and indent it only below `!!!`")
        if isinstance(block, Script):
            yield from _html(path, block.line, block.label)
    for words in all_words(document.blocks):
        for run in words.runs:
            yield from _run(path, run, hosts)
        for link in words.links:
            if link.foreign and (link.image or not leads_to(link.target, hosts)):
                yield _foreign(path, link)
    for keys, text in texts_below(document.front):
        yield from _html(path, document.places.of(*keys), text)


def leads_to(address: str, hosts: AbstractSet[str]) -> bool:
    """Whether an address is one of these hosts, as plainly written as a reader can see it."""
    match = _HOSTED.fullmatch(address)
    return match is not None and match[1] in hosts


def _hidden(document: Document) -> Iterator[Problem]:
    """Characters that nobody sees; those of escapes and entities too."""
    for line, column, name in hidden_places(document.text):
        yield Problem(document.path, line, hidden_message(name, column), HIDDEN_MEND)
    shown = [(document.places.of(*keys), text) for keys, text in texts_below(document.front)]
    for words in all_words(document.blocks):
        shown += [(run.line, run.text) for run in words.runs]
        shown += [(link.line, link.target) for link in words.links]
    for line, text in shown:
        for at, name in hidden(text):
            if text[at] not in document.text:
                yield Problem(document.path, line, hidden_message(name), HIDDEN_MEND)


def _run(path: str, run: Run, hosts: AbstractSet[str]) -> Iterator[Problem]:
    if run.code:  # shown, not obeyed
        return
    yield from _html(path, run.line, run.text)
    if not run.html:
        for found in _BRACES.findall(run.text):
            mend = "take it out; known are `{#id}` after a heading and `{.slot}` after `[…]`"
            yield Problem(path, run.line, f"attributes {found!r}", mend)
        if not run.link:
            for url in _BARE.findall(run.text):
                if not leads_to(url, hosts):
                    yield Problem(path, run.line, f"address {url} of another site", _NO_FOREIGN)


def _html(path: str, line: int, text: str) -> Iterator[Problem]:
    for tag in dict.fromkeys(match[0] for match in _TAG.finditer(text)):
        yield Problem(path, line, f"HTML {tag!r}", _NO_HTML)


def _foreign(path: str, link: Link) -> Problem:
    if link.image:
        what = f"image {link.target} of another site"
        return Problem(path, link.line, what, "put the file into docs/assets/images/")
    return Problem(path, link.line, f"link to {link.target}", _NO_FOREIGN)
