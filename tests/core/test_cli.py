"""The command as it is typed, on this checkout with the real model."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import tiny_corpus

import rapport as rapport_package
from rapport.cli import guarded, run
from rapport.content.guides import read_guide
from rapport.languages import language_of_locale
from rapport.project import open_project

if TYPE_CHECKING:
    from rapport.project import Project

QUESTION = "Der Kunde versteht meine Rechnung nicht und fragt, wofür er zahlen soll"
NO_ANSWER = "Wie lange muss ein Ei kochen?"
HEAVY = {"torch", "transformers", "sentence_transformers", "sklearn", "mkdocs", "onnx", "wordfreq", "ir_measures"}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, real: Project) -> None:
    monkeypatch.setenv("RAPPORT_ROOT", str(real.root))


def rapport(*arguments: str | bytes, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "rapport", *arguments], capture_output=True, check=False, **options)


def test_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", QUESTION, "--json", "-k", "2"]) == 0
    out, err = capsys.readouterr()
    entry = json.loads(out)
    assert err == ""
    assert out.count("\n") == 1
    assert (entry["id"], entry["question"], entry["lang"], entry["outcome"]) == (None, QUESTION, "de", "answered")
    assert [hit["rank"] for hit in entry["results"]] == [*range(1, len(entry["results"]) + 1)]
    assert entry["results"][0]["guide"] == "invoice-not-understood"
    assert entry["results"][0]["url"].startswith("/de/money/invoice-not-understood/#")


def test_a_question_may_come_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "--json", *QUESTION.split()]) == 0
    assert json.loads(capsys.readouterr().out)["question"] == QUESTION


def test_a_russian_question_answered_in_german(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", "Клиент не понимает, за что выставлен счёт", "--lang", "de", "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert entry["lang"] == "de"
    assert entry["results"][0]["guide"] == "invoice-not-understood"
    assert {hit["lang"] for hit in entry["results"]} == {"de"}
    assert entry["results"][0]["url"].startswith("/de/")


def test_not_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ask", NO_ANSWER, "--json"]) == 1
    entry = json.loads(capsys.readouterr().out)
    assert (entry["answered"], entry["outcome"]) == (False, "nothing")
    assert entry["results"] == []


def test_for_people(capsys: pytest.CaptureFixture[str], real: Project) -> None:
    assert run(["ask", QUESTION]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == read_guide(real, "docs/de/money/invoice-not-understood.md").title
    assert any(line.startswith("/de/money/invoice-not-understood/#") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ask"], "give either a question or --input"),
        (["ask", "x", "--input", "-"], "give either a question or --input"),
        (["ask", ""], "the question is empty"),
        (["ask", " \t"], "the question is empty"),
        (["ask", "x", "--lang", "en"], "Invalid value for '--lang'"),
        (["ask", "x", "-k", "0"], "Invalid value for '-k'"),
        (["ask", "x", "-k", "51"], "Invalid value for '-k'"),
        (["ask", "x", "-k", "many"], "Invalid value for '-k'"),
        (["ask", "x", "--jsn"], "No such option"),
        (["ask", "--input", "/nowhere/q.jsonl"], "/nowhere/q.jsonl: cannot be read"),
        (["ask", "--input", "."], "Invalid value for '--input'"),
        (["answer"], "No such command"),
        (["build", "site"], "unexpected extra argument"),
        (["serve", "--port", "70000"], "Invalid value for '--port'"),
        (["check", "docs/de/no-such.md"], "docs/de/no-such.md: there is no such file or folder"),
        (["check", "--lang", "en"], "Invalid value for '--lang'"),
        (["check", "--stamp", "--errors", "docs"], "--errors does not go with --stamp"),
        (["check", "--sameness", "docs"], "PATHS does not go with --sameness"),
        (["eval", "--split", "all"], "Invalid value for '--split'"),
        (["eval", "--lang", "nl", "--kind", "none", "--save", "/nowhere/run"], "/nowhere: there is no such folder"),
        (["eval", "--qrels", "x.tsv"], "--qrels: only with --beir"),
        (["eval", "--beir", ".", "--ablate"], "--ablate does not go with --beir"),
        (["eval", "--beir", "."], "corpus.jsonl: is missing"),
        (["eval", "--compare", __file__], "requires 2 arguments"),
        (["eval", "--compare", __file__, __file__, "--full"], "--full does not go with --compare"),
        (["eval", "--compare", __file__, __file__], "test_cli.py:1: is not JSON"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("rapport: ")
    assert err.count("\n") == 1
    assert message in err


@pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["-h"]])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 0
    assert capsys.readouterr().out


JUDGED = [
    {"id": "de-1", "kind": "short", "guide": "invoice-not-understood", "text": QUESTION},
    {"id": "de-2", "kind": "none", "guide": None, "text": NO_ANSWER},
]


def test_what_was_asked_is_measured_kept_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.dumps({"lang": "de", "also": [], **one}) for one in JUDGED]
    (tmp_path / "de.jsonl").write_text("\n".join(lines), "utf-8")
    kept, page, trec = (str(tmp_path / name) for name in ("run.jsonl", "page.md", "trec"))
    asked = ["eval", "--questions", str(tmp_path), "--full"]
    assert run([*asked, "--json", "--save", kept, "--report", page, "--trec", trec]) == 0
    out, err = capsys.readouterr()
    entry = json.loads(out)
    assert {"commit", "index", "model", "date", "asked"} >= set(entry["made_with"]) >= {"index", "model", "date"}
    lines_of = [line for split in entry["splits"].values() for line in split["lines"] if line["group"] == "all"]
    own = {
        name: one["value"] for line in lines_of if line["system"] == "rapport" for name, one in line["figures"].items()
    }
    assert (own["success@1"], own["ndcg@10"], own["refused"], own["refused_falsely"]) == (1, 1, 1, 0)
    full = {name for line in lines_of if line["system"] == "full" for name in line["figures"]}
    assert {"success@1", "same_first", "same_outcome"} <= full
    assert {"without head", "text alone", "bm25", "dense"} <= {line["system"] for line in lines_of}
    assert err.count("written: ") == len([*(tmp_path / "trec").iterdir()]) + 1 + len([*(tmp_path / "plots").iterdir()])
    assert run(["eval", "--compare", kept, kept, "--lang", "de"]) == 0
    assert "2 questions compared, 0 left out" in capsys.readouterr().out
    assert run([*asked[:3], "--kind", "short", "--confusions"]) == 0
    out = capsys.readouterr().out
    assert "asked short" in out
    assert "Taken for another guide" in out


def test_other_corpora_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "--beir", str(tiny_corpus.lay_down(tmp_path)), "--json"]) == 0
    systems = json.loads(capsys.readouterr().out)["systems"]
    assert set(systems) == {"bm25", "dense", "mix"}
    # the German question finds the Dutch passage on the same thing by vectors: ahead of the German one on another
    assert systems["dense"]["ndcg@10"]["value"] == 1


def test_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("RAPPORT_ROOT")
    monkeypatch.chdir(tmp_path)
    for command in ("ask x", "build", "serve", "check", "status", "eval", "new money x"):
        assert run(command.split()) == 2
        assert capsys.readouterr().err == (
            f"rapport: no rapport.toml in {tmp_path.resolve()} or above; run the command inside a Rapport checkout\n"
        )


def test_no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rapport.toml").write_text("", "utf-8")
    monkeypatch.setenv("RAPPORT_ROOT", str(tmp_path))
    assert run(["ask", "x"]) == 2
    assert capsys.readouterr().err == "rapport: there is no search index yet; run `rapport build`\n"


def test_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path))
    assert run(["ask", "x"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rapport: {tmp_path}")
    assert err.endswith(": the embedding model is not there yet; run `rapport build`\n")


def test_a_file_of_questions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [{"id": 1, "lang": "nl", "text": QUESTION}, {"id": "b", "text": NO_ANSWER}]
    (tmp_path / "q").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    assert run(["ask", "--input", str(tmp_path / "q"), "-k", "1"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(entry["id"], entry["lang"], entry["answered"]) for entry in found] == [(1, "nl", True), ("b", "de", False)]
    assert [len(entry["results"]) for entry in found] == [1, 0]


def test_a_wrong_line_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "q").write_text('{"text": "a"}\n{"text": 1}\n', "utf-8")
    assert run(["ask", "--input", str(tmp_path / "q")]) == 2
    assert capsys.readouterr() == ("", f"rapport: {tmp_path / 'q'}:2: `text` is missing or empty\n")


def test_an_empty_file_is_no_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "q").write_bytes(b"")
    assert run(["ask", "--input", str(tmp_path / "q")]) == 0
    assert capsys.readouterr() == ("", "")


def test_standard_input() -> None:
    done = rapport("ask", "--input", "-", input=json.dumps({"text": QUESTION}).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["answered"] is True


def test_an_argument_that_is_not_utf_8() -> None:
    done = rapport(b"ask", b"--json", QUESTION.encode() + b" \xff\xfe")
    assert done.stderr == b""
    assert done.returncode == 0
    assert json.loads(done.stdout)["question"] == QUESTION + " ??"


@pytest.mark.parametrize("form", [[QUESTION], [QUESTION, "--json"], [NO_ANSWER], ["--input", "-"]])
def test_a_reader_that_goes_away_is_no_mistake(form: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "rapport", "ask", *form]
    lines = json.dumps({"text": QUESTION}).encode() + b"\n"
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False, input=lines * 2)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


WATCH = """
import json, sys
from rapport.cli import run
status = run(sys.argv[1:])
print(json.dumps([status, sorted({name.split(".")[0] for name in sys.modules})]))
"""


def snapshot(*folders: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.stat().st_size) for folder in folders for path in folder.rglob("*")
    }


def test_asking_writes_nothing_and_imports_nothing_heavy(real: Project, tmp_path: Path) -> None:
    from rapport.embed.store import cache_folder

    watched = (real.search_index, real.docs, real.i18n, real.content, cache_folder() / "models", tmp_path)
    before = snapshot(*watched)
    command = [sys.executable, "-c", WATCH, "ask", QUESTION, "--json"]
    environment = {**os.environ, "PYTHONPATH": str(Path(rapport_package.__file__).parents[1])}
    done = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path, env=environment)
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert status == 0
    assert "onnxruntime" in modules
    assert "faiss" not in modules  # a single question is compared by NumPy
    assert HEAVY & set(modules) == set()
    assert snapshot(*watched) == before


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(98, "Address already in use"), "Address already in use"),
        (NotADirectoryError(20, "Not a directory", "/dev/null/x"), "/dev/null/x: Not a directory"),
        (
            OSError(errno.ENOSPC, "No space left on device", "/c/x"),
            "/c/x: No space left on device; make room on that disk and run it again: what is finished is kept",
        ),
        (
            RuntimeError("Error in void faiss::write_index: fwrite failed: No space left on device"),
            "No space left on device (RuntimeError); make room on that disk and run it again: what is finished is kept",
        ),
        (
            ValueError("I/O error: No space left on device (os error 28)"),
            "No space left on device (ValueError); make room on that disk and run it again: what is finished is kept",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "/c"),
            "/c: Permission denied; make it readable and writable for you",
        ),
        (
            OSError(errno.EROFS, "Read-only file system", "/c"),
            "/c: Read-only file system; make it readable and writable for you",
        ),
        (
            ModuleNotFoundError("No module named 'babel'", name="babel.core"),
            'babel.core is not installed; run `make setup`, or pip install -e ".[build,dev]"',
        ),
        (
            KeyError("a\nb"),
            "internal error: KeyError: 'a\\nb'; run again with RAPPORT_DEBUG=1 for the details and report it",
        ),
    ],
)
def test_any_error_is_one_line(
    error: Exception, line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.delenv("RAPPORT_DEBUG", raising=False)
    assert guarded(fail) == 2
    assert capsys.readouterr().err == f"rapport: {line}\n"
    monkeypatch.setenv("RAPPORT_DEBUG", "1")
    assert guarded(fail) == 2
    told = capsys.readouterr().err
    is_foreseen = isinstance(error, ModuleNotFoundError) or (isinstance(error, OSError) and "; make " in line)
    assert told.startswith("Traceback") != is_foreseen
    assert told.endswith(f"rapport: {line}\n")


@pytest.mark.parametrize("form", [["status"], ["--help"], ["ask", QUESTION], ["ask", QUESTION, "--json"]])
def test_a_full_disk_is_one_line(form: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rapport", *form], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        b"rapport: No space left on device; make room on that disk and run it again: what is finished is kept\n",
    )


def test_a_working_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "RAPPORT_ROOT"}
    environment["PYTHONPATH"] = str(Path(rapport_package.__file__).parents[1])
    script = 'cd gone && rmdir ../gone && exec "$0" -m rapport status'
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["sh", "-c", script, sys.executable], capture_output=True, check=False, cwd=tmp_path, env=environment
    )
    assert (done.returncode, done.stderr) == (
        2, b"rapport: the working folder is not there any more; go to one that is\n",
    )  # fmt: skip


def test_a_cache_that_is_no_folder_is_one_line() -> None:
    done = rapport("build", "--index-only", env={**os.environ, "RAPPORT_CACHE": "/dev/null"})
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(b"rapport: /dev/null/models")
    assert b"Traceback" not in done.stderr


def test_nan_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "q").write_text('{"id": NaN, "text": "a"}\n', "utf-8")
    assert run(["ask", "--input", str(tmp_path / "q")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"rapport: {tmp_path / 'q'}:1: is not JSON")


@pytest.mark.parametrize(
    ("environment", "lang"),
    [
        ({}, None), ({"LANG": "C.UTF-8"}, None), ({"LANG": "en_GB.UTF-8"}, None), ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de_AT.UTF-8", "LC_ALL": "nl_NL"}, "nl"), ({"LANG": "de_DE", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "de_DE", "LC_ALL": "C"}, None), ({"LANG": "de_DE", "LANGUAGE": "en:es"}, "es"),
    ],
)  # fmt: skip
def test_the_language_of_the_locale(environment: dict[str, str], lang: str | None) -> None:
    assert language_of_locale(environment) == lang


@pytest.mark.parametrize(
    ("setting", "option", "lang"), [("", [], "nl"), ("ja", [], "ja"), ("ja", ["--lang", "ru"], "ru")]
)
def test_a_question_in_a_sixth_language(
    setting: str, option: list[str], lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    project = dataclasses.replace(open_project(), language=setting)
    monkeypatch.setattr("rapport.cli.open_project", lambda: project)
    run(["ask", "--json", *option, "my client does not understand the invoice"])
    entry = json.loads(capsys.readouterr().out)
    assert (entry["lang"], entry["foreign"]) == (lang, True)
    run(["ask", "--json", *option, QUESTION])
    entry = json.loads(capsys.readouterr().out)
    assert (entry["lang"], entry["foreign"]) == (option[1] if option else "de", False)
