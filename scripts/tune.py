"""Fit the ranking's few numbers to the judged questions; then run `rapport build`."""

from rapport.project import open_project
from rapport.tune import tune

if __name__ == "__main__":
    print(tune(open_project(), print))
