"""Parse guides: Markdown with front matter to `Guide`. Pure but for `read_guides`.

Only what makes a file unreadable is an error here; whether a readable guide is a good one is for `check`.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from typing import TYPE_CHECKING, Any

from rapport.content.yaml import parse_yaml, read_text
from rapport.errors import ContentError
from rapport.languages import LANGUAGES
from rapport.types import Guide, Section

if TYPE_CHECKING:
    from rapport.project import Project

SECTION_IDS = (
    "short-answer",
    "signs",
    "what-to-say",
    "why",
    "steps",
    "pitfalls",
    "when-not",
    "across-cultures",
    "checklist",
)

FRONT_KEYS = ("title", "summary", "situations", "advice", "source", "translated", "reviewed", "law_as_of")

_FRONT_MATTER = re.compile(r"\A---\n(.*?)^---[ \t]*\n", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^## +(?P<heading>.*?) *(?:\{#(?P<id>[^}\s]+)\})? *$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")


def parse_guide(text: str, path: str) -> Guide:
    """Parse a guide's text; `path` is `docs/<lang>/<theme>/<id>.md` and gives language, theme and id.

    Raises ContentError with file and line where front matter is missing or not readable.
    """
    *_, lang, theme, name = path.split("/")
    match = _FRONT_MATTER.match(text)
    if not match:
        raise ContentError(
            "has no front matter", where=path, line=1, mend="begin the file with --- and close it with ---"
        )
    front, lines = parse_yaml(match[1], path, first_line=2)
    if not isinstance(front, dict):
        raise ContentError("front matter must be keys and values", where=path, line=2)
    for key in ("title", "summary", "source"):
        if not isinstance(front.get(key), str) or not front[key].strip():
            raise ContentError(
                f"`{key}` is missing or not a text", where=path, line=lines.get(key, 1), mend=f"write `{key}: …`"
            )
    body = text[match.end() :]
    body_line = text[: match.end()].count("\n") + 1
    return Guide(
        id=name.removesuffix(".md"),
        theme=theme,
        lang=lang,
        path=path,
        title=front["title"].strip(),
        summary=front["summary"].strip(),
        situations=_texts(front, "situations", path, lines),
        advice=_texts(front, "advice", path, lines),
        source=front["source"],
        translated=str(front.get("translated") or ""),
        reviewed=str(front.get("reviewed") or ""),
        law_as_of=str(front.get("law_as_of") or ""),
        sections=_sections(body, body_line),
        body=body,
        body_line=body_line,
        key_lines=tuple(lines.items()),
    )


def _texts(front: dict[str, Any], key: str, path: str, lines: dict[str, int]) -> tuple[str, ...]:
    value = front.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ContentError(
            f"`{key}` must be a list of texts",
            where=path,
            line=lines.get(key, 1),
            mend="one item per line; quote an item that holds a colon and a space",
        )
    return tuple(item.strip() for item in value)


def _sections(body: str, body_line: int) -> tuple[Section, ...]:
    found: list[tuple[str, str, int, list[str]]] = []
    fenced = False
    for number, line in enumerate(body.split("\n"), body_line):
        if _FENCE.match(line):
            fenced = not fenced
        match = None if fenced else _HEADING.match(line)
        if match:
            found.append((match["id"] or "", match["heading"], number, []))
        elif found:
            found[-1][3].append(line)
    return tuple(
        Section(id=anchor, heading=heading, line=number, markdown="\n".join(lines).strip("\n"))
        for anchor, heading, number, lines in found
    )


def source_hash(guide: Guide) -> str:
    """First 12 hex digits of the SHA-256 of what a translation follows: title, summary, situations and body.

    Line ends and trailing space do not count, nor do dates.
    """
    parts = [guide.title, guide.summary, *guide.situations, guide.body]
    lines = [line.rstrip() for part in parts for line in part.strip().split("\n")]
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()[:12]


def guide_paths(project: Project) -> list[str]:
    """Paths of all guide files, relative to the project, sorted: `docs/<lang>/<theme>/<id>.md` but no `index.md`."""
    found = [path for lang in LANGUAGES for path in (project.docs / lang).glob("*/*.md") if path.name != "index.md"]
    return sorted(project.show(path) for path in found)


def read_guide(project: Project, path: str) -> Guide:
    """Read and parse one guide by its path relative to the project."""
    return parse_guide(read_text(project.root / path, path), path)


def read_guides(project: Project) -> list[Guide]:
    """All guides in all languages, sorted by path. ContentError at the first unreadable one or unknown key."""
    guides = [read_guide(project, path) for path in guide_paths(project)]
    for guide in guides:
        for key, line in guide.key_lines:
            if key not in FRONT_KEYS:
                mend = f"remove it; known are {', '.join(FRONT_KEYS)}"
                raise ContentError(f"unknown key {key!r}", where=guide.path, line=line, mend=mend)
    return guides


_SCRIPT = re.compile(
    r'^!!! (?P<kind>\w+)(?: "(?P<label>[^"]*)")?.*\n(?P<text>(?:(?:[ \t]{4}.*|[ \t]*)(?:\n|\Z))+)', re.MULTILINE
)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_ADMONITION = re.compile(r'^!!! \w+ "([^"]*)"[ \t]*$', re.MULTILINE)
_MARKS = re.compile(
    r"^[ \t]*(?:[-*] \[[ x]\] |[-*] |\d+\. |#+ |> )|\*\*|__|(?<!\w)\*|\*(?!\w)|`|\{#[^}]*\}",
    re.MULTILINE,
)


def plain(markdown: str) -> str:
    """The readable text of a piece of Markdown: no marks, link targets or list bullets; one block per line."""
    text = _LINK.sub(r"\1", markdown)
    text = _ADMONITION.sub("", text)
    text = _MARKS.sub("", text)
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return "\n".join(line for line in lines if line)


def prose(markdown: str) -> str:
    """A piece of Markdown without its scripts: what may be quoted without saying whether one should say it."""
    return _SCRIPT.sub("\n", markdown + "\n")


def scripts(markdown: str) -> str:
    """Only the scripts, frames and all."""
    return "\n".join(match[0] for match in _SCRIPT.finditer(markdown + "\n"))


def best_reply(markdown: str) -> tuple[str, str] | None:
    """Label and text, paragraphs apart, of the script marked best; None where there is none."""
    best = (
        match
        for match in _SCRIPT.finditer(markdown + "\n")
        if match["kind"] == "success" and match["label"] is not None
    )
    match = next(best, None)
    if not match:
        return None
    paragraphs = re.split(r"\n\s*\n", textwrap.dedent(match["text"]).strip())
    return match["label"], "\n\n".join(plain(paragraph) for paragraph in paragraphs)
