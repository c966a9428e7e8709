"""The two readers of Markdown: one with lines, for search and check, and the one that makes the pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mkdocs.config import load_config

from rapport.content.blocks import Exchange
from rapport.content.document import parse_document
from rapport.content.text import is_spoken, plain
from rapport.languages import LANGUAGES
from rapport.site.reading import EXTENSIONS, difference

if TYPE_CHECKING:
    from rapport.site.model import SiteModel

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))


def test_guides_and_pages_are_read_alike() -> None:
    assert PATHS
    documents = (parse_document((ROOT / path).read_text("utf-8"), path) for path in PATHS)
    assert [str(found) for document in documents if (found := difference(document))] == []


def test_the_renderer_is_set_up_as_for_the_site() -> None:
    """`toc` adds ids only, to headings that have none."""

    names = load_config(str(ROOT / "mkdocs.yml")).markdown_extensions
    assert {*names} - {"toc"} == set(EXTENSIONS)


@pytest.mark.parametrize(
    "text",
    [
        "## A {#a}\n\nEin [Link *so*](b.md#c), **fett**, *schräg*, `<b>` & mehr.\n",
        "Absatz\n- kein Punkt\n- auch nicht\n",
        "- a\n- b\n    - c\n\n1. d\n2. e\n\n    f\n",
        "- [ ] a\n- [x] **b**\n",
        '!!! tip "T"\n    a\n\n    - b\n    - c\n\nd\n',
        '!!! success "T"\n    Gern, [420 Euro]{.slot}.\n    Bis dann.\n',
        "- **日本：**はい。\n\n**「はい。」**\n\n## 見分け方 {#signs}\n",
        "| a | **b** |\n|---|--:|\n| [c](d.md) | |\n",
        '!!! example "T"\n    Da:\n\n    | e | f |\n    |---|---|\n    | g | h |\n',
        "> Zitat\n\n![Bild](x.png)\n",
        "Ä\\*b &amp; c 3 < 4 > 2\n",
        "**a**\n\n**a** b\n\n**a** **b**\n",
        "",
    ],
)
def test_they_agree(text: str) -> None:
    found = difference(parse_document(text, "docs/de/x.md"))
    assert found is None, str(found)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\n- b\n\n  c\n", 5),
        ("a\n\n- b\n  - c\n", 4),
        ("a\n\n1) b\n", 3),
        ("a\n| b | c |\n|---|---|\n| d | e |\n", 1),
        ('a\n\n!!! tip "T"\n\n\n    b\n', 6),
    ],
)
def test_where_they_do_not_it_is_told_at_its_line(text: str, line: int) -> None:
    found = difference(parse_document(text, "docs/de/x.md"))
    assert found is not None
    assert found.line == line
    assert "can be read in two ways" in str(found)


PIECES = st.sampled_from(
    ["# ", "## ", "{#why}", "\n", "\n\n", "    ", "- ", "1. ", "[ ] ", "> ", '!!! tip "b"\n', "!!!", "**", "*", "_",
     "`", "```\n", "~~~\n", "[", "](a.md)", "]{.slot}", "<b>", "<!--", "\\", "&amp;", "&#60;", "wort", " ", "日本",
     "\x02", "\x03", "wzxhzdk:0", "| a | b |\n|---|---|\n", "|", "[a]: b\n", "***", "===\n", "---\n"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(deadline=None)
def test_no_text_is_an_error(text: str) -> None:
    found = difference(parse_document(text, "docs/de/x.md"))
    assert found is None or 1 <= found.line <= text.count("\n") + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_one_says_is_known_by_its_quotation_marks(model: SiteModel, lang: str) -> None:
    """In every guide: most of what stands below an answer is something to say."""
    for guide in model.guides_of(lang):
        found = [
            plain([one])
            for section in guide.sections
            for block in section.blocks
            if isinstance(block, Exchange)
            for one in block.yours
        ]
        assert found
        assert sum(is_spoken(text, lang) for text in found) * 2 >= len(found), guide.path


def test_a_stop_may_stand_behind_the_closing_mark() -> None:
    assert is_spoken("«¿Y para cuándo?».", "es")
    assert is_spoken("„Gern. Bis wann?“", "de")
    assert is_spoken("「はい。」", "ja")
    assert not is_spoken("Hier hilft nur, was „Nein“ heißt, zu hören.", "de")
