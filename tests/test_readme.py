"""The README's commands are run as they stand there; the one that serves is started, asked and stopped."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if line.strip()]
SERVING = ["make run", "make watch"]
ITSELF = ["make test"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)


def test_the_readme_has_the_commands() -> None:
    assert {*SERVING, *ITSELF} <= {*COMMANDS}
    assert len(COMMANDS) >= 8


@pytest.mark.skipif(not (ROOT / ".venv/bin/rapport").exists(), reason="the README's commands need `make setup`")
@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in (*SERVING, *ITSELF)])
def test_a_command_works_as_written(command: str) -> None:
    result = run(command)
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip()
    assert "Traceback" not in result.stderr


def test_the_test_command_exists() -> None:
    """It cannot be run inside itself; make says whether it knows it and what it would do."""
    result = run("make --dry-run test")
    assert result.returncode == 0, result.stderr
    assert "pytest" in result.stdout


@pytest.mark.skipif(not (ROOT / ".venv/bin/rapport").exists(), reason="the README's commands need `make setup`")
@pytest.mark.parametrize("command", SERVING)
def test_a_serving_command_serves(command: str) -> None:
    port = free_port()
    process = subprocess.Popen(
        ["bash", "-c", f"exec {command} PORT={port}"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        for path in ("/", "/ja/", "/de/money/invoice-not-understood/"):
            assert _get(f"http://127.0.0.1:{port}{path}", process) == 200
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def _get(address: str, process: subprocess.Popen[bytes]) -> int:
    for _ in range(600):
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return int(answer.status)
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} never answered")
