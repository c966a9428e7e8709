"""The server of `rapport serve --watch`: pages reload themselves when what they show has been rebuilt."""

from __future__ import annotations

import functools
import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rapport.site.serve import SiteHandler, bind_server

if TYPE_CHECKING:
    from rapport.site.serve import SiteServer

SCRIPT, CHANGES = "/.watch/reload.js", "/.watch/changes"
"""Addresses that only a watched site answers; no file of a site has a name that begins with a dot."""

ALIVE_S = 20
"""Seconds between two signs of life: a browser that has gone is noticed by them."""

# the page's policy allows scripts of its own host only, and connections to it
_RELOAD = f"""const seen = new URL(document.currentScript.src).search;
new EventSource("{CHANGES}" + seen).onmessage = () => location.reload();
"""


class Changes:
    """How often the site has changed, to be waited for."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = threading.Condition()

    @property
    def count(self) -> int:
        """Changes so far."""
        return self._count

    def tell(self) -> None:
        """The site has changed."""
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def wait(self, seen: int, seconds: float) -> int:
        """The count, as soon as it is another than `seen`, at the latest after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, seconds)
            return self._count


class WatchHandler(SiteHandler):
    """The site, with the script that reloads in every page, and a stream that tells it when. Nothing may be kept."""

    def __init__(self, *arguments: object, changes: Changes, **named: object) -> None:
        self._changes = changes
        super().__init__(*arguments, **named)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """What the site has, and the two addresses of watching."""
        path, _, seen = self.path.partition("?")
        if path == SCRIPT:
            self._head("text/javascript; charset=utf-8", len(_RELOAD))
            self.wfile.write(_RELOAD.encode())
        elif path == CHANGES:
            self._tell_changes(int(seen) if seen.isdecimal() else -1)
        else:
            super().do_GET()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Pages with the script. They are small, so they are read whole."""
        path = self.translate_path(self.path)
        page = path + "index.html" if path.endswith("/") else path
        if self.command != "GET" or not page.endswith(".html"):
            return super().send_head()
        try:
            # the count goes with the page, so that no change between the two requests is missed
            tag = f'<script src="{SCRIPT}?{self._changes.count}"></script></body>'
            body = Path(page).read_bytes().replace(b"</body>", tag.encode())
        except (OSError, ValueError):
            return super().send_head()
        self._head("text/html; charset=utf-8", len(body))
        return io.BytesIO(body)

    def _head(self, kind: str, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _tell_changes(self, seen: int) -> None:
        """A stream of server-sent events, one for each change since `seen`."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        while True:
            now = self._changes.wait(seen, ALIVE_S)
            self.wfile.write(b"data: changed\n\n" if now != seen else b": alive\n\n")
            self.wfile.flush()
            seen = now


def bind_watching(site: Path, host: str, port: int, changes: Changes) -> SiteServer:
    """`bind_server` for a site that is being watched."""
    handler = functools.partial(WatchHandler, directory=str(site), changes=changes)
    server = bind_server(site, host, port, handler)
    server.headers["Cache-Control"] = "no-store"
    return server
