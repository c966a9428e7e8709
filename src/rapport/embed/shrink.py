"""Make the small copy of the model that embeds questions: fewer pieces, 4-bit weights, one ONNX file.

The vocabulary keeps the pieces into which the commonest words of our languages are cut, alone and in the usual
surroundings, numbers, punctuation, and every single character of their scripts. Pooling and normalisation are part of
the graph, so that whoever runs it gets unit vectors. Weights are quantised in blocks of 32, symmetric: the very scheme
in which the carrier delivers them, so it costs nothing.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
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
from rapport.languages import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

WORDS = 80_000
"""Commonest words per language whose pieces stay."""

OTHER_LANGUAGE, OTHER_WORDS = "en", 10_000
"""People of all languages mix in English words."""

OPENING_WORDS, SHORT_WORDS = 15_000, 4_000
"""Commonest words that also stay as they are cut after an opening quotation mark, or in capitals (PDF, CRM)."""

COMPOUND_HEADS, COMPOUND_TAILS, COMPOUND_CHARACTERS = 1_500, 60, 450
"""Where words do not stand apart, texts are cut across them: commonest words with commonest characters behind them, and
pairs of these."""

MAX_PIECES = 256
"""Pieces of a question that are read; the network's further positions are left out of the copy."""

TEXTS_AT_ONCE = 20_000
"""Texts cut into pieces between two reports of progress."""

OPSET, IR_VERSION = 20, 9
BLOCK = 32

# scripts whose single characters stay: Latin, Cyrillic, punctuation and symbols, kana, CJK, full-width forms
_SCRIPTS = ((0x20, 0x24F), (0x400, 0x45F), (0x2010, 0x2122), (0x3000, 0x30FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))
_PUNCTUATION = re.compile(r"""▁?[“”„‚‘’«»'".,:;!?()\[\]…—–\-/%&+*#@、。「」『』・〜！？（）：／ー￥€$₽№]+""")
_NUMBER = re.compile(r"▁?\d{1,4}|▁?[.,:]\d{2,3}")
_JAPANESE = re.compile(r"(?=.*[\u3041-\u30ff])[▁\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef0-9%,.!?]+")
_KANJI = re.compile(r"[\u4e00-\u9fff]")


