"""Serve the built site on this machine, with the headers that a careful host would set."""

from __future__ import annotations

import functools
import http.server
import sys
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, BinaryIO

from rapport.errors import UsageError
from rapport.site.policy import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from pathlib import Path


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Files of the site; a missing one is the site's own 404 page with status 404."""

    server: SiteServer

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".gz": "application/octet-stream",
        ".webmanifest": "application/manifest+json",
    }

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """An address that no file can have, with a null byte or half a character, is a missing page."""
        try:
            return super().send_head()
        except ValueError:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None

    def list_directory(self, path: object) -> None:
        """A folder without a page is a missing page: what the site has is on its pages."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Add the security headers to every answer."""
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """The site's 404 page where there is one."""
        page = self.directory and (self._root / "404.html")
        if code != HTTPStatus.NOT_FOUND or not page or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @property
    def _root(self) -> Path:
        from pathlib import Path

        return Path(self.directory)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: one line per request is noise here."""


class SiteServer(http.server.ThreadingHTTPServer):
    """A threading server that may be restarted at once on the same port."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: Callable[..., SiteHandler]) -> None:
        self.headers: dict[str, str] = {}
        """Sent with every answer beside the security headers."""
        super().__init__(address, handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of readers who leave in the middle of an answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def open_server(site: Path, host: str, port: int) -> SiteServer:
    """A bound server for the folder; UsageError where the site is not built or the address is taken."""
    if not (site / "index.html").is_file():
        raise UsageError("the site is not built yet", mend="run `rapport build`")
    return bind_server(site, host, port)


def bind_server(site: Path, host: str, port: int, handler: Callable[..., SiteHandler] | None = None) -> SiteServer:
    """The same for a folder that may still be empty. `handler`: default a `SiteHandler` of the folder."""
    try:
        return SiteServer((host, port), handler or functools.partial(SiteHandler, directory=str(site)))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot listen on {host}:{port} ({reason})", mend="choose another --port or --host"
        ) from error


def serve_site(site: Path, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted."""
    with open_server(site, host, port) as server:
        say(f"serving http://{host}:{server.server_address[1]}/ (stop with Ctrl-C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("stopped")
