"""What readers do, in a real browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from site_server import SEARCH_FILES, serve

from rapport.content.interface import counted
from rapport.content.text import best_reply
from rapport.languages import LANGUAGES
from rapport.site.model import SiteModel, guide_url

if TYPE_CHECKING:
    from pathlib import Path

GUIDE = "closeness/friend-as-client/"
SHIFT = """async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: 'layout-shift', buffered: true });
  return observer.takeRecords().reduce((sum, { value, hadRecentInput }) => sum + (hadRecentInput ? 0 : value), 0);
}"""


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def plain_spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def copied(model: SiteModel, lang: str, box: Locator) -> str:
    """What a copy button says, with the number of fields that still hold the guide's own words."""
    phrases = model.interface[lang].phrases
    left = box.locator(".slot:not(.filled)").count()
    return f"{phrases.copied}, {counted(phrases.slots_open, lang, left)}" if left else phrases.copied


def test_copying_the_best_reply_and_the_mail(page: Page, base: str, model: SiteModel) -> None:
    lang, guide = "de", model.guides["de", "invoice-not-understood"]
    subject = model.interface[lang].labels["subject"]
    page.goto(base + guide_url(guide))
    best = page.locator(".script-best").first
    best.locator(".copy").click()
    expect(best.locator(".copy")).to_have_text(copied(model, lang, best))
    reply = next(reply for section in guide.sections if (reply := best_reply(section.blocks)))[1]
    is_said_alone = reply.startswith("„") and reply.endswith("“") and reply.count("„") == 1
    assert plain_spaces(page.evaluate("navigator.clipboard.readText()")) == (reply[1:-1] if is_said_alone else reply)
    sheet = page.locator(".sheet").first
    sheet.locator(".copy").click()
    expect(sheet.locator("[role=status]")).to_have_text(copied(model, lang, sheet))
    first, *paragraphs = plain_spaces(page.evaluate("navigator.clipboard.readText()")).split("\n\n")
    assert first.startswith(f"{subject}: ")
    shown = [plain_spaces(text) for text in sheet.locator(".sheet-body > p").all_inner_texts()]
    assert shown
    assert [paragraph for paragraph in paragraphs if paragraph in shown] == shown


def test_fields_are_filled_in_and_copied(page: Page, base: str, model: SiteModel) -> None:
    """What is typed into a field stands in every field that was the same, and is what is copied."""
    lang, guide = "es", model.guides["es", "invoice-not-understood"]
    page.goto(base + guide_url(guide))
    best = page.locator(".script-best").first
    field = best.locator(".slot").first
    before = field.inner_text()
    same = [slot for slot in page.locator(".slot").all() if slot.inner_text() == before]
    left = best.locator(".slot").count()
    expect(field).to_have_attribute("aria-label", model.interface[lang].phrases.slot_label.replace("{text}", before))
    field.click()
    page.keyboard.type("Lucía  ")
    page.keyboard.press("Enter")
    assert {slot.inner_text().strip() for slot in same} == {"Lucía"}
    best.locator(".copy").click()
    assert best.locator(".slot:not(.filled)").count() < left
    expect(best.locator(".copy")).to_have_text(copied(model, lang, best))
    text = page.evaluate("navigator.clipboard.readText()")
    assert "Lucía" in text
    assert before not in text
    field.click()
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    expect(field).to_have_text(before)
    expect(best.locator(".slot.filled")).to_have_count(0)


def test_keys_of_a_conversion_do_not_leave_a_field(page: Page, base: str, model: SiteModel) -> None:
    """Enter that ends the conversion of typed Japanese, and Escape that takes it back, are the input method's."""
    page.goto(base + guide_url(model.guides["ja", "invoice-not-understood"]))
    field = page.locator(".script-best .slot").first
    field.focus()
    press = """(field, [key, isComposing]) => {
      const event = new KeyboardEvent("keydown", {key, isComposing, bubbles: true, cancelable: true});
      return [field.dispatchEvent(event), document.activeElement === field];
    }"""
    for key in ("Enter", "Escape"):
        assert field.evaluate(press, [key, True]) == [True, True]
    assert field.evaluate(press, ["Enter", False]) == [False, False]