def shrink(full: Path, folder: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Write `model.onnx`, `model.onnx_data`, `tokenizer.json` and `starter.onnx` into `folder` from the folder `full`.

    Input of the graph: `input_ids (n, t) int64`, n texts of one length; outputs `embedding (n, d) float32`, unit rows,
    and `states (n, t, d) float32`, what the last layer says of each piece.
    Raises ModelError where the model cannot be shrunk: it must be a BERT with a unigram tokenizer and mean pooling.
    """
    model = SentenceTransformer(str(full), device="cpu")
    network: Any = model[0].auto_model
    specification = json.loads((Path(full) / "tokenizer.json").read_text("utf-8"))
    if type(network).__name__ != "BertModel" or specification["model"]["type"] != "Unigram":
        raise ModelError(f"{type(network).__name__} cannot be shrunk; only BERT with a unigram tokenizer can")
    tokenizer = Tokenizer.from_file(str(Path(full) / "tokenizer.json"))
    kept = choose_pieces(tokenizer, specification, progress)
    folder.mkdir(parents=True, exist_ok=True)
    small = renumber(specification, kept)
    (folder / "tokenizer.json").write_text(json.dumps(small, ensure_ascii=False, separators=(",", ":")), "utf-8")
    _cut(network.embeddings, kept)
    _export(network, folder)
    onnx.save_model(_starter(), str(folder / "starter.onnx"))


def _cut(embeddings: Any, kept: list[int]) -> None:
    """Keep the rows of the `kept` pieces and of the first positions; fold the only token type into the positions."""
    words = embeddings.word_embeddings.weight.data[torch.tensor(kept)]
    positions = embeddings.position_embeddings.weight.data[:MAX_PIECES]
    positions = positions + embeddings.token_type_embeddings.weight.data[0]
    embeddings.word_embeddings = torch.nn.Embedding(words.shape[0], words.shape[1], _weight=words)
    embeddings.position_embeddings = torch.nn.Embedding(positions.shape[0], positions.shape[1], _weight=positions)
    embeddings.token_type_embeddings.weight.data.zero_()


def choose_pieces(
    tokenizer: Tokenizer, specification: dict[str, Any], progress: Callable[[int, int], None]
) -> list[int]:
    """Ids of the pieces to keep, ascending."""
    pieces = [piece for piece, _ in specification["model"]["vocab"]]
    kept = {token["id"] for token in specification["added_tokens"]}
    kept.update(number for number, piece in enumerate(pieces) if _always_kept(piece))
    sources = (PROMPT_WORDS, _words(OTHER_LANGUAGE, OTHER_WORDS), *map(_common_texts, LANGUAGE))
    texts = list(dict.fromkeys(itertools.chain.from_iterable(sources)))  # languages share many words
    for start in range(0, len(texts), TEXTS_AT_ONCE):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + TEXTS_AT_ONCE], add_special_tokens=False):
            kept.update(encoding.ids)
        progress(min(start + TEXTS_AT_ONCE, len(texts)), len(texts))
    progress(0, 0)  # what follows is not counted
    return sorted(kept)


def _always_kept(piece: str) -> bool:
    bare = piece.lstrip("▁")
    if len(bare) <= 1:
        return all(any(first <= ord(character) <= last for first, last in _SCRIPTS) for character in bare)
    return any(pattern.fullmatch(piece) for pattern in (_PUNCTUATION, _NUMBER, _JAPANESE))


def _words(lang: str, count: int) -> list[str]:
    words = wordfreq.top_n_list(lang, count)
    return [*words, *(word.capitalize() for word in words)]


def _common_texts(lang: str) -> list[str]:
    """Words of a language in the surroundings in which a question may hold them."""
    texts = _words(lang, WORDS)
    words = wordfreq.top_n_list(lang, WORDS)
    if not LANGUAGE[lang].spaced:
        characters = [word for word in words if len(word) == 1 and _KANJI.match(word)][:COMPOUND_CHARACTERS]
        texts += [first + second for first in characters for second in characters]
        texts += [word + last for word in words[:COMPOUND_HEADS] for last in characters[:COMPOUND_TAILS]]
        return texts
    texts += ["“" + word for word in _words(lang, OPENING_WORDS)]
    texts += [word.upper() for word in words[:SHORT_WORDS] if len(word) <= 4]
    for listed, written in LANGUAGE[lang].spellings:
        texts += [word.replace(listed, written) for word in words if listed in word]
    return texts


PROMPT_WORDS = ["query: ", "passage: "]


def renumber(specification: dict[str, Any], kept: Iterable[int]) -> dict[str, Any]:
    """The tokenizer's description with only the `kept` pieces, numbered from 0 in their old order."""
    new = {old: number for number, old in enumerate(kept)}
    pieces = specification["model"]["vocab"]
    small: dict[str, Any] = json.loads(json.dumps({**specification, "model": {**specification["model"], "vocab": []}}))
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
    """A BERT, mean pooling and unit norm, for texts of one length; gives the states of the pieces too.

    Written out, for the network's own way of attention brings a mask and hundreds of operators that compute shapes;
    texts of one length need neither, and the graph starts and runs faster without. It is traced with one text; see
    `_for_many_texts`.
    """

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.embeddings, self.layers = network.embeddings, network.encoder.layer
        self.heads = network.config.num_attention_heads
        self.width = network.config.hidden_size // self.heads

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        embeddings = self.embeddings
        positions = embeddings.position_embeddings.weight[: input_ids.shape[1]]
        hidden = embeddings.LayerNorm(embeddings.word_embeddings(input_ids) + positions)
        for layer in self.layers:
            attention = layer.attention
            parts = attention.self.query, attention.self.key, attention.self.value
            query, key, value = (self._split(part(hidden)) for part in parts)
            share = torch.softmax(query @ key.transpose(2, 3) * self.width**-0.5, dim=-1)
            context = (share @ value).transpose(1, 2).reshape(1, -1, self.heads * self.width)
            hidden = attention.output.LayerNorm(attention.output.dense(context) + hidden)
            wide = layer.intermediate.intermediate_act_fn(layer.intermediate.dense(hidden))
            hidden = layer.output.LayerNorm(layer.output.dense(wide) + hidden)
        mean = hidden.mean(dim=1)
        # written out: the exporter's own norm operator breaks the 4-bit pass
        unit: torch.Tensor = mean * torch.rsqrt((mean * mean).sum(dim=1, keepdim=True))
        return unit, hidden

    def _split(self, hidden: torch.Tensor) -> torch.Tensor:
        """`(1, t, d)` → `(1, heads, t, d / heads)`."""
        return hidden.reshape(1, -1, self.heads, self.width).transpose(1, 2)


def _export(network: Any, folder: Path) -> None:
    plain = folder / "plain.onnx"
    example = torch.tensor([[0, 5, 6, 7, 2]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's warnings concern its own future
        torch.onnx.export(
            _Sentence(network).eval(),
            (example,),
            str(plain),
            input_names=["input_ids"],
            output_names=["embedding", "states"],
            dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=OPSET,
            dynamo=False,
        )
    logging.getLogger("onnxruntime.quantization.matmul_nbits_quantizer").setLevel(logging.ERROR)
    small = onnx.load(plain)
    _for_many_texts(small)
    # the table of pieces is looked up in 4 bits; matrices are unpacked once, when the graph is loaded
    for operator, form in (("Gather", QuantFormat.QOperator), ("MatMul", QuantFormat.QDQ)):
        small = _quantise(small, operator, form)
    # weights beside the graph: a browser's runtime then reads them where they lie, and needs 50 MB less
    onnx.save_model(small, str(folder / "model.onnx"), save_as_external_data=True, location="model.onnx_data")
    (folder / "model.onnx_data").chmod(0o644)  # onnx gives it to its owner alone
    plain.unlink()


def _for_many_texts(model: onnx.ModelProto) -> None:
    """Let a graph that was traced with one text take any number of them.

    The only trace of that one text is the first number of every `Reshape`'s shape; 0 there keeps what the input has,
    without operators that compute shapes.
    """
    constants = {node.output[0]: node.attribute[0].t for node in model.graph.node if node.op_type == "Constant"}
    for node in model.graph.node:
        if node.op_type == "Reshape":
            shape = constants[node.input[1]]
            numbers = onnx.numpy_helper.to_array(shape).copy()
            if numbers[0] != 1:
                raise ModelError(f"the graph of the small copy has an unforeseen shape ({numbers.tolist()})")
            numbers[0] = 0
            shape.CopyFrom(onnx.numpy_helper.from_array(numbers, shape.name))
    for value in (*model.graph.input, *model.graph.output):
        texts = value.type.tensor_type.shape.dim[0]
        texts.Clear()
        texts.dim_param = "texts"


def _quantise(graph: onnx.ModelProto, operator: str, form: QuantFormat) -> onnx.ModelProto:
    """Give one kind of operator weights of 4 bits."""
    config = DefaultWeightOnlyQuantConfig(
        block_size=BLOCK,
        is_symmetric=True,
        quant_format=form,
        op_types_to_quantize=(operator,),
        quant_axes=(("MatMul", 0), ("Gather", 1)),
    )
    quantizer = MatMulNBitsQuantizer(graph, algo_config=config)
    quantizer.process()
    quantised: onnx.ModelProto = quantizer.model.model
    return quantised


def _starter() -> onnx.ModelProto:
    """A graph that only passes its input on: a browser starts its runtime with it while it reads the real one."""
    value, make = onnx.TensorProto.INT64, onnx.helper
    ends = [make.make_tensor_value_info(name, value, [1]) for name in ("given", "same")]
    graph = make.make_graph([make.make_node("Identity", ["given"], ["same"])], "starter", ends[:1], ends[1:])
    return make.make_model(graph, opset_imports=[make.make_opsetid("", OPSET)], ir_version=IR_VERSION)
