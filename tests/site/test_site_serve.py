"""`rapport serve` as a host: headers, types, and what it does not give away."""

from __future__ import annotations

import hashlib
import http.client
import os
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from rapport.errors import UsageError
from rapport.site.policy import CONTENT_SECURITY_POLICY
from rapport.site.serve import SiteHandler, open_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILES = {
    "site/index.html": "home",
    "site/404.html": "not here",
    "site/assets/a.mjs": "",
    "site/ask/b.wasm": "",
    "site/assets/site.css": "a {}",
    "site/assets/javascripts-0123456789ab/site.js": "",
    "site/ask/0123456789abcdef0123.bin": "x",
    "site/ask/runtime-0123456789ab/ort.js": "",
    "site/ask/manifest.json": "{}",
    "secret.txt": "secret",
}


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "site" / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(tmp_path / "site" / "pipe")
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
        "/assets/", "/ask/", "/link.txt", "/pipe",
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
    assert get(port, "/assets/a.mjs")[2]["Content-Type"] == "text/javascript"
    assert get(port, "/ask/b.wasm")[2]["Content-Type"] == "application/wasm"


def test_a_site_that_is_not_built_and_an_address_that_is_taken(port: int, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not built yet"):
        open_server(tmp_path / "none", "127.0.0.1", 0)
    with pytest.raises(UsageError, match=rf"cannot listen on 127\.0\.0\.1:{port}"):
        open_server(tmp_path / "site", "127.0.0.1", port)


CSS = hashlib.sha256(b"a {}").hexdigest()[:8]


@pytest.mark.parametrize(
    ("path", "lasts"),
    [
        ("/", False), ("/assets/site.css", False), ("/ask/manifest.json", False), ("/nowhere/", False),
        ("/assets/javascripts-0123456789ab/gone.js", False), ("/assets/javascripts-0123456789ab", False),
        (f"/assets/site.css?v={CSS}", True), ("/assets/site.css?v=00000000", False),
        ("/assets/javascripts-0123456789ab/site.js", True), ("/ask/0123456789abcdef0123.bin", True),
        ("/ask/runtime-0123456789ab/ort.js", True),
    ],
)  # fmt: skip
def test_what_names_its_content_may_be_kept_for_a_year(port: int, path: str, lasts: bool) -> None:
    kept = get(port, path)[2]["Cache-Control"]
    assert kept == ("public, max-age=31536000, immutable" if lasts else "no-cache")


def test_a_connection_that_is_kept_does_not_wait(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    times = []
    for _ in range(20):
        began = time.perf_counter()
        connection.request("GET", "/")
        connection.getresponse().read()
        times.append(time.perf_counter() - began)
    connection.close()
    assert sorted(times)[10] < 0.03, times  # held back by the delayed answer of the other side: .04 and more


def talk(port: int, sent: str) -> str:
    """What is answered until the other side closes, or says nothing for a second."""
    with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(sent.encode())
        heard = b""
        try:
            while part := connection.recv(65536):
                heard += part
        except TimeoutError:
            pass
        return heard.decode()


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 39\r\n\r\nGET /smuggled/ HTTP/1.1\r\nHost: evil\r\n\r\n", [200]),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxyGET /x/ HTTP/1.1\r\nHost: a\r\n\r\n", [200, 404]),
        ("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n", [200]),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", [200]),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", [400]),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", [400]),
        ("GET / HTTP/1.1\r\n\r\n", [400]),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400]),
        ("GET / HTTP/1.0\r\n\r\n", [200]),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxyGET / HTTP/1.1\r\nHost: a\r\n\r\n", [501]),
    ],
)  # fmt: skip
def test_one_answer_to_one_request(port: int, request_: str, statuses: list[int]) -> None:
    heard = talk(port, request_)
    assert [int(line.split()[1]) for line in heard.splitlines() if "HTTP/1.1 " in line] == statuses
    assert "Content-Security-Policy" in heard


def test_who_says_nothing_is_not_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert 0 < (SiteHandler.timeout or 0) <= 60
    monkeypatch.setattr(SiteHandler, "timeout", 0.2)
    before = threading.active_count()
    waiting = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(20)]
    try:
        for connection, said in zip(
            waiting, ["", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"] * 7, strict=False
        ):
            connection.sendall(said.encode())
        assert get(port, "/")[0] == 200
        assert all(connection.recv(1) == b"" for connection in waiting)
    finally:
        for connection in waiting:
            connection.close()
    until = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.05)
    assert threading.active_count() <= before
