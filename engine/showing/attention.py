"""Who looks at whom: the attention of a network while it reads one typed text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.data.samples import Samples
from engine.showing.sentence import Sentence, sentence_of, takes_short
from engine.showing.trained import Trained
from engine.showing.writing import tokens_of

MOST_WORDS = 48
"""So many tokens of a text that goes on are looked at, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """The maps of one layer of attention."""

    title: str
    shares: NDArray[np.float32]
    """(heads, words, words): what each word, in a row, takes from each other one."""
    elsewhere: NDArray[np.float32]
    """(heads, words): what each takes from places that hold none of the words."""


def attends(trained: Trained) -> bool:
    """Whether a network has attention whose maps can be had."""
    return any(True for _ in _attending(trained.network))


@torch.no_grad()
def attention_of(trained: Trained, text: str) -> tuple[Sentence, tuple[Attention, ...]]:
    """The maps of every layer for a text, and its words. Raises Refusal."""
    sentence = _writing(trained, text) if trained.writes else sentence_of(trained, text)
    heard: list[tuple[str, Tensor]] = []
    with ExitStack() as stack:
        stack.enter_context(_step_by_step())
        for name, module in _attending(trained.network):
            stack.enter_context(_heard(name, module, heard))
        trained.answers(Samples({trained.plan.fields[0]: sentence.given}, {}))
    length, places = sentence.given.shape[1], list(sentence.places)
    titles: dict[str, int] = {}
    found = []
    for title, weights in heard:
        if weights.dim() != 4 or weights.shape[-2:] != (length, length):
            continue  # it looks at something other than the words
        titles[title] = titles.get(title, 0) + 1
        again = f", use {titles[title]}" if titles[title] > 1 else ""
        whole = weights[0].float().cpu()[:, places]
        shares = whole[:, :, places]
        elsewhere = whole.sum(-1) - shares.sum(-1)
        found.append(
            Attention(
                title=title + again,
                shares=shares.numpy(),
                elsewhere=elsewhere.clamp(min=0).numpy(),
            )
        )
    return sentence, tuple(found)


def _writing(trained: Trained, text: str) -> Sentence:
    """The end of a text for a network that writes on."""
    vocabulary = trained.splits.vocabulary
    field = trained.plan.fields[0]
    window = int(trained.info.inputs[field].shape[0])
    tokens = tokens_of(text, vocabulary)[-min(window, MOST_WORDS) :] or [0]
    count, before = len(tokens), []
    if count < window and not takes_short(trained):
        before = trained.splits.validation.inputs[field][0].tolist()
        before = before[: window - count]
    return Sentence(
        given=torch.tensor([[*before, *tokens]]),
        words=tuple(vocabulary[token] for token in tokens),
        places=tuple(range(len(before), len(before) + count)),
        elsewhere="(text before)",
    )


def _attending(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Modules that can tell their attention, with their names in the code."""
    whole = "\0"  # no name begins so
    for name, module in network.named_modules():
        if name.startswith(f"{whole}."):
            continue  # a model with a head holds the one without
        if _is_a_model(module):
            whole = name
            yield name, module
        elif isinstance(module, nn.MultiheadAttention):
            yield name, module


def _is_a_model(module: nn.Module) -> bool:
    """Whether a module is a whole model of transformers, and not a part of one."""
    return hasattr(module, "set_attn_implementation") and hasattr(
        type(module), "from_pretrained"
    )


@contextmanager
def _heard(
    name: str, module: nn.Module, heard: list[tuple[str, Tensor]]
) -> Iterator[None]:
    """While this lasts, what a module attends to is noted, head by head."""
    is_model = _is_a_model(module)
    config: Any = module.config if is_model else None  # transformers' own
    wish = (
        {"output_attentions": True}
        if is_model
        else {"need_weights": True, "average_attn_weights": False}
    )
    is_asking = False

    def note(
        _: nn.Module, args: tuple[Any, ...], given: dict[str, Any], answer: Any
    ) -> None:  # as modules take and give
        nonlocal is_asking
        if is_asking:
            return
        is_asking = True
        try:
            told = module.forward(*args, **{**given, **wish})
        finally:
            is_asking = False
        if is_model:
            maps = enumerate(told.attentions)
            heard.extend((f"{name}, layer {layer}", each) for layer, each in maps)
        else:
            heard.append((name, told[1]))

    before = config._attn_implementation if is_model else ""
    if is_model:  # other ways never have the whole matrix
        module.set_attn_implementation("eager")  # type: ignore[operator]  # a method
    handle = module.register_forward_hook(note, with_kwargs=True)
    try:
        yield
    finally:
        handle.remove()
        if is_model:
            module.set_attn_implementation(before)  # type: ignore[operator]  # likewise


@contextmanager
def _step_by_step() -> Iterator[None]:
    """Let PyTorch's encoder layers call their attention, in place of a fused kernel."""
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)
