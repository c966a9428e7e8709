"""The first start: what is looked at before anything is installed, what is mended, and what is told meanwhile."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts" / "set_up.py"


@pytest.fixture(scope="module")
def set_up() -> ModuleType:
    specification = importlib.util.spec_from_file_location("set_up", SCRIPT)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def python(folder: Path, name: str, version: str) -> Path:
    """Something that answers as a Python of this version; none: without venv."""
    folder.mkdir(exist_ok=True, parents=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{f'echo {version}' if version else 'exit 1'}\n", "utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"python3": "3 14 0"}, "python3"),
        ({"python3": "3 15 0", "python3.12": "3 12 1"}, "python3.12"),
        ({"python3": "3 13 0", "python3.11": "3 11 0"}, "python3.11"),
        ({"python3": "3 11 2", "python3.11": ""}, "python3"),
    ],
)
def test_a_python_that_fits(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: dict[str, str], chosen: str
) -> None:
    for name, version in there.items():
        python(tmp_path, name, version)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    names = [name for name in set_up.NAMES if (tmp_path / name).exists()]
    assert set_up.find_python(names) == str(tmp_path / chosen)


@pytest.mark.parametrize(
    ("version", "told"), [("3 10 13", "{} is 3.10.13"), ("3 15 0", "{} is 3.15.0"), ("", "there is none")]
)
def test_no_python_that_fits_is_one_line(set_up: ModuleType, tmp_path: Path, version: str, told: str) -> None:
    path = python(tmp_path, "python3.9", version)
    with pytest.raises(set_up.Stop) as stop:
        set_up.find_python([str(path)])
    assert str(stop.value) == (
        f"Python 3.11 to 3.14 is needed, with its venv ({told.format(path)}); install one and run make again"
    )


def test_the_pythons_are_those_of_the_package(set_up: ModuleType) -> None:
    oldest, newest = set_up.OLDEST, set_up.NEWEST
    line = f'requires-python = ">={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}"'
    assert line in (ROOT / "pyproject.toml").read_text("utf-8")
    assert f"Python {oldest[0]}.{oldest[1]} to {newest[0]}.{newest[1]}" in (ROOT / "README.md").read_text("utf-8")


def test_an_environment_that_cannot_be_used(set_up: ModuleType, tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    assert set_up.broken(venv) == "it has no pip: making it was stopped"
    (venv / "bin" / "python").unlink()
    assert set_up.broken(venv) == "its Python does not run"  # a link to a Python that was removed
    python(venv / "bin", "python", "3 10 1")
    assert set_up.broken(venv) == "its Python is 3.10.1"
    assert set_up.broken(ROOT / ".venv") == ""


def checkout(folder: Path) -> Path:
    """A checkout with nothing but what setting up reads, and libraries that cannot be had."""
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(SCRIPT, folder / "scripts")
    for name in ("pyproject.toml", "package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder)
    (folder / "constraints.txt").write_text("pip==0.0.1\n", "utf-8")
    return folder


def run(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "scripts" / "set_up.py"), *arguments],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_broken_environment_is_made_anew_and_pip_says_what_failed(tmp_path: Path) -> None:
    """The environment is mended though the libraries cannot be had; the next run goes on from there."""
    root = checkout(tmp_path / "ein ü")
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "rest").write_text("of one that was stopped", "utf-8")
    closed = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull}
    done = run(root, **closed, RAPPORT_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert "1 of 7: the environment, made anew: its Python does not run" in lines
    assert "2 of 7: Python libraries" in lines
    assert any(line.startswith("  | ERROR: Cannot install pip") for line in lines)
    assert lines[-1] == (
        "make: pip could not be installed; check the connection to your package index (pip config list, npm config get "
        "registry); then run make again"
    )
    assert not (root / ".venv" / "rest").exists()
    again = run(root, **closed, RAPPORT_CACHE=str(tmp_path / "cache"))
    assert "1 of 7" not in again.stderr


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    root = checkout(tmp_path / "checkout")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(root, "--port", str(port))
    assert done.returncode == 2
    told = f"make: port {port} cannot be used ([Errno 98] Address already in use); choose another, as in: "
    assert done.stderr == f"{told}make run PORT=8001\n"
    assert not (root / ".venv").exists()


def test_room_is_looked_at_first(set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path / "cache"))
    with pytest.raises(set_up.Stop, match=rf"^{tmp_path}: 3\.5 GB are needed on this disk, 2\.0 are free; make room"):
        set_up.look(tmp_path, None, True, free=lambda folder: 2_000_000_000)
    with pytest.raises(set_up.Stop, match=rf"^{tmp_path}/cache: 1\.3 GB are needed on this disk, 1\.0 are free"):
        set_up.look(tmp_path, None, False, free=lambda folder: 1_000_000_000)
    (tmp_path / "cache" / "models").mkdir(parents=True)
    set_up.look(tmp_path, None, False, free=lambda folder: 0)


def test_the_first_start_says_what_it_takes(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path / "cache"))
    set_up.look(tmp_path, None, True, free=lambda folder: 10_000_000_000)
    told = capsys.readouterr().err
    assert "takes 5 to 30 minutes and 3.5 GB" in told
    assert f"0.6 GB in {tmp_path / 'cache'}" in told


def test_long_work_is_told_and_a_failure_shows_its_last_words(
    set_up: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    script = "echo Downloading torch; echo Progress 3000000 of 9000000; sleep 1; echo ERROR: broke; exit 3"
    with pytest.raises(set_up.Stop, match=r"^the libraries could not be installed; see above$"):
        set_up.watched(["sh", "-c", script], "the libraries", "see above", every=0.2)
    lines = capsys.readouterr().err.splitlines()
    assert "  the libraries: 0 s so far; Downloading torch (3 of 9 MB)" in lines
    assert lines[-2:] == ["  | Downloading torch", "  | ERROR: broke"]


@pytest.mark.parametrize(
    ("written", "grows", "told"),
    [
        (500_000_000, 2_000_000_000, ", 0.5 of 2.0 GB, some 90 s left"),
        (2_100_000_000, 2_000_000_000, ", 2.1 of 2.0 GB, some 0 s left"),
        (1000, 2_000_000_000, ""),
        (-5, 2_000_000_000, ""),
        (500_000_000, 0, ""),
    ],
)
def test_time_that_is_left_follows_what_is_written(set_up: ModuleType, written: int, grows: int, told: str) -> None:
    assert set_up.left(written, grows, 30) == told


@pytest.mark.parametrize(
    ("words", "helps"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOSPC", "the disk is full"),
        ("npm error code ECONNREFUSED", "check the connection to your package index"),
        ("WARNING: Retrying (…) after connection broken by 'NewConnectionError'", "check the connection"),
        ("ERROR: ResolutionImpossible", "check the connection"),
        ("error: command 'gcc' failed", ""),
    ],
)
def test_the_words_of_pip_and_npm_are_understood(set_up: ModuleType, words: str, helps: str) -> None:
    found = set_up.reason(["x", words, "y"])
    assert found.startswith(helps)
    assert bool(found) == bool(helps)


def test_cleaning_names_what_goes_and_what_stays(tmp_path: Path) -> None:
    root, cache = checkout(tmp_path / "checkout"), tmp_path / "cache"
    for name in (".venv/x", "node_modules/x", "site/x", ".site-watch/x", "search_index/builds/x", "docs/x"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x" * 2_000_000)
    (root / "search_index" / "current").write_text("x", "utf-8")
    (cache / "models").mkdir(parents=True)
    done = run(root, "--clean", RAPPORT_CACHE=str(cache))
    assert done.returncode == 0
    for name in (".venv", "node_modules", "site", ".site-watch", "search_index/builds"):
        assert f"removed: {root / name} (2 MB)" in done.stderr
    told = f"left: the embedding model and its vectors in {cache}, which other checkouts may use; remove it with rm -r"
    assert told in done.stderr.splitlines()
    left = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert {path for path in left if path.endswith("x")} == {"docs/x"}


@pytest.mark.parametrize("name", ["pymdown-extensions"])
def test_what_the_oldest_python_cannot_have_is_pinned_for_it(name: str) -> None:
    """Debian's Python is 3.11.2, which the newest of these refuses."""
    pins = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if line.startswith(f"{name}=")]
    assert [line.partition("; ")[2] for line in pins] == [
        'python_full_version < "3.11.5"', 'python_full_version >= "3.11.5"',
    ]  # fmt: skip