def test_ticks_are_remembered_in_every_language(page: Page, base: str) -> None:
    page.goto(base + "de/" + GUIDE)
    page.locator(".task label").nth(1).click()
    page.reload()
    expect(page.locator(".task input").nth(1)).to_be_checked()
    expect(page.locator(".task input").nth(0)).not_to_be_checked()
    page.goto(base + "ja/" + GUIDE)
    expect(page.locator(".task input").nth(1)).to_be_checked()


def test_two_tabs_tick_the_same_list(context: BrowserContext, base: str) -> None:
    one, other = context.new_page(), context.new_page()
    for tab in (one, other):
        tab.goto(base + "de/" + GUIDE)
        expect(tab.locator(".task input").first).not_to_be_checked()
    one.locator(".task label").nth(0).click()
    expect(other.locator(".task input").nth(0)).to_be_checked()
    # a tab that has not heard of the other's tick yet keeps it all the same
    key = one.evaluate("Object.keys(localStorage).find((key) => key.includes('ticks.'))")
    other.evaluate("key => { localStorage.setItem(key, '1,3'); }", key)
    other.locator(".task label").nth(1).click()
    assert other.evaluate("key => localStorage.getItem(key)", key) == "1,2,3"
    for at in range(3):
        expect(one.locator(".task input").nth(at)).to_be_checked()
    one.locator(".task label").nth(0).click()
    expect(other.locator(".task input").nth(0)).not_to_be_checked()


FORBIDDEN = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
"""What a page hears that comes back as it was left; Playwright's Chromium keeps none."""


def test_without_storage_ticks_last_as_long_as_the_page(context: BrowserContext, base: str) -> None:
    page = context.new_page()
    page.add_init_script(FORBIDDEN)
    page.goto(base + "de/" + GUIDE)
    for at in (0, 1):
        page.locator(".task label").nth(at).click()
    page.evaluate(BACK)
    expect(page.locator(".task input").nth(0)).to_be_checked()
    expect(page.locator(".task input").nth(1)).to_be_checked()


def test_a_page_that_comes_back_shows_what_has_changed_since(page: Page, base: str) -> None:
    page.goto(base + "de/" + GUIDE)
    page.locator(".task label").nth(0).click()
    page.locator("button.scheme").click()
    page.evaluate(
        """() => {
          for (const key of Object.keys(localStorage)) {
            localStorage.setItem(key, key.includes("ticks.") ? "2" : "light");
          }
        }"""
    )
    expect(page.locator(".task input").nth(0)).to_be_checked()
    page.evaluate(BACK)
    expect(page.locator(".task input").nth(0)).not_to_be_checked()
    expect(page.locator(".task input").nth(1)).to_be_checked()
    expect(page.locator("button.scheme")).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("document.documentElement.dataset.scheme") == "light"


def test_other_tabs_follow_the_scheme(context: BrowserContext, base: str) -> None:
    one, other = context.new_page(), context.new_page()
    one.goto(base + "es/")
    other.goto(base + "es/about/")
    one.locator("button.scheme").click()
    expect(other.locator("html")).to_have_attribute("data-scheme", "dark")
    expect(other.locator("button.scheme")).to_have_attribute("aria-pressed", "true")


def test_the_chooser_that_comes_back_shows_what_was_chosen(page: Page, base: str) -> None:
    page.goto(base)
    page.evaluate("document.querySelector('a[data-lang=ja]').addEventListener('click', (e) => e.preventDefault())")
    page.locator("a[data-lang=ja]").first.click()
    page.evaluate(BACK)
    expect(page.locator(".choices li").first).to_have_attribute("lang", "ja")
    expect(page.locator("html")).to_have_attribute("lang", "ja")


def test_two_sites_of_one_origin_keep_their_own(browser: Browser, site: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).symlink_to(site, target_is_directory=True)
    context = browser.new_context(service_workers="block")
    page = context.new_page()
    with serve(tmp_path) as base:
        page.goto(f"{base}one/de/{GUIDE}")
        page.locator(".task label").nth(0).click()
        page.locator("button.scheme").click()
        page.goto(f"{base}two/de/{GUIDE}")
        expect(page.locator(".task input").nth(0)).not_to_be_checked()
        expect(page.locator("button.scheme")).to_have_attribute("aria-pressed", "false")
        page.goto(f"{base}one/ja/{GUIDE}")
        expect(page.locator(".task input").nth(0)).to_be_checked()
        expect(page.locator("html")).to_have_attribute("data-scheme", "dark")
    context.close()


