"""Text that a network continues, token by token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor, nn

from engine.data.text_pieces import pieces_of


def continued(
    model: nn.Module,
    tokens: Sequence[int],
    count: int,
    *,
    temperature: float,
    window: int,
    allowed: int,
    generator: torch.Generator,
) -> Iterator[int]:
    """`count` tokens that go on after `tokens`, one after the other.

    Each is drawn from the network's chances, sharpened by a `temperature` below 1 and
    flattened by one above; 0 takes the likeliest. The network sees the last `window`
    tokens. Tokens from `allowed` on, which the data does not use, are never drawn, and
    nor is token 0: what is unknown cannot be written.
    """
    device = next(model.parameters()).device
    seen = list(tokens)
    for _ in range(count):
        context = torch.tensor([seen[-window:]], device=device)
        with torch.no_grad():
            answer = model(context)
        answer = answer[0] if isinstance(answer, tuple) else answer
        chances = answer.reshape(-1, answer.shape[-1])[-1][1:allowed].float().cpu()
        token = 1 + _drawn(chances, temperature, generator)
        seen.append(token)
        yield token


def _drawn(logits: Tensor, temperature: float, generator: torch.Generator) -> int:
    if temperature <= 0:
        return int(logits.argmax())
    shares = (logits / temperature).softmax(-1)
    return int(torch.multinomial(shares, 1, generator=generator))


def tokens_of(text: str, vocabulary: Sequence[str]) -> list[int]:
    """A text as the tokens it was trained with; what is unknown is token 0."""
    numbers = {sign: number for number, sign in enumerate(vocabulary)}
    level = "characters" if is_by_letter(vocabulary) else "words"
    return [numbers.get(piece, 0) for piece in pieces_of(text, level)]


def text_of(tokens: Sequence[int], vocabulary: Sequence[str]) -> str:
    """Tokens as text; words with spaces between them, signs without."""
    signs = [vocabulary[token] if token < len(vocabulary) else "?" for token in tokens]
    if is_by_letter(vocabulary):
        return "".join("�" if len(sign) > 1 else sign for sign in signs)
    text = ""
    for sign in signs:
        joins = not text or text.endswith("\n") or sign in ".,;:!?)'" or sign == "\n"
        text += sign if joins else f" {sign}"
    return text


def is_by_letter(vocabulary: Sequence[str]) -> bool:
    """Whether tokens are characters; the first stands for what is unknown."""
    return all(len(sign) == 1 for sign in vocabulary[1:])
