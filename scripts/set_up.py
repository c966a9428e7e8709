"""Make or mend the environment of this checkout: `make` runs this first, with whatever Python there is.

Only the standard library is there yet, and the Python that runs this may be too old to be used: so nothing here needs
a new one. What is asked for is looked at before anything is installed: a fitting Python, room on the disk, a free port.
"""

import argparse
import collections
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 14)
"""Pythons for which every library of constraints.txt has a wheel; it is developed with the oldest."""
NAMES = ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python")

LIBRARIES = 2_200_000_000
ENVIRONMENT_ROOM, CACHE_ROOM = 3_500_000_000, 1_300_000_000
"""Bytes of the Python libraries; what the environment takes while it is made, and the model in the user's cache."""

EVERY_S = 5
"""Seconds between two signs of life."""

_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
# with versions that are all pinned, a conflict means that the index does not have them
_UNREACHABLE = (
    "resolutionimpossible",
    "conflicting dependencies",
    "no matching distribution",
    "connection broken",
    "connection error",
    "failed to establish",
    "name resolution",
    "network request",
    "econnrefused",
    "enotfound",
    "etimedout",
)


class Stop(Exception):
    """What is told in one line, and ends this."""


def say(text):
    """A line for people."""
    print(text, file=sys.stderr, flush=True)


def find_python(names=NAMES):
    """The path of the first Python that can be used; Stop where there is none."""
    seen = []
    for name in names:
        path = shutil.which(name)
        version = path and version_of(path)
        if version and OLDEST <= version[:2] <= NEWEST:
            return path
        if version:
            seen.append("{} is {}".format(path, ".".join(map(str, version))))
    wanted = "Python {}.{} to {}.{}".format(*OLDEST, *NEWEST)
    found = "; ".join(dict.fromkeys(seen)) or "there is none"
    raise Stop(f"{wanted} is needed, with its venv ({found}); install one and run make again")


