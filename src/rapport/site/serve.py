"""Serve the built site on this machine, with the headers that a careful host would set."""

from __future__ import annotations

import functools
import hashlib
import http.server
import re
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from rapport.errors import UsageError
from rapport.site.policy import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    import io
    from collections.abc import Callable

IDLE_S = 30
"""A connection that says nothing for so long is closed: each holds a thread."""

MOST_BODY = 1 << 20
"""Bytes of a request's body that are read past; nothing here takes one."""

_LASTING = re.compile(r"/assets/javascripts-[0-9a-f]{12}/|/ask/([0-9a-f]{20}\.bin|runtime-[0-9a-f]{12}/)")
_VERSION = re.compile(r"\?v=([0-9a-f]{8})$")


def is_lasting(address: str, file: Path) -> bool:
    """Whether an address names the content of the file that answers it, so that it never answers anything else.

    A page of the release before may ask for a version that has gone since: what it gets is not to be kept by that name.
    """
    if version := _VERSION.search(address):
        return hashlib.sha256(file.read_bytes()).hexdigest().startswith(version[1])
    return bool(_LASTING.search(address))


class SiteHandler(http.server.SimpleHTTPRequestHandler):
    """Files of the site; a missing one is the site's own 404 page with status 404."""

    server: SiteServer

    protocol_version = "HTTP/1.1"
    timeout = IDLE_S
    # headers and body are two writes; with the other side's delayed answer Nagle's algorithm holds the second for 40 ms
    disable_nagle_algorithm = True
    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".gz": "application/octet-stream",
        ".webmanifest": "application/manifest+json",
    }

    lasts = False
    """Whether what is answered may be kept for good."""

    def parse_request(self) -> bool:
        """Read past a body: what is left of it would be taken for the next request. HTTP/1.1 needs one Host."""
        self.lasts = False
        if not super().parse_request():
            return False
        hosts, lengths = (self.headers.get_all(name) or [] for name in ("Host", "Content-Length"))
        is_odd = len(hosts) > 1 or (not hosts and self.request_version == "HTTP/1.1")
        if is_odd or len(lengths) > 1 or not all(map(str.isdecimal, lengths)):
            self.close_connection = True
            self.send_error(HTTPStatus.BAD_REQUEST)
            return False
        length = int(lengths[0]) if lengths else 0
        if length > MOST_BODY or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        else:
            self.rfile.read(length)
        return True

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """What is no regular file below the folder, or an address that none can have, is a missing page."""
        try:
            path = Path(self.translate_path(self.path))
            file = path / "index.html" if path.is_dir() and self.path.split("?")[0].endswith("/") else path
            if not (file.is_dir() or file.is_file()) or not file.resolve().is_relative_to(self._root.resolve()):
                raise ValueError
            self.lasts = file.is_file() and is_lasting(self.path, file)
            return super().send_head()
        except (OSError, ValueError):
            self.lasts = False
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
        self.send_header("Cache-Control", "public, max-age=31536000, immutable" if self.lasts else "no-cache")
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
