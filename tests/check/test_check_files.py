"""Files that are missing, misplaced or unreadable, and the files that the rules rest on."""

from __future__ import annotations

import json

import pytest
import yaml
from sample import TODAY, WRITTEN, path_of

from rapport.check import Level, Problem, check, choose
from rapport.content.catalogue import read_catalogue
from rapport.content.guides import guide_paths
from rapport.content.interface import read_interface
from rapport.content.pages import read_pages
from rapport.content.scaffold import new_guide
from rapport.content.status import State, status
from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGES
from rapport.project import Project, open_project

DE = path_of("invoice-not-understood", "de")
JA = path_of("invoice-not-understood", "ja")


def said(project) -> list[str]:
    """All but the sample's own hints and what follows from a changed source."""
    problems = [problem for problem in check(project, TODAY) if problem.level is Level.ERROR]
    return [str(problem) for problem in problems if not problem.message.startswith("behind ")]


def test_the_sample_has_no_problem_but_links_to_the_planned_guide(sound):
    problems = check(sound, TODAY)
    assert {problem.level for problem in problems} == {Level.HINT}
    assert [problem.path for problem in problems] == sorted(path_of("late-payment", lang) for lang in LANGUAGES)


def test_a_complete_knowledge_base_lacks_no_guide_that_carries_advice(project):
    (project.root / "rapport.toml").write_text("complete = true\n", "utf-8")
    whole = open_project(project.root)
    catalogue = read_catalogue(whole)
    lacking = [
        (guide.id, lang)
        for guide in catalogue.guides.values()
        for lang in LANGUAGES
        if guide.advice and not (whole.docs / lang / guide.theme / f"{guide.id}.md").exists()
    ]
    assert lacking
    told = [line for line in said(whole) if "though `complete` promises" in line]
    assert len(told) == len(lacking)
    guide, lang = lacking[0]
    assert any(line.startswith(f"content/guides.yml:1: {guide} is missing in {lang}, ") for line in told)
    assert not [line for line in said(project) if "`complete`" in line]


def test_problem_is_one_line():
    problem = Problem("docs/de/a.md", 3, "a\nb", "c", Level.HINT)
    assert str(problem) == "docs/de/a.md:3: hint: a b; c"
    assert str(Problem("a.md", 1, "x", "y")) == "a.md:1: x; y"


@pytest.mark.parametrize("change", [lambda data: data.replace(b"\n", b"\r\n"), lambda data: b"\xef\xbb\xbf" + data])
def test_line_ends_and_byte_order_mark_do_not_count(project, change):
    for guide in WRITTEN:
        for lang in LANGUAGES:
            path = project.root / path_of(guide, lang)
            path.write_bytes(change(path.read_bytes()))
    assert {problem.level for problem in check(project, TODAY)} == {Level.HINT}


def test_latin_1_is_one_problem_and_hides_no_other(project):
    path = project.root / DE
    text = path.read_text("utf-8")
    path.write_bytes(text.encode("latin-1", "replace"))
    other = project.root / path_of("late-payment", "nl")
    other.write_text(other.read_text("utf-8").replace("‘Ja.’", '"Ja."', 1), "utf-8")
    line = text[: text.index("ü")].count("\n") + 1
    assert said(project) == [
        f"{DE}:{line}: is not UTF-8; save the file as UTF-8",
        f'{path_of("late-payment", "nl")}:30: straight quotation mark "; write ‘…’',
    ]


def test_missing_translation(project):
    """A guide may be there in the languages that are ready."""
    (project.root / JA).unlink()
    assert said(project) == []
    hints = [str(problem) for problem in check(project, TODAY)]
    assert f"{DE}:1: hint: invoice-not-understood is missing in ja; write {JA}" in hints


def test_missing_source(project):
    (project.root / DE).unlink()
    expected = {
        f"{path_of('invoice-not-understood', lang)}:1: invoice-not-understood is missing in its source language de; "
        f"write {DE}"
        for lang in LANGUAGES
        if lang != "de"
    }
    assert set(said(project)) == expected


