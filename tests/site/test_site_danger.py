"""What could harm a reader: refused where a guide is read, and once more in the page that the library makes of it."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import markdown
import pytest
import yaml

from rapport.content.document import parse_document
from rapport.content.markup import markup_problems
from rapport.errors import ContentError
from rapport.site.markdown import PagePhrases
from rapport.site.reading import EXTENSIONS, danger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases" / "danger.yml").read_text("utf-8"))
PAGE = PagePhrases(path="docs/de/money/x.md", lang="de", subject="Betreff", copy="Kopieren")
TAGS = {
    "section", "h1", "h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "img", "code", "span", "div", "blockquote",
    "figure", "figcaption", "svg", "path", "button", "br", "hr", "table", "thead", "tbody", "tr", "th", "td", "label",
    "input",
}  # fmt: skip
ATTRIBUTES = {
    "class", "id", "aria-labelledby", "aria-hidden", "href", "src", "alt", "loading", "width", "height", "title",
    "viewbox", "d", "type", "align", "focusable", "start",
}  # fmt: skip


def page_of(text: str) -> str | None:
    """The page of a text; None where it is refused."""
    document = parse_document(text, PAGE.path)
    if any(markup_problems(document)) or danger(document, frozenset()):
        return None
    return markdown.markdown(
        document.body, extensions=[*EXTENSIONS, "toc"], extension_configs={"rapport.site.markdown": {"page": PAGE}}
    )


class _Reader(HTMLParser):
    """What a page consists of, as another parser sees it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src"):
                self.addresses.add(value or "")


@pytest.mark.parametrize("text", CASES["refused"])
def test_what_harms_readers_is_refused(text: str) -> None:
    assert page_of(f"{text}\n") is None


@pytest.mark.parametrize("text", CASES["plain"])
def test_what_looks_like_it_is_words(text: str) -> None:
    html = page_of(f"{text}\n")
    assert html is not None
    assert _Reader(html).tags <= {"p", "code"}


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\x1b"])
def test_what_nobody_sees_is_named_with_line_and_column(character: str) -> None:
    (problem, *more) = markup_problems(parse_document(f"Eins\n\nWo{character}rt\n", PAGE.path))
    assert str(problem).startswith(f"docs/de/money/x.md:3: U+{ord(character):04X} ")
    assert "in column 3: nobody sees it; delete it" in str(problem)
    assert not more


def test_what_the_front_matter_hides_is_named() -> None:
    text = '---\ntitle: "A\\e]0;x\\a"\nsummary: B\n---\n\n# A\n'
    assert [str(problem) for problem in markup_problems(parse_document(text, PAGE.path))] == [
        "docs/de/money/x.md:2: U+001B CONTROL CHARACTER as an escape: nobody sees it; delete it",
        "docs/de/money/x.md:2: U+0007 CONTROL CHARACTER as an escape: nobody sees it; delete it",
    ]


def test_aliases_are_gone_through_once() -> None:
    lines = ["a0: &a0 ['<b>']", *(f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 30))]
    text = "\n".join(["---", *lines, "last: '<i>'", "---", "", "# A", ""])
    found = [problem.message for problem in markup_problems(parse_document(text, PAGE.path))]
    assert found == ["HTML '<i'", "HTML '<b'"]


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        ("https://example.org", True),
        ("https://example.org/a/b.html?c=d#e", True),
        ("http://example.org/", False),
        ("//example.org/", False),
        ("https://example.org.evil.example/", False),
        ("https://evil.example/https://example.org/", False),
        ("https://example.org:8080/", False),
        ("https://example.org@evil.example/", False),
        ("https://example.org\\@evil.example/", False),
        ("https://sub.example.org/", False),
        ("https://EXAMPLE.ORG/", False),
    ],
)
def test_a_host_that_is_allowed(address: str, passes: bool) -> None:
    hosts = frozenset({"example.org"})
    document = parse_document(f"[Wort]({address})\n", PAGE.path)
    assert (not [*markup_problems(document, hosts)]) == passes
    assert (danger(document, hosts) is None) == passes
    assert [*markup_problems(document)]
    page = PagePhrases(path=PAGE.path, hosts=hosts)
    settings = {"rapport.site.markdown": {"page": page}}
    if passes:
        html = markdown.markdown(document.body, extensions=[*EXTENSIONS], extension_configs=settings)
        assert _Reader(html).addresses == {address}
    else:
        with pytest.raises(ContentError):
            markdown.markdown(document.body, extensions=[*EXTENSIONS], extension_configs=settings)


