"""Text to blocks: their kinds, words, lines. No text whatever is an error."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.content.blocks import Exchange, Heading, Items, Paragraph, Quote, Script, all_words, walk
from rapport.content.document import parse_document
from rapport.content.markup import markup_problems
from rapport.content.text import best_reply, excerpt, plain, prose, read_lines, scripts

PATH = "docs/de/money/x.md"
TEXT = """---
title: Eins
situations:
  - a
  - b
---

# Eins

## Was Sie sagen {#what-to-say}

Am Telefon, mit [einem
Link](../fit/leave-early.md#why):

!!! failure "Lieber nicht"
    „Nein.“

!!! success "Am besten"
    „Gern, für [420
    Euro](#x) oder [50 **Euro**]{.slot}.“

    „Passt Ihnen [Montag]{.slot}?“

## Antworten {#push-back}

Dazwischen.

**„Das ist zu teuer.“**

„Was wäre es wert?“

- Pause.

**„Wir melden uns.“**

„Wann?“

## Liste {#checklist}

- [ ] Eins `a
  b` und [c](d.md)
    - zwei
- [x] **Drei:** vier
"""


def test_front_matter_has_lines() -> None:
    document = parse_document(TEXT, PATH)
    assert document.front == {"title": "Eins", "situations": ["a", "b"]}
    assert [document.places.of(*keys) for keys in (("title",), ("situations", 1), ("advice",))] == [2, 5, 1]
    assert (document.body_line, document.problems) == (7, ())


def test_sections_and_their_blocks_have_lines() -> None:
    sections = parse_document(TEXT, PATH).sections
    assert [(s.id, s.heading, s.line) for s in sections] == [
        ("what-to-say", "Was Sie sagen", 10),
        ("push-back", "Antworten", 24),
        ("checklist", "Liste", 38),
    ]
    assert [(type(block), block.line) for section in sections for block in section.blocks] == [
        (Paragraph, 12), (Script, 15), (Script, 18),
        (Paragraph, 26), (Exchange, 28), (Exchange, 34),
        (Items, 40),
    ]  # fmt: skip


def test_scripts() -> None:
    said, *_ = parse_document(TEXT, PATH).sections
    assert [(s.kind, s.label, s.written) for s in scripts(said.blocks)] == [
        ("failure", "Lieber nicht", '!!! failure "Lieber nicht"'),
        ("success", "Am besten", '!!! success "Am besten"'),
    ]
    best = "„Gern, für 420\nEuro oder 50 Euro.“\n\n„Passt Ihnen Montag?“"
    assert best_reply(said.blocks) == ("Am besten", best)
    assert plain(prose(said.blocks)) == "Am Telefon, mit einem\nLink:"


def test_fields_to_fill_in_are_words_with_a_mark() -> None:
    runs = [run for words in all_words(parse_document(TEXT, PATH).blocks) for run in words.runs if run.slot]
    assert [(run.line, run.text, run.strong) for run in runs] == [
        (20, "50 ", False), (20, "Euro", True), (22, "Montag", False),
    ]  # fmt: skip


def test_links_have_line_text_and_meaning() -> None:
    links = [link for words in all_words(parse_document(TEXT, PATH).blocks) for link in words.links]
    assert [(one.line, one.text, one.target, one.path, one.anchor) for one in links] == [
        (12, "einem Link", "../fit/leave-early.md#why", "docs/de/fit/leave-early.md", "why"),
        (19, "420 Euro", "#x", PATH, "x"),
        (41, "c", "d.md", "docs/de/money/d.md", ""),
    ]


def test_exchanges() -> None:
    _, section, _ = parse_document(TEXT, PATH).sections
    first, second = (block for block in section.blocks if isinstance(block, Exchange))
    assert (first.theirs.plain, plain(first.yours)) == ("„Das ist zu teuer.“", "„Was wäre es wert?“\nPause.")
    assert (second.theirs.plain, plain(second.yours)) == ("„Wir melden uns.“", "„Wann?“")
    assert excerpt(section.blocks, 10) == "„Das ist zu teuer.“\n„Was wäre es wert?“"
    assert plain(section.blocks).startswith("Dazwischen.\n„Das ist")


def test_lists() -> None:
    *_, section = parse_document(TEXT, PATH).sections
    (found,) = section.blocks
    assert isinstance(found, Items)
    assert [(item.line, item.checked) for item in found.items] == [(40, False), (43, True)]
    assert [words.lead for words in all_words(found.items[1].blocks)] == ["Drei:"]
    assert [(words.line, words.plain) for words in all_words([found])] == [
        (40, "Eins a b\nund c"), (42, "zwei"), (43, "Drei: vier"),
    ]  # fmt: skip


def test_a_fence_inside_another_ends_nothing() -> None:
    text = "~~~\n```\n## Code {#no}\n~~~\n\n## Warum {#why}\n\nDarum.\n"
    assert [(s.id, s.line) for s in parse_document(text, PATH).sections] == [("why", 6)]


def test_what_no_page_may_show_is_refused_at_its_line() -> None:
    text = (
        "[a](b.md){ onclick=x } und [c](javascript:x)\n\n"
        "## Titel {#id .klasse}\n\n{: style=x}\n\n- \\`<script src=x>\\`\n- `<b>` und 3 < 4\n\n"
        "![x](https://e.org/x.png) und <https://e.org> und https://e.org/y\n\n    code\n"
    )
    assert [(p.line, p.message) for p in sorted(markup_problems(parse_document(text, PATH)), key=lambda p: p.line)] == [
        (1, "attributes '{ onclick=x }'"),
        (1, "link to javascript:x"),
        (3, "attributes '{#id .klasse}'"),
        (5, "attributes '{: style=x}'"),
        (7, "HTML '<script'"),
        (10, "address https://e.org/y of another site"),
        (10, "image https://e.org/x.png of another site"),
        (10, "link to https://e.org"),
        (12, "a block of code"),
    ]


MARKDOWN = st.lists(
    st.sampled_from(
        ["---\n", "title: a\n", "# ", "## ", "{#why}", "\n", "\n\n", "    ", "- ", "1. ", "[ ] ", "> ", '!!! tip "b"\n',
         "!!!", "**", "*", "_", "`", "```\n", "~~~\n", "[", "]", "(", ")", "](a.md)", "]{.slot}", "<b>", "<!--", "\\",
         "&amp;", "wort", " ", "\t", "：", "日本", "\x00", "\u2028", "[a]: b\n", "***", "===\n", "|"]
    ) | st.text(max_size=5),
    max_size=60,
).map(lambda parts: "".join(parts).replace("\r", "\n"))  # fmt: skip


@given(MARKDOWN)
@settings(deadline=None)
def test_no_text_is_an_error(text: str) -> None:
    document = parse_document(text, PATH)
    last = text.count("\n") + 1
    for section in document.sections:
        excerpt(section.blocks, 20)
        best_reply(section.blocks)
    lines = [line for block in read_lines(document) for line, _ in block]
    lines += [block.line for block in walk(document.blocks)] + [p.line for p in markup_problems(document)]
    assert all(1 <= line <= last for line in lines)


WORD = st.text("abcdefghijklm", min_size=3, max_size=8)
PIECE = st.one_of(
    WORD,
    st.tuples(WORD, WORD).map(lambda pair: f"[{pair[0]}\n{pair[1]}](a.md)"),
    st.tuples(WORD, WORD).map(lambda pair: f"**{pair[0]}\n{pair[1]}**"),
    st.tuples(WORD, WORD).map(lambda pair: f"`{pair[0]} {pair[1]}`"),
    WORD.map(lambda word: f"[{word}]{{.slot}}"),
    WORD.map(lambda word: f"*{word}*\n"),
)
BLOCK = st.lists(PIECE, min_size=1, max_size=5).map(" ".join).map(str.strip)


@st.composite
def texts(draw: st.DrawFn) -> str:
    parts = []
    for block in draw(st.lists(BLOCK, min_size=1, max_size=6)):
        frame = draw(st.sampled_from(["{}", "- {}", '!!! tip "x"\n    {}', "## {}", "> {}"]))
        inner = (
            block.replace("\n", " ") if frame == "## {}" else block.replace("\n", "\n    " if "x" in frame else "\n  ")
        )
        parts.append(frame.format(inner) + draw(st.sampled_from(["\n\n", "\n\n\n"])))
    return "".join(parts)


@given(texts())
@settings(deadline=None)
def test_every_word_is_on_its_line(text: str) -> None:
    lines = text.split("\n")
    document = parse_document(text, PATH)
    for words in all_words(document.blocks):
        for run in words.runs:
            for word in run.text.split():
                assert word in lines[run.line - 1], (word, run.line)
        for link in words.links:
            assert f"[{link.text.split(' ')[0]}" in lines[link.line - 1]
    for block in walk(document.blocks):
        if isinstance(block, Heading):
            assert lines[block.line - 1].startswith("## ")
        if isinstance(block, Script):
            assert lines[block.line - 1] == '!!! tip "x"'
        if isinstance(block, Quote):
            assert lines[block.line - 1].startswith("> ")