def test_misplaced_files(project):
    docs = project.docs
    text = (project.root / DE).read_text("utf-8")
    (docs / "es" / "late-payment.md").write_text(text, "utf-8")
    (docs / "es" / "neu.md").write_text(text, "utf-8")
    (docs / "de" / "fit").mkdir()
    (project.root / DE).rename(docs / "de" / "fit" / "invoice-not-understood.md")
    (docs / "nl" / "money" / "unknown.md").write_text("", "utf-8")
    (docs / "nl" / "money" / "index.md").write_text("# Geld\n", "utf-8")
    (docs / "fr").mkdir()
    (docs / "fr" / "a.md").write_text("# A\n", "utf-8")
    found = "\n".join(said(project))
    for line in (
        "docs/es/late-payment.md:1: lies outside its theme, and belongs to money; "
        "move it to docs/es/money/late-payment.md",
        "docs/es/neu.md:1: is a guide outside a theme",
        "docs/de/fit/invoice-not-understood.md:1: lies in fit, and belongs to money; "
        "move it to docs/de/money/invoice-not-understood.md",
        "docs/nl/money/unknown.md:1: is empty",
        "docs/nl/money/unknown.md:1: 'unknown' is not in the catalogue",
        "docs/nl/money/index.md:1: a theme's page is generated",
        "docs/fr/a.md:1: lies where no page belongs",
    ):
        assert line in found


def test_unreadable_words_hide_nothing_else(project):
    (project.i18n / "es.yml").write_text("words: [", "utf-8")
    (project.i18n / "ru.yml").write_bytes("слово".encode("cp1251"))
    path = project.root / DE
    path.write_text(path.read_text("utf-8").replace("## Häufige Fehler", "## Fehler"), "utf-8")
    places = [line.partition(": ")[0] for line in said(project)]
    assert places == [f"{DE}:113", "i18n/es.yml:1", "i18n/ru.yml:1"]


@pytest.mark.parametrize("file", ["content/guides.yml", "content/advice.yml"])
def test_unreadable_catalogue_hides_nothing_else(project, file):
    (project.root / file).write_text("a: [\n", "utf-8")
    path = project.root / DE
    path.write_text(path.read_text("utf-8").replace("## Häufige Fehler", "## Fehler"), "utf-8")
    assert [line.partition(": ")[0] for line in said(project)] == [f"{file}:2", f"{DE}:113"]


def test_a_missing_bank_is_one_problem(project):
    (project.root / "content/questions/bank/ja.jsonl").unlink()
    (problem,) = said(project)
    assert problem.startswith("content/questions/bank/ja.jsonl:1: cannot be read")


def test_a_language_without_judged_questions_is_told(project):
    (project.root / "content/questions/judged/ja.jsonl").unlink()
    assert said(project) == []
    hints = [str(problem) for problem in check(project, TODAY) if "judged" in problem.path]
    assert len(hints) == 1
    assert hints[0].startswith("content/questions/judged/ja.jsonl:1: hint: is missing; let someone ")


def test_what_the_reading_head_learns_from_is_checked_too(project):
    judged = (project.judged / "de.jsonl").read_text("utf-8").split("\n")[0]
    files = {
        project.stories / "de.jsonl": [
            {"guide": None, "text": json.loads(judged)["text"]},
            {"guide": "x", "text": "y"},
        ],
        project.parts / "de.jsonl": [{"kind": "chorus", "text": "La"}],
        project.search_index / "reading.json": [{}],
    }
    for path, lines in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    assert said(project) == [
        "content/questions/parts/de.jsonl:1: unknown kind 'chorus'; known are opening, background, trouble, ending",
        "content/questions/stories/de.jsonl:1: the question stands already at content/questions/judged/de.jsonl:1; "
        "delete it: what teaches cannot measure",
        "content/questions/stories/de.jsonl:2: no guide 'x' in the catalogue; content/guides.yml lists the ids",
        "search_index/reading.json:1: is damaged; run `rapport train`, or take the file as it was committed",
    ]


def test_nothing_but_a_configuration(tmp_path):
    problems = check(Project(tmp_path, "default"), TODAY)
    assert problems
    assert all(problem.line >= 1 and problem.mend for problem in problems)


