"""A build killed at any moment leaves a whole site, and the next one tidies up."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

SCRIPT = Path(__file__).with_name("switch_forever.py")
PAGES = 30
KILLS = 10


def is_whole(site: Path) -> bool:
    pages = {path.name: path.read_text("utf-8") for path in site.iterdir()}
    return len(pages) == PAGES and len(set(pages.values())) == 1


def test_killed_while_sites_are_switched(tmp_path: Path, rounds: int) -> None:
    target = tmp_path / "site"
    chance = random.Random(20261130)
    for kill in range(KILLS * rounds):
        builder = subprocess.Popen([sys.executable, str(SCRIPT), str(target), str(PAGES)], stdout=subprocess.PIPE)
        assert builder.stdout
        assert builder.stdout.readline() == b"ready\n"
        until = time.monotonic() + 60
        while not target.exists() and time.monotonic() < until:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.05)
        builder.kill()
        builder.wait()
        builder.stdout.close()
        assert is_whole(target), kill
    left = [path for path in tmp_path.iterdir() if path.name.startswith(".site-new-")]
    assert len(left) <= 1
