"""The site as a plain static host under a sub-path serves it, with faults to order and a log of what was fetched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PREFIX = "/rapport/"

Fault = Callable[[str], str | None]
"""From a path below the prefix to `html`, `truncate`, `drop`, `missing`, `slow`, `silent` or None."""

SLOW_BYTES_PER_S = 300_000
SILENT_S = 60


class FaultServer(ThreadingHTTPServer):
    """Serves one folder; `fault` and `overlay` may be changed at any time."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.overlay: dict[str, bytes] = {}
        self.fault: Fault = lambda path: None
        self.fetched: list[str] = []
        self.redirects: dict[str, str] = {}
        self.over = threading.Event()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PREFIX}"

    def reset(self) -> None:
        self.over.set()  # whoever was kept waiting
        self.over = threading.Event()
        self.overlay, self.fetched, self.redirects = {}, [], {}
        self.fault = lambda path: None


class _Handler(SimpleHTTPRequestHandler):
    server: FaultServer

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if not path.startswith(PREFIX):
            self.send_error(404)
            return
        name = path.removeprefix(PREFIX)
        if name in self.server.redirects:
            self.send_response(308)
            self.send_header("Location", PREFIX + self.server.redirects[name])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file = self.server.folder / name
        if file.is_dir():
            file, name = file / "index.html", f"{name}index.html"
        self.server.fetched.append(name)
        body = self.server.overlay.get(name) or (file.read_bytes() if file.is_file() else None)
        fault = self.server.fault(name)
        if fault == "silent":
            self.server.over.wait(SILENT_S)  # accepted, and never a word
            self.close_connection = True
        elif body is None or fault == "missing":
            self._send(404, "text/html; charset=utf-8", (self.server.folder / "404.html").read_bytes())
        elif fault == "html":
            self._send(200, "text/html; charset=utf-8", b"<!doctype html><title>Welcome</title>")
        elif fault == "truncate":
            self._send(200, self.guess_type(name), body[: len(body) // 2])
        elif fault == "drop":
            self._send(200, self.guess_type(name), body[: len(body) // 2], length=len(body))
            self.close_connection = True
        else:
            kind = "text/html; charset=utf-8" if name in self.server.redirects.values() else self.guess_type(name)
            self._send(200, kind, body, slow=fault == "slow")

    def _send(self, status: int, kind: str, body: bytes, length: int | None = None, slow: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        step = SLOW_BYTES_PER_S // 10 if slow else max(1, len(body))
        try:
            for at in range(0, len(body), step):
                self.wfile.write(body[at : at + step])
                if slow:
                    time.sleep(0.1)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the browser has given up, as it was asked to


@contextmanager
def serve(folder: Path) -> Iterator[FaultServer]:
    server = FaultServer(folder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