@pytest.mark.parametrize(
    ("file", "change", "message"),
    [
        ("i18n/catalogue/de.yml", ("title: money", "title:"), "3: `themes.money.title` must be a text"),
        ("i18n/catalogue/de.yml", ("intro: One. Two.", "intro:"), "4: `themes.money.intro` must be a text"),
        ("i18n/advice/ja.yml", ("about: An article.", "about:"), "3: `sources.es.about` must be a text"),
        ("i18n/advice/ja.yml", ("E1: Text.", "E1:"), "`advice.E1` must be a text"),
        ("search_index/ranking.yml", ("floor:", "5:"), "key '5' is missing or unknown"),
        ("content/guides.yml", ("- D1", "- [D1]"), "advice code ['D1'] is not in content/advice.yml"),
        ("content/guides.yml", ("scope:", "1: x\n    scope:"), "3: guide 'invoice-not-understood': unknown key 1"),
        ("content/guides.yml", ("- E1", "- E9"), "10: guide 'late-payment': advice code 'E9' is not in content/advice"),
        ("content/guides.yml", ("late-payment", "Late_Payment"), "7: guide 'Late_Payment': is no name for an address"),
        ("content/guides.yml", ("fit:", "ask:"), "12: theme 'ask' is the name of another page"),
        ("i18n/catalogue/nl.yml", ("    title: fit\n", ""), "5: the key `themes.fit.title` is missing"),
        ("content/advice.yml", ("D1: One.", "1: One."), "22: source 'de': has no advice by codes"),
    ],
)
def test_a_wrong_value_is_one_problem(project, file, change, message):
    path = project.root / file
    text = path.read_text("utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), "utf-8")
    found = [line for line in said(project) if line.startswith(f"{file}:")]
    assert len(found) == 1
    assert message in found[0]


@pytest.mark.parametrize("key", ["use", "avoid"])
def test_a_glossary_that_is_no_text_is_one_problem(project, key):
    path = project.i18n / "de.yml"
    data = yaml.safe_load(path.read_text("utf-8"))
    data["glossary"]["client"][key] = [["Kunde"]]
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
    (problem,) = said(project)
    assert f"`glossary.client.{key}` must be a text" in problem


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"guide": null, "text": ' + "9" * 5000 + "}", "is not JSON"),
        ('{"guide": null, "text": "a\\ud800b"}', "holds half a character"),
        ('{"guide": null, "text": "a", "section": NaN}', "is not JSON"),
        ("[" * 100_000, "is not JSON"),
    ],
)
@pytest.mark.parametrize("folder", ["content/questions/bank", "content/questions/judged"])
def test_a_line_that_cannot_be_used_is_one_problem(project, folder, line, message):
    path = project.root / folder / "nl.jsonl"
    with path.open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    (problem,) = said(project)
    assert message in problem


def test_what_new_leaves_is_placeholder_text(project):
    for lang in LANGUAGES:
        (project.root / path_of("late-payment", lang)).unlink()
    new_guide(project, "money", "late-payment")
    for lang in LANGUAGES:
        path = path_of("late-payment", lang)
        begun = (project.root / path).read_text("utf-8").replace("summary: …", "summary: A.")
        (project.root / path).write_text(begun, "utf-8")
        lines = (project.root / path).read_text("utf-8").split("\n")
        subject = "    " + read_interface(project)[lang].labels["subject"]
        left = {
            number
            for number, line in enumerate(lines, 1)
            if line.endswith(("…", "…**")) and not line.startswith(subject)
        }
        found = {
            problem.line
            for problem in check(project, TODAY)
            if problem.path == path and problem.message == "placeholder text '…'"
        }
        assert found == left


def test_an_empty_skeleton_is_no_guide(project):
    """A guide lands in the languages that are ready; what `new` laid down for the others disturbs nobody."""
    laid_down = [path_of("late-payment", lang) for lang in ("ru", "ja")]
    for path in laid_down:
        (project.root / path).unlink()
    assert [project.show(path) for path in new_guide(project, "money", "late-payment", ("ja", "ru"))] == laid_down
    assert said(project) == []
    told = [str(problem) for problem in check(project, TODAY) if problem.path in laid_down]
    end = "is an empty skeleton; no page is made of it; write it, its summary and situations first, or delete the file"
    assert sorted(told) == sorted(f"{path}:1: hint: {end}" for path in laid_down)
    states = {row.lang: row.state for row in status(project) if row.guide == "late-payment"}
    assert (states["ru"], states["ja"], states["nl"]) == (State.MISSING, State.MISSING, State.CURRENT)


