"""Learning layer by layer, then all together, declared."""

from __future__ import annotations

from collections.abc import Mapping

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.problems import Problem
from engine.training.assignment import goals_of
from engine.training.goals import WHOLE, Learning
from engine.training.methods.contrastive_divergence import no_machine
from engine.training.methods.method import Method
from engine.training.methods.parts import (
    MACHINE,
    leading_to,
    no_chances,
    player_names,
    too_short,
)
from engine.training.targets import target_problems


class GreedyLayers(Method):
    """Trains each Boltzmann machine on what the one below gives, then all by targets.

    The first machine learns from the data without targets, the second from what the
    first makes of the data, and so on. Then the whole network learns from the targets,
    from weights that know the data already: a deep belief network, fine-tuned.
    """

    id = "greedy_layers"
    title = "Layer by layer, then from targets"
    source = "Hinton, Osindero and Teh 2006, Neural Computation 18"
    module = "engine.training.greedy_layers"
    objective = "GreedyLayers"

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        if not outputs:
            return []
        machines = leading_to(document.graph, outputs, MACHINE)
        if not machines:
            return [no_machine("Learning layer by layer")]
        return [
            *target_problems(document, info, outputs),
            *too_short(document, len(machines) + 1, "the whole network"),
            *no_chances(document.graph, machines),
        ]

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        machines = leading_to(document.graph, outputs, MACHINE)
        names = player_names(machines, taken=WHOLE)
        players = {
            player: (each.name,) for player, each in zip(names, machines, strict=True)
        }
        return Learning(
            goals=goals_of(document, outputs, info), players={**players, **WHOLE}
        )
