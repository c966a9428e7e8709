"""A guide's Markdown to the parts its page is made of: a Python-Markdown extension, one instance per page.

It groups each heading with what follows into a section, makes scripts and the written example recognisable by icon,
label and shape, shows what the other side answers beside what one can say to it, gives checklists real labelled boxes,
makes links to unwritten guides text, and sets spaces and Japanese phrases. Titles of scripts come from the file,
everything else that is shown from `PagePhrases`.

Of HTML it knows nothing, and of attributes two: `{#id}` after a heading and `{.slot}` after bracketed words. What the
page would show is held against a list of tags, attributes and addresses (`safety`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement

from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from rapport.content.document import ANCHOR, BOX, SLOT, resolve
from rapport.content.text import is_spoken
from rapport.languages import LANGUAGE
from rapport.site.safety import refuse_unsafe
from rapport.site.typography import phrases, set_spaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown import Markdown

# before the library's links (160); after its inline marks (20) and before toc (5), which gives ids to headings without;
# after toc and before MkDocs looks for the pages that links lead to (0)
_SLOT_PRIORITY, _ANCHOR_PRIORITY, _PRIORITY = 165, 8, 1

_ICONS = {
    "failure": "M19 6.41 17.59 5 12 10.59 6.41 5 5 6.41 10.59 12 5 17.59 6.41 19 12 13.41 17.59 19 19 17.59 13.41 12z",
    "tip": "m12 4-1.41 1.41L16.17 11H4v2h12.17l-5.58 5.59L12 20l8-8z",
    "success": "M21 7 9 19l-5.5-5.5 1.41-1.41L9 16.17 19.59 5.59z",
    "mail": "M20 8l-8 5-8-5V6l8 5 8-5m0-2H4c-1.11 0-2 .89-2 2v12a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V6a2 2 0 0 0-2-2",
    "note": "M14 17H7v-2h7m3-2H7v-2h10m0-2H7V7h10m2-4H5c-1 0-2 1-2 2v14a2 2 0 0 0 2 2h14a2 2 0 0 0 2-2V5c0-1-1-2-2-2",
}
_SCRIPTS = {"failure": "weak", "tip": "better", "success": "best"}
_TASK, _ANCHOR = re.compile(BOX), re.compile(ANCHOR)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_VERBATIM = {"code", "pre", "script", "style"}


@dataclass(frozen=True, slots=True)
class PagePhrases:
    """What a page's Markdown cannot know: its file and language, the labels, the situations to show among the signs."""

    path: str
    """Of its file, relative to the project."""
    lang: str = ""
    """Empty where the page belongs to none; then it has no parts."""
    subject: str = ""
    copy: str = ""
    familiar: str = ""
    they_say: str = ""
    you_say: str = ""
    slot_hint: str = ""
    situations: tuple[str, ...] = ()
    unwritten: frozenset[str] = frozenset()
    """Files, relative to the project, to which no link leads yet."""
    missing: str = ""
    """What is said of these."""
    hosts: frozenset[str] = frozenset()
    """Other sites to which a link may lead."""
    images: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Images by file, relative to the project: width and height."""


class PartsExtension(Extension):
    """`rapport.site.markdown`; `page` is the `PagePhrases` of the page that is rendered."""

    def __init__(self, **kwargs: Any) -> None:
        # not None: Python-Markdown takes a default of None for a truth value
        self.config = {"page": ["", "PagePhrases of the page"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:
        """Register; called by Python-Markdown."""
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.register(_Slots(SLOT, md), "rapport-slots", _SLOT_PRIORITY)
        md.treeprocessors.register(_Anchors(md), "rapport-anchors", _ANCHOR_PRIORITY)
        page = self.getConfig("page")
        if isinstance(page, PagePhrases):
            md.treeprocessors.register(_Parts(md, page), "rapport-parts", _PRIORITY)


def makeExtension(**kwargs: Any) -> PartsExtension:
    """Entry point of Python-Markdown."""
    return PartsExtension(**kwargs)


class _Slots(InlineProcessor):
    """`[420 Euro]{.slot}`: a field that readers fill in."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Element, int, int]:  # type: ignore[override]
        """The words of the field, to be marked up like any."""
        slot = Element("span", {"class": "slot"})
        slot.text = m[1]
        return slot, m.start(0), m.end(0)


class _Anchors(Treeprocessor):
    """`{#id}` at the end of a heading becomes its id."""

    def run(self, root: Element) -> None:
        """Called by Python-Markdown."""
        for heading in [element for element in root.iter() if element.tag in _HEADINGS]:
            last = heading[-1] if len(heading) else None
            text = (heading.text if last is None else last.tail) or ""
            if match := _ANCHOR.search(text):
                heading.set("id", match[1])
                text = text[: match.start()]
                if last is None:
                    heading.text = text
                else:
                    last.tail = text