def test_a_guide_in_two_languages_needs_the_bank_of_these_only(project):
    for lang in ("es", "ru", "ja"):
        (project.root / path_of("invoice-not-understood", lang)).unlink()
        for folder in (project.bank, project.judged):
            path = folder / f"{lang}.jsonl"
            lines = [line for line in path.read_text("utf-8").splitlines(True) if "invoice" not in line]
            path.write_text("".join(lines), "utf-8")
    assert said(project) == []


def test_a_folder_that_leads_out_of_docs_gets_no_skeleton(project, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    for path in (project.docs / "nl" / "money").iterdir():
        path.unlink()
    (project.docs / "nl" / "money").rmdir()
    (project.docs / "nl" / "money").symlink_to(outside)
    with pytest.raises(UsageError, match=r"docs/nl/money/late-payment\.md: leads out of docs/"):
        new_guide(project, "money", "late-payment", ["nl"])
    assert list(outside.iterdir()) == []


CONFLICT = "<<<<<<< HEAD\n{0}=======\n{0}>>>>>>> main\n"


@pytest.mark.parametrize(
    "file", [DE, "docs/nl/about.md", "content/guides.yml", "i18n/es.yml", "content/questions/bank/ru.jsonl"]
)
def test_what_a_merge_left_is_told(project, file):
    path = project.root / file
    first, *rest = path.read_text("utf-8").splitlines(True)
    path.write_text(first + CONFLICT.format(rest[0]) + "".join(rest[1:]), "utf-8")
    told = [line for line in said(project) if line.startswith(f"{file}:")]
    assert told == [
        f"{file}:2: a merge conflict is left ('<<<<<<< HEAD'); keep one of the versions and delete the marks"
    ]


@pytest.mark.parametrize(
    ("id", "wrong"),
    [
        ("late-🎉", "is no name for an address"),
        ("Late-Payment", "is no name for an address"),
        ("про", "is no name for an address"),
        ("'a:b'", "is no name for an address"),
        ("'../../../evil'", "is no name for an address"),
        ("index", "is the name of another page"),
        ("con", "is the name of a device on Windows"),
        ("lpt1", "is the name of a device on Windows"),
        ("a" * 61, "has more than 60 characters"),
    ],
)
def test_an_id_is_checked_before_it_becomes_a_file(project, id, wrong):
    path = project.content / "guides.yml"
    path.write_text(path.read_text("utf-8").replace("leave-early:", f"{id}:"), "utf-8")
    shown = id.strip("'")
    found = [line for line in said(project) if line.startswith("content/guides.yml:")]
    assert [line.partition(";")[0] for line in found] == [f"content/guides.yml:13: guide {shown!r}: {wrong}"]
    with pytest.raises(ContentError, match=r"content/guides\.yml:13: "):
        new_guide(project, "fit", shown)
    assert list(project.root.parent.rglob("*evil*")) == []


def test_what_is_told_can_be_narrowed(project):
    for path in (path_of("late-payment", "nl"), path_of("invoice-not-understood", "ja")):
        text = (project.root / path).read_text("utf-8")
        (project.root / path).write_text(text.replace("summary: ", "summary: ??? ", 1), "utf-8")
    (project.i18n / "nl.yml").write_text("phrases: [", "utf-8")
    problems = check(project, TODAY)

    def places(*paths, **options):
        chosen = choose(project, problems, [project.root / path for path in paths], **options)
        return {problem.path for problem in chosen}

    assert places() == {problem.path for problem in problems}
    assert places(path_of("late-payment", "nl")) == {path_of("late-payment", "nl")}
    assert places("docs/nl", path_of("invoice-not-understood", "ja"), errors_only=True) == {
        path_of("late-payment", "nl"),
        path_of("invoice-not-understood", "ja"),
    }
    assert places(languages=["nl"]) == {path_of("late-payment", "nl"), "i18n/nl.yml"}
    assert places("i18n", languages=["ja"]) == set()
    with pytest.raises(UsageError, match=r"^docs/de/no\.md: there is no such file"):
        places("docs/de/no.md")


PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (360).to_bytes(4, "big") + b"\x08\2\0\0\0"
JPEG = b"\xff\xd8\xff\xe0\0\4ab\xff\xc2\0\x11\x08\1\2\3\4" + bytes(12)


def with_image(project: Project, name: str, data: bytes) -> list[str]:
    (project.docs / "assets" / "images").mkdir(parents=True, exist_ok=True)
    (project.docs / "assets" / "images" / name).write_bytes(data)
    path = project.root / path_of("invoice-not-understood", "de")
    text = path.read_text("utf-8")
    path.write_text(text.replace("## Schritt", f"![Karte](../../assets/images/{name})\n\n## Schritt"), "utf-8")
    return [one for one in said(project) if "image" in one.removeprefix("docs/assets/images")]


@pytest.mark.parametrize(("name", "data"), [("x.png", PNG), ("x.jpg", JPEG), ("x.jpeg", b"\xff\xd8\xff" + JPEG[2:])])
def test_images_are_shown(project: Project, name: str, data: bytes) -> None:
    assert with_image(project, name, data) == []


@pytest.mark.parametrize(
    ("name", "data", "wrong"),
    [
        ("x.png", b"<svg onload=x>", "docs/assets/images/x.png:1: is no image that can be shown"),
        ("x.jpg", b"\xff\xd8\xff", "docs/assets/images/x.jpg:1: is no image that can be shown"),
        ("x.png", PNG + bytes(400_000), "docs/assets/images/x.png:1: the image has 400 kB; save it with at most 400"),
        ("x.png", PNG.replace(b"\0\0\2\x80", b"\0\0\x0a\0"), "docs/assets/images/x.png:1: the image has 2,560 pixels"),
        ("x.svg", b"<svg/>", "106: image '../../assets/images/x.svg' is neither PNG nor JPEG"),
    ],
)
def test_images_that_no_page_can_bear(project: Project, name: str, data: bytes, wrong: str) -> None:
    (problem,) = with_image(project, name, data)
    assert wrong in problem


@pytest.mark.parametrize("name", [".#x.md", "._x.md", ".late.md", "x.md~", "#x.md#", "x.md.orig"])
def test_what_editors_leave_is_no_guide(project: Project, name: str) -> None:
    before = said(project)
    path = project.docs / "de" / "money" / name
    if name.startswith(".#"):
        path.symlink_to("nobody@nowhere.1")  # as Emacs locks a file
    else:
        path.write_text("---\ntitle: X\n", "utf-8")
    assert said(project) == before
    assert project.show(path) not in guide_paths(project)
    read_pages(project, read_catalogue(project))


def test_what_leads_elsewhere_is_no_guide(project: Project, tmp_path) -> None:
    guide = project.root / path_of("invoice-not-understood", "de")
    text = guide.read_text("utf-8")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "money").mkdir(parents=True)
    (elsewhere / "money" / "a.md").write_text(text, "utf-8")
    guide.unlink()
    guide.symlink_to(elsewhere / "money" / "a.md")
    (project.docs / "de" / "linked").symlink_to(elsewhere / "money")
    (project.docs / "nl" / "x.md").mkdir()
    (project.docs / "nl" / "Y.MD").write_text("# Y\n", "utf-8")
    found = [one for one in said(project) if ":1: " in one]
    shown = project.show(guide)
    assert f"{shown}:1: is a link to another place; put the file itself there" in found
    assert "docs/de/linked:1: is a link to another place; put the file itself there" in found
    assert "docs/nl/x.md:1: has the name of a page and is no file; give it another name" in found
    assert "docs/nl/Y.MD:1: is no page by its name; let it end in .md" in found
    assert shown not in guide_paths(project)
    with pytest.raises(ContentError, match="is a link to another place"):
        read_pages(project, read_catalogue(project))


def test_hosts(project: Project) -> None:
    about = project.docs / "nl" / "about.md"
    about.write_text(about.read_text("utf-8") + "\n[Wet](https://wetten.example/x)\n", "utf-8")
    assert [one for one in said(project) if "link to https://wetten.example/x" in one]
    (project.content / "hosts.yml").write_text("- wetten.example\n", "utf-8")
    assert not [one for one in said(project) if "wetten" in one]
    (project.content / "hosts.yml").write_text("- https://wetten.example\n", "utf-8")
    assert [one for one in said(project) if one.startswith("content/hosts.yml:1: 'https://wetten.example' is no name")]


def test_hidden_characters_of_other_files(project: Project) -> None:
    path = project.i18n / "de.yml"
    path.write_text(path.read_text("utf-8") + "# \u200b\n", "utf-8")
    line = path.read_text("utf-8").count("\n")
    assert [one for one in said(project) if one.startswith(f"i18n/de.yml:{line}: U+200B ZERO WIDTH SPACE in column 3")]
