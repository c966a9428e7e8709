"""Any other sentence-transformers model: a tiny random one works, and what is none is told in one line."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import small

from rapport.embed import fingerprint
from rapport.embed.embedder import SentenceEmbedder
from rapport.embed.fingerprint import model_fingerprint
from rapport.embed.open import open_embedding
from rapport.embed.store import question_folder
from rapport.errors import ContentError, IndexUnusable, ModelError
from rapport.export import exporter
from rapport.project import Project, open_project
from rapport.search.ask import open_searcher
from rapport.search.build import build_index
from rapport.search.index import read_manifest

PROMPTS = {"query": "ask: ", "document": "text: "}


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer with random weights and single characters for words."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    letters = sorted({letter for g in (*small.THEMES, "none") for lang in small.WHO
                      for text in small.questions(g, lang) for letter in text})  # fmt: skip
    vocabulary = {token: at for at, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    torch.manual_seed(1)
    network = BertModel(
        BertConfig(
            vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=32, max_position_embeddings=128,
        )
    )  # fmt: skip
    network.save_pretrained(folder / "bare")
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        model_max_length=128,
    ).save_pretrained(folder / "bare")  # fmt: skip
    body = Transformer(str(folder / "bare"), max_seq_length=128)
    model = SentenceTransformer(modules=[body, Pooling(32, pooling_mode="mean")], prompts=PROMPTS, device="cpu")
    model.save(str(folder / "model"), create_model_card=False)
    return folder / "model"


@pytest.fixture
def configured(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The small project, with that model beside it."""
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path / "cache"))
    shutil.copytree(tiny, tmp_path / "project" / "model")
    return small.lay_down(tmp_path / "project", "./model")


def test_building_and_asking_work(configured: Project) -> None:
    build_index(configured, open_embedding(configured, small.quiet), small.quiet)
    record = read_manifest(configured).model
    assert record.id == str(configured.root / "model")
    assert (record.question_prompt, record.passage_prompt) == ("ask: ", "text: ")
    assert (record.pooling, record.dimensions) == ("mean", 32)
    searcher = open_searcher(configured)
    for lang in small.WHO:
        answer = searcher.ask(small.title("late-payment", lang), lang)
        assert answer.hits[0].guide == "late-payment"


def test_nothing_is_embedded_twice(configured: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_embedding(configured, small.quiet).questions(["eins", "zwei"])
    said: list[str] = []
    again = open_embedding(configured, said.append).questions(["eins", "zwei"])
    assert np.array_equal(first, again)
    assert said == []


def test_the_small_copy_of_these_languages_stays_in_the_cache(configured: Project) -> None:
    own, other = question_folder(), question_folder().with_name("question-xx")
    for folder in (own, other):
        folder.mkdir(parents=True)
        (folder / "model.onnx").write_text("x", "utf-8")
        os.utime(folder, (0, 0))
    open_embedding(configured, small.quiet)
    assert own.is_dir()
    assert not other.exists()


def test_a_model_that_has_changed_is_refused(configured: Project) -> None:
    build_index(configured, open_embedding(configured, small.quiet), small.quiet)
    config = configured.root / "model" / "config_sentence_transformers.json"
    config.write_text(config.read_text("utf-8").replace("ask: ", "why: "), "utf-8")
    with pytest.raises(IndexUnusable, match=r"has changed since the search index was built; run `rapport build`$"):
        open_searcher(configured)


def test_another_name_in_the_configuration_is_refused(configured: Project) -> None:
    build_index(configured, open_embedding(configured, small.quiet), small.quiet)
    shutil.copytree(configured.root / "model", configured.root / "other")
    (configured.root / "rapport.toml").write_text('model = "./other"\n', "utf-8")
    with pytest.raises(IndexUnusable, match=r"was built with the model '.*/model', and rapport.toml names '.*/other'"):
        open_searcher(open_project(configured.root))


def test_neither_is_given_to_the_browser(configured: Project) -> None:
    build_index(configured, open_embedding(configured, small.quiet), small.quiet)
    exporter(configured)
    shutil.copytree(configured.root / "model", configured.root / "other")
    (configured.root / "rapport.toml").write_text('model = "./other"\n', "utf-8")
    with pytest.raises(IndexUnusable, match=r"and rapport.toml names '.*/other'; run `rapport build`$"):
        exporter(open_project(configured.root))


def test_an_index_of_another_model_is_not_paired_with_the_default_network(built: Project) -> None:
    with pytest.raises(
        IndexUnusable, match=r"was built with the model 'bag-of-terms', and rapport.toml names 'default'"
    ):
        exporter(built)


@pytest.mark.parametrize(
    ("role", "prompt", "prompts"),
    [("query", "ask: ", PROMPTS), ("passage", "text: ", PROMPTS), ("query", "", {}), ("passage", "", {"query": "q"})],
)
def test_prompts_come_from_the_model(
    tiny: Path, tmp_path: Path, role: str, prompt: str, prompts: dict[str, str]
) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "model"))
    config = json.loads((folder / "config_sentence_transformers.json").read_text("utf-8"))
    (folder / "config_sentence_transformers.json").write_text(json.dumps({**config, "prompts": prompts}), "utf-8")
    embedder = SentenceEmbedder(str(folder), role)
    assert embedder.prompt == prompt
    assert np.linalg.norm(embedder.encode(["a", "bb"]), axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_a_vector_does_not_depend_on_its_neighbours(tiny: Path) -> None:
    embedder = SentenceEmbedder(str(tiny), "passage")
    texts = ["Der Kunde", "zahlt zu spät, immer wieder und ohne ein Wort", "x"]
    assert np.array_equal(embedder.encode(texts)[1], embedder.encode(texts[1:2])[0])


@pytest.mark.parametrize(
    ("files", "lacks"),
    [
        ({}, "no modules.json, no config.json"),
        ({"notes.txt": "hello"}, "no modules.json, no config.json"),
        ({"config.json": "{}"}, "cannot be loaded: "),
        ({"config.json": "not json"}, "cannot be loaded: "),
    ],
)
def test_a_folder_that_is_no_model_is_refused_in_one_line(tmp_path: Path, files: dict[str, str], lacks: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(ModelError) as caught:
        SentenceEmbedder(str(tmp_path), "query")
    assert lacks in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("; name another folder or hub id in rapport.toml")


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json", "1_Pooling"])
def test_what_a_model_lacks_is_one_line(tiny: Path, tmp_path: Path, missing: str) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "model"))
    if (folder / missing).is_dir():
        shutil.rmtree(folder / missing)
    else:
        (folder / missing).unlink()
    with pytest.raises(ModelError) as caught:
        SentenceEmbedder(str(folder), "query")
    assert "cannot be loaded: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_fingerprint_follows_the_files(tiny: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "model"))
    assert model_fingerprint(str(folder)) == model_fingerprint(str(tiny))
    (folder / "config.json").write_text((folder / "config.json").read_text("utf-8") + " ", "utf-8")
    assert model_fingerprint(str(folder)) != model_fingerprint(str(tiny))