def test_the_scheme_is_remembered(page: Page, base: str) -> None:
    page.goto(base + "es/")
    button = page.locator("button.scheme")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(base + "es/about/")
    assert page.evaluate("document.documentElement.dataset.scheme") == "dark"


def test_changing_language_keeps_page_and_section(page: Page, base: str) -> None:
    page.goto(base + "nl/" + GUIDE)
    page.locator("#pitfalls").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('pitfalls').scrollIntoView({behavior: 'instant'})")
    page.evaluate("document.querySelector('.languages').open = true")
    page.locator(".languages a[data-lang=ru]").evaluate("link => link.click()")
    page.wait_for_url(f"{base}ru/{GUIDE}#*")
    assert page.url.split("#")[1] == "pitfalls"
    page.goto(base + "de/ask/?q=Rechnung")
    page.locator(".languages summary").click()
    page.locator(".languages a[data-lang=nl]").click()
    page.wait_for_url(base + "nl/ask/?q=Rechnung")


def test_changing_language_twice_goes_by_the_page_as_it_is(page: Page, base: str) -> None:
    page.goto(base + "nl/" + GUIDE)
    page.evaluate("document.querySelector('.languages a').addEventListener('click', (e) => e.preventDefault())")
    link = page.locator(".languages a").first
    for section in ("pitfalls", "steps"):
        page.evaluate("id => document.getElementById(id).scrollIntoView({behavior: 'instant'})", section)
        link.evaluate("link => link.click()")
        assert link.evaluate("link => link.hash") == f"#{section}"


@pytest.mark.parametrize(
    ("hash_", "kept"), [("#steps", "#steps"), ("", ""), ("#related", ""), ("#nowhere", ""), ("#main", "")]
)
def test_at_the_top_the_language_menu_keeps_the_place_of_the_address(
    page: Page, base: str, hash_: str, kept: str
) -> None:
    """The header is at the top, where no section is in view; and a link may be copied or opened in another tab."""
    page.goto(base + "de/" + GUIDE + hash_)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.locator(".languages summary").click()
    link = page.locator(".languages a[data-lang=nl]")
    link.focus()
    assert link.evaluate("link => link.hash") == kept
    link.click()
    page.wait_for_url(f"{base}nl/{GUIDE}{kept}")


def test_the_chooser_offers_the_browsers_language_and_remembers(browser: Browser, base: str, model: SiteModel) -> None:
    context = browser.new_context(locale="nl-BE")
    page = context.new_page()
    page.goto(base)
    expect(page.locator(".choices li").first).to_have_attribute("lang", "nl")
    page.locator("a[data-lang=ja]").click()
    page.wait_for_url(base + "ja/")
    page.goto(base)
    expect(page.locator(".choices li").first).to_have_attribute("lang", "ja")
    again = page.locator("a[data-lang=ja] [data-go]")
    expect(again).to_have_text(str(again.get_attribute("data-go")))
    assert str(again.get_attribute("data-go")) != page.locator("a[data-lang=nl] [data-go]").inner_text()
    context.close()


def test_the_chooser_stays_neutral_for_others(page: Page, base: str) -> None:
    page.goto(base)
    assert page.evaluate("document.documentElement.lang") == "mul"
    assert page.locator(".choices li").evaluate_all("items => items.map(i => i.lang)") == list(LANGUAGES)


def test_404_speaks_the_language_of_the_address(browser: Browser, base: str, model: SiteModel) -> None:
    page = browser.new_page()
    response = page.goto(base + "ru/money/no-such-page/")
    assert response is not None
    assert response.status == 404
    assert page.evaluate("document.documentElement.lang") == "ru"
    expect(page.locator(".choices li").first).to_contain_text(model.interface["ru"].phrases.not_found)
    page.close()


