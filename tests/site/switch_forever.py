"""Put one site after another in place, as a build does, until somebody kills it: `switch_forever.py TARGET PAGES`."""

import itertools
import sys
from pathlib import Path

from rapport.site.build import _beside
from rapport.site.swap import swap

target, pages = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
for number in itertools.count():
    with _beside(target) as fresh:
        for page in range(pages):
            (fresh / f"{page}.html").write_text(f"{number}", "utf-8")
        swap(fresh, target)
