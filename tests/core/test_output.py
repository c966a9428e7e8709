"""What is printed: nothing that a terminal obeys, in any encoding."""

from __future__ import annotations

import io
import json
import sys
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.characters import hidden, printable
from rapport.cli import guarded, run
from rapport.errors import ContentError
from rapport.output import let_pass, say, tell, tell_json

if TYPE_CHECKING:
    from pathlib import Path

OBEYED = "\x1b]0;x\x07\x1b[2J\x9b31m\x08\x00\u202e\u2066\u2028\u200b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Größe, 請求書 und 😀\n\tja", "Größe, 請求書 und 😀\n\tja"),
        ("\x1b[2J", "\\u001b[2J"),
        ("a\rb\x0bc", "a\\u000db\\u000bc"),
        ("\x9b31m\x7f", "\\u009b31m\\u007f"),
        ("\u202eabc\u2069", "\\u202eabc\\u2069"),
        ("a\u2028b\u00adc\ufeff", "a\\u2028b\\u00adc\\ufeff"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("caf\udce9", "caf\\udce9"),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_every_control_and_every_format_is_hidden() -> None:
    kinds = {"Cc", "Cf", "Zl", "Zp"}
    missed = [
        code
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in kinds and chr(code) not in "\t\n" and not hidden(chr(code))
    ]
    assert missed == []


@given(st.text())
def test_nothing_that_is_printed_is_obeyed(text: str) -> None:
    shown = printable(text)
    obeyed = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert not [one for one in shown if unicodedata.category(one) in obeyed and one not in "\n\t"]
    assert printable(shown) == shown
    assert not hidden(shown)


@given(st.text())
def test_json_says_the_same_in_any_encoding(text: str) -> None:
    line = json.dumps({"question": text}, ensure_ascii=False)
    for encoding in ("utf-8", "ascii", "latin-1", "cp1251", "shift_jis"):
        raw = io.BytesIO()
        with pytest.MonkeyPatch.context() as patch:
            stream = io.TextIOWrapper(raw, encoding=encoding)
            patch.setattr(sys, "stdout", stream)
            tell_json(line)
        out = raw.getvalue().decode(encoding)
        assert out.count("\n") == 1
        assert json.loads(out) == {"question": text}


def test_every_way_out_is_printable(capsys: pytest.CaptureFixture[str]) -> None:
    tell(OBEYED)
    say(OBEYED)

    def fail() -> None:
        raise ContentError(f"is wrong: {OBEYED}", where=f"docs/{OBEYED}.md", mend=OBEYED)

    assert guarded(fail) == 2
    out, err = capsys.readouterr()
    assert out == printable(OBEYED) + "\n"
    assert not hidden(err)
    assert "\\u001b]0;x\\u0007" in err


def test_an_argument_is_printed_as_it_looks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "--input", f"{tmp_path}/\x1b]0;X\x07.jsonl"]) == 2
    assert capsys.readouterr().err.startswith(f"rapport: {tmp_path}/\\u001b]0;X\\u0007.jsonl: cannot be read")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "koi8-r", "utf-16"])
def test_people_get_a_sign_where_the_encoding_lacks_one(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    let_pass()
    tell("Größe 請求書 счёт")
    out = raw.getvalue().decode(encoding)
    assert out.startswith("Gr")
    assert out.endswith("\n")
    assert ("請求書" in out) == (encoding == "utf-16")


def test_no_stream_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    let_pass()
    tell("x")