def test_keyboard_path(page: Page, base: str) -> None:
    page.goto(base + "de/" + GUIDE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("a/b")
    assert page.locator("#q").input_value() == "a/b"
    page.locator(".menu summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".menu").first).to_have_attribute("open", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator(".menu").first).not_to_have_attribute("open", "")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_without_javascript_everything_is_there(browser: Browser, base: str, model: SiteModel) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base)
    page.locator("a[data-lang=de]").click()
    page.locator(".themes a").first.click()
    page.locator(".card a").first.click()
    expect(page.locator(".part-short-answer")).to_be_visible()
    assert page.locator("button:visible").count() == 1  # the search's
    page.locator(".languages summary").click()
    expect(page.locator(".languages a").first).to_be_visible()
    page.locator("#q").fill("Rechnung")
    page.keyboard.press("Enter")
    expect(page.locator(".ask noscript p, .ask .note")).to_have_text(model.interface["de"].phrases.ask_noscript)
    assert page.locator(".listing .card").count() == len(model.guides_of("de"))
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_overflows_or_shifts(context: BrowserContext, base: str, lang: str) -> None:
    for width in (320, 390, 768, 1280):
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 844})
        for path in (f"{lang}/", f"{lang}/{GUIDE}", f"{lang}/sources/", f"{lang}/ask/", f"{lang}/start/"):
            page.goto(base + path)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path, width)
            assert page.evaluate(SHIFT) < 0.01 if width in (390, 1280) and "ask" not in path else True, (path, width)
        page.close()


def test_neutral_pages_do_not_shift(browser: Browser, base: str) -> None:
    page = browser.new_page(locale="de-DE")
    for path in ("", "404.html"):
        page.goto(base + path)
        assert page.evaluate(SHIFT) == 0
    page.close()


def test_a_guide_prints_on_two_sheets(browser: Browser, base: str, model: SiteModel, tmp_path: Path) -> None:
    longest = {lang: max(model.guides_of(lang), key=lambda guide: len(guide.document.body)) for lang in LANGUAGES}
    page = browser.new_page()
    for guide in longest.values():
        page.goto(base + guide_url(guide))
        pdf = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2, guide.path
    page.close()


def test_a_page_is_light_over_the_wire(page: Page, base: str) -> None:
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(base + "ru/" + GUIDE, wait_until="networkidle")
    assert sum(sizes) < 300_000


def test_lines_are_of_a_readable_length(page: Page, base: str) -> None:
    for lang, least, most in (("de", 60, 76), ("ru", 60, 76), ("es", 60, 76), ("nl", 60, 76), ("ja", 32, 40)):
        page.goto(f"{base}{lang}/{GUIDE}")
        longest = page.evaluate(
            """() => { const paragraphs = [...document.querySelectorAll('.part-why p')]; const p = paragraphs[0];
              const range = document.createRange(); const widths = [];
              for (const node of paragraphs.flatMap((one) => [...one.childNodes])) {
                if (node.nodeType !== 3) continue;
                for (let i = 0; i < node.length; i++) { range.setStart(node, i); range.setEnd(node, i + 1);
                  if (range.getClientRects().length === 1) widths.push(range.getBoundingClientRect().width); } }
              const mean = widths.reduce((a, b) => a + b, 0) / widths.length;
              return p.getBoundingClientRect().width / mean; }"""
        )
        assert least <= longest <= most, (lang, longest)


def test_the_site_works_below_a_path(browser: Browser, site: Path, tmp_path: Path) -> None:
    (tmp_path / "rapport").symlink_to(site, target_is_directory=True)
    page = browser.new_page()
    failed: list[str] = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)
    with serve(tmp_path, "rapport/") as base:
        page.goto(base)
        page.locator("a[data-lang=es]").click()
        page.locator("#q-home").fill("factura")
        page.keyboard.press("Enter")
        page.wait_for_url(base + "es/ask/?q=factura")
        page.goto(base + "es/")
        page.locator(".needed a").first.click()
        expect(page.locator(".part-short-answer")).to_be_visible()
    assert [url for url in failed if not url.endswith(SEARCH_FILES)] == []
    page.close()


@pytest.mark.parametrize(("system", "chosen", "paper"), [
    ("light", "", "rgb(251, 252, 252)"), ("dark", "", "rgb(16, 25, 28)"),
    ("light", "dark", "rgb(16, 25, 28)"), ("dark", "light", "rgb(251, 252, 252)"),
])  # fmt: skip
def test_colours_need_no_new_browser(context: BrowserContext, base: str, system: str, chosen: str, paper: str) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme=system)  # type: ignore[arg-type]
    page.goto(f"{base}de/")
    page.evaluate("scheme => { if (scheme) document.documentElement.dataset.scheme = scheme; }", chosen)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    page.emulate_media(media="print", color_scheme=system)  # type: ignore[arg-type]
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')").strip() == "#14262b"


def test_no_style_asks_for_what_older_browsers_lack(site: Path) -> None:
    for sheet in (site / "assets" / "stylesheets").glob("*.css"):
        code = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.DOTALL)
        assert "light-dark(" not in code
