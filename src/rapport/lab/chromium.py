"""Which Chromium to use: the one named in `RAPPORT_CHROMIUM`, else one on the PATH, else Playwright's own.

Where there is none, `ensure_browser` installs Debian's package if it may, else Playwright's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.output import say

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str | None:
    """Path of a Chromium of this machine; None leaves the choice to Playwright."""
    return os.environ.get("RAPPORT_CHROMIUM") or next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start it, headless. Chromium has no sandbox for root, and only then is it given up."""
    args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium_path(), args=args)


def ensure_browser(*, install: bool) -> int:
    """Exit status: 0 when a Chromium is there (or was installed), 2, after one line on standard error, when none is."""
    if _there():
        return 0
    if install:
        own = [[sys.executable, "-m", "playwright", "install", "chromium-headless-shell"]]
        for commands in (_debian(), own):
            if commands and all(_succeeds(command) for command in commands):
                break
    if _there():
        return 0
    say(
        "rapport: no Chromium for the browser tests; "
        "install Debian's package `chromium`, or name one in RAPPORT_CHROMIUM"
    )
    return 2


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, check=False, stdout=sys.stderr).returncode == 0


def _there() -> bool:
    path = chromium_path()
    if path:
        return shutil.which(path) is not None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _debian() -> list[list[str]]:
    """Commands that install Debian's package; none where this is not Debian or not root."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return []
    packages = ["chromium", "fonts-noto-core", "fonts-noto-cjk"]
    return [["apt-get", "update", "-qq"], ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]]
