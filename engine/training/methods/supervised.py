"""Learning from targets, declared."""

from __future__ import annotations

from collections.abc import Mapping

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.problems import Problem
from engine.training.assignment import goals_of
from engine.training.goals import Learning
from engine.training.methods.method import Method
from engine.training.targets import target_problems


class Supervised(Method):
    """Compares every output with its target and makes the difference smaller.

    The target may be a class, numbers, the next token, or the input itself.
    """

    id = "supervised"
    title = "From targets"
    source = "Rumelhart, Hinton and Williams 1986, Nature 323"
    module = "engine.training.supervised"
    objective = "Supervised"

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        return target_problems(document, info, outputs)

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        return Learning(goals=goals_of(document, outputs, info))
