"""Inside a block everything reads as at the top, and is what the chosen use sees."""

from __future__ import annotations

from engine.analysis import analyse
from engine.block_view import BlockView, Step
from engine.edits import change_settings
from tests.engine.test_blocks import stack
from tests.engine.test_grouping import nested


def test_it_reads_as_the_chosen_use_sees_it() -> None:
    analysis = analyse(stack())
    view = BlockView(analysis, [Step("Bottleneck", "stage2")])
    assert view.scope == "Bottleneck"
    assert view.names == {"channels": 32}
    assert view.flowing("expand", "output").shape == (128, 8, 8)  # type: ignore[union-attr]
    assert view.values("expand")["out_channels"] == 128  # type: ignore[index]
    assert view.parameters("reduce") == 64 * 32 + 32
    assert view.inputs("added") is not None
    assert view.network[0] == "x_in"
    assert view.total_parameters == analysis.total_parameters
    assert view.code == analysis.code
    assert view.constructor_of("norm").startswith(
        "self.norm = nn.BatchNorm2d(channels)"
    )
    assert view.lines_of("norm") != ()
    assert view.is_valid
    assert view.problems == []


def test_without_a_use_it_is_seen_with_its_defaults() -> None:
    view = BlockView(analyse(stack()), [Step("Bottleneck")])
    assert view.names == {"channels": 8}
    assert view.outputs("expand")[0].shape == (32, 8, 8)  # type: ignore[index]


def test_a_path_through_two_blocks() -> None:
    path = [Step("Outer", "deep"), Step("Bottleneck", "inner")]
    view = BlockView(analyse(nested()), path)
    assert view.names == {"channels": 32}
    assert view.inputs("reduce")[0].shape == (128, 8, 8)  # type: ignore[index]


def test_problems_inside_carry_their_scope_and_hide_what_the_use_says() -> None:
    document = stack()
    inner = document.scoped("Bottleneck")
    change_settings(inner.graph, "norm", {"eps": -1.0}).apply(inner)
    analysis = analyse(document)
    view = BlockView(analysis, [Step("Bottleneck", "stage1")])
    assert [(each.scope, each.node) for each in view.problems] == [
        ("Bottleneck", "norm")
    ]
    assert view.problems_of("norm") == view.problems
    assert view.problems_of("relu") == []
    assert view.first_error == view.problems[0]
    assert not view.is_valid
    view.problems[0].fixes[0].edits[0].apply(inner)
    assert analyse(document).is_valid


def test_problems_elsewhere_are_told_as_well() -> None:
    document = stack()
    change_settings(document.graph, "stage2", {"channels": -3}).apply(document)
    view = BlockView(analyse(document), [Step("Bottleneck", "stage1")])
    assert [(each.scope, each.node) for each in view.problems] == [("", "stage2")]
    assert view.problems_of("stage2") == []
