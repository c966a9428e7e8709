"""One change of the sample each: what `check` says of it, and that it says nothing else."""

from __future__ import annotations

import pytest
import yaml
from sample import ROOT, TODAY

from rapport.check.run import check_texts
from rapport.content.catalogue import read_catalogue
from rapport.content.guides import guide_paths
from rapport.content.interface import read_interface

_FILE = yaml.safe_load((ROOT / "tests" / "cases" / "check.yml").read_text("utf-8"))
FILES, CASES = _FILE["files"], _FILE["cases"]


@pytest.fixture(scope="module")
def run(sound):
    catalogue = read_catalogue(sound)
    interface = read_interface(sound)
    return lambda: check_texts(sound, catalogue, interface, TODAY)


@pytest.fixture(scope="module")
def before(run):
    return set(run())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['file']}-{str(case['expect'])[:60]}")
def test_case(case, sound, run, before):
    path = sound.root / FILES[case["file"]]
    text = path.read_text("utf-8")
    old = case.get("replace", text)
    assert old in text, "the case changes nothing"
    try:
        path.write_text(text.replace(old, case["by"], 1), "utf-8")
        found = [problem for problem in run() if problem not in before]
    finally:
        path.write_text(text, "utf-8")
    behind = all("behind" not in line for line in case["expect"])
    found = [problem for problem in found if not (behind and problem.message.startswith("behind "))]
    said = "\n".join(map(str, found))
    for line in case["expect"]:
        place, part = line.split(": ", 1)
        *file, number = place.split(" ")
        start = f"{FILES[file[0] if file else case['file']]}:{number}: "
        match = next((p for p in found if _says(str(p), start, part)), None)
        assert match, f"{start}{part} is not in\n{said}"
        found.remove(match)
    assert not found, said


def _says(problem: str, start: str, part: str) -> bool:
    """Whether a problem begins so and says so; a hint only where a hint is expected."""
    said = problem.removeprefix(start)
    return said != problem and part in said and said.startswith("hint: ") == part.startswith("hint: ")


def test_every_change_leaves_a_place_and_a_mend(sound, run):
    """Any line of any guide taken out, doubled or replaced: no exception, and every problem has line and mend."""
    path = sound.root / guide_paths(sound)[0]
    text = path.read_text("utf-8")
    lines = text.split("\n")
    special = [at for at, line in enumerate(lines) if line.strip() and not line[0].isalpha()] + list(range(13))
    try:
        for at in special[::5]:
            for change in ([], [lines[at]] * 2, ["{[:\"'`]}"]):
                path.write_text("\n".join([*lines[:at], *change, *lines[at + 1 :]]), "utf-8")
                for problem in run():
                    assert problem.line >= 1
                    assert problem.mend
                    assert "\n" not in str(problem)
    finally:
        path.write_text(text, "utf-8")
