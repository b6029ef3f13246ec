"""Small documents that learn in their own way, on the embedded digits."""

from __future__ import annotations

from typing import Any

from engine.document import DataConfig, Document
from engine.graph import Edge, Graph, Node
from engine.recipe import Recipe
from tests.engine.documents import Layers, chain

FLAT = {"flatten": True}
SHORT = {"batch_size": 100}


def machine(**recipe: Any) -> Document:
    """One Boltzmann machine on the embedded digits."""
    layers: Layers = [
        ("image", "Input", {"shape": (64,)}),
        ("rbm", "RestrictedBoltzmannMachine", {"hidden_units": 20}),
        ("hidden", "Output", {}),
    ]
    given = {"method": "contrastive_divergence", **SHORT, **recipe}
    return chain("Dreamer", layers, "digits", FLAT, **given)


def belief(**recipe: Any) -> Document:
    """Two Boltzmann machines and a classifier on them."""
    layers: Layers = [
        ("image", "Input", {"shape": (64,)}),
        ("rbm1", "RestrictedBoltzmannMachine", {"hidden_units": 24}),
        ("rbm2", "RestrictedBoltzmannMachine", {"hidden_units": 16}),
        ("scores", "Linear", {"out_features": 10}),
        ("digit", "Output", {}),
    ]
    given = {
        "method": "greedy_layers",
        "epochs": 4,
        "layer_epochs": 1,
        "learning_rate": 0.01,
        **SHORT,
        **recipe,
    }
    return chain("Belief", layers, "digits", FLAT, **given)


def stack(*, bias: bool = True, **recipe: Any) -> Document:
    """Two modules, the second of which sees the answers of the first."""
    document = Document(
        name="Stack",
        graph=Graph(),
        data=DataConfig(source="digits", settings=FLAT),
        recipe=Recipe(
            **{
                "method": "deep_stacking",
                "epochs": 3,
                "layer_epochs": 1,
                "batch_size": 300,
                "learning_rate": 0.01,
                "device": "cpu",
                "precision": "fp32",
                **recipe,
            }
        ),
    )
    document.put_block(document.new_block("Module", {"hidden": 24}, "A module."))
    inside = document.scoped("Module").graph
    for node, layer, values in (
        ("x_in", "Input", {}),
        ("lower", "Linear", {"out_features": "hidden"}),
        ("sigmoid", "Sigmoid", {}),
        ("upper", "Linear", {"out_features": 10, "bias": bias}),
        ("y", "Output", {}),
    ):
        inside.add_node(Node(name=node, layer=layer, settings=values))
    for source, target in (
        ("x_in", "lower"),
        ("lower", "sigmoid"),
        ("sigmoid", "upper"),
        ("upper", "y"),
    ):
        inside.add_edge(Edge(source, "output", target, "input"))
    graph = document.graph
    for node, layer, values in (
        ("image", "Input", {"shape": (64,)}),
        ("module1", "Module", {}),
        ("joined", "Concatenate", {}),
        ("module2", "Module", {"hidden": 30}),
        ("digit", "Output", {}),
    ):
        graph.add_node(Node(name=node, layer=layer, settings=values))
    join = graph["joined"].type.inputs[0].name  # type: ignore[union-attr]
    for source, out, target, into in (
        ("image", "output", "module1", "x_in"),
        ("image", "output", "joined", join),
        ("module1", "y", "joined", join),
        ("joined", "output", "module2", "x_in"),
        ("module2", "y", "digit", "input"),
    ):
        graph.add_edge(Edge(source, out, target, into))
    return document


def kohonen(**recipe: Any) -> Document:
    """A map of the embedded digits."""
    layers: Layers = [
        ("image", "Input", {"shape": (64,)}),
        ("units", "SelfOrganizingMap", {"rows": 5, "columns": 6}),
        ("places", "Output", {}),
    ]
    given = {
        "method": "competitive",
        "optimizer": "SGD",
        "momentum": 0.0,
        "learning_rate": 0.5,
        "batch_size": 16,
        "radius": 3.0,
        "epochs": 4,
        **recipe,
    }
    return chain("Kohonen", layers, "digits", FLAT, **given)