def version_of(python):
    """Its version as numbers, None where it does not run or lacks what an environment is made with."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:3])"
    try:
        done = subprocess.run([str(python), "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30)
        return tuple(map(int, done.stdout.split())) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired):
        return None


def broken(venv):
    """Why the environment cannot be used; empty where it can."""
    python = venv / "bin" / "python"
    version = version_of(python) if python.exists() else None
    if version is None:
        return "its Python does not run"
    if not OLDEST <= version[:2] <= NEWEST:
        return "its Python is {}".format(".".join(map(str, version)))
    code = "import pip, sys; sys.exit(sys.prefix == sys.base_prefix)"
    done = subprocess.run([str(python), "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return "it has no pip: making it was stopped" if done.returncode else ""


def state(root, *names):
    """What an installation hangs on: its files, its Python, and where it lies, for its commands name that."""
    digest = hashlib.sha256(f"{root}\n{version_of(root / '.venv' / 'bin' / 'python')}\n".encode())
    for name in names:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def watched(command, what, mend, every=EVERY_S, environment=None, grows=0):
    """Run a command; a line every few seconds says how far it is. Stop, after its last words, where it fails.

    `grows`: bytes that it writes to this disk, by which the time left is told.
    """
    lines = collections.deque(maxlen=400)
    started, room = time.monotonic(), free(Path.cwd())
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
    )

    def read():
        for raw in process.stdout:
            lines.append(raw.decode("utf-8", "replace").rstrip())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    while True:
        reader.join(every)
        if not reader.is_alive():
            break
        seconds = time.monotonic() - started
        written = room - free(Path.cwd())
        say("  {}: {:.0f} s so far{}{}".format(what, seconds, left(written, grows, seconds), doing(list(lines))))
    process.stdout.close()
    if process.wait():
        said = [line for line in lines if line and not _PROGRESS.match(line)]
        for line in said[-12:]:
            say(f"  | {line}")
        raise Stop("{} could not be installed; {}".format(what, reason(said) or mend))


def left(written, grows, seconds):
    """How much of what will be written is, and how long the rest takes at this pace; empty where nobody knows."""
    if not grows or written <= 0.02 * grows:
        return ""
    rest = max(0, grows - written) * seconds / written
    return f", {written / 1e9:.1f} of {grows / 1e9:.1f} GB, some {rest:.0f} s left"


def doing(lines):
    """What the command said last, and how much of a file is there."""
    steps = [line.strip() for line in lines if line.strip() and not _PROGRESS.match(line)]
    told = f"; {steps[-1][:90]}" if steps else ""
    match = _PROGRESS.match(lines[-1]) if lines else None
    return told + (" ({:.0f} of {:.0f} MB)".format(*(int(part) / 1e6 for part in match.groups())) if match else "")


def reason(lines):
    """What helps, where the words of pip or npm tell it."""
    text = "\n".join(lines).lower()
    if "no space left" in text or "enospc" in text:
        return "the disk is full: make room and run make again"
    if any(sign in text for sign in _UNREACHABLE):
        return (
            "check the connection to your package index (pip config list, npm config get registry); then run make again"
        )
    return ""


def free(folder):
    """Bytes that are free on its disk; it need not exist."""
    return shutil.disk_usage(str(next(path for path in (folder, *folder.parents) if path.exists()))).free


def cache_folder():
    """Where the model will lie, as `rapport cache` tells it on Linux."""
    given = os.environ.get("RAPPORT_CACHE")
    return Path(given or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "rapport").expanduser()


def look(root, port, is_new, free=free):
    """Stop where the port is taken or the disk too full, before hours of work rather than after it."""
    if port is not None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                raise Stop(
                    f"port {port} cannot be used ({error}); choose another, as in: make run PORT=8001"
                ) from error
    wanted = {root: ENVIRONMENT_ROOM if is_new else 0}
    cache = cache_folder()
    wanted[cache] = 0 if (cache / "models").is_dir() else CACHE_ROOM
    for folder, needed in wanted.items():
        if needed and free(folder) < needed:
            have = free(folder) / 1e9
            raise Stop(f"{folder}: {needed / 1e9:.1f} GB are needed on this disk, {have:.1f} are free; make room")
    if is_new:
        say("the first start takes 5 to 30 minutes and 3.5 GB: libraries 2.3 GB in this folder (.venv, node_modules),")
        say(f"the embedding model and its vectors 0.6 GB in {cache}, index and site 0.1 GB")


def set_up(root, port):
    """Look, then make whatever is missing, broken or not up to date."""
    venv, marks = root / ".venv", (root / ".venv" / ".done", root / "node_modules" / ".done")
    fault = broken(venv) if venv.exists() else ""
    is_new = bool(fault) or not venv.exists()
    python = find_python() if is_new else ""
    look(root, port, is_new)
    bin_ = venv / "bin"
    if is_new:
        say("1 of 7: the environment" + (f", made anew: {fault}" if fault else ""))
        shutil.rmtree(str(venv), ignore_errors=True)
        watched([python, "-m", "venv", str(venv)], "the environment", f"see what {python} -m venv says")
    pinned = state(root, "pyproject.toml", "constraints.txt")
    if not marks[0].is_file() or marks[0].read_text() != pinned:
        say("2 of 7: Python libraries")
        pip = [str(bin_ / "python"), "-m", "pip", "install", "--disable-pip-version-check"]
        pip += ["--constraint", "constraints.txt"]
        hint = "see what pip said above"
        watched([*pip, "pip"], "pip", hint)
        # constraints.txt pins what pip builds this package with, too; a whole path would be cut at its spaces
        pins = dict.fromkeys(("PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT"), "constraints.txt")
        own = ["--progress-bar", "raw", "--editable", ".[build,dev]"]
        watched([*pip, *own], "the Python libraries", hint, environment=pins, grows=LIBRARIES)
        marks[0].write_text(pinned)
    pinned = state(root, "package.json", "package-lock.json")
    if not marks[1].is_file() or marks[1].read_text() != pinned:
        say("3 of 7: JavaScript libraries")
        npm = [str(bin_ / "npm"), "ci", "--no-audit", "--no-fund", "--loglevel=http"]
        path = os.pathsep.join((str(bin_), os.environ.get("PATH", "")))
        watched(npm, "the JavaScript libraries", "see what npm said above", environment={"PATH": path})
        marks[1].write_text(pinned)


def clean(root):
    """Remove what setting up and building make in this folder, and name what lies elsewhere."""
    made = [".venv", "node_modules", "site", "search_index/builds", "search_index/current", ".site-inputs"]
    for path in [root / name for name in made] + sorted(root.glob(".site-*")):
        if path.is_dir() and not path.is_symlink():
            size = sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())
            say(f"removed: {path} ({size / 1e6:.0f} MB)")
            shutil.rmtree(str(path))
        elif path.exists() or path.is_symlink():
            path.unlink()
    for path, what in ((cache_folder(), "the embedding model and its vectors"),
                       (Path("~/.cache/ms-playwright").expanduser(), "Playwright's browsers")):  # fmt: skip
        if path.exists():
            say(f"left: {what} in {path}, which other checkouts may use; remove it with rm -r")


def main(arguments):
    """Set up, or clean; the exit status."""
    parser = argparse.ArgumentParser(description="Make or mend the environment of this checkout.")
    parser.add_argument("--port", type=int, help="a port that shall be free")
    parser.add_argument("--clean", action="store_true", help="remove what was made")
    given = parser.parse_args(arguments)
    root = Path(__file__).resolve().parents[1]
    os.chdir(str(root))
    try:
        clean(root) if given.clean else set_up(root, given.port)
    except Stop as error:
        say(f"make: {error}")
        return 2
    except KeyboardInterrupt:
        say("make: stopped; run make again to go on")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
