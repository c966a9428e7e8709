"""Fit the ranking's few numbers to the judged questions; then run `rapport build`."""

import sys

from rapport.cli import guarded
from rapport.lab.tune import tune
from rapport.output import tell
from rapport.project import open_project

if __name__ == "__main__":
    sys.exit(guarded(lambda: tell(tune(open_project(), tell))))
