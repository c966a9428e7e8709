"""The JavaScript tests, by Node's own runner: the Node.js that the package index brought into the environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.test.js", "*.test.mjs")
    for path in ROOT.glob(f"tests/*/{pattern}")
)


def node() -> str:
    beside = Path(sys.executable).parent / "node"
    found = str(beside) if beside.exists() else shutil.which("node")
    assert found, "no Node.js; run `make setup`"
    return found


@pytest.mark.parametrize("file", FILES)
def test_javascript(file: str) -> None:
    result = subprocess.run(
        [node(), "--test", file], cwd=ROOT, capture_output=True, text=True, timeout=250, check=False
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    assert "# pass 0\n" not in result.stdout


def test_there_are_javascript_tests() -> None:
    assert len(FILES) >= 4
