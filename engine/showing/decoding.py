"""The second half of an autoencoder: from a code to what is decoded of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.analysis import analyse
from engine.compiler import compile_document
from engine.pretrained.providing import network_maker
from engine.showing.chance import OwnChance
from engine.showing.cutting import bottleneck, part_after
from engine.showing.exhibit import in_picture_form
from engine.showing.scene import Scene
from engine.training.objective import forward


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """A part of a network that makes pictures of codes."""

    node: str
    """Whose value the code is."""
    shape: tuple[int, ...]
    """That of one code."""
    module: nn.Module
    are_logits: bool
    """Whether what it gives is brightness before a sigmoid."""

    @torch.no_grad()
    def pictures(self, codes: Tensor) -> Tensor | None:
        """What is decoded of codes (N, D), as (N, C, H, W); None if no pictures."""
        answer = self.module(codes.reshape(-1, *self.shape))
        answer = (answer[0] if isinstance(answer, tuple) else answer).float()
        return in_picture_form(answer.sigmoid() if self.are_logits else answer)


def decoder_of(scene: Scene) -> Decoder | None:
    """The decoder of a network that rebuilds its input, with its weights of now."""
    if "decoder" not in scene.kept:
        scene.kept["decoder"] = _found(scene)
    decoder: Decoder | None = scene.kept["decoder"]
    if decoder is not None:
        whole = scene.network.state_dict()
        part = {key: whole[key] for key in decoder.module.state_dict()}
        decoder.module.load_state_dict(part)
    return decoder


def _found(scene: Scene) -> Decoder | None:
    goals, fields = scene.plan.goals, scene.splits.train.inputs
    goal = next((goal for goal in goals if goal.target in fields), None)
    if goal is None:
        return None
    analysis = analyse(scene.document)
    name = bottleneck(scene.document, analysis)
    part = part_after(scene.document, analysis, name) if name is not None else None
    specs = analysis.outputs(name) if name is not None else None
    if name is None or part is None or not specs:
        return None
    if not isinstance(getattr(scene.network, name, None), nn.Module):
        return None  # a plain function: nobody can ask what it gave
    with OwnChance():
        module = network_maker(part, compile_document(part).module_class)()
    return Decoder(
        node=name,
        shape=specs[0].shape,
        module=module.to(scene.plan.hardware.device).eval(),
        are_logits=goal.loss == "bce_with_logits",
    )


@torch.no_grad()
def codes_of(scene: Scene, decoder: Decoder, count: int = 512) -> Tensor:
    """The codes (N, D) of samples that the network did not learn from."""
    kept: list[Tensor] = []
    module: nn.Module = getattr(scene.network, decoder.node)
    hook = module.register_forward_hook(lambda _module, _given, code: kept.append(code))
    try:
        forward(scene.network, scene.few(count), scene.plan)
    finally:
        hook.remove()
    return kept[0].float().flatten(1)


def middle_of(codes: Tensor) -> tuple[Tensor, Tensor]:
    """Between which numbers nearly all codes (N, D) lie: the lower, the upper (D)."""
    return codes.quantile(0.02, dim=0), codes.quantile(0.98, dim=0)
