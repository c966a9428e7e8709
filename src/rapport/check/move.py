"""Rename a guide, or give one up, everywhere at once: its files, catalogue, titles, questions, links, and a redirect.

Everything is read and made before the first file is written, so a refusal leaves all as it was.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from typing import TYPE_CHECKING, Any

from rapport.check.front_rules import fold
from rapport.check.stamp import stamp
from rapport.content.catalogue import name_problem, read_catalogue
from rapport.content.guides import read_guides
from rapport.content.moved import HOME, moved_path, read_moved
from rapport.content.questions import parse_json
from rapport.content.status import State, state_of
from rapport.content.yaml import remove_key, rename_key
from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rapport.content.catalogue import CatalogueGuide
    from rapport.project import Project

_LINK = re.compile(r"(!?)\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s#]*)(#[^()\s]*)?\)")
"""A link of a text: its words, its file, its anchor."""
_POINTER = re.compile(r"^(\s*(?:- )?guide:\s*)([\"']?)([a-z0-9-]+)\2[ \t]*$", re.MULTILINE)
"""A guide that a home page names."""


def rename_guide(project: Project, old: str, new: str) -> list[str]:
    """Give a guide another id, and return the paths of all files that changed, relative to the project.

    Readers of the old address are led to the new one. Ids of judged questions stay, so that they keep their split.
    Translations that were current stay so. UsageError where there is no such guide, or the new id cannot be one.
    """
    work = _Work(project, old)
    if new in work.catalogue.guides:
        raise UsageError(f"there is a guide {new!r} already", mend="choose another id, or run `rapport retire --to`")
    if wrong := name_problem(new, ("index",)):
        raise UsageError(f"the id {new!r} {wrong}", mend="write small letters, digits and single hyphens")
    guide = work.guide
    catalogue = project.content / "guides.yml"
    work.edit(catalogue, lambda text: rename_key(text, (guide.theme, old), new))
    if "-" in old:  # scopes name their neighbours; a bare word may be no name there
        work.edit(catalogue, lambda text: re.sub(rf"(?<![\w-]){old}(?![\w-])", new, text))
    for lang in LANGUAGES:
        work.edit(project.i18n / "catalogue" / f"{lang}.yml", lambda text: rename_key(text, ("guides", old), new))
        work.move(work.file(lang, guide), project.docs / lang / guide.theme / f"{new}.md")
    work.link_to(guide.theme, new)
    work.questions(new)
    for path in (project.search_index / "reading.json", *sorted(project.root.glob(".cache/reading-*.json"))):
        work.edit(path, lambda text: _reclassed(text, old, new))
    work.redirect(f"{guide.theme}/{new}")
    return work.write()


def retire_guide(project: Project, old: str, to: str | None = None) -> tuple[list[str], list[str]]:
    """Give a guide up, in favour of `to` if there is one; the files that changed, and sentences to be mended by hand.

    With `to`, links, questions and readers go there. Without it, words of links stay words, the guide's questions go,
    and readers are led to the theme's page. UsageError where there is no such guide, or a home page would lose it
    without another in its place.
    """
    work = _Work(project, old)
    heir = work.catalogue.guides.get(to) if to else None
    if to and (heir is None or to == old):
        raise UsageError(f"{to!r} is no other guide", mend="content/guides.yml lists the ids")
    guide = work.guide
    last = sum(other.theme == guide.theme for other in work.catalogue.guides.values()) == 1
    work.edit(project.content / "guides.yml", lambda text: remove_key(text, (guide.theme, *(() if last else (old,)))))
    for lang in LANGUAGES:
        titles = project.i18n / "catalogue" / f"{lang}.yml"
        work.edit(titles, lambda text: remove_key(text, ("guides", old)))
        if last:
            work.edit(titles, lambda text: remove_key(text, ("themes", guide.theme)))
        work.move(work.file(lang, guide), None)
    mend = work.link_to(heir.theme, heir.id) if heir else work.link_to_nothing()
    work.questions(heir.id if heir else None)
    work.redirect(f"{heir.theme}/{heir.id}" if heir else HOME if last else guide.theme)
    return work.write(), mend


class _Work:
    """Changes of a project that are not written yet."""

    def __init__(self, project: Project, old: str) -> None:
        self.catalogue = read_catalogue(project)
        if old not in self.catalogue.guides:
            raise UsageError(f"content/guides.yml has no guide {old!r}", mend="it lists the ids")
        self.guide: CatalogueGuide = self.catalogue.guides[old]
        self._project = project
        self._moved = read_moved(project, self.catalogue)
        written = {(guide.id, guide.lang): guide for guide in read_guides(project, self.catalogue)}
        self._current = [
            guide
            for guide in written.values()
            if state_of(guide, written.get((guide.id, self.catalogue.guides[guide.id].source))) is State.CURRENT
        ]
        self._texts: dict[Path, str | None] = {}
        self._places: dict[Path, Path] = {}
        """New place of a file → its old one."""

    def file(self, lang: str, guide: CatalogueGuide) -> Path:
        """Where a guide lies in a language, if it is written."""
        return self._project.docs / lang / guide.theme / f"{guide.id}.md"

    def edit(self, path: Path, change: Callable[[str], str]) -> None:
        """Change a text, where there is such a file. Line ends and a byte order mark stay as they are."""
        if (text := self._text(path)) is None:
            return
        try:
            changed = change(text)
        except ValueError as error:
            mend = "edit the file by hand"
            raise ContentError(str(error), where=self._project.show(path), mend=mend) from error
        if changed != text:
            self._texts[path] = changed

    def move(self, path: Path, target: Path | None) -> None:
        """Move a file, or remove it."""
        if (text := self._text(path)) is None:
            return
        self._texts[path] = None
        if target:
            self._texts[target] = text
            self._places[target] = path

    def link_to(self, theme: str, guide: str) -> list[str]:
        """Turn all links and pointers to the guide to another; gives the places where it would link to itself."""
        selves: list[str] = []
        for path in self._pages():
            lang = path.relative_to(self._project.docs).parts[0]
            target = self._project.docs / lang / theme / f"{guide}.md"

            def link(found: re.Match[str], path: Path = path, target: Path = target) -> str:
                if path == target and target not in self._places:
                    selves.append(self._project.show(path))
                    return found[2]
                file = posixpath.relpath(target.as_posix(), path.parent.as_posix())
                return f"{found[1]}[{found[2]}]({file}{found[4] or ''})"

            self._relink(path, link)
            self.edit(path, lambda text: _POINTER.sub(lambda m: self._pointer(m, guide), text))
        return [f"{path}: linked to {self.guide.id}, which is now itself; mend the sentence" for path in selves]

    def link_to_nothing(self) -> list[str]:
        """Leave the words of all links to the guide; gives the sentences to be mended. UsageError for a pointer."""
        mend: list[str] = []
        for path in self._pages():
            text = self._text(path) or ""
            shown = self._project.show(path)
            for found in _POINTER.finditer(text):
                if found[3] == self.guide.id:
                    raise UsageError(
                        "the home page names the guide",
                        where=f"{shown}:{text.count(chr(10), 0, found.start()) + 1}",
                        mend="name another one there first, or run `rapport retire` with --to",
                    )

            def words(found: re.Match[str], text: str = text, shown: str = shown) -> str:
                line = text.count("\n", 0, found.start()) + 1
                mend.append(f"{shown}:{line}: the words “{found[2]}” are no link any more; mend the sentence")
                return found[2]

            self._relink(path, words)
        return mend

    def questions(self, new: str | None) -> None:
        """Hand the guide's questions to another; without one they go."""
        project = self._project
        for folder in (project.bank, project.judged, project.stories):
            for lang in LANGUAGES:
                self.edit(folder / f"{lang}.jsonl", lambda text: "".join(_handed(text, self.guide.id, new)))

    def redirect(self, target: str) -> None:
        """Lead readers of the guide's address, and of those that were led there, to another."""
        old = f"{self.guide.theme}/{self.guide.id}"
        moved = {one: target if to == old else to for one, to in self._moved.items() if one != target} | {old: target}
        self._texts[moved_path(self._project)] = "".join(f"{one}: {to}\n" for one, to in sorted(moved.items()))

    def write(self) -> list[str]:
        """Put everything into place, then record anew what translations follow that were current before."""
        for path, text in self._texts.items():
            if text is None:
                path.unlink()
                continue
            part = path.with_name(f".{path.name}-part")
            part.write_bytes(text.encode("utf-8"))
            os.replace(part, path)
        now = {old: new for new, old in self._places.items()}
        follow = [now.get(path := self._project.root / guide.path, path) for guide in self._current]
        stamped = stamp(self._project, follow) if (follow := [path for path in follow if path.exists()]) else []
        return sorted({*map(self._project.show, self._texts), *stamped})

    def _text(self, path: Path) -> str | None:
        if path not in self._texts and path.is_file():
            return path.read_bytes().decode("utf-8")
        return self._texts.get(path)

    def _pages(self) -> Iterator[Path]:
        files = {path for lang in LANGUAGES for path in (self._project.docs / lang).rglob("*.md") if path.is_file()}
        yield from sorted(path for path in files | set(self._places) if self._texts.get(path, "") is not None)

    def _relink(self, path: Path, change: Callable[[re.Match[str]], str]) -> None:
        lang = path.relative_to(self._project.docs).parts[0]
        old = self.file(lang, self.guide).as_posix()

        def link(found: re.Match[str]) -> str:
            leads = posixpath.normpath(posixpath.join(path.parent.as_posix(), found[3])) if found[3] else ""
            return change(found) if leads == old else found[0]

        self.edit(path, lambda text: _LINK.sub(link, text))

    def _pointer(self, found: re.Match[str], new: str) -> str:
        return f"{found[1]}{new}" if found[3] == self.guide.id else found[0]


