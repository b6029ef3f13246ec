"""What nodes cost: parameters, operations, and what they give to be remembered."""

from __future__ import annotations

from engine.analysis import analyse
from engine.block_view import BlockView, Step
from engine.costs import Cost, cost_of, costs
from engine.edits import SetBypassed
from engine.grouping import collapse
from tests.engine.documents import digits


def test_each_node_has_its_costs() -> None:
    analysis = analyse(digits())
    assert cost_of(analysis, "conv1", Cost.PARAMETERS) == 8 * 9 + 8
    # 8 channels of 8 by 8 numbers, 9 products and sums for each.
    assert cost_of(analysis, "conv1", Cost.OPERATIONS) == 2 * 9 * 8 * 64
    assert cost_of(analysis, "conv1", Cost.MEMORY) == 4 * 8 * 64
    assert cost_of(analysis, "image", Cost.MEMORY) == 0, "it is given, not made"


def test_together_they_are_the_totals() -> None:
    analysis = analyse(digits())
    parameters = sum(costs(analysis, Cost.PARAMETERS).values())
    operations = sum(costs(analysis, Cost.OPERATIONS).values())
    assert (parameters, operations) == (
        analysis.total_parameters,
        analysis.total_operations,
    )


def test_a_block_costs_what_is_inside_as_often_as_it_repeats() -> None:
    document = digits()
    before = analyse(document)
    wanted = {c: sum(costs(before, c).values()) for c in Cost}
    collapse(document, "", ["conv1", "relu1"], "Features").apply(document)
    analysis = analyse(document)
    use = next(node.name for node in document.graph if node.layer == "Features")
    assert {c: sum(costs(analysis, c).values()) for c in Cost} == wanted
    memory = cost_of(analysis, use, Cost.MEMORY)
    assert memory == 2 * 4 * 8 * 64, "the convolution's and the ReLU's"
    inside = BlockView(analysis, [Step("Features", use)])
    for cost in Cost:
        inner = sum(costs(inside, cost).values())
        assert inner == cost_of(analysis, use, cost)


def test_what_is_bypassed_costs_nothing() -> None:
    document = digits()
    SetBypassed("conv1", True).apply(document)
    analysis = analyse(document)
    assert "conv1" not in costs(analysis, Cost.PARAMETERS)
    assert {cost_of(analysis, "conv1", cost) for cost in Cost} == {0}
