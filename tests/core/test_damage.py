"""Whatever is broken: one clear line that names the file and the mend, status 2, and the old index untouched."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import small

from rapport.cli import run
from rapport.embed.cache import VectorCache
from rapport.errors import ContentError, IndexUnusable, RapportError
from rapport.search.build import build_index
from rapport.search.index import current_build, read_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from rapport.project import Project
    from rapport.search.ask import Searcher

FILES = (
    "catalogue.json",
    "guides.jsonl",
    "head.npz",
    "lexical.npz",
    "manifest.json",
    "reading.npz",
    "rows.npz",
    "settings.json",
    "spellings.json",
    "vectors.npz",
    "current",
)
QUESTION = "El cliente paga tarde"


def test_every_file_of_the_index_is_damaged_below(built: Project) -> None:
    assert {path.name for path in current_build(built).iterdir()} | {"current"} == set(FILES)


def file_of(project: Project, name: str) -> Path:
    return (project.search_index if name == "current" else current_build(project)) / name


def flip(path: Path, share: float, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[int(share * (len(data) - 1))] ^= 1 << bit
    path.write_bytes(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "one byte short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "one byte long": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "not text": lambda path: path.write_bytes(b"\xff\xfe" * 40),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    **{
        f"bit {bit} flipped at {share}": lambda path, share=share, bit=bit: flip(path, share, bit)
        for share in (0, 0.3, 0.5, 0.77, 1)
        for bit in (0, 3, 5, 7)
    },
}


@pytest.mark.model  # the command opens the real one beside the index
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_index_is_refused(
    project: Project, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = file_of(project, name)
    sound = path.read_bytes()
    monkeypatch.setenv("RAPPORT_ROOT", str(project.root))
    for damage, inflict in DAMAGE.items():
        inflict(path)
        with pytest.raises(IndexUnusable) as caught:
            read_index(project)
        assert run(["ask", QUESTION]) == 2, damage
        out, err = capsys.readouterr()
        assert out == ""
        assert err == f"rapport: {caught.value}\n", damage
        if damage == "deleted" and name == "current":
            assert err == "rapport: there is no search index yet; run `rapport build`\n"
        else:
            assert project.show(path) in err, damage
            assert err.endswith("; run `rapport build`\n"), damage
        if path.is_dir():
            path.rmdir()
        path.write_bytes(sound)
        read_index(project)


@pytest.mark.parametrize("name", FILES)
def test_building_mends_a_damaged_index(project: Project, name: str, reopen: Callable[[Project], Searcher]) -> None:
    flip(file_of(project, name), 0.5, 1)
    assert build_index(project, small.embedding(), small.quiet) is not None
    assert reopen(project).ask(QUESTION).hits[0].guide == "late-payment"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("../../docs", "search_index/current: is damaged; run `rapport build`"),
        ("", "search_index/current: is damaged; run `rapport build`"),
        (f"{'0' * 16} {'0' * 64}\n", "search_index/current: names a build that is not there; run `rapport build`"),
    ],
)
def test_a_pointer_to_nowhere_is_refused(project: Project, line: str, message: str) -> None:
    (project.search_index / "current").write_text(line, "utf-8")
    with pytest.raises(IndexUnusable) as caught:
        read_index(project)
    assert str(caught.value) == message


def rewrite_manifest(project: Project, **changes: object) -> str:
    """Change the manifest and make the pointer follow, as another version of Rapport would have."""
    path = current_build(project) / "manifest.json"
    entry = {**json.loads(path.read_text("utf-8")), **changes}
    path.write_text(json.dumps(entry), "utf-8")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (project.search_index / "current").write_text(f"{path.parent.name} {digest}\n", "utf-8")
    return project.show(path)


@pytest.mark.parametrize("change", [{"schema": 999}, {"schema": "1"}, {"analyser": 99}, {"schema": None}])
def test_an_index_of_another_version_is_refused(project: Project, change: dict[str, object]) -> None:
    where = rewrite_manifest(project, **change)
    with pytest.raises(IndexUnusable) as caught:
        read_index(project)
    assert str(caught.value) == f"{where}: was made by another version of Rapport; run `rapport build`"


@pytest.mark.parametrize("change", [{"rows": 1}, {"files": {}}, {"files": 1}, {"model": {}}, {"more": 1}])
def test_a_manifest_that_contradicts_the_files_is_refused(project: Project, change: dict[str, object]) -> None:
    rewrite_manifest(project, **change)
    with pytest.raises(IndexUnusable, match=r"run `rapport build`$"):
        read_index(project)


def test_an_index_of_another_model_is_refused(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAPPORT_ROOT", str(project.root))
    assert run(["ask", QUESTION]) == 2
    assert capsys.readouterr().err == (
        "rapport: the search index was built with the model 'bag-of-terms', and rapport.toml names 'default'; "
        "run `rapport build`\n"
    )


# -- broken content ----------------------------------------------------------------------------------------------


def replace(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode(encoding))


BREAKS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "YAML": (
        "docs/de/money/late-payment.md",
        lambda path: replace(path, "summary: ", "summary: a: "),
        ":3: the YAML cannot be read: mapping values are not allowed in this context; mend or quote that line",
    ),
    "Latin-1": (
        "docs/de/money/invoice-unclear.md",
        lambda path: replace(path, "wofür", "wofür", "latin-1"),
        ":6: is not UTF-8; save the file as UTF-8",
    ),
    "unknown key in a guide": (
        "docs/ja/money/late-payment.md",
        lambda path: replace(path, "advice:", "advise:"),
        ":9: unknown key 'advise'; remove it; known are title, summary, situations, advice, source, translated, "
        "reviewed, law_as_of",
    ),
    "unknown key in the bank": (
        "content/questions/bank/nl.jsonl",
        lambda path: replace(path, '"text": "Het', '"txt": "Het'),
        ":2: unknown key 'txt'; known are guide, section, text",
    ),
    "unknown key in the catalogue": (
        "content/guides.yml",
        lambda path: replace(path, "scope:", "scape:"),
        ":3: guide 'leave-early': unknown key 'scape'; known are advice, demand, scope, source",
    ),
    "unknown key in the settings": (
        "search_index/ranking.yml",
        lambda path: replace(path, "dense:", "tense:"),
        ":1: key 'dense' is missing or unknown; run scripts/tune.py",
    ),
    "no bank": (
        "content/questions/bank/ru.jsonl",
        Path.unlink,
        ":1: cannot be read (No such file or directory); put the file there, readable for you",
    ),
    "no front matter": (
        "docs/es/money/late-payment.md",
        lambda path: path.write_bytes(b""),
        ":1: is empty; write the guide, or delete the file",
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_content_stops_the_build_and_leaves_the_index(
    project: Project, name: str, reopen: Callable[[Project], Searcher]
) -> None:
    place, inflict, message = BREAKS[name]
    before = snapshot(project.search_index / "builds"), (project.search_index / "current").read_bytes()
    inflict(project.root / place)
    with pytest.raises(ContentError) as caught:
        build_index(project, small.embedding(), small.quiet)
    assert str(caught.value) == place + message
    assert (snapshot(project.search_index / "builds"), (project.search_index / "current").read_bytes()) == before
    assert reopen(project).ask(QUESTION).hits[0].guide == "late-payment"


@pytest.mark.parametrize("name", ["YAML", "Latin-1", "unknown key in a guide"])
def test_the_command_says_so_in_one_line(
    project: Project, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    place, inflict, message = BREAKS[name]
    inflict(project.root / place)
    monkeypatch.setenv("RAPPORT_ROOT", str(project.root))
    assert run(["build", "--index-only"]) == 2
    out, err = capfd.readouterr()
    *phases, line = err.splitlines()
    assert (out, line) == ("", f"rapport: {place}{message}")
    assert all(phase.startswith("1 of 4: ") for phase in phases)


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# -- the cache of vectors ----------------------------------------------------------------------------------------


def test_a_damaged_cache_is_only_slower(tmp_path: Path) -> None:
    path = tmp_path / "v.vectors"
    texts = ["eins", "zwei", "drei"]
    sound = VectorCache(path, small.D).vectors(texts, small.BagOfTerms().batches)
    data = path.read_bytes()
    for at in range(0, len(data), 61 if len(data) > 3000 else 1):
        flip(path, at / (len(data) - 1), at % 8)
        assert (VectorCache(path, small.D).vectors(texts, small.BagOfTerms().batches) == sound).all(), at
        path.write_bytes(data)
    for length in range(0, len(data), 97):
        path.write_bytes(data[:length])
        assert (VectorCache(path, small.D).vectors(texts, small.BagOfTerms().batches) == sound).all(), length


# -- a disk that is full -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("most", [100, 20_000])
def test_a_full_disk_is_told_and_leaves_the_index(
    project: Project, most: int, reopen: Callable[[Project], Searcher]
) -> None:
    """No file may become larger than `most`, which libraries meet as they meet a disk that is full."""
    path = project.root / small.path_of("late-payment", "de")
    path.write_text(path.read_text("utf-8") + "\nMehr.\n", "utf-8")
    said, say = os.pipe()
    child = os.fork()
    if not child:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        try:
            build_index(project, small.embedding(), small.quiet)
            os.write(say, b"built")
        except RapportError as error:
            os.write(say, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(said, 1000).decode() == (
        "search_index: cannot be written (File too large); "
        "make room on that disk and run it again: what is finished is kept"
    )
    os.close(said)
    os.close(say)
    assert reopen(project).ask("El cliente paga tarde").hits[0].guide == "late-payment"
    assert not [path for path in (project.search_index / "builds").iterdir() if path.name.startswith(".part-")]
