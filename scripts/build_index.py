"""Embed everything that people wrote and build the search index (what `rapport build --index-only` does)."""

import sys

from rapport.cli import run

if __name__ == "__main__":
    sys.exit(run(["build", "--index-only", *sys.argv[1:]]))
