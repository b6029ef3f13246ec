"""A network with the weights of a run, ready to be asked and to be tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from engine.compiler import compile_document
from engine.data.declaration import DataInfo
from engine.data.samples import Samples, Splits
from engine.data.source import describe, load
from engine.document import Document
from engine.pretrained.providing import network_maker
from engine.problems import Refusal
from engine.showing.chance import OwnChance
from engine.showing.exhibit import in_picture_form
from engine.showing.fields import PICTURE, kind_of
from engine.showing.scene import Scene
from engine.training.assignment import fields_of
from engine.training.device import HardwareError, choose_hardware
from engine.training.methods import learning_of, method_of
from engine.training.objective import Plan, forward, objective_in

if TYPE_CHECKING:
    from engine.data.download import Progress

KEPT = 512
"""How many samples of the training and of the validation part are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained(Scene):
    """A trained network. Of its data the test part is whole, and some of the rest.

    Asking it draws no random numbers that a training would miss.
    """

    info: DataInfo
    data_dir: Path | None
    outputs: tuple[str, ...]
    """The Output nodes, one for each goal."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """What each input of the network takes: see `engine.showing.fields`."""
        config = self.document.data
        return tuple(kind_of(config, self.info, name) for name in self.plan.fields)

    @torch.no_grad()
    def answers(self, samples: Samples, seed: int = 0) -> tuple[Tensor, ...]:
        """The answers to some samples, in float32 on the CPU, one for each output."""
        here = samples.to(self.plan.hardware.device)
        with OwnChance(seed):
            found = forward(self.network, here, self.plan)
        return tuple(answer.float().cpu() for answer in found)

    def picture_range(self, field: str) -> tuple[Tensor, Tensor]:
        """What is black and what is white in a field of pictures, by colour (C, 1, 1).

        Looked up in the data: pictures come in other ranges from other sources.
        """
        key = f"range of {field}"
        if key not in self.kept:
            parts = self.splits.train, self.splits.validation
            both = torch.cat([pictures_in(part.inputs[field]) for part in parts])
            low, high = both.amin((0, 2, 3)), both.amax((0, 2, 3))
            self.kept[key] = low[:, None, None], high[:, None, None]
        found: tuple[Tensor, Tensor] = self.kept[key]
        return found

    def is_picture(self, field: str) -> bool:
        """Whether an input of the data is pictures."""
        return kind_of(self.document.data, self.info, field) == PICTURE


def pictures_in(values: Tensor) -> Tensor:
    """Samples that are pictures, flat or not, as (N, C, H, W)."""
    found = in_picture_form(values)
    if found is None:
        raise ValueError(f"{tuple(values.shape)} are no pictures")
    return found


def load_trained(
    document: Document,
    weights: Path | None,
    data_dir: Path | None = None,
    progress: Progress | None = None,
) -> Trained:
    """The network of a document with the weights in a file. Raises Refusal.

    Without a file it is as its training begins.
    """
    compiled = compile_document(document)
    info = describe(document.data, data_dir)
    splits = load(document.data, data_dir, progress)
    with OwnChance(document.recipe.seed):
        network = network_maker(document, compiled.module_class, progress)()
    if weights is not None:
        put_weights(network, weights)
    recipe = document.recipe
    try:
        hardware = choose_hardware(recipe.device, recipe.precision, network)
    except HardwareError:  # trained on another machine
        hardware = choose_hardware("auto", "auto", network)
    network.to(hardware.device).eval()
    taken = fields_of(document.graph, compiled.inputs, info)
    method = method_of(recipe.method)
    return Trained(
        document=document,
        splits=_test_and_some(splits),
        plan=Plan(
            recipe=recipe,
            fields=tuple(field for field in taken.values() if field is not None),
            learning=learning_of(document, info, compiled.outputs),
            hardware=replace(hardware, channels_last=False),
            objective=objective_in(method.module, method.objective),
        ),
        network=network,
        info=info,
        data_dir=data_dir,
        outputs=tuple(compiled.outputs),
    )


def put_weights(network: nn.Module, path: Path) -> None:
    """Give a network the weights in a file. Raises Refusal where they are another's."""
    try:
        network.load_state_dict(safetensors.torch.load_file(path))
    except FileNotFoundError as error:
        raise Refusal(
            f"The weights {path} are not there any more.",
            "Train the network again, or choose another run.",
            code="no-weights-file",
        ) from error
    except (OSError, safetensors.SafetensorError) as error:
        raise Refusal(
            f"The weights {path} cannot be read: the file is damaged.",
            "Train the network again, or choose another run.",
            code="damaged-weights",
        ) from error
    except RuntimeError as error:  # names or shapes
        raise Refusal(
            "The weights of this run are those of another network.",
            "Train the network again, or choose another run.",
            code="other-weights",
        ) from error


def _test_and_some(splits: Splits) -> Splits:
    """The whole test part and the beginnings of the others: the rest takes room."""
    some = [
        part.batch(torch.arange(min(KEPT, len(part))))
        for part in (splits.train, splits.validation)
    ]
    return replace(splits, train=some[0], validation=some[1])
