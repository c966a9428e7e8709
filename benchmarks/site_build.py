"""How the build of the site grows: seconds and megabytes with 10, 50 and 250 guides in five languages.

    python benchmarks/site_build.py [GUIDES …]

The guides are copies of the written ones under new ids, so their length and links are real.
"""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from rapport.languages import LANGUAGES
from rapport.project import Project, open_project
from rapport.site import build_site
from rapport.site.build import build_in_place


def copy_with(project: Project, root: Path, count: int) -> Project:
    """A copy of the project that holds `count` guides, all in the theme of `money`."""
    listed = ["git", "-C", str(project.root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    for name in filter(None, subprocess.run(listed, capture_output=True, text=True, check=True).stdout.split("\0")):
        if (project.root / name).is_file():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project.root / name, root / name)
    written = sorted(path.relative_to(project.docs / "de") for path in (project.docs / "de").glob("*/*.md"))
    names = [f"generated-{number}" for number in range(count)]
    catalogue = yaml.safe_load((root / "content/guides.yml").read_text("utf-8"))
    catalogue["money"] |= {name: {"scope": "Generated.", "advice": ["D1"], "source": "de"} for name in names}
    (root / "content/guides.yml").write_text(yaml.safe_dump(catalogue, sort_keys=False), "utf-8")
    for lang in LANGUAGES:
        words = root / "i18n/catalogue" / f"{lang}.yml"
        data = yaml.safe_load(words.read_text("utf-8"))
        data["guides"] |= {name: name for name in names}
        words.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
        texts = [(project.docs / lang / path).read_text("utf-8") for path in written if path.name != "index.md"]
        shutil.rmtree(root / "docs" / lang / "money")
        (root / "docs" / lang / "money").mkdir()
        for path in (root / "docs" / lang).glob("*/*.md"):
            path.unlink()
        for name, text in zip(names, itertools.cycle(texts), strict=False):
            text = re.sub(r"\]\((?:\.\./[a-z]+/)?[a-z0-9-]+\.md\)", f"]({names[0]}.md)", text)
            (root / "docs" / lang / "money" / f"{name}.md").write_text(text, "utf-8")
    return open_project(root)


def main() -> None:
    """Print one line per number of guides."""
    print("guides  pages  full build s  one language s  MB")
    for count in map(int, sys.argv[1:] or ("10", "50", "250")):
        with tempfile.TemporaryDirectory() as folder:
            project = copy_with(open_project(), Path(folder) / "project", count)
            start = time.perf_counter()
            build_site(project)
            full = time.perf_counter() - start
            start = time.perf_counter()
            build_in_place(project, project.site, ["de"])
            one = time.perf_counter() - start
            files = [path for path in project.site.rglob("*") if path.is_file()]
            pages = sum(path.suffix == ".html" for path in files)
            size = sum(path.stat().st_size for path in files) / 1e6
            print(f"{count:6}  {pages:5}  {full:12.1f}  {one:14.1f}  {size:.1f}")


if __name__ == "__main__":
    main()