def _handed(text: str, old: str, new: str | None) -> Iterator[str]:
    """Lines of a file of questions, those of one guide handed to another or left out; others stay letter by letter."""
    seen: set[str] = set()
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        entry, wrong = parse_json(line) if line.strip() else (None, "")
        if wrong or not isinstance(entry, dict):
            yield line
            continue
        changed = _handed_entry(entry, old, new)
        key = fold(str(entry.get("text")))
        if changed is None or (new is not None and changed is not entry and key in seen):
            continue
        seen.add(key)
        yield line if changed is entry else json.dumps(changed, ensure_ascii=False) + "\n"


def _handed_entry(entry: dict[str, Any], old: str, new: str | None) -> dict[str, Any] | None:
    also = entry.get("also")
    if entry.get("guide") != old and not (isinstance(also, list) and old in also):
        return entry
    guide = new if entry.get("guide") == old else entry.get("guide")
    if guide is None and entry.get("guide") == old:
        return None
    changed = entry | {"guide": guide}
    if isinstance(also, list):
        others = dict.fromkeys(new if one == old else one for one in also)
        changed["also"] = [one for one in others if one not in (None, guide)]
    return changed


def _reclassed(text: str, old: str, new: str) -> str:
    """The trained head with another name for one of its classes; what it has learnt stays."""
    entry = json.loads(text)
    entry["classes"] = [new if one == old else one for one in entry["classes"]]
    return json.dumps(entry, indent=1, ensure_ascii=False) + "\n"
