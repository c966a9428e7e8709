"""Rebuild while people write: a server for the built site, and a rebuild of just the language that changed."""

from __future__ import annotations

import functools
import os
import shutil
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.errors import RapportError
from rapport.languages import LANGUAGES
from rapport.site.assets import SCRIPTS, Assets
from rapport.site.build import build_in_place
from rapport.site.reload import Changes, bind_watching

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.project import Project

FOLDER = ".site-watch"
"""Where it builds, in the project's root: `site/`, the one to publish, stays as `rapport build` left it."""

QUIET_S = 0.2
"""An editor writes a file in several steps; wait until it has been quiet for so long."""


def languages_of_change(project: Project, paths: set[str]) -> tuple[str, ...]:
    """Languages to rebuild for changed files: that of a guide or of a file in `i18n/`, all for anything shared."""
    found = set()
    for path in paths:
        parts = Path(project.show(Path(path))).parts
        match parts:
            case ("docs", lang, *_) if lang in LANGUAGES:
                found.add(lang)
            case ("i18n", *_, name) if name.removesuffix(".yml") in LANGUAGES:
                found.add(name.removesuffix(".yml"))
            case _:
                return tuple(LANGUAGES)
    return tuple(lang for lang in LANGUAGES if lang in found)


class _Styles:
    """Styles and pictures of a site that was built whole, put in place one by one: no page has to be made for them."""

    def __init__(self, project: Project, target: Path) -> None:
        self._project = project
        self._target = target
        self._placed: dict[str, str] = {}

    def note(self) -> None:
        """Keep where each file was put: the pages go on naming it so until they are made anew."""
        assets, docs = Assets(self._project.docs), self._project.docs
        files = (path.relative_to(docs).as_posix() for path in (docs / "assets").rglob("*") if path.is_file())
        self._placed = {name: assets.placed(name) for name in files if not name.startswith(f"{SCRIPTS}/")}

    def put(self, paths: set[str]) -> set[str]:
        """Put those of the changed files in place that are such files; gives the others."""
        others = set()
        for path in paths:
            name = self._project.show(Path(path)).removeprefix("docs/")
            if name not in self._placed or not Path(path).is_file():
                others.add(path)
                continue
            part = self._target / f"{self._placed[name]}.part"
            shutil.copyfile(path, part)
            os.replace(part, self._target / self._placed[name])
        return others


def watch(
    project: Project,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    stop: threading.Event | None = None,
    report: Callable[[str], None] = print,
    finish: Callable[[Path], None] = lambda folder: None,
) -> None:
    """Build, serve at `http://host:port/`, and rebuild after every change until `stop` is set (or Ctrl-C).

    `finish` adds to a site that was built whole, as in `build_site`.

    A file that cannot be used is reported in one line; the site stays as it was until it is mended. Pages of other
    languages that show a changed title follow when all are built again, and so does the browser's search. UsageError
    where the address is taken.
    """
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    stop = stop or threading.Event()
    changed: set[str] = set()
    lock = threading.Lock()

    class Collect(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            if event.is_directory or event.event_type in {"opened", "closed_no_write"}:
                return
            with lock:
                paths = (Path(os.fsdecode(path)) for path in (event.src_path, event.dest_path) if path)
                changed.update(str(path) for path in paths if not _of_an_editor(path.name))

    target = project.root / FOLDER
    target.mkdir(exist_ok=True)
    changes, styles = Changes(), _Styles(project, target)
    server = bind_watching(target, host, port, changes)

    def whole() -> None:
        styles.note()
        build_in_place(project, target, finish=finish)

    complete = _rebuild(whole, "", report)
    observer = Observer()
    for folder in (project.docs, project.i18n, project.content, project.root / "theme"):
        observer.schedule(Collect(), str(folder), recursive=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    observer.start()
    report(f"http://{host}:{server.server_port}/ (Ctrl-C ends it)")
    try:
        while not stop.wait(QUIET_S):
            with lock:
                before = set(changed)
            if not before or stop.wait(QUIET_S):
                continue
            with lock:
                if changed != before:
                    continue
                changed.clear()
            started = time.monotonic()
            others = styles.put(before) if complete else before
            languages = languages_of_change(project, others)
            if not others:
                report(f"styles put in place in {time.monotonic() - started:.1f} s")
                built = True
            elif complete and languages != LANGUAGES:
                of = functools.partial(build_in_place, project, target, languages)
                built = _rebuild(of, " ".join(languages), report)
            else:
                built = _rebuild(whole, " ".join(languages), report)
                complete = built or complete
            if built:
                changes.tell()
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
        observer.stop()
        observer.join()


def _of_an_editor(name: str) -> bool:
    """Whether a file is what an editor keeps beside the one that is edited."""
    return name.startswith((".", "#")) or name.endswith(("~", ".swp", ".tmp"))


def _rebuild(build: Callable[[], None], what: str, report: Callable[[str], None]) -> bool:
    start = time.monotonic()
    try:
        build()
    except RapportError as error:
        report(str(error))
        return False
    except Exception as error:  # whoever writes goes on writing
        report(" ".join(f"not built: {type(error).__name__}: {error}; `rapport build` may tell more".split()))
        return False
    report(f"built {what} in {time.monotonic() - start:.1f} s".replace("  ", " "))
    return True
