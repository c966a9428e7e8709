"""Measure the search in Chromium on the built site and print a table: `python benchmarks/browser.py [SITE]`."""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from rapport.content.catalogue import read_catalogue
from rapport.content.questions import read_judged
from rapport.lab.bench import measure_browser, table
from rapport.lab.chromium import launch
from rapport.project import open_project
from rapport.search.ask import open_searcher


def main() -> None:
    project = open_project(Path(__file__).resolve().parent)
    site = Path(sys.argv[1]) if len(sys.argv) > 1 else project.site
    with sync_playwright() as playwright:
        browser = launch(playwright)
        figures = measure_browser(browser, site, open_searcher(project), read_judged(project, read_catalogue(project)))
        version = browser.version
        browser.close()
    print(table(figures))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
    print(f"\nChromium {version}, {os.cpu_count()} cores, load of the machine {load}")
    if figures.parity.different:
        print(f"first five differ: {', '.join(figures.parity.different)}")


if __name__ == "__main__":
    main()
