"""Say that a translation follows its source as it is now."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.check.text_rules import placeholder_problems
from rapport.check.versions import quoted
from rapport.content.catalogue import read_catalogue
from rapport.content.guides import guide_paths, load_guide, read_guide
from rapport.content.problem import refuse
from rapport.content.status import source_hash
from rapport.errors import ContentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rapport.content.guides import Guide
    from rapport.project import Project

_TRANSLATED = re.compile(r"""(translated:)[ \t]*(?:"[^"\n]*"|'[^'\n]*'|[^\s#]*)""")


def stamp(project: Project, paths: Iterable[str | Path]) -> list[str]:
    """Write the source's present hash as `translated` into the given translations; nothing else in them changes.

    Files in their source language and empty skeletons are passed over, so that `docs/*/money/*.md` can be given, unless
    no other is named. Returns the paths of the files that changed, relative to the project. Raises UsageError where a
    path is no guide of the catalogue or none is a translation, ContentError where one or its source is unreadable or
    not written to its end; then no file changes.
    """
    catalogue = read_catalogue(project)
    known = set(guide_paths(project))
    changes: dict[str, bytes] = {}
    others, translations = [], 0
    for given in paths:
        path = _relative(project, given)
        if path not in known:
            raise UsageError(f"{path} is no guide", mend="name files of the form docs/<lang>/<theme>/<id>.md")
        guide = read_guide(project, path, catalogue)
        planned = catalogue.guides.get(guide.id)
        if planned is None or planned.theme != guide.theme:
            raise UsageError(f"{path} is not in the catalogue", mend="see content/guides.yml for themes and ids")
        if planned.source == guide.lang or guide.is_skeleton:
            others.append(f"{path} is {'an empty skeleton' if guide.is_skeleton else 'in its source language'}")
            continue
        translations += 1
        source = read_guide(project, f"docs/{planned.source}/{guide.theme}/{guide.id}.md", catalogue)
        for one in (guide, source):
            refuse(placeholder_problems(one))
        current = source_hash(source)
        if guide.translated != current:
            changes[path] = _stamped(project, guide, current)
    if others and not translations:
        raise UsageError(f"{others[0]} and follows nothing", mend="name the translations")
    for path, data in changes.items():
        _replace(project.root / path, data)
    return list(changes)


def _relative(project: Project, given: str | Path) -> str:
    """A path as the project names it; it may also count from the root or from the working folder."""
    path = Path(given)
    if not path.is_absolute() and (project.root / path).is_file():
        path = project.root / path
    return project.show(path.resolve()) if not path.is_absolute() else project.show(path)


def _stamped(project: Project, guide: Guide, current: str) -> bytes:
    """The file's bytes with the new hash; line ends and a byte order mark stay as they are."""
    lines = (project.root / guide.path).read_bytes().decode("utf-8").split("\n")
    key = "translated" if "translated" in (guide.document.front or {}) else "source"
    at = guide.line_of(key) - 1
    if key == "translated":
        lines[at] = _TRANSLATED.sub(lambda found: f"{found[1]} {quoted(current)}", lines[at], count=1)
    else:
        end = "\r" if lines[at].endswith("\r") else ""
        lines.insert(at + 1, f"translated: {quoted(current)}{end}")
    result = "\n".join(lines)
    after, _ = load_guide(result.removeprefix("\ufeff").replace("\r\n", "\n"), guide.path)
    if after is None or after.translated != current or _others(after) != _others(guide):
        mend = f"write `translated: {quoted(current)}` by hand"
        raise ContentError("`translated` cannot be replaced", where=guide.path, line=at + 1, mend=mend)
    return result.encode("utf-8")


def _others(guide: Guide) -> tuple[object, ...]:
    """Everything in a guide but its hash."""
    front = {key: value for key, value in (guide.document.front or {}).items() if key != "translated"}
    return front, guide.document.body


def _replace(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(path.stat().st_mode & 0o777)
    os.replace(name, path)
