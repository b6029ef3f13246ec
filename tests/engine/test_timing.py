"""How long each node takes, measured."""

from __future__ import annotations

import sys
from itertools import pairwise

import pytest
import torch

from engine.graph import Edge, Node
from engine.problems import Refusal
from engine.timing import times_of
from tests.engine.documents import digits


def test_every_node_that_computes_has_its_time() -> None:
    document = digits()
    before, tracing = torch.get_rng_state(), sys.gettrace()
    times = times_of(document)
    computing = {n.name for n in document.graph if n.layer not in ("Input", "Output")}
    assert computing <= times.keys() <= set(document.graph.nodes)
    assert all(times[name] > 0 for name in computing), "those without a module too"
    assert torch.equal(before, torch.get_rng_state())
    assert sys.gettrace() is tracing


def test_more_work_takes_longer() -> None:
    document = digits()
    graph = document.graph
    last = next(node for node in graph if node.layer == "Output")
    edge = graph.edges_into(last.name)[0]
    graph.remove_edge(edge)
    for name, width in (("wide", 2048), ("wider", 2048), ("narrow", 10)):
        graph.add_node(
            Node(name=name, layer="Linear", settings={"out_features": width})
        )
    names = [edge.source, "wide", "wider", "narrow", last.name]
    for source, target in pairwise(names):
        graph.add_edge(Edge(source, "output", target, "input"))
    times = times_of(document)
    assert times["wider"] > 3 * times["narrow"]


def test_what_cannot_run_is_refused() -> None:
    document = digits()
    conv = next(node for node in document.graph if node.layer == "Conv2d")
    edge = document.graph.edges_into(conv.name)[0]
    document.graph.remove_edge(edge)
    with pytest.raises(Refusal):
        times_of(document)
