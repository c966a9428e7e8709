"""Nobody is told of a question: asking opens no connection, and leaves no file anywhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rapport.embed.store import cache_folder

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Der Kunde versteht meine Rechnung nicht und fragt, wofür er zahlen soll"

# runs a command with every connection refused and told, Python's own and those of libraries that ask Python for one
GUARDED = """
import sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        print("CONNECTED", event, arguments[-1], file=sys.stderr)
sys.addaudithook(watch)
from rapport.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that is empty."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def run_in(home: Path, program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if not re.fullmatch(".*TELEMETRY.*|DO_NOT_TRACK|CI", name)
    }
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "RAPPORT_CACHE": str(cache_folder())}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**kept, **own, **environment}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_asking_calls_nobody_and_leaves_nothing(home: Path) -> None:
    done = run_in(home, GUARDED, "ask", "--json", QUESTION)
    assert done.returncode == 0, done.stderr
    assert "CONNECTED" not in done.stderr
    assert [path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only there the library tells on its own")
def test_the_runtime_would_have_told(home: Path) -> None:
    """What the test above looks for is really there without our setting: else it could not fail."""
    program = f"import onnxruntime as o; o.InferenceSession({str(next(cache_folder().rglob('starter.onnx')))!r})"
    run_in(home, program)
    assert [path for path in home.rglob("*") if path.is_file()]


def test_whoever_imports_anything_of_ours_has_told_the_libraries(home: Path) -> None:
    program = "import os, rapport.languages; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert run_in(home, program, ORT_DISABLE_TELEMETRY="0").stdout == "1\n"


def test_no_program_imports_the_runtime_before_us() -> None:
    """A script that imports onnxruntime itself must import `rapport` first."""
    for path in [
        *(ROOT / "scripts").glob("*.py"),
        *(ROOT / "tests").rglob("*.py"),
        *(ROOT / "benchmarks").glob("*.py"),
    ]:
        text = path.read_text("utf-8")
        assert not re.search(r"^(import|from) onnxruntime", text, re.MULTILINE), path.name
