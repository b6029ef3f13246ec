"""How much memory a training takes, told before it begins."""

from __future__ import annotations

from dataclasses import replace

import pytest

import templates
from engine.document import Document
from engine.graph import Edge, Node
from engine.memory import estimate_memory
from engine.problems import Refusal


def line(optimizer: str, batch: int) -> Document:
    """100 numbers to 50: 5,050 weights of 4 bytes."""
    document = Document(name="Line")
    graph = document.graph
    graph.add_node(Node(name="x", layer="Input", settings={"shape": (100,)}))
    graph.add_node(Node(name="fc", layer="Linear", settings={"out_features": 50}))
    graph.add_node(Node(name="y", layer="Output"))
    graph.add_edge(Edge("x", "output", "fc", "input"))
    graph.add_edge(Edge("fc", "output", "y", "input"))
    document.recipe = replace(
        document.recipe, optimizer=optimizer, batch_size=batch, momentum=0.0
    )
    return document


def test_weights_gradients_and_the_optimizer_are_exact() -> None:
    adam = estimate_memory(line("Adam", 8))
    assert adam.weights == adam.gradients == 5_050 * 4
    assert adam.optimizer == 2 * 5_050 * 4
    assert estimate_memory(line("SGD", 8)).optimizer == 0


def test_what_a_step_needs_grows_with_the_batch() -> None:
    small, large = (estimate_memory(line("Adam", each)) for each in (1_000, 2_000))
    assert small.step >= 1_000 * 150 * 4  # what it reads and what it gives
    assert large.step == pytest.approx(2 * small.step, rel=0.05)
    assert large.total > small.total


def test_evaluating_takes_no_more_samples_than_there_are() -> None:
    few = estimate_memory(line("Adam", 8), samples=16)
    assert few.evaluation == 16 * 150 * 4
    assert estimate_memory(line("Adam", 8)).evaluation == 512 * 150 * 4


def test_frozen_weights_have_no_gradients() -> None:
    document = line("Adam", 8)
    graph = document.graph
    graph.add_node(Node(name="more", layer="Linear", settings={"out_features": 2}))
    graph.remove_edge(Edge("fc", "output", "y", "input"))
    graph.add_edge(Edge("fc", "output", "more", "input"))
    graph.add_edge(Edge("more", "output", "y", "input"))
    graph.replace_node(replace(graph["fc"], frozen=True))
    assert estimate_memory(document).gradients == (50 * 2 + 2) * 4


def test_a_broken_network_is_refused_by_its_own_problem() -> None:
    document = templates.open_lesson("digits-cnn")
    document.graph.add_node(Node(name="odd", layer="Add"))
    document.graph.add_node(Node(name="end", layer="Output"))
    document.graph.add_edge(Edge("odd", "output", "end", "input"))
    with pytest.raises(Refusal, match="odd"):
        estimate_memory(document)
