"""Learning without targets what the data are like, declared."""

from __future__ import annotations

from collections.abc import Mapping

from engine.block_edits import and_list
from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.problems import Problem
from engine.training.goals import Learning
from engine.training.methods.method import Method
from engine.training.methods.parts import MACHINE, leading_to, no_chances


class ContrastiveDivergence(Method):
    """Teaches a Boltzmann machine to hold the data likelier than its own dreams.

    From each sample the machine dreams a little on, by drawing hidden and visible units
    from each other. Its weights move towards the sample and away from the dream. No
    targets are needed.
    """

    id = "contrastive_divergence"
    title = "From the data alone, by contrastive divergence"
    source = "Hinton 2002, Neural Computation 14"
    module = "engine.training.contrastive_divergence"
    objective = "ContrastiveDivergence"
    learns_from_targets = False

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        if not outputs:
            return []
        machines = leading_to(document.graph, outputs, MACHINE)
        if not machines:
            return [no_machine("Contrastive divergence")]
        if len(machines) > 1:
            names = and_list([machine.name for machine in machines])
            return [
                Problem(
                    code="many-machines",
                    node=machines[1].name,
                    message="Contrastive divergence trains one Boltzmann machine, and "
                    f"here are {len(machines)}: {names}.",
                    found=f"{len(machines)}",
                    expected="1",
                    remedy="Set the training's method to greedy_layers: it trains one "
                    "after the other.",
                )
            ]
        return no_chances(document.graph, machines)

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        (machine,) = leading_to(document.graph, outputs, MACHINE)
        return Learning(players={"machine": (machine.name,)})


def no_machine(what: str) -> Problem:
    """There is nothing that `what` could train."""
    return Problem(
        code="no-machine",
        message=f"{what} trains a {MACHINE}, and none leads to an Output.",
        remedy="Put one between the Input and the Output, outside of blocks, or set "
        "the training's method to supervised.",
    )