class _Parts(Treeprocessor):
    def __init__(self, md: Markdown, page: PagePhrases) -> None:
        super().__init__(md)
        self.page = page

    def run(self, root: Element) -> None:
        """Called by Python-Markdown."""
        stored = [str(raw) for raw in self.md.htmlStash.rawHtmlBlocks]
        refuse_unsafe(root, stored, self.page.path, self.page.hosts)
        if not self.page.lang:
            return
        self._unlink(root)
        for image in root.iter("img"):  # room is kept for it, so that nothing moves when it comes
            size = self.page.images.get(resolve(self.page.path, image.get("src") or ""), ())
            image.attrib.update(zip(("width", "height"), map(str, size), strict=False), loading="lazy")
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag == "div" and "admonition" in (child.get("class") or ""):
                    self._script(child)
        for item in list(root.iter("li")):
            _make_task(item)
        self._group(root)
        set_text(root, self.page.lang)
        if not LANGUAGE[self.page.lang].spaced:
            for element in list(root.iter()):
                if element.tag in {"h2", "h3"} or "phrases" in (element.get("class") or "").split():
                    break_phrases(element)

    def _unlink(self, root: Element) -> None:
        """Links to guides that nobody has written in this language become their text, which says so.

        A link to anything else that is missing stays, for MkDocs to refuse.
        """
        opening, closing = (" (", ")") if LANGUAGE[self.page.lang].spaced else ("（", "）")
        for link in list(root.iter("a")):
            file = (link.get("href") or "").partition("#")[0]
            if file and resolve(self.page.path, file) in self.page.unwritten:
                link.tag = "span"
                link.attrib.clear()
                link.set("class", "unwritten")
                said = self.page.missing
                SubElement(link, "small").text = f"{opening}{said[:1].lower()}{said[1:]}{closing}"

    def _group(self, root: Element) -> None:
        """`<section>` around each h2 and what follows it; the h1 goes, the template writes it."""
        children = list(root)
        for child in children:
            root.remove(child)
        section: Element | None = None
        for child in children:
            if child.tag == "h1":
                continue
            if child.tag == "h2":
                anchor = child.get("id") or ""
                section = SubElement(root, "section", {"class": f"part part-{anchor}", "aria-labelledby": anchor})
            (root if section is None else section).append(child)
        for part in root.iter("section"):
            self._finish(part, (part.get("class") or "").removeprefix("part part-"))

    def _finish(self, part: Element, anchor: str) -> None:
        if anchor == "short-answer":
            for paragraph in part.iter("p"):
                paragraph.set("class", "phrases")
        if anchor == "signs" and self.page.situations:
            box = SubElement(part, "div", {"class": "familiar"})
            SubElement(box, "h3").text = self.page.familiar
            said = SubElement(box, "ul")
            for situation in self.page.situations:
                SubElement(said, "li").text = situation
        if anchor == "across-cultures" and (first := part.find("ul/li")) is not None:
            first.set("class", "own")
        if anchor == "push-back":
            _pair(part)
            for paragraph in part.iter("p"):
                self._voice(paragraph)

    def _voice(self, paragraph: Element) -> None:
        """Mark what is spoken, and tell who hears the page who speaks."""
        classes = (paragraph.get("class") or "").split()
        if "theirs" in classes:
            speaker = self.page.they_say
        elif "yours" in classes and is_spoken("".join(paragraph.itertext()), self.page.lang):
            speaker = self.page.you_say
            paragraph.set("class", " ".join((*classes, "spoken", "phrases")))
        else:
            return
        label = Element("span", {"class": "visually-hidden"})
        label.text, label.tail = speaker + LANGUAGE[self.page.lang].colon, paragraph.text
        paragraph.text = None
        paragraph.insert(0, label)

    def _script(self, box: Element) -> None:
        kind = (box.get("class") or "").replace("admonition", "").strip()
        if kind == "example":
            self._written(box)
        elif kind in _SCRIPTS:
            label = box.find("p[@class='admonition-title']")
            box.tag = "figure"
            box.set("class", f"script script-{_SCRIPTS[kind]}")
            caption = Element("figcaption")
            caption.append(icon(kind))
            SubElement(caption, "span").text = label.text if label is not None else ""
            if label is not None:
                box.remove(label)
            said = Element("blockquote", {"class": "said phrases"})
            for child in list(box):
                box.remove(child)
                said.append(child)
            box.extend([caption, said])
            if kind == "success":
                box.append(self._copy_button())
                if box.find(".//span[@class='slot']") is not None:
                    SubElement(box, "p", {"class": "slot-hint"}).text = self.page.slot_hint

    def _written(self, box: Element) -> None:
        """The written example: what its first paragraph calls a subject goes into the head of the sheet."""
        label = box.find("p[@class='admonition-title']")
        title = (label.text or "") if label is not None else ""
        if label is not None:
            box.remove(label)
        paragraphs = list(box)
        for paragraph in paragraphs:
            box.remove(paragraph)
        first = "".join(paragraphs[0].itertext()).strip() if paragraphs else ""
        parts = re.split(r"[:：]\s*", first, maxsplit=1)
        is_mail = len(parts) == 2 and parts[0] == self.page.subject
        box.tag = "figure"
        box.set("class", f"sheet sheet-{'mail' if is_mail else 'note'}")
        head = SubElement(box, "figcaption", {"class": "sheet-head"})
        kind = SubElement(head, "span", {"class": "sheet-kind"})
        kind.append(icon("mail" if is_mail else "note"))
        SubElement(kind, "span").text = title
        if is_mail:
            subject = SubElement(head, "span", {"class": "sheet-subject"})
            SubElement(subject, "span", {"class": "sheet-label"}).text = parts[0] + LANGUAGE[self.page.lang].colon
            subject.append(_strong(paragraphs[0], parts[1]))
            paragraphs = paragraphs[1:]
        body = SubElement(box, "div", {"class": "sheet-body"})
        body.extend(paragraphs)
        for paragraph in body.iter("p"):
            _keep_lines(paragraph)
        box.append(self._copy_button())

    def _copy_button(self) -> Element:
        # the style sheet shows it only where scripts run
        button = Element("button", {"type": "button", "class": "copy"})
        button.text = self.page.copy
        return button


