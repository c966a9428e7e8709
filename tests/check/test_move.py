"""A guide that is renamed or given up is so everywhere at once."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from sample import TODAY, path_of

from rapport.check import Level, check, rename_guide, retire_guide
from rapport.content.catalogue import read_catalogue
from rapport.content.homes import load_homes
from rapport.content.moved import load_moved, read_moved
from rapport.content.questions import read_bank, read_judged
from rapport.content.status import status
from rapport.content.yaml import remove_key, rename_key
from rapport.errors import ContentError, UsageError
from rapport.languages import LANGUAGES

OLD, NEW = "invoice-not-understood", "unclear-invoice"


def errors(project) -> list[str]:
    return [str(problem) for problem in check(project, TODAY) if problem.level is Level.ERROR]


def give_home(project, lang: str, guide: str) -> None:
    pointers = [{"guide": guide, "text": "A"}, {"guide": "late-payment", "text": "B"}]
    front = dict.fromkeys(("title", "description", "headline", "lead"), "Text.")
    text = yaml.safe_dump(front | {"needed": pointers, "newcomers": pointers[1:]}, sort_keys=False)
    (project.docs / lang / "index.md").write_text(f"---\n{text}---\n", "utf-8")


def files(project) -> dict[str, bytes]:
    return {project.show(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def mentions(project, guide: str) -> set[str]:
    """Files that name a guide. The sample's titles and questions are made of ids, so these lie aside."""
    word = re.compile(rf"(?<![\w-]){guide}(?![\w-])".encode())
    aside = ("i18n/catalogue/", "content/questions/")
    found = {path for path, text in files(project).items() if word.search(text) or guide in path}
    return {path for path in found if not path.startswith(aside)}


@pytest.fixture
def full(project):
    """The sample with home pages, a trained head, comments, and a question for which the guide is only fitting."""
    for lang in LANGUAGES:
        give_home(project, lang, OLD)
    (project.search_index / "reading.json").write_text(json.dumps({"classes": ["a", OLD], "x": "é"}), "utf-8")
    catalogue = project.content / "guides.yml"
    catalogue.write_text(catalogue.read_text("utf-8").replace("  late-payment:", "  # soon\n  late-payment:"), "utf-8")
    judged = project.judged / "nl.jsonl"
    lines = [json.loads(line) for line in judged.read_text("utf-8").splitlines()]
    lines[3]["also"] = [OLD]
    judged.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return project


def test_renamed(full):
    before, rows = files(full), [row.state for row in status(full)]
    questions = [q.id for q in read_judged(full, read_catalogue(full))]
    changed = rename_guide(full, OLD, NEW)
    assert mentions(full, OLD) == {"content/moved.yml"}
    assert read_moved(full, read_catalogue(full)) == {f"money/{OLD}": f"money/{NEW}"}
    after = files(full)
    assert set(changed) == {path for path in {*before, *after} if before.get(path) != after.get(path)}
    (full.search_index / "reading.json").unlink()  # no real one
    assert errors(full) == []
    assert [row.state for row in status(full)] == rows  # what was current follows the changed links too
    assert [q.id for q in read_judged(full, read_catalogue(full))] == questions
    assert after["content/guides.yml"] == before["content/guides.yml"].replace(OLD.encode(), NEW.encode(), 1).replace(
        f"What {OLD}".encode(), f"What {NEW}".encode()
    )
    assert json.loads(after["search_index/reading.json"]) == {"classes": ["a", NEW], "x": "é"}
    for lang in LANGUAGES:
        moved = after[f"docs/{lang}/money/{NEW}.md"].decode()
        assert moved.count("](late-payment.md#why)") == 1
        assert f"]({NEW}.md#why)" in after[path_of("late-payment", lang)].decode()
        homes = load_homes(full, read_catalogue(full))[0]
        assert [one.guide for one in homes[lang].needed] == [NEW, "late-payment"]
    bank = [q for q in read_bank(full, read_catalogue(full)) if q.guide == NEW]
    assert len(bank) == 20 * len(LANGUAGES)


def test_renamed_twice_leads_on_at_once_and_back_again_needs_none(full):
    rename_guide(full, OLD, "second")
    rename_guide(full, "second", "third")
    assert read_moved(full, read_catalogue(full)) == {f"money/{OLD}": "money/third", "money/second": "money/third"}
    rename_guide(full, "third", OLD)
    assert read_moved(full, read_catalogue(full)) == {"money/second": f"money/{OLD}", "money/third": f"money/{OLD}"}


def test_given_up_for_another(full):
    changed, mend = retire_guide(full, OLD, "late-payment")
    assert mentions(full, OLD) == {"content/moved.yml", "search_index/reading.json"}
    catalogue = read_catalogue(full)
    assert list(catalogue.guides) == ["late-payment", "leave-early"]
    assert read_moved(full, catalogue) == {f"money/{OLD}": "money/late-payment"}
    assert f"docs/de/money/{OLD}.md" in changed
    # the heir linked to it: a link to itself says nothing
    assert len(mend) == len(LANGUAGES)
    assert f"docs/de/money/late-payment.md: linked to {OLD}, which is now itself; mend the sentence" in mend
    assert {q.guide for q in read_judged(full, catalogue)} == {"late-payment", None}
    assert [q.also for q in read_judged(full, catalogue) if q.also] == []
    assert len([q for q in read_bank(full, catalogue) if q.guide == "late-payment"]) == 40 * len(LANGUAGES)
    (full.search_index / "reading.json").unlink()
    assert errors(full) == []