CODE = "self.harmed=1"
PAYLOADS = (
    f"<script>{CODE}</script>", f"<ScRiPt >{CODE}</ScRiPt>", f"<script\n>{CODE}</script\n>",
    f"<script/x>{CODE}</script>", f"<img src=x onerror={CODE}>", f"<img/src=x/onerror={CODE}>",
    f"<img src=x onerror='{CODE}'//", f"<svg onload={CODE}>", f"<svg/onload={CODE}//", f"<body onload={CODE}>",
    f"<iframe srcdoc='<script>parent.{CODE}</script>'>", f"<iframe src=javascript:{CODE}>",
    f"<details open ontoggle={CODE}>", f"<input autofocus onfocus={CODE}>", f"<video><source onerror={CODE}>",
    f"<audio src=x onerror={CODE}>", f"<marquee onstart={CODE}>", f"<a href=javascript:{CODE}>x</a>",
    f"<a href='java\tscript:{CODE}'>x</a>", f"<math href=javascript:{CODE}>x</math>",
    f"<object data=javascript:{CODE}>", f"<embed src=javascript:{CODE}>", f"<form action=javascript:{CODE}><button>x",
    f"<isindex action=javascript:{CODE}>", f"<meta http-equiv=refresh content=0;javascript:{CODE}>",
    f"<style>@import 'javascript:{CODE}'</style>", f"<link rel=stylesheet href=javascript:{CODE}>",
    f"<noscript><p title='</noscript><img src=x onerror={CODE}>'>", f"<template><script>{CODE}</script></template>",
    f"<!--><script>{CODE}</script>-->", f"<![CDATA[><script>{CODE}</script>]]>", f"<?x ><script>{CODE}</script>?>",
    f"javascript:{CODE}", f"JaVaScRiPt:{CODE}", f"java&#x09;script:{CODE}", f"&#106;avascript:{CODE}",
    f"\x01javascript:{CODE}", f"data:text/html,<script>{CODE}</script>", "//evil.example/", f"'onmouseover={CODE} x='",
    f"\" onfocus={CODE} autofocus x=\"", f"\"><script>{CODE}</script>", f"'><img src=x onerror={CODE}>",
    f"</title><script>{CODE}</script>", f"</textarea><script>{CODE}</script>", f"`<script>{CODE}</script>",
    f"\\`<script>{CODE}</script>\\`", f"]({CODE})<script>{CODE}</script>", f"{{{{{CODE}}}}}", f"{{: onclick={CODE} }}",
)  # fmt: skip
PLACES = (
    "{}", "Vor {} nach", "[k]({})", "[{}](#x)", "![{}](x.png)", "![x]({})", "## {} {{#why}}", "- {}", "> {}",
    '!!! tip "{}"\n    Text', '!!! success "Best"\n    {}', '!!! example "Mail"\n    Betreff: {}\n\n    {}',
    "| a |\n|---|\n| {} |", "[{}]{{.slot}}", "**{}**", "`{}`", "[k][r]\n\n[r]: {}", "[k](#x '{}')", "<{}>",
    "Eins\n: {}",
)  # fmt: skip


def attempts() -> Iterator[str]:
    """A thousand texts: every payload in every place."""
    for place, payload in itertools.product(PLACES, PAYLOADS):
        yield place.replace("{{", "{").replace("}}", "}").replace("{}", payload) + "\n"


def test_whatever_passes_consists_of_what_pages_consist_of() -> None:
    tried, passed = 0, 0
    for text in attempts():
        tried += 1
        html = page_of(text)
        if html is None:
            continue
        passed += 1
        read = _Reader(html)
        assert read.tags <= TAGS, text
        assert read.attributes <= ATTRIBUTES, text
        assert all(address in ("#x", "x.png") or ":" not in address.split("/")[0] for address in read.addresses), text
        assert not [address for address in read.addresses if address.startswith("/")], text
    assert tried == len(PLACES) * len(PAYLOADS)
    assert 0 < passed < tried / 2


def test_whatever_passes_does_nothing_in_a_browser(browser: Browser) -> None:
    """Without the policy that would stop it: the page itself must not try."""
    passed = [html for text in attempts() if (html := page_of(text)) is not None]
    context = browser.new_context()
    asked: list[str] = []
    context.on("dialog", lambda dialog: dialog.dismiss())
    page = context.new_page()
    page.route("**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page.set_content("<!doctype html><title>x</title>" + "".join(passed))
    touched = page.evaluate("""() => {
      addEventListener("click", (event) => event.preventDefault());
      const all = [...document.body.querySelectorAll("*")];
      for (const one of all) {
        for (const name of ["click", "mouseover", "focus", "toggle", "error", "load"]) {
          one.dispatchEvent(new Event(name, { bubbles: true, cancelable: true }));
        }
      }
      return all.length;
    }""")
    assert touched > len(passed)
    assert page.evaluate("self.harmed") is None
    assert [url for url in asked if not url.endswith("x.png")] == []
    context.close()
