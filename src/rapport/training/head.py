"""Fit the reading head to the states of examples. The only place where the project trains with torch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from rapport.languages import LANGUAGES
from rapport.search.knowledge import NONE, ReadingHead

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rapport.training.examples import Example
    from rapport.types import Floats

EPOCHS = 4
BATCH = 64
RATE = 0.01
"""Highest learning rate of the one-cycle schedule."""
DECAY = 0.1
"""AdamW's weight decay."""
SMOOTHING = 0.05
"""Share of the right answer that is spread over all classes."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A head, and what its training ended with."""

    head: ReadingHead
    loss: float


class _Attention(torch.nn.Module):
    """The head as `knowledge.ReadingHead` tells it, for texts padded to one length."""

    def __init__(self, classes: int, dimensions: int) -> None:
        super().__init__()
        self.query = torch.nn.Parameter(torch.randn(classes, dimensions) * 0.01)
        self.value = torch.nn.Parameter(torch.zeros(classes, dimensions))
        self.mean = torch.nn.Parameter(torch.zeros(classes, dimensions))
        self.bias = torch.nn.Parameter(torch.zeros(classes))

    def forward(self, states: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        asked = (states @ self.query.T).masked_fill(~there[..., None], -1e9)
        found = (asked.softmax(1) * (states @ self.value.T)).sum(1)
        mean = states.sum(1) / there.sum(1, keepdim=True)
        return torch.as_tensor(found + mean @ self.mean.T + self.bias)


def language_centres(examples: Sequence[Example], states: Sequence[Floats]) -> Floats:
    """`(languages, d)`: mean over the texts of a language of their mean state; zero for a language without texts."""
    centres = np.zeros((len(LANGUAGES), states[0].shape[1]), np.float32)
    for number, lang in enumerate(LANGUAGES):
        of = [at for at, example in enumerate(examples) if example.lang == lang]
        if of:
            centres[number] = np.mean([states[at].astype(np.float32).mean(axis=0) for at in of], axis=0)
    return centres


def fit_head(
    examples: Sequence[Example],
    states: Sequence[Floats],
    guides: Sequence[str],
    centres: Floats,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Fit:
    """Fit a head to the states `(pieces, d)` of examples; its classes are the guides that have any, and `none`.

    Deterministic for a seed and a number of threads. Raises ValueError where there are fewer than two classes.
    """
    seen = {example.guide for example in examples}
    classes = [*(guide for guide in guides if guide in seen), NONE]
    if len(classes) < 2 or not examples:
        raise ValueError("nothing to tell apart")
    number = {name: at for at, name in enumerate(classes)}
    targets = torch.tensor([number[example.guide or NONE] for example in examples])
    weights = _class_weights([example.guide or NONE for example in examples], classes)
    counts = torch.tensor([example.weight for example in examples], dtype=torch.float32)
    langs = [LANGUAGES.index(example.lang) for example in examples]

    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = _Attention(len(classes), states[0].shape[1])
    steps = EPOCHS * len(_batches(states, rng))
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=RATE, total_steps=steps + 1)
    done, loss_sum = 0, 0.0
    for _ in range(EPOCHS):
        loss_sum = 0.0
        batches = _batches(states, rng)
        for batch in batches:
            optimiser.zero_grad()
            logits = net(*_padded([states[at] for at in batch], centres[[langs[at] for at in batch]]))
            losses = torch.nn.functional.cross_entropy(
                logits, targets[batch], weight=weights, label_smoothing=SMOOTHING, reduction="none"
            )
            share = counts[batch] * weights[targets[batch]]
            loss = (losses * counts[batch]).sum() / share.sum()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            loss_sum += float(loss)
            done += 1
            progress(done, steps)
        loss_sum /= len(batches)
    arrays = {name: value.detach().numpy().astype(np.float32) for name, value in net.named_parameters()}
    return Fit(ReadingHead(tuple(classes), centres=centres, **arrays), loss_sum)


def _class_weights(names: Sequence[str], classes: Sequence[str]) -> torch.Tensor:
    """1/√n per class, mean 1: a guide with few examples is heard too."""
    count = Counter(names)
    weights = torch.tensor([1 / np.sqrt(count[name] + 1) for name in classes], dtype=torch.float32)
    return weights / weights.mean()


def _batches(states: Sequence[Floats], rng: np.random.Generator) -> list[list[int]]:
    """Texts of about one length together, in an order drawn anew."""
    lengths = np.array([len(one) for one in states]) + rng.random(len(states)) * 8
    order = np.argsort(lengths, kind="stable").tolist()
    batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
    rng.shuffle(batches)
    return batches


def _padded(states: Sequence[Floats], centres: Floats) -> tuple[torch.Tensor, torch.Tensor]:
    """The states less their languages' centres, zero where a text has ended, and where it has not."""
    longest = max(len(one) for one in states)
    padded = np.zeros((len(states), longest, states[0].shape[1]), np.float32)
    there = np.zeros((len(states), longest), bool)
    for at, (one, centre) in enumerate(zip(states, centres, strict=True)):
        padded[at, : len(one)] = one.astype(np.float32) - centre
        there[at, : len(one)] = True
    return torch.from_numpy(padded), torch.from_numpy(there)
