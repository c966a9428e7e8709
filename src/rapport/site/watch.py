"""Rebuild while people write: a server for the built site, and a rebuild of just the language that changed."""

from __future__ import annotations

import functools
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.errors import RapportError
from rapport.site.build import build_languages, build_site
from rapport.types import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.project import Project

QUIET_S = 0.2
"""An editor writes a file in several steps; wait until it has been quiet for so long."""


def languages_of_change(project: Project, paths: set[str]) -> tuple[str, ...]:
    """Languages to rebuild for changed files: that of a guide or word file, all for anything shared."""
    found = set()
    for path in paths:
        parts = Path(project.show(Path(path))).parts
        match parts:
            case ("docs", lang, *_) if lang in LANGUAGES:
                found.add(lang)
            case ("i18n", *_, name) if name.removesuffix(".yml") in LANGUAGES:
                found.add(name.removesuffix(".yml"))
            case _:
                return LANGUAGES
    return tuple(lang for lang in LANGUAGES if lang in found)


def watch(
    project: Project,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    stop: threading.Event | None = None,
    report: Callable[[str], None] = print,
) -> None:
    """Build, serve at `http://host:port/`, and rebuild after every change until `stop` is set (or Ctrl-C).

    A file that cannot be used is reported in one line; the site stays as it was until it is mended. Pages of other
    languages that show a changed title follow at the next full build.
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
                changed.update(str(path) for path in (event.src_path, event.dest_path) if path)

    _rebuild(lambda: build_site(project, strict=False), "", report)
    observer = Observer()
    for folder in (project.docs, project.i18n, project.content, project.root / "theme"):
        observer.schedule(Collect(), str(folder), recursive=True)
    handler = functools.partial(_QuietHandler, directory=str(project.site))
    server = ThreadingHTTPServer((host, port), handler)
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
            languages = languages_of_change(project, before)
            _rebuild(functools.partial(build_languages, project, languages, project.site), " ".join(languages), report)
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
        observer.stop()
        observer.join()


def _rebuild(build: Callable[[], None], what: str, report: Callable[[str], None]) -> None:
    start = time.monotonic()
    try:
        build()
    except RapportError as error:
        report(str(error))
    else:
        report(f"built {what} in {time.monotonic() - start:.1f} s".replace("  ", " "))


class _QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, with the site's own 404 page, and tells browsers to keep nothing."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is for builds."""

    def end_headers(self) -> None:
        """No cache: what was written a second ago shall be seen."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A missing page is answered with 404.html."""
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