def _strong(paragraph: Element, otherwise: str) -> Element:
    """What stands after the label of a subject, with its fields."""
    strong = Element("strong")
    label = re.match(r"[^:：]*[:：]\s*", paragraph.text or "")
    if label is None:
        strong.text = otherwise
        return strong
    strong.text = (paragraph.text or "")[label.end() :]
    strong.extend(list(paragraph))
    return strong


def _pair(part: Element) -> None:
    """What the other side answers, a paragraph that is one bold text, and what follows it: an exchange."""
    exchange: Element | None = None
    for child in list(part)[1:]:
        if child.tag == "p" and len(child) == 1 and child[0].tag == "strong" and not _rest(child):
            exchange = Element("div", {"class": "exchange"})
            part.insert(list(part).index(child), exchange)
            child.set("class", "theirs")
        elif exchange is not None:
            child.set("class", f"{child.get('class', '')} yours".strip())
        if exchange is not None:
            part.remove(child)
            exchange.append(child)


def _rest(paragraph: Element) -> str:
    return f"{paragraph.text or ''}{paragraph[0].tail or ''}".strip()


def icon(kind: str) -> Element:
    """An icon as an SVG element, for the eye only."""
    svg = Element("svg", {"viewBox": "0 0 24 24", "class": "icon", "aria-hidden": "true"})
    SubElement(svg, "path", {"d": _ICONS[kind]})
    return svg


def _make_task(item: Element) -> None:
    """`[ ] text` to a labelled checkbox."""
    holder = item.find("p") if item.find("p") is not None and not (item.text or "").strip() else item
    if holder is None or not _TASK.match((holder.text or "").lstrip()):
        return
    label = Element("label")
    box = SubElement(label, "input", {"type": "checkbox", "autocomplete": "off"})
    text = SubElement(label, "span")
    text.text = _TASK.sub("", (holder.text or "").lstrip())
    for child in list(holder):
        holder.remove(child)
        text.append(child)
    box.tail = " "
    holder.text = None
    holder.append(label)
    item.set("class", "task")


def _keep_lines(paragraph: Element) -> None:
    """Lines of a written example stay lines: a signature is two of them."""
    lines = (paragraph.text or "").strip("\n").split("\n")
    paragraph.text = lines[0]
    for place, line in enumerate(lines[1:]):
        new = Element("br")
        new.tail = line
        paragraph.insert(place, new)
    for child in list(paragraph):
        if child.tag != "br" and child.tail and "\n" in child.tail.strip("\n"):
            first, *rest = child.tail.strip("\n").split("\n")
            child.tail = first
            for offset, line in enumerate(rest, list(paragraph).index(child) + 1):
                new = Element("br")
                new.tail = line
                paragraph.insert(offset, new)


def _texts(element: Element) -> Iterator[Element]:
    if element.tag in _VERBATIM:
        return
    yield element
    for child in element:
        yield from _texts(child)


def set_text(root: Element, lang: str) -> None:
    """Set spaces in all text below `root` but code."""
    for element in list(_texts(root)):
        if element.text:
            element.text = set_spaces(element.text, lang)
        for child in element:
            if child.tail:
                child.tail = set_spaces(child.tail, lang)


def break_phrases(element: Element) -> None:
    """`<wbr>` between the Japanese phrases of an element's text, children included."""
    for child in list(element):
        if child.tag not in _VERBATIM | {"wbr", "svg"}:
            break_phrases(child)
        if child.tail and child.tail.strip():
            first, *rest = phrases(child.tail)
            child.tail = first
            _insert_breaks(element, list(element).index(child) + 1, rest)
    if element.text and element.text.strip():
        first, *rest = phrases(element.text)
        element.text = first
        _insert_breaks(element, 0, rest)


def _insert_breaks(parent: Element, at: int, rest: list[str]) -> None:
    for offset, phrase in enumerate(rest):
        new = Element("wbr")
        new.tail = phrase
        parent.insert(at + offset, new)
