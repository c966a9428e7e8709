"""Build small projects in processes of their own, to be killed.

Reads the root of a project per line; for each it prints the number of the process that builds, and when that has
ended, its exit status. The embedding dawdles, so that it takes its share of time.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import small

from rapport.project import open_project
from rapport.search.build import build_index


class Slow(small.BagOfTerms):
    def encode(self, texts):  # type: ignore[no-untyped-def]
        time.sleep(0.05)
        return super().encode(texts)


if __name__ == "__main__":
    for line in sys.stdin:
        root = Path(line.strip())
        child = os.fork()  # the libraries are imported only once
        if not child:
            build_index(open_project(root), small.embedding(Slow(), root / "cache"), small.quiet)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