def test_given_up_for_nothing(full):
    for lang in LANGUAGES:
        give_home(full, lang, "leave-early")
    _, mend = retire_guide(full, OLD)
    catalogue = read_catalogue(full)
    assert read_moved(full, catalogue) == {f"money/{OLD}": "money"}
    assert mentions(full, OLD) == {"content/moved.yml", "search_index/reading.json"}
    line = (full.root / path_of("late-payment", "nl")).read_text("utf-8").split("\n").index("De klant betaalt laat") + 1
    told = f"{path_of('late-payment', 'nl')}:{line}: the words “De klant betaalt laat” are no link any more"
    assert f"{told}; mend the sentence" in mend
    assert len(mend) == len(LANGUAGES)
    assert "# soon\n" in (full.content / "guides.yml").read_text("utf-8")
    (full.search_index / "reading.json").unlink()
    assert errors(full) == []


def test_the_last_guide_of_a_theme_takes_it_along(full):
    retire_guide(full, "leave-early")
    assert read_catalogue(full).themes == ("money",)
    assert read_moved(full, read_catalogue(full)) == {"fit/leave-early": "index"}
    (full.search_index / "reading.json").unlink()
    assert errors(full) == []


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: rename_guide(p, "no", NEW), "content/guides.yml has no guide 'no'"),
        (lambda p: rename_guide(p, OLD, "late-payment"), "there is a guide 'late-payment' already"),
        (lambda p: rename_guide(p, OLD, "../../evil"), "the id '../../evil' is no name for an address"),
        (lambda p: rename_guide(p, OLD, "index"), "the id 'index' is the name of another page"),
        (lambda p: retire_guide(p, OLD, OLD), f"'{OLD}' is no other guide"),
        (lambda p: retire_guide(p, OLD), r"^docs/de/index\.md:7: the home page names the guide"),
    ],
)
def test_a_refusal_leaves_all_as_it_was(full, call, message):
    before = files(full)
    with pytest.raises(UsageError, match=message):
        call(full)
    assert files(full) == before


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("- a\n", "1: must hold old and new addresses"),
        (f"money/{OLD}: money\n", f"1: 'money/{OLD}': there is such a guide"),
        ("money/old: money/no\n", "1: 'money/old': leads to 'money/no', where no page is"),
        ("a: money\n../b/c: money\n", "1: 'a': is no address of a guide"),
        ("x/y: money\na/b: x/y\n", "2: 'a/b': leads to 'x/y', which has moved itself; write `a/b: money`"),
        ("x/y: money\nx/y: fit\n", "2: the YAML cannot be read: the key 'x/y' stands twice"),
    ],
)
def test_a_list_of_moves_is_checked(project, text, wrong):
    (project.content / "moved.yml").write_text(text, "utf-8")
    found = [str(problem) for problem in load_moved(project, read_catalogue(project))[1]]
    assert found[0].startswith(f"content/moved.yml:{wrong}")
    assert found[0] in errors(project)


YAML = """\
a:  # one
  b: 1
  # of c
  'c':
    - |
      x

    - y
  # of d
  d: >
    long
    text
e: {f: 1}
"""


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("a", "b"), YAML.replace("  b: 1\n", "")),
        (("a", "c"), YAML.replace("  'c':\n    - |\n      x\n\n    - y\n", "")),
        (("a", "d"), YAML.replace("  d: >\n    long\n    text\n", "")),
        (("e",), YAML.replace("e: {f: 1}\n", "")),
    ],
)
def test_a_key_of_yaml_goes_with_its_lines_alone(keys, left):
    assert remove_key(YAML, keys) == left


def test_a_key_of_yaml_gets_another_name():
    assert rename_key(YAML, ("a", "c"), "long-name") == YAML.replace("'c'", "long-name")
    for keys in (("e", "f"), ("a", "x"), ("x",)):
        with pytest.raises(ValueError, match="is not written on a line of its own"):
            rename_key(YAML, keys, "g")
        with pytest.raises(ValueError, match="is not written on a line of its own"):
            remove_key(YAML, keys)


def test_a_file_that_cannot_be_edited_is_named(full):
    path = full.i18n / "catalogue" / "ja.yml"
    data = yaml.safe_load(path.read_text("utf-8"))
    path.write_text(json.dumps(data), "utf-8")
    before = files(full)
    with pytest.raises(ContentError, match=r"^i18n/catalogue/ja\.yml: the key guides\..* edit the file by hand"):
        rename_guide(full, OLD, NEW)
    assert files(full) == before
