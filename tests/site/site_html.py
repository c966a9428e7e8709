"""Built pages as data: every element with its attributes, and the text of those that tests ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    text: str = ""
    lang: str = ""
    """Language in force here."""


@dataclass
class Page:
    path: str
    source: str
    elements: list[Element] = field(default_factory=list)

    def all(self, tag: str, **attrs: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attrs.items()]

    def one(self, tag: str, **attrs: str) -> Element:
        found = self.all(tag, **attrs)
        assert len(found) == 1, (self.path, tag, attrs, len(found))
        return found[0]

    @property
    def ids(self) -> set[str]:
        return {e.attrs["id"] for e in self.elements if "id" in e.attrs}


_VOID = {"meta", "link", "input", "br", "wbr", "img", "hr"}


class _Reader(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        element = Element(tag, found, lang=found.get("lang") or (self.open[-1].lang if self.open else ""))
        self.page.elements.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"{self.page.path}: </{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read_page(site: Path, path: str) -> Page:
    source = (site / path).read_text("utf-8")
    page = Page(path, source)
    reader = _Reader(page)
    reader.feed(source)
    reader.close()
    assert not reader.open, path
    return page


def read_pages(site: Path) -> dict[str, Page]:
    """By path: `de/money/index.html`."""
    return {
        path: read_page(site, path) for path in sorted(p.relative_to(site).as_posix() for p in site.rglob("*.html"))
    }
