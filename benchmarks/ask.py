"""Time `rapport ask` in cold processes, and the same through sentence-transformers: `ask.py [RUNS]`."""

import os
import platform
import statistics
import subprocess
import sys
import time

from rapport.embed.store import model_folder
from rapport.project import open_project

QUESTION = "Der Kunde versteht meine Rechnung nicht und fragt, wofür er zahlen soll"
SLOW = """
import sys
from rapport.embed.embedder import SentenceEmbedder
from rapport.search.index import read_index
from rapport.project import open_project
from rapport.search.ask import Searcher
knowledge, _ = read_index(open_project())
print(Searcher(knowledge, SentenceEmbedder(sys.argv[1], "query")).ask(sys.argv[2]).hits[0].guide)
"""


def seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    commands = {
        "rapport ask": [sys.executable, "-m", "rapport", "ask", "--json", QUESTION],
        "sentence-transformers": [sys.executable, "-c", SLOW, str(model_folder() / "full"), QUESTION],
    }
    times = {name: [seconds(command) for _ in range(runs)] for name, command in commands.items()}
    print(f"| cold process, {runs} runs | median s | min | max | times `rapport ask` |\n|---|---|---|---|---|")
    fast = statistics.median(times["rapport ask"])
    for name, of in times.items():
        median = statistics.median(of)
        print(f"| {name} | {median:.2f} | {min(of):.2f} | {max(of):.2f} | {median / fast:.1f} |")
    git = ["git", "-C", str(open_project().root), "describe", "--always", "--dirty"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"\ncommit {commit}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, "
          f"load {load:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