def test_other_weights_of_the_same_size_are_another_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path / "cache"))
    for name, byte in (("one", b"\0"), ("other", b"\1")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.safetensors").write_bytes(byte * (2 << 20))
    one, other = (model_fingerprint(str(tmp_path / name)) for name in ("one", "other"))
    assert one != other
    assert not (tmp_path / "cache").exists()  # asking writes nothing


def test_hashes_are_remembered_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path / "cache"))
    hashed: list[str] = []
    sha256_of = fingerprint.sha256_of
    monkeypatch.setattr(fingerprint, "sha256_of", lambda path: hashed.append(path.name) or sha256_of(path))
    (tmp_path / "model").mkdir()
    weights = tmp_path / "model" / "weights"
    weights.write_bytes(b"1" * 1000)
    first = model_fingerprint(str(tmp_path / "model"), remember=True)
    assert model_fingerprint(str(tmp_path / "model")) == first
    assert hashed == ["weights"]
    weights.write_bytes(b"2" * 1000)
    os.utime(weights, ns=(1, 1))
    assert model_fingerprint(str(tmp_path / "model")) != first
    (tmp_path / "cache" / "fingerprints.json").write_text("[1", "utf-8")
    assert model_fingerprint(str(tmp_path / "model"), remember=True) != first


def test_a_hub_id_is_known_by_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    commit, newer = "a" * 40, "b" * 40
    assert model_fingerprint("someone/some-model", commit) == commit
    with pytest.raises(ModelError, match=r"is not there yet, .*; run `rapport build`, or write revision = "):
        model_fingerprint("someone/some-model")
    place = tmp_path / "models--someone--some-model"
    for name in (commit, newer):
        (place / "snapshots" / name).mkdir(parents=True)
        (place / "snapshots" / name / "config.json").write_text("{}", "utf-8")
    (place / "refs").mkdir()
    (place / "refs" / "main").write_text(commit, "utf-8")
    (place / "refs" / "v2").write_text(newer, "utf-8")
    assert model_fingerprint("someone/some-model") == commit
    assert model_fingerprint("someone/some-model", "v2") == newer


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ('revision = "main"', "must be the branch, tag or commit of a hub id"),
        ('model = "a/b"\nrevision = 1', "must be the branch, tag or commit of a hub id"),
        ('model = "a/b"\nrevisoin = "x"', "unknown key 'revisoin'"),
    ],
)
def test_a_revision_belongs_to_a_hub_id(tmp_path: Path, config: str, message: str) -> None:
    (tmp_path / "rapport.toml").write_text(config, "utf-8")
    with pytest.raises(ContentError, match=message):
        open_project(tmp_path)
    (tmp_path / "rapport.toml").write_text('model = "a/b"\nrevision = "v2"', "utf-8")
    assert open_project(tmp_path) == Project(tmp_path, "a/b", "v2")


def test_models_whose_ids_begin_alike_have_caches_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAPPORT_CACHE", str(tmp_path))

    class Model:
        dimensions, pooling = 2, "mean"

        def __init__(self, name: str, role: str, revision: str) -> None:
            self.prompt = role
            self.value = float(len(name))

        def encode(self, texts: list[str]) -> np.ndarray:
            return np.full((len(texts), 2), self.value, dtype=np.float32)

        def batches(self, texts: list[str]) -> list[tuple[range, np.ndarray]]:
            return [(range(len(texts)), self.encode(texts))]

    monkeypatch.setattr("rapport.embed.open.SentenceEmbedder", Model)
    for name in ("someone/a-long-name", "someone/a-long-name-2"):
        embedding = open_embedding(Project(tmp_path, name, "c" * 40), small.quiet)
        assert embedding.questions(["x"])[0, 0] == embedding.passages(["x"])[0, 0] == len(name)
