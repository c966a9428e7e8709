"""Make the small copy of the model that embeds questions: fewer pieces, 4-bit weights, one ONNX file.

The vocabulary keeps every piece that tokenises the commonest words of the five languages and English, and every
single character of their scripts. Pooling and normalisation are part of the graph, so that whoever runs it gets
unit vectors. Weights are quantised in blocks of 32, symmetric: the very scheme in which the carrier delivers
them, which is why it costs next to nothing.
"""

from __future__ import annotations

import json
import logging
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
import torch
import wordfreq
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from onnxruntime.quantization.quant_utils import QuantFormat
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

from rapport.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterable

VOCABULARY_LANGUAGES = ("es", "ru", "ja", "nl", "de", "en")
WORDS_PER_LANGUAGE = 100_000
OPSET = 20
BLOCK = 32

# scripts whose single characters stay: Latin, Cyrillic, punctuation and symbols, kana, CJK, full-width forms
_SCRIPTS = ((0x20, 0x24F), (0x400, 0x45F), (0x2010, 0x2122), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))


def shrink(full: Path, folder: Path) -> None:
    """Write `model.onnx` and `tokenizer.json` into `folder` from the sentence-transformers folder `full`.

    Input of the graph: `input_ids (1, t) int64`; output `embedding (1, d) float32`, a unit row. Raises ModelError where the model is not one that can be shrunk (a BERT with a unigram tokenizer and mean pooling).
    """
    model = SentenceTransformer(str(full), device="cpu")
    network = model[0].auto_model
    specification = json.loads((Path(full) / "tokenizer.json").read_text("utf-8"))
    if type(network).__name__ != "BertModel" or specification["model"]["type"] != "Unigram":
        raise ModelError(f"{type(network).__name__} cannot be shrunk; only BERT with a unigram tokenizer can")
    tokenizer = Tokenizer.from_file(str(Path(full) / "tokenizer.json"))
    kept = choose_pieces(tokenizer, specification)
    folder.mkdir(parents=True, exist_ok=True)
    small = renumber(specification, kept)
    (folder / "tokenizer.json").write_text(json.dumps(small, ensure_ascii=False, separators=(",", ":")), "utf-8")
    rows = network.embeddings.word_embeddings.weight.data[torch.tensor(kept)]
    network.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(rows)
    _export(network, folder)


def choose_pieces(tokenizer: Tokenizer, specification: dict[str, Any]) -> list[int]:
    """Ids of the pieces to keep, ascending: special ones, those of common words, single characters."""
    kept = {token["id"] for token in specification["added_tokens"]}
    for language in VOCABULARY_LANGUAGES:
        words = wordfreq.top_n_list(language, WORDS_PER_LANGUAGE)
        for form in (words, [word.capitalize() for word in words]):
            for encoding in tokenizer.encode_batch_fast(form, add_special_tokens=False):
                kept.update(encoding.ids)
    for number, (piece, _) in enumerate(specification["model"]["vocab"]):
        bare = piece.lstrip("▁")
        if len(bare) <= 1 and all(_in_scripts(ord(character)) for character in bare):
            kept.add(number)
    for text in PROMPT_WORDS:
        kept.update(tokenizer.encode(text, add_special_tokens=False).ids)
    return sorted(kept)


PROMPT_WORDS = ("query: ", "passage: ")


def _in_scripts(code: int) -> bool:
    return any(first <= code <= last for first, last in _SCRIPTS)


def renumber(specification: dict[str, Any], kept: Iterable[int]) -> dict[str, Any]:
    """The tokenizer's description with only the `kept` pieces, numbered from 0 in their old order."""
    new = {old: number for number, old in enumerate(kept)}
    pieces = specification["model"]["vocab"]
    small = json.loads(json.dumps({**specification, "model": {**specification["model"], "vocab": []}}))
    small["model"]["vocab"] = [pieces[old] for old in new if old < len(pieces)]
    small["model"]["unk_id"] = new[specification["model"]["unk_id"]]
    for token in small["added_tokens"]:
        token["id"] = new[token["id"]]
    for special in small["post_processor"]["special_tokens"].values():
        special["ids"] = [new[old] for old in special["ids"]]
    small["truncation"] = None
    small["padding"] = None
    return small


class _Sentence(torch.nn.Module):
    """Network, mean pooling and unit norm, for one text of any length."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        hidden = self.network(input_ids=input_ids, attention_mask=torch.ones_like(input_ids)).last_hidden_state
        mean = hidden.mean(dim=1)
        # written out: the exporter's own norm operator breaks the 4-bit pass
        return mean * torch.rsqrt((mean * mean).sum(dim=1, keepdim=True))


def _export(network: torch.nn.Module, folder: Path) -> None:
    plain = folder / "plain.onnx"
    example = torch.tensor([[0, 5, 6, 7, 2]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's warnings concern its own future
        torch.onnx.export(
            _Sentence(network).eval(),
            (example,),
            str(plain),
            input_names=["input_ids"],
            output_names=["embedding"],
            dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=OPSET,
            dynamo=False,
        )
    config = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK,
        is_symmetric=True,
        quant_format=QuantFormat.QOperator,
        op_types_to_quantize=("MatMul", "Gather"),
        quant_axes=(("MatMul", 0), ("Gather", 1)),
    )
    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.WARNING)
    quantizer = MatMulNBitsQuantizer(onnx.load(plain), algo_config=config)
    quantizer.process()
    quantizer.model.save_model_to_file(str(folder / "model.onnx"), use_external_data_format=False)
    plain.unlink()
