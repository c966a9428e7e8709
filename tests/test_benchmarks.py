"""What measures works, in small."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_growth_of_the_site_is_measured() -> None:
    lines = run("benchmarks/site_build.py", "2").splitlines()
    assert len(lines) == 2
    guides, pages, *seconds = lines[1].split()
    assert int(guides) == 2
    assert int(pages) >= 10
    assert all(float(value) > 0 for value in seconds)


def test_cold_questions_are_measured() -> None:
    table = run("benchmarks/ask.py", "1")
    assert re.search(r"^\| rapport ask \| \d+\.\d\d \|", table, re.MULTILINE)
    assert re.search(r"^\| sentence-transformers \| \d+\.\d\d \|", table, re.MULTILINE)
