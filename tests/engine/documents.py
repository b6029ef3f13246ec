"""Small documents that several tests train."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from engine.document import DataConfig, Document
from engine.graph import Edge, Graph, Node
from engine.recipe import Recipe

Layers = list[tuple[str, str, dict[str, Any]]]


def chain(
    name: str,
    layers: Layers,
    source: str,
    settings: dict[str, Any] | None = None,
    **recipe: Any,
) -> Document:
    """A document whose layers follow one another through their first ports."""
    graph = Graph()
    for node, layer, values in layers:
        graph.add_node(Node(name=node, layer=layer, settings=values))
    nodes = list(graph)
    for before, after in pairwise(nodes):
        assert before.type is not None and after.type is not None
        graph.add_edge(
            Edge(
                before.name,
                before.type.outputs[0].name,
                after.name,
                after.type.inputs[0].name,
            )
        )
    given = {"epochs": 2, "device": "cpu", "precision": "fp32", **recipe}
    return Document(
        name=name,
        graph=graph,
        data=DataConfig(source=source, settings=settings or {}),
        recipe=Recipe(**given),
    )


def digits(**recipe: Any) -> Document:
    """A small convolutional network, with dropout, on the embedded digits."""
    return chain(
        "Small digits",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("conv1", "Conv2d", {"out_channels": 8, "padding": 1}),
            ("relu1", "ReLU", {}),
            ("pool1", "MaxPool2d", {}),
            ("flatten1", "Flatten", {}),
            ("drop1", "Dropout", {"p": 0.3}),
            ("fc1", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits",
        **recipe,
    )


def iris(**recipe: Any) -> Document:
    """The 4-8-3 network on iris."""
    return chain(
        "Iris",
        [
            ("measures", "Input", {"shape": (4,)}),
            ("fc1", "Linear", {"out_features": 8}),
            ("relu1", "ReLU", {}),
            ("fc2", "Linear", {"out_features": 3}),
            ("species", "Output", {}),
        ],
        "iris",
        **{"batch_size": 16, **recipe},
    )


def forecast(**recipe: Any) -> Document:
    """One step of a noisy sine from the 20 before it."""
    return chain(
        "Forecast",
        [
            ("past", "Input", {"shape": (20, 1)}),
            ("flatten1", "Flatten", {}),
            ("fc1", "Linear", {"out_features": 16}),
            ("tanh1", "Tanh", {}),
            ("fc2", "Linear", {"out_features": 1}),
            ("ahead", "Output", {}),
        ],
        "sine",
        {"samples": 300, "window": 20, "horizon": 1},
        **{"optimizer": "SGD", "learning_rate": 0.01, **recipe},
    )


def rebuild(**recipe: Any) -> Document:
    """An autoencoder of the embedded digits."""
    return chain(
        "Autoencoder",
        [
            ("image", "Input", {"shape": (64,)}),
            ("encode", "Linear", {"out_features": 16}),
            ("relu1", "ReLU", {}),
            ("decode", "Linear", {"out_features": 64}),
            ("rebuilt", "Output", {}),
        ],
        "digits-reconstruction",
        {"flatten": True},
        **{"optimizer": "AdamW", "weight_decay": 0.01, **recipe},
    )


def halves(**recipe: Any) -> Document:
    """Two inputs and two outputs: the digit, and whether it is odd."""
    document = chain(
        "Halves",
        [
            ("left", "Input", {"shape": (1, 8, 4)}),
            ("flat_left", "Flatten", {}),
            ("join", "Concatenate", {}),
            ("fc1", "Linear", {"out_features": 32}),
            ("relu1", "ReLU", {}),
            ("fc2", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits-halves",
        **{"optimizer": "RMSprop", "clip_norm": 1.0, **recipe},
    )
    graph = document.graph
    for name, layer, values in (
        ("right", "Input", {"shape": (1, 8, 4)}),
        ("flat_right", "Flatten", {}),
        ("fc3", "Linear", {"out_features": 1}),
        ("odd", "Output", {"loss_weight": 0.5}),
    ):
        graph.add_node(Node(name=name, layer=layer, settings=values))
    port = graph["join"].type.inputs[0].name  # type: ignore[union-attr]
    for source, target, target_port in (
        ("right", "flat_right", "input"),
        ("flat_right", "join", port),
        ("relu1", "fc3", "input"),
        ("fc3", "odd", "input"),
    ):
        graph.add_edge(Edge(source, "output", target, target_port))
    return document
