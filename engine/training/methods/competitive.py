"""Learning by winning, declared."""

from __future__ import annotations

from collections.abc import Mapping

from engine.block_edits import and_list
from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.problems import Problem
from engine.training.goals import Learning
from engine.training.methods.method import Method
from engine.training.methods.parts import leading_to

MAP = "SelfOrganizingMap"


class Competitive(Method):
    """Lets the prototypes of a self-organizing map compete for the samples.

    The prototype nearest to a sample wins, and comes nearer still; its neighbours on
    the grid follow a little. The neighbourhood shrinks while training goes on, so that
    the map unfolds first and settles into details then. No targets are needed.
    """

    id = "competitive"
    title = "By competition on a map"
    source = "Kohonen 1982, Biological Cybernetics 43"
    module = "engine.training.competitive"
    objective = "Competitive"
    learns_from_targets = False

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        if not outputs:
            return []
        maps = leading_to(document.graph, outputs, MAP)
        if len(maps) != 1:
            return [_not_one([each.name for each in maps])]
        first, last = document.recipe.radius, document.recipe.final_radius
        if last <= first:
            return []
        return [
            Problem(
                code="radius-grows",
                node=maps[0].name,
                message=f"The neighbourhood would grow, from a radius of {first:g} to "
                f"{last:g}; a map unfolds while it shrinks.",
                found=f"{first:g} to {last:g}",
                expected="a final_radius below the radius",
                remedy=f"Set final_radius to {min(first, 1.0):g}.",
            )
        ]

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        (found,) = leading_to(document.graph, outputs, MAP)
        return Learning(players={"map": (found.name,)})


def _not_one(names: list[str]) -> Problem:
    if names:
        return Problem(
            code="many-maps",
            node=names[1],
            message=f"Competitive learning trains one {MAP}, and here are "
            f"{len(names)}: {and_list(names)}.",
            found=f"{len(names)}",
            expected="1",
            remedy="Keep one of them.",
        )
    return Problem(
        code="no-map",
        message=f"Competitive learning trains a {MAP}, and none leads to an Output.",
        remedy="Put one between the Input and the Output, outside of blocks, or set "
        "the training's method to supervised.",
    )
