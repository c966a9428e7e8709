"""Asking, as readers do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from conftest import LACKS, NONSENSE, STORY, shown_guides
from playwright.sync_api import BrowserContext, Page, expect

from rapport.content.catalogue import read_catalogue
from rapport.content.guides import read_guides
from rapport.content.interface import counted, language_name, read_interface
from rapport.content.questions import read_judged
from rapport.export.texts import best_script, first_exchange
from rapport.lab.parity import measure_parity
from rapport.languages import LANGUAGES

if TYPE_CHECKING:
    from fault_server import FaultServer

    from rapport.content.phrases import Phrases
    from rapport.project import Project
    from rapport.search.ask import Searcher

Ask = Callable[..., Page]

QUESTIONS = {
    "es": "el cliente no entiende la factura y pregunta por qué pagó tanto",
    "ru": "заказчик не понимает счёт и спрашивает, за что он платит",
    "ja": "お客様が請求書の内訳を理解できないと言っています",
    "nl": "de klant begrijpt de factuur niet",
    "de": "Der Kunde versteht meine Rechnung nicht",
}
NARROW = {"width": 390, "height": 844}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_answer_is_that_of_python(warm: BrowserContext, ask: Ask, searcher: Searcher, lang: str) -> None:
    page = ask(warm, lang, QUESTIONS[lang])
    answer = searcher.ask(QUESTIONS[lang], lang)
    assert shown_guides(page) == [hit.guide for hit in answer.hits]
    first = page.locator("article.answer").first
    expect(first).to_have_attribute("lang", lang)
    expect(first).to_have_attribute("data-section", answer.hits[0].section)
    expect(first.locator("h2")).to_have_text(answer.hits[0].title)
    assert str(first.locator("a.more").get_attribute("href")).endswith(answer.hits[0].url)
    expect(first.locator(".why q")).not_to_be_empty()
    expect(first.locator(".script button.copy")).to_be_visible()


def test_answer_is_in_the_language_of_the_page(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "ja", QUESTIONS["de"])
    first = page.locator("article.answer").first
    expect(first).to_have_attribute("data-guide", "invoice-not-understood")
    expect(first).to_have_attribute("lang", "ja")
    assert "/ja/money/invoice-not-understood/" in str(first.locator("h2 a").get_attribute("href"))


def test_a_guide_that_the_language_lacks_is_shown_in_another_as_in_python(
    context: BrowserContext, ask: Ask, server: FaultServer, lacking: tuple[Searcher, dict[str, bytes]], project: Project
) -> None:
    searcher, server.overlay = lacking
    guide, lang = LACKS
    answer = searcher.ask(QUESTIONS[lang], lang)
    hit = answer.hits[0]
    assert (hit.guide, hit.fits) == (guide, True)
    assert hit.lang != lang
    page = ask(context, lang, QUESTIONS[lang])
    assert shown_guides(page) == [hit.guide for hit in answer.hits]
    expect(page.locator("article.answer:not(.answer-brief)")).to_have_count(sum(hit.fits for hit in answer.hits))
    first = page.locator("article.answer").first
    expect(first).to_have_attribute("lang", hit.lang)
    expect(first.locator("h2")).to_have_text(hit.title)
    expect(first.locator(".answer-lang")).to_have_text(language_name(hit.lang, lang))
    expect(first.locator(".answer-lang")).to_have_attribute("lang", lang)
    expect(first.locator("h3")).to_have_text(hit.heading)
    assert first.locator(".short").all_inner_texts() == hit.text.split("\n")
    for link in first.locator("a").all():
        assert f"/{hit.lang}/money/{guide}/" in str(link.get_attribute("href"))
        assert link.get_attribute("hreflang") == hit.lang
    assert page.locator(".answer-lang").count() == sum(hit.lang != lang for hit in answer.hits)


def test_the_best_reply_has_its_scene_and_the_first_answer_to_it(
    warm: BrowserContext, ask: Ask, project: Project
) -> None:
    """Who says it to whom stands above what is copied; what comes back is folded below."""
    guide = next(
        guide
        for guide in read_guides(project, read_catalogue(project))
        if (guide.lang, guide.id) == ("de", "invoice-not-understood")
    )
    script, push = best_script(guide), first_exchange(guide)
    assert script
    assert push
    first = ask(warm, "de", QUESTIONS["de"]).locator("article.answer").first
    expect(first.locator(".scene")).to_have_text(script["scene"])
    expect(first.locator(".script-best .said")).to_have_text(script["text"])
    expect(first.locator(".push .theirs")).not_to_be_visible()
    first.locator(".push summary").click()
    expect(first.locator(".push summary")).to_have_text(push["heading"])
    expect(first.locator(".push .theirs")).to_contain_text(push["theirs"])
    expect(first.locator(".push .yours")).to_contain_text(push["yours"])


def test_language_switch_keeps_the_question(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    page.locator(".languages summary").click()
    page.locator('.languages a[data-lang="nl"]').click()
    page.wait_for_url("**/nl/ask/?q=*")
    page.wait_for_selector('.answers[data-stage="full"]')
    expect(page.locator("#q-ask")).to_have_value(QUESTIONS["de"])
    expect(page.locator("article.answer").first).to_have_attribute("lang", "nl")


def test_nothing_fitting_and_nothing_near(
    warm: BrowserContext, server: FaultServer, searcher: Searcher, phrases: Phrases
) -> None:
    """Then the page lists all there is."""
    answer = searcher.ask(NONSENSE, "de")
    assert (answer.outcome.value, answer.hits) == ("nothing", ())
    page = warm.new_page()
    page.goto(f"{server.base}de/ask/?q={quote(NONSENSE)}")
    expect(page.locator(".found")).to_have_text(phrases.answer_nothing)
    expect(page.locator(".answers")).to_have_attribute("data-outcome", "nothing")
    expect(page.locator(".answers")).to_be_hidden()
    expect(page.locator(".listing .card").first).to_be_visible()


def test_nothing_fitting_but_something_near(
    warm: BrowserContext, ask: Ask, searcher: Searcher, project: Project, phrases: Phrases
) -> None:
    judged = read_judged(project, read_catalogue(project))
    asked = (question.text for question in judged if question.lang == "de")
    question = next(q for q in asked if (found := searcher.ask(q, "de")).outcome.value == "nothing" and found.hits)
    page = ask(warm, "de", question)
    expect(page.locator(".answers")).to_have_attribute("data-outcome", "nothing")
    expect(page.locator(".found")).to_have_text(phrases.answer_nothing)
    expect(page.locator(".answer-themes a").first).to_be_visible()
    assert page.locator("article.answer .script").count() == 0
    assert shown_guides(page) == [hit.guide for hit in searcher.ask(question, "de").hits[:2]]
    expect(page.locator("h2.nearest")).to_have_text(phrases.answer_nearest)


def test_a_long_text_shows_every_situation_with_its_short_answer(
    warm: BrowserContext, ask: Ask, searcher: Searcher, phrases: Phrases
) -> None:
    answer = searcher.ask(STORY, "de")
    assert answer.touches
    page = ask(warm, "de", STORY)
    expect(page.locator(".found")).to_have_text(phrases.answer_touches)
    fitting = [hit.guide for hit in answer.hits if hit.fits]
    assert 2 <= len(fitting) <= 3
    cards = page.locator("article.answer:not(.answer-brief)")
    assert [card.get_attribute("data-guide") for card in cards.all()] == fitting
    for card in cards.all():
        expect(card.locator(".short").first).to_be_visible()
    expect(cards.nth(0).locator(".script-best")).to_be_visible()
    expect(cards.nth(1).locator(".script-best")).to_be_hidden()
    cards.nth(1).locator("summary").first.press("Enter")
    expect(cards.nth(1).locator(".script-best")).to_be_visible()


def test_between_two_guides_the_reader_decides_with_the_keyboard(
    warm: BrowserContext, ask: Ask, searcher: Searcher, phrases: Phrases
) -> None:
    answer = searcher.ask(STORY, "de")
    assert answer.choice
    a, b = answer.choice.a, answer.choice.b
    page = ask(warm, "de", STORY)
    group = page.get_by_role("group", name=phrases.answer_choose)
    one, other = (group.get_by_role("button", name=option.sign) for option in (a, b))
    expect(group.get_by_role("button")).to_have_count(2)
    expect(other).to_have_attribute("aria-pressed", "false")
    address = page.url
    before = shown_guides(page)
    other.press("Enter")
    expect(other).to_have_attribute("aria-pressed", "true")
    expect(other).to_be_focused()
    assert shown_guides(page) == [b.guide, *(guide for guide in before if guide != b.guide)]
    expect(page.locator("article.answer").first.locator(".script-best")).to_be_visible()
    one.press("Space")
    expect(one).to_be_focused()
    expect(other).to_have_attribute("aria-pressed", "false")
    assert shown_guides(page) == before
    assert page.url == address


def test_where_one_guide_leads_nothing_is_asked(warm: BrowserContext, ask: Ask, searcher: Searcher) -> None:
    assert searcher.ask(QUESTIONS["de"], "de").choice is None
    assert ask(warm, "de", QUESTIONS["de"]).locator(".choice").count() == 0


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_example_in_the_box_has_an_answer(searcher: Searcher, project: Project, lang: str) -> None:
    shown = read_interface(project)[lang].phrases.ask_placeholder
    example = re.sub(r"^(例：|[^„«‘]*[„«‘])|[“»’]$", "", shown)
    assert searcher.ask(example, lang).answered, example


def test_only_what_comes_close_to_the_first_is_claimed_to_fit(
    warm: BrowserContext, ask: Ask, searcher: Searcher, project: Project, phrases: Phrases
) -> None:
    judged = (question.text for question in read_judged(project, read_catalogue(project)) if question.lang == "de")
    answers = (searcher.ask(question, "de") for question in judged)
    answer = next(one for one in answers if one.answered and not one.touches and not one.hits[-1].fits)
    hits = answer.hits
    page = ask(warm, "de", answer.question)
    fitting = sum(hit.fits for hit in hits)
    cards = page.locator("article.answer:not(.answer-brief)")
    expect(cards).to_have_count(fitting)
    expect(page.locator(".found")).to_have_text(counted(phrases.ask_found, "de", fitting))
    expect(page.locator("h2.nearest")).to_have_text(phrases.answer_also)
    assert shown_guides(page) == [hit.guide for hit in hits]
    assert page.locator(".answer-brief .script, .answer-brief .why").count() == 0
    expect(page.locator(".ask .lead")).to_be_hidden()


def test_the_question_is_the_title_and_a_long_one_is_repeated(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    page.set_viewport_size(NARROW)
    expect(page).to_have_title(f"{QUESTIONS['de']} – Rapport")
    expect(page.locator(".asked")).to_have_text(QUESTIONS["de"])
    page.fill("#q-ask", "Rechnung")
    page.press("#q-ask", "Enter")
    expect(page).to_have_title("Rechnung – Rapport")
    expect(page.locator(".asked")).to_be_hidden()
    page.locator(".show-all").click()
    expect(page).not_to_have_title("Rechnung – Rapport")


def test_unwritten_guide_is_named(warm: BrowserContext, ask: Ask, searcher: Searcher, project: Project) -> None:
    judged = read_judged(project, read_catalogue(project))
    missing = {guide for guide in searcher.knowledge.guides if (guide, "de") not in searcher.knowledge.texts}
    asked = (question for question in judged if question.lang == "de" and question.guide in missing)
    question = next((q.text for q in asked if searcher.ask(q.text, "de").outcome.value == "unwritten"), None)
    if question is None:
        pytest.skip("every guide is written")
    page = ask(warm, "de", question)
    answer = searcher.ask(question, "de")
    expect(page.locator(".found")).to_contain_text(answer.unwritten_title)
    assert shown_guides(page) == [hit.guide for hit in answer.hits]


def test_copy_puts_what_one_says_on_the_clipboard(
    warm: BrowserContext, ask: Ask, project: Project, phrases: Phrases
) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    page.locator("button.copy").first.click()
    expect(page.locator("button.copy").first).to_have_text(phrases.copied)
    guide = next(
        g for g in read_guides(project, read_catalogue(project)) if (g.id, g.lang) == ("invoice-not-understood", "de")
    )
    script = best_script(guide)
    assert script
    assert page.evaluate("navigator.clipboard.readText()") == script["text"].strip("„“")


def test_back_brings_the_question_before(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    first = shown_guides(page)
    page.fill("#q-ask", "kleine Änderung nebenbei umsonst")
    page.press("#q-ask", "Enter")
    expect(page.locator("article.answer").first).not_to_have_attribute("data-guide", first[0])
    page.go_back()
    expect(page.locator("#q-ask")).to_have_value(QUESTIONS["de"])
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", first[0])


def test_typing_after_a_question_leaves_it_in_the_history_once(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    before = page.evaluate("history.length")
    for typed in ("Korrektur", "Korrekturrunden", "Korrekturrunden ohne Ende"):
        page.fill("#q-ask", typed)
        page.wait_for_url(f"**/de/ask/?q={typed.replace(' ', '+')}")
    page.press("#q-ask", "Enter")
    assert page.evaluate("history.length") == before + 1
    page.go_back()
    expect(page.locator("#q-ask")).to_have_value(QUESTIONS["de"])
    expect(page).to_have_title(f"{QUESTIONS['de']} – Rapport")


def test_typing_finds_by_words_and_a_pause_ranks_fully(warm: BrowserContext, ask: Ask, server: FaultServer) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    page.fill("#q-ask", "")
    page.locator("#q-ask").press_sequentially("rehcnung", delay=20)
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", "invoice-not-understood")
    page.wait_for_url("**/de/ask/?q=rehcnung")
    expect(page.locator('.answers[data-stage="full"]')).to_be_visible()


HOSTILE = [
    "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    "%22%27%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "%00%ED%A0%80%FF%E0" + "x" * 3000,
    "javascript:alert(1)//%u0041&q=2",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_question_is_only_text(warm: BrowserContext, server: FaultServer, hostile: str) -> None:
    page = warm.new_page()
    alarms: list[str] = []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    page.on("pageerror", lambda error: alarms.append(str(error)))
    page.goto(f"{server.base}de/ask/?q={hostile}#%3Cimg%20src%3Dx%3E")
    page.wait_for_selector('.answers[data-stage="full"]', state="attached")
    assert not alarms
    assert page.locator(".answers img, .answers script").count() == 0


def test_ranking_is_that_of_python(
    warm: BrowserContext, server: FaultServer, searcher: Searcher, project: Project
) -> None:
    """A sample; `benchmarks/browser.py` asks all."""
    page = warm.new_page()
    page.goto(f"{server.base}de/about/")
    judged = read_judged(project, read_catalogue(project))
    parity = measure_parity(page, searcher, judged[:: max(1, len(judged) // 40)])
    assert parity.first >= 0.99, parity
    assert parity.first_five >= 0.98, parity
    assert parity.outcome >= 0.98, parity


def test_an_input_method_finds_while_one_composes(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "ja", QUESTIONS["ja"])
    page.fill("#q-ask", "")
    page.locator("#q-ask").focus()
    keys = warm.new_cdp_session(page)
    for text in ("せ", "せい", "請求"):
        keys.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    keys.send("Input.insertText", {"text": "請求書"})
    page.wait_for_url("**/ja/ask/?q=%E8%AB%8B%E6%B1%82%E6%9B%B8")
    expect(page.locator("article.answer").first).to_have_attribute("data-guide", "invoice-not-understood")


def test_a_pause_before_sending_leaves_the_question_before_in_the_history(warm: BrowserContext, ask: Ask) -> None:
    page = ask(warm, "de", QUESTIONS["de"])
    page.fill("#q-ask", "kleine Änderung nebenbei umsonst")
    page.wait_for_url("**/ask/?q=kleine*")
    page.press("#q-ask", "Enter")
    page.go_back()
    expect(page.locator("#q-ask")).to_have_value(QUESTIONS["de"])


COUNT_MESSAGES = """window.sent = 0;
const own = Worker;
window.Worker = class extends own { postMessage(...all) { window.sent += 1; super.postMessage(...all); } };"""

# a step in the history, and then whatever it has begun at once: a question is in a worker by then
STEP = """hash => new Promise(done => {
  addEventListener("popstate", () => setTimeout(() => done(window.sent)), { once: true });
  location.hash = hash;
})"""


def test_a_place_in_the_page_asks_nothing_anew(warm: BrowserContext, server: FaultServer) -> None:
    page = warm.new_page()
    page.add_init_script(COUNT_MESSAGES)
    page.goto(f"{server.base}de/ask/?q=Rechnung")
    page.wait_for_selector('.answers[data-stage="full"]')
    sent = page.evaluate("window.sent")
    assert sent > 0
    assert page.evaluate(STEP, "main") == sent
    # whereas a step to another question does
    page.evaluate("history.replaceState(null, '', '?q=Korrekturrunden')")
    assert page.evaluate(STEP, "found") > sent


def test_one_endless_word_does_not_freeze_the_search(warm: BrowserContext, ask: Ask) -> None:
    """What is not compared at all, `tests/js/typed.test.js` says."""
    ask(warm, "de", "rechnung " + "qxzvw" * 390)
