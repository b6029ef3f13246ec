"""What is said of networks that cannot learn in the way that was chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.analysis import analyse
from engine.catalog import TensorSpec
from engine.data.source import describe
from engine.document import Document
from engine.edits import change_settings, removal
from engine.graph import Edge, Node
from engine.problems import Problem, Refusal, Severity
from engine.session import prepare
from engine.training.fitness import FitsItsData
from engine.training.methods import METHODS
from tests.engine.documents import digits, iris
from tests.engine.own_way_documents import belief, kohonen, machine, stack


def only(document: Document) -> Problem:
    problems = analyse(document, [FitsItsData()]).problems
    assert len(problems) == 1, [problem.sentence() for problem in problems]
    return problems[0]


def recipe(document: Document, **values: Any) -> Document:
    document.recipe = replace(document.recipe, **values)
    return document


def within(document: Document, node: str, **settings: Any) -> Document:
    inside = document.scoped("Module")
    change_settings(inside.graph, node, settings).apply(inside)
    return document


def inserted(document: Document, name: str, layer: str, before: str) -> Document:
    """The document with a node put in front of another."""
    graph = document.graph
    (edge,) = graph.edges_into(before)
    graph.remove_edge(edge)
    graph.add_node(Node(name=name, layer=layer))
    graph.add_edge(Edge(edge.source, edge.source_port, name, "input"))
    graph.add_edge(Edge(name, "output", edge.target, edge.target_port))
    return document


def without(document: Document, *names: str) -> Document:
    removal(document.graph, list(names), keep_flow=True).apply(document)
    return document


@pytest.mark.parametrize("make", [machine, belief, stack, kohonen])
def test_what_fits_has_no_problems(make: Any) -> None:
    assert analyse(make(), [FitsItsData()]).problems == []


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("contrastive_divergence", "Contrastive divergence"),
        ("greedy_layers", "Learning layer by layer"),
    ],
)
def test_no_machine(method: str, what: str) -> None:
    document = recipe(digits(), method=method)
    problem = only(document)
    assert problem.sentence() == (
        f"{what} trains a RestrictedBoltzmannMachine, and none leads to an Output. Put "
        "one between the Input and the Output, outside of blocks, or set the "
        "training's method to supervised."
    )
    with pytest.raises(Refusal, match="none leads to an Output"):
        prepare(document)


def test_two_machines_at_once() -> None:
    document = without(belief(method="contrastive_divergence"), "scores")
    problem = only(document)
    assert problem.node == "rbm2"
    assert problem.sentence() == (
        "Contrastive divergence trains one Boltzmann machine, and here are 2: rbm1 and "
        "rbm2. Set the training's method to greedy_layers: it trains one after the "
        "other."
    )


@pytest.mark.parametrize("make", [machine, belief])
def test_numbers_that_are_no_chances(make: Any) -> None:
    document = make()
    name = "rbm" if make is machine else "rbm1"
    problem = only(inserted(document, "tanh1", "Tanh", name))
    assert problem.severity is Severity.WARNING and problem.node == name
    assert problem.sentence() == (
        f"{name} takes numbers from 0 to 1, as chances, and tanh1 (Tanh) may give "
        "others. Put a Sigmoid before it."
    )
    mended = inserted(document, "sigmoid1", "Sigmoid", name)
    assert analyse(mended, [FitsItsData()]).problems == []


def test_flattened_chances_are_chances() -> None:
    document = machine()
    change_settings(document.graph, "image", {"shape": (1, 8, 8)}).apply(document)
    document.data = replace(document.data, settings={})
    flat = inserted(document, "flatten1", "Flatten", "rbm")
    assert analyse(flat, [FitsItsData()]).problems == []


def test_too_few_epochs_for_all_layers() -> None:
    document = belief(epochs=6, layer_epochs=3)
    problem = only(document)
    assert problem.sentence() == (
        "With 6 epochs the whole network never learns: the 2 parts before it learn for "
        "3 epochs each. Set epochs to 9, or layer_epochs lower."
    )
    for edit in problem.fixes[0].edits:
        edit.apply(document)
    assert document.recipe.epochs == 9
    assert analyse(document, [FitsItsData()]).problems == []


def test_a_deep_belief_network_needs_its_targets() -> None:
    document = belief()
    change_settings(document.graph, "scores", {"out_features": 8}).apply(document)
    assert only(document).message == (
        "digit gets 8 numbers a sample, and “digit” has 10 classes."
    )


def test_too_few_epochs_for_all_modules() -> None:
    assert only(stack(epochs=2, layer_epochs=2)).sentence() == (
        "With 2 epochs the last module, module2, never learns: the 1 part before it "
        "learns for 2 epochs each. Set epochs to 4, or layer_epochs lower."
    )


def test_a_stack_without_modules() -> None:
    problem = only(recipe(iris(), method="deep_stacking"))
    assert problem.node == "species"
    assert problem.sentence() == (
        "Deep stacking needs modules that are blocks, the last of them right before "
        "species; there is fc2. Group the layers of each module into a block that ends "
        "in a Linear, or see the lesson “deep-stacking”."
    )


def test_two_answers_of_a_stack() -> None:
    document = stack()
    document.graph.add_node(Node(name="early", layer="Output"))
    document.graph.add_edge(Edge("module1", "y", "early", "input"))
    problems = analyse(document, [FitsItsData()]).problems
    assert problems[0].sentence() == (
        "A deep stacking network gives one answer, and here are 2 Outputs. Keep one of "
        "them."
    )


def test_a_stack_has_a_target() -> None:
    document = stack()
    change_settings(document.graph, "digit", {"loss": "itself"}).apply(document)
    assert only(document).sentence() == (
        "digit has no target (its loss is itself), and upper weights are computed from "
        "targets. Set its loss to auto."
    )


def test_a_module_that_ends_in_something_else() -> None:
    document = stack()
    inside = document.scoped("Module")
    edge = Edge("upper", "output", "y", "input")
    inside.graph.remove_edge(edge)
    inside.graph.add_node(Node(name="relu", layer="ReLU"))
    inside.graph.add_edge(Edge("upper", "output", "relu", "input"))
    inside.graph.add_edge(Edge("relu", "output", "y", "input"))
    problem = only(document)
    assert problem.node == "module1"
    assert problem.sentence() == (
        "module1 ends in relu (ReLU); the upper weights that can be computed are those "
        "of a Linear. Let its block end in a Linear of its own, and nothing behind it."
    )


def test_a_module_with_nothing_to_learn() -> None:
    document = stack()
    inside = document.scoped("Module")
    removal(inside.graph, ["lower", "sigmoid"], keep_flow=True).apply(inside)
    assert only(document).sentence() == (
        "module1 has nothing below its upper layer; there is nothing to learn but what "
        "is computed. Put a Linear and a Sigmoid below it."
    )


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"settings": {"repeat": 2}}, "is repeated"),
        ({"shares": "module1"}, "uses the weights of another"),
    ],
)
def test_a_module_that_is_not_one_of_its_own(
    change: dict[str, Any], found: str
) -> None:
    document = stack()
    graph = document.graph
    graph.replace_node(replace(graph["module2"], **change))
    # Neither fits the sizes here, which is told first; so the method is asked alone.
    (problem,) = METHODS["deep_stacking"].problems(
        document, describe(document.data), {"digit": TensorSpec((10,))}
    )
    assert problem.sentence() == (
        f"module2 {found}; each module of a stack learns once, from what is before it. "
        "Give it weights of its own, and a card for each module."
    )


def test_a_module_with_another_number_of_answers() -> None:
    document = stack()
    block = document.blocks["Module"].block
    block.settings = {**block.settings, "answers": 10}
    within(document, "upper", out_features="answers")
    change_settings(document.graph, "module1", {"answers": 7}).apply(document)
    problem = only(document)
    assert problem.node == "module1"
    assert problem.sentence() == (
        "module1 answers with 7 numbers; digit wants 10, and each module of a stack "
        "gives the whole answer. Let its last Linear give 10."
    )


def test_no_mean_of_weights_that_are_computed() -> None:
    assert only(stack(average=0.99)).sentence() == (
        "The mean of weights does not suit upper weights that are computed anew. Set "
        "the mean of weights (average) to 0."
    )


def test_no_map() -> None:
    assert only(recipe(digits(), method="competitive")).sentence() == (
        "Competitive learning trains a SelfOrganizingMap, and none leads to an Output. "
        "Put one between the Input and the Output, outside of blocks, or set the "
        "training's method to supervised."
    )


def test_two_maps() -> None:
    problem = only(inserted(kohonen(), "second", "SelfOrganizingMap", "places"))
    assert problem.node == "second"
    assert problem.sentence() == (
        "Competitive learning trains one SelfOrganizingMap, and here are 2: units and "
        "second. Keep one of them."
    )


def test_a_neighbourhood_that_grows() -> None:
    problem = only(kohonen(radius=0.5))
    assert problem.node == "units"
    assert problem.sentence() == (
        "The neighbourhood would grow, from a radius of 0.5 to 1; a map unfolds while "
        "it shrinks. Set final_radius to 0.5."
    )
