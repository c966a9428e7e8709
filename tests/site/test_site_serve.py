"""`rapport serve` as a host: headers, types, and what it does not give away."""

from __future__ import annotations

import http.client
import threading
from typing import TYPE_CHECKING

import pytest

from rapport.errors import UsageError
from rapport.site.policy import CONTENT_SECURITY_POLICY
from rapport.site.serve import open_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "site/index.html": "home",
    "site/404.html": "not here",
    "site/assets/a.mjs": "",
    "site/ask/b.wasm": "",
    "secret.txt": "secret",
}


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    with open_server(tmp_path / "site", "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def get(port: int, path: str, method: str = "GET") -> tuple[int, str, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers
    finally:
        connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere/", "/%00", "/a%00.html", "/%ED%A0%80", f"/{'a' * 300}",
        "/assets/", "/ask/",
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt", "/..%5csecret.txt",
    ],
)  # fmt: skip
def test_what_is_no_page_is_the_site_s_404(port: int, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, text, headers = get(port, path)
    assert (status, text, headers["Content-Type"]) == (404, "not here", "text/html; charset=utf-8")
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert get(port, path, "HEAD")[:2] == (404, "")
    assert capsys.readouterr().err == ""


def test_headers_and_types(port: int) -> None:
    status, text, headers = get(port, "/")
    assert (status, text) == (200, "home")
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-cache"
    assert get(port, "/assets/a.mjs")[2]["Content-Type"] == "text/javascript"
    assert get(port, "/ask/b.wasm")[2]["Content-Type"] == "application/wasm"


def test_a_site_that_is_not_built_and_an_address_that_is_taken(port: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not built yet"):
        open_server(tmp_path / "none", "127.0.0.1", 0)
    with pytest.raises(UsageError, match=rf"cannot listen on 127\.0\.0\.1:{port}"):
        open_server(tmp_path / "site", "127.0.0.1", port)
