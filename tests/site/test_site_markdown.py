"""A guide's Markdown to its parts."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import markdown
import pytest

from rapport.errors import ContentError
from rapport.site.markdown import PagePhrases
from rapport.site.reading import EXTENSIONS

DE = PagePhrases(
    path="docs/de/money/x.md",
    lang="de",
    subject="Betreff",
    copy="Kopieren",
    familiar="So klingt es",
    they_say="Man sagt Ihnen",
    you_say="Sie sagen",
    situations=("Er will es gratis.",),
    unwritten=frozenset({"docs/de/fit/leave-early.md"}),
    missing="Noch nicht geschrieben",
)


def render(text: str, page: PagePhrases = DE) -> ET.Element:
    html = markdown.markdown(
        text,
        extensions=[*EXTENSIONS, "toc"],
        extension_configs={"rapport.site.markdown": {"page": page}},
    )
    return ET.fromstring(f"<div>{html}</div>")


def text_of(element: ET.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())


def test_sections_and_no_second_title() -> None:
    root = render("# Titel\n\n## Kurz gesagt {#short-answer}\n\nRufen Sie an.\n\n## Zeichen {#signs}\n\n- Eins\n")
    assert root.find("h1") is None
    assert [s.get("aria-labelledby") for s in root.findall("section")] == ["short-answer", "signs"]
    assert text_of(root.find(".//div[@class='familiar']/ul/li")) == "Er will es gratis."


@pytest.mark.parametrize(("mark", "kind"), [("failure", "weak"), ("tip", "better"), ("success", "best")])
def test_scripts_have_icon_label_and_words(mark: str, kind: str) -> None:
    figure = render(f'## S {{#what-to-say}}\n\n!!! {mark} "Label"\n    „Gern.“\n').find(".//figure")
    assert figure is not None
    assert figure.get("class") == f"script script-{kind}"
    assert figure.find("figcaption/svg") is not None
    assert text_of(figure.find("figcaption")) == "Label"
    assert text_of(figure.find("blockquote")).strip() == "„Gern.“"
    assert (figure.find("button") is not None) == (kind == "best")


def test_a_mail_has_its_subject_in_the_head_and_keeps_its_lines() -> None:
    text = '!!! example "E-Mail"\n    Betreff: Ihre Rechnung\n\n    Guten Tag,\n\n    Grüße\n    Jana\n'
    figure = render(text).find(".//figure")
    assert figure is not None
    assert figure.get("class") == "sheet sheet-mail"
    assert text_of(figure.find(".//strong")) == "Ihre Rechnung"
    body = figure.find("div[@class='sheet-body']")
    assert body is not None
    assert [text_of(p) for p in body.findall("p")] == ["Guten Tag,", "GrüßeJana"]
    assert len(list(body.iter("br"))) == 1


def test_a_note_is_no_mail() -> None:
    figure = render('!!! example "Gesprächsnotiz"\n    Stand: Dienstag\n').find(".//figure")
    assert figure is not None
    assert figure.get("class") == "sheet sheet-note"
    assert text_of(figure.find(".//span[@class='sheet-kind']")) == "Gesprächsnotiz"


def test_japanese_subject() -> None:
    page = PagePhrases(path="docs/ja/money/x.md", lang="ja", subject="件名", copy="コピー")
    figure = render('!!! example "メール"\n    件名：請求書について\n\n    本文です。\n', page).find(".//figure")
    assert figure is not None
    assert figure.get("class") == "sheet sheet-mail"


def test_checklist_items_are_labelled_boxes() -> None:
    root = render("## C {#checklist}\n\n- [ ] Rechnung **vor** dem Anruf geprüft\n- [ ] Zweitens\n")
    labels = root.findall(".//li[@class='task']/label")
    assert [text_of(label).strip() for label in labels] == ["Rechnung vor dem Anruf geprüft", "Zweitens"]
    assert all(label.find("input") is not None for label in labels)


def test_own_country_is_marked_and_spaces_set_in_text_only() -> None:
    root = render("## L {#across-cultures}\n\n- **Deutschland:** § 14\n- **Japan:** `§ 15`\n")
    items = root.findall(".//li")
    assert [item.get("class") for item in items] == ["own", None]
    assert "§\u00a014" in text_of(items[0])
    assert "§ 15" in text_of(items[1])


def test_fields_to_fill_in() -> None:
    root = render('!!! success "Best"\n    „Es sind [420 **Euro**]{.slot}, zahlbar [heute]{.slot}.“\n')
    assert [text_of(slot) for slot in root.findall(".//blockquote/p/span[@class='slot']")] == ["420 Euro", "heute"]


def test_exchanges_are_told_apart() -> None:
    text = "## A {#push-back}\n\n**„Zu teuer.“**\n\n„Was wäre es wert?“\n\n- Pause\n\n**„Nein.“**\n\n„Gut.“\n"
    first, second = render(text).findall(".//section/div[@class='exchange']")
    assert [(child.tag, child.get("class"), text_of(child).strip()) for child in first] == [
        ("p", "theirs", "Man sagt Ihnen: „Zu teuer.“"),
        ("p", "yours spoken phrases", "Sie sagen: „Was wäre es wert?“"),
        ("ul", "yours", "Pause"),
    ]
    assert [(child.get("class"), text_of(child)) for child in second] == [
        ("theirs", "Man sagt Ihnen: „Nein.“"), ("yours spoken phrases", "Sie sagen: „Gut.“"),
    ]  # fmt: skip
    assert not render(text.replace("push-back", "why")).findall(".//div[@class='exchange']")


def test_links_to_unwritten_guides_become_their_text_and_say_so() -> None:
    here, there = "../fit/leave-early.md", "../fit/other.md"
    text = f"Vor [dem **Ende**]({here}#why) und [danach]({there}), [am Ende]({here})."
    (paragraph,) = render(text).iter("p")
    told = "(noch nicht geschrieben)"
    assert text_of(paragraph) == f"Vor dem Ende {told} und danach, am Ende {told}."
    assert [text_of(span) for span in paragraph.iter("small")] == [f" {told}"] * 2
    assert [(a.get("href"), text_of(a)) for a in paragraph.iter("a")] == [(there, "danach")]
    assert [text_of(bold) for bold in paragraph.iter("strong")] == ["Ende"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>fett</b> und <!-- weg -->", "<b>fett</b> und <!-- weg -->"),
        ("\\`<script src=x>\\`", "`<script src=x>`"),
        ("<div onclick=x>\n\nText\n\n</div>", None),
        ("[x](ok.md){ href=y }", "x{ href=y }"),
        ("Text\n{: style=x}", "Text\n{: style=x}"),
        ("&lt;b&gt; &amp; 3 < 4", "<b> & 3 < 4"),
    ],
)
def test_tags_and_attributes_are_text(text: str, shown: str | None) -> None:
    root = render(text)
    assert {element.tag for element in root.iter()} <= {"div", "p", "a"}
    assert {name for element in root.iter() for name, _ in element.items()} <= {"href"}
    assert shown is None or text_of(root) == shown


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[x](javascript:alert(1))", "the address 'javascript:alert(1)'"),
        ("[x](java&#115;cript:alert)", "the address"),
        ("[x](https://example.org)", "the address 'https://example.org'"),
        ("[x](//example.org)", "the address '//example.org'"),
        ("[x](/de/)", "the address '/de/'"),
        ("![x](data:image/png;base64,x)", "the address"),
        ("<https://example.org>", "the address"),
        ("<a@example.org>", "the address"),
        ("    code", "<pre>"),
        ("```\n<script>\n```", "'<pre><code>"),
        ("a | b\n:--- | ---\nc | d", "<th style>"),
        ('!!! tip "x" \n    y\n\n[z]: javascript:x\n\n[z]', "the address"),
    ],
)
def test_what_no_page_may_hold_is_refused(text: str, what: str) -> None:
    with pytest.raises(ContentError, match=rf"^docs/de/money/x\.md: the page would hold {re.escape(what)}"):
        render(text)


def test_no_words_no_parts() -> None:
    html = markdown.markdown("# T\n\n## U\n", extensions=["rapport.site.markdown"])
    assert html == "<h1>T</h1>\n<h2>U</h2>"
