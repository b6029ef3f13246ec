"""Learning from an opponent, declared."""

from __future__ import annotations

from collections.abc import Mapping

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.graph import Graph
from engine.problems import Problem
from engine.training.goals import Goal, Learning
from engine.training.methods.method import Method

NOISE = "RandomNormal"


class Adversarial(Method):
    """Two networks learn against each other: one makes samples, one tells them apart.

    The discriminator answers twice: about the data and, with the same weights, about
    what the generator made of noise. It learns to tell the two apart, and the generator
    learns to be taken for the data.
    """

    id = "adversarial"
    title = "Generator against discriminator"
    source = "Goodfellow et al. 2014, algorithm 1, arXiv:1406.2661"
    module = "engine.training.adversarial"
    objective = "Adversarial"
    learns_from_targets = False

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        graph = document.graph
        real, fake = _answers(graph, outputs)
        if not any(node.layer == NOISE for node in graph):
            return [_problem(f"there is no {NOISE} node to make samples of.")]
        if not real:
            return [
                _problem(
                    "no Output answers about the data alone.", next(iter(fake), "")
                )
            ]
        if not fake:
            return [
                _problem("no Output answers about what is made of the noise.", real[0])
            ]
        learning = self.learning(document, info, outputs)
        if not learning.players["discriminator"]:
            return [
                _problem(
                    "no layer is used by both answers: give the layers that read the "
                    "made samples the weights of those that read the data.",
                    fake[0],
                )
            ]
        if not learning.players["generator"]:
            return [
                _problem("nothing stands between the noise and the answer about it.")
            ]
        return [
            Problem(
                code="one-answer",
                node=name,
                message=f"{name} gets {outputs[name].numel:,} numbers a sample; "
                "whether it was made is one.",
                found=outputs[name].describe(),
                expected="1",
                remedy="Let the discriminator's last layer give one number.",
            )
            for name in (real[0], fake[0])
            if outputs[name].numel != 1
        ]

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        graph = document.graph
        real, fake = _answers(graph, outputs)
        losses = {real[0]: "real", fake[0]: "fake"}
        judging = _modules(graph, real[0])
        making = [name for name in _modules(graph, fake[0]) if name not in judging]
        both = [name for name in _modules(graph, fake[0]) if name in judging]
        return Learning(
            goals=tuple(
                Goal(target="", loss=losses.get(name, "shown")) for name in outputs
            ),
            players={"discriminator": tuple(both), "generator": tuple(making)},
        )


def _answers(
    graph: Graph, outputs: Mapping[str, TensorSpec]
) -> tuple[list[str], list[str]]:
    """The Outputs about the data alone, and those about what is made of noise.

    An Output that no shared layer feeds only shows what is made.
    """
    real: list[str] = []
    made: list[str] = []
    noise = [node.name for node in graph if node.layer == NOISE]
    for name in outputs:
        before = graph.ancestors(name)
        (made if any(each in before for each in noise) else real).append(name)
    if not real:
        return [], made
    judging = set(_modules(graph, real[0]))
    fake = [name for name in made if judging & set(_modules(graph, name))]
    return real, fake or (made if len(made) == 1 else [])


def _modules(graph: Graph, output: str) -> list[str]:
    """The modules that an Output's value passes, by the names of their attributes."""
    before = graph.ancestors(output)
    names = [
        node.shares or node.name
        for node in graph
        if node.name in before and node.layer not in ("Input", NOISE)
    ]
    return list(dict.fromkeys(names))


def _problem(what: str, node: str = "") -> Problem:
    return Problem(
        code="no-opponents",
        node=node or None,
        message=f"A generator cannot learn against a discriminator here: {what}",
        remedy="Set the training's method to supervised, or see the lesson “dcgan”.",
    )
