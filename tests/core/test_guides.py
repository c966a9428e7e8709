"""Markdown with front matter to `Guide`, its hash, its plain text, its rows."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest
import small

from rapport.content.catalogue import read_catalogue
from rapport.content.document import parse_document
from rapport.content.guides import guide_paths, parse_guide, read_guides
from rapport.content.status import source_hash
from rapport.content.text import excerpt, plain
from rapport.errors import ContentError
from rapport.search.passages import passage_rows, situation_rows
from rapport.types import Row, RowKind

if TYPE_CHECKING:
    from rapport.project import Project

PATH = "docs/de/money/late-payment.md"
TEXT = """---
title: Der Kunde zahlt spät
summary: 'Mit Fristen: so geht es'
situations:
  - Das Geld kommt nicht.
  - "Er sagt: bald."
advice: [A1]
source: de
reviewed: 2026-05-01
---

# Der Kunde zahlt spät

Vorrede.

## Kurz gesagt {#short-answer}

Fragen Sie **nach**.

## Ohne Anker

## Warum {#why}
Darum.
""".replace("{#why}\nDarum", "{#why}   \nDarum")

SHORT = "---\ntitle: a\nsummary: b\nsituations:\n  - c\nadvice: [A1]\nsource: de\n---\n"


def test_parse() -> None:
    guide = parse_guide(TEXT, PATH)
    assert (guide.id, guide.theme, guide.lang, guide.path) == ("late-payment", "money", "de", PATH)
    assert (guide.title, guide.summary) == ("Der Kunde zahlt spät", "Mit Fristen: so geht es")
    assert guide.situations == ("Das Geld kommt nicht.", "Er sagt: bald.")
    assert (guide.advice, guide.source, guide.translated) == (("A1",), "de", "")
    assert (guide.reviewed, guide.law_as_of) == ("2026-05-01", "")
    assert guide.document.body_line == 11
    places = [("title",), ("summary",), ("situations",), ("situations", 1), ("advice",), ("source",), ("reviewed",)]
    assert [guide.line_of(*keys) for keys in places] == [2, 3, 4, 6, 7, 8, 9]
    assert (guide.line_of("law_as_of"), guide.line_of("situations", 9)) == (1, 4)
    assert [(s.id, s.heading, s.line, plain(s.blocks)) for s in guide.sections] == [
        ("short-answer", "Kurz gesagt", 16, "Fragen Sie nach."),
        ("", "Ohne Anker", 20, ""),
        ("why", "Warum", 22, "Darum."),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1: is empty; write the guide, or delete the file"),
        ("# Title\n", "1: has no front matter; begin the file with ---"),
        ("---\ntitle: a\n", "1: has no front matter"),
        ("---\n- a\n---\n", "2: front matter must be keys and values"),
        ("---\n---\n", "2: front matter must be keys and values"),
        ("---\nsummary: b: c\n---\n", "2: the YAML cannot be read: mapping values are not allowed"),
        (SHORT.replace("title: a\n", ""), "1: `title` is missing or not a text; write `title: …`"),
        (SHORT.replace("summary: b", "summary: 1"), "3: `summary` is missing or not a text"),
        (SHORT.replace("source: de", "source: ' '"), "7: `source` is missing or no language"),
        (SHORT.replace("source: de", "source: fr"), "7: `source` is missing or no language"),
        (SHORT.replace("  - c", "  - x: y"), "4: `situations` is missing or not a list of texts"),
        (SHORT.replace("situations:\n  - c\n", ""), "1: `situations` is missing"),
        (SHORT.replace("[A1]", "[A1, 2]"), "6: `advice` is missing or not a list of codes"),
        (SHORT.replace("summary: b", "title: c"), "3: the YAML cannot be read: the key 'title' stands twice"),
        (SHORT.replace("source", "sauce"), "7: unknown key 'sauce'; remove it; known are title"),
        (
            SHORT.replace("source: de", "source: de\nreviewed: 2026-11"),
            "8: `reviewed` is no date: 2026-11; write",
        ),
        (SHORT.replace("source: de", "source: de\nreviewed: bald"), "8: `reviewed` is no date: bald"),
        (SHORT.replace("source: de", "source: de\nlaw_as_of: 2026-13-05"), "8: `law_as_of` is no date: 2026-13-05"),
        (SHORT + "\nA <b>b</b>.\n", "10: HTML '<b'; write Markdown"),
    ],
)
def test_an_unreadable_guide_is_refused_at_its_line(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse_guide(text, PATH)
    assert str(caught.value).startswith(f"{PATH}:{message}")


def test_an_unknown_code_of_advice_is_refused_at_its_line(project: Project) -> None:
    path = project.root / small.path_of("late-payment", "de")
    path.write_text(path.read_text("utf-8").replace("[A1]", "[A9]"), "utf-8")
    with pytest.raises(ContentError, match=r"^docs/de/money/late-payment\.md:9: unknown advice 'A9'; content/advice"):
        read_guides(project, read_catalogue(project))


def test_a_guide_in_another_theme_is_refused(project: Project) -> None:
    path = project.root / small.path_of("late-payment", "de")
    (path.parents[1] / "fit").mkdir()
    path.rename(path.parents[1] / "fit" / path.name)
    with pytest.raises(ContentError, match=r"^docs/de/fit/late-payment\.md:1: lies in fit, and belongs to money; move"):
        read_guides(project, read_catalogue(project))


def test_guides_are_read_in_the_order_of_their_paths(built: Project) -> None:
    assert guide_paths(built) == sorted(small.path_of(g, lang) for g in small.WRITTEN for lang in small.WHO)
    assert [guide.path for guide in read_guides(built, read_catalogue(built))] == guide_paths(built)


def test_only_files_of_guides_are_guides(project: Project) -> None:
    before = guide_paths(project)
    for name in ("docs/de/money/index.md", "docs/de/about.md", "docs/en/money/x.md", "docs/de/money/a.txt"):
        (project.root / name).parent.mkdir(parents=True, exist_ok=True)
        (project.root / name).write_text("no guide", "utf-8")
    assert guide_paths(project) == before


# -- the hash that translations follow ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\nVorrede.\n", "\nVorrede.  \t\n"),
        ("Darum.\n", "Darum.\n\n\n"),
        ("Darum.\n", "Darum."),
        ("2026-05-01", "2026-06-02"),
        ("reviewed: 2026-05-01\n", "law_as_of: 2026-05-01\ntranslated: abc\n"),
        ("'Mit Fristen: so geht es'", '"Mit Fristen: so geht es"'),
        ("[A1]", "[A1, A2]"),
    ],
)
def test_what_the_hash_does_not_count(old: str, new: str) -> None:
    assert old in TEXT
    assert source_hash(parse_guide(TEXT.replace(old, new), PATH)) == source_hash(parse_guide(TEXT, PATH))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Der", "title: Ein"),
        ("Mit Fristen", "Mit Frist"),
        ("Das Geld", "Kein Geld"),
        ("Darum.", "Darum!"),
        ("Darum.", " Darum."),
        ("Vorrede.\n", "Vor\nrede.\n"),
        ("{#why}   ", "{#steps}"),
    ],
)
def test_what_the_hash_counts(old: str, new: str) -> None:
    assert old in TEXT
    assert source_hash(parse_guide(TEXT.replace(old, new, 1), PATH)) != source_hash(parse_guide(TEXT, PATH))


def test_the_hash_is_the_documented_one() -> None:
    import hashlib

    text = TEXT.partition("# Der Kunde")[0] + "x \ny\n"
    guide = dataclasses.replace(parse_guide(text, PATH), title="T", summary="S", situations=("a", "b"))
    assert source_hash(guide) == hashlib.sha256(b"T\nS\na\nb\nx\ny").hexdigest()[:12]


def test_line_ends_do_not_count(project: Project) -> None:
    path = project.root / small.path_of("late-payment", "ja")
    before = [source_hash(guide) for guide in read_guides(project, read_catalogue(project))]
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert [source_hash(guide) for guide in read_guides(project, read_catalogue(project))] == before


# -- plain text and rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Fragen Sie **nach** und *sofort*.", "Fragen Sie nach und sofort."),
        ("- eins\n- [ ] zwei\n* drei\n3. vier", "eins\nzwei\ndrei\nvier"),
        ("siehe [die Rechnung](../money/a.md#why), ![Bild](b.png)", "siehe die Rechnung, Bild"),
        ('!!! tip "Besser"\n    „Guten Tag.“\n', "„Guten Tag.“"),
        ("> Zitat\n\n\n### Klein {#k}", "Zitat\nKlein"),
        ("[a [b] c](x.md) und [d](e_(f).md)", "a [b] c und d"),
        ("Gut: [420 Euro]{.slot} am [Montag]{.slot}.", "Gut: 420 Euro am Montag."),
        ("| a | **b** |\n|---|--:|\n| [c](d.md) |  |\n", "a | b\nc |"),
        ("Datum ____ Ort ________", "Datum Ort"),
        ("- **日本：**はい。", "日本：はい。"),
        ("snake_case und 2*3 und `code`", "snake_case und 2*3 und code"),
        ("", ""),
    ],
)
def test_plain(markdown: str, text: str) -> None:
    assert plain(parse_document(markdown, PATH).blocks) == text


def test_rows_of_a_guide() -> None:
    guide = parse_guide(TEXT, PATH)
    first, *_, last = passage_rows([guide])
    text = "Der Kunde zahlt spät › Kurz gesagt\nFragen Sie nach."
    assert first == Row(RowKind.PASSAGE, "late-payment", "short-answer", "de", text)
    assert last == Row(RowKind.PASSAGE, "late-payment", "why", "de", "Der Kunde zahlt spät › Warum\nDarum.")
    assert situation_rows([guide]) == [
        Row(RowKind.SITUATION, "late-payment", None, "de", text) for text in guide.situations
    ]


@pytest.mark.parametrize(
    ("markdown", "limit", "text"),
    [
        ("eins\nzwei\ndrei", 8, "eins\nzwei"),
        ("eins\nzwei\ndrei", 7, "eins"),
        ("ein langer Satz", 5, "ein langer …"),
        ("請求書がわからない顧客", 4, "請求書がわからな …"),
        ("", 5, ""),
        ('Am Tor:\n\n!!! failure "Lieber nicht"\n    „Na klar.“\n\n!!! success "Am besten"\n    „Gern.“\n\nDanach.', 9,
         "Am Tor:\nAm besten: „Gern.“"),
    ],
)  # fmt: skip
def test_excerpt(markdown: str, limit: int, text: str) -> None:
    assert excerpt(parse_document(markdown, PATH).blocks, limit) == text
