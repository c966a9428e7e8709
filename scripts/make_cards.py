"""Draw the pictures that links to the site are shown with: a card per language, a neutral one, and the icons.

Run by hand after a change of name, tagline or colour (needs Chromium and fonts for Cyrillic and Japanese); the
pictures are kept in `docs/assets/images/`, so that a build needs neither.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from playwright.sync_api import sync_playwright

from rapport.content.interface import read_interface
from rapport.lab.chromium import launch
from rapport.languages import LANGUAGE
from rapport.project import open_project
from rapport.site.typography import title_html


def main() -> None:
    project = open_project()
    images = project.docs / "assets" / "images"
    card = Template(Path(__file__).with_name("card.html").read_text("utf-8"))
    phrases = {lang: one.phrases for lang, one in read_interface(project).items()}
    texts = {f"card-{lang}": (lang, str(title_html(one.tagline, lang))) for lang, one in phrases.items()}
    texts["card"] = ("mul", "\u00a0· ".join(LANGUAGE[lang].name for lang in phrases))
    with sync_playwright() as playwright, launch(playwright) as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        for name, (lang, text) in texts.items():
            page.set_content(card.substitute(lang=lang, text=text))
            page.screenshot(path=images / f"{name}.png")
        page.evaluate("document.documentElement.className = 'icon'")
        for name, size in (("favicon", 48), ("touch-icon", 180)):
            page.set_viewport_size({"width": size, "height": size})
            page.screenshot(path=images / f"{name}.png")


if __name__ == "__main__":
    main()
