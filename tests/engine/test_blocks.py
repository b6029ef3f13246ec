"""Blocks: one definition, many uses; shapes, code and files."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import templates
from engine import edits, storage
from engine.analysis import analyse
from engine.blocks import BlockLayer
from engine.compiler import compile_document
from engine.document import Document
from engine.graph import Edge, Node
from engine.problems import Refusal
from tests.engine.drawing import Drawing
from tests.engine.test_codegen import assert_clean

CODE = '''\
from torch import Tensor, nn


class Bottleneck(nn.Module):
    """A block of 6 nodes."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(in_channels, channels, kernel_size=1)
        self.norm = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU()
        self.expand = nn.Conv2d(channels, 4 * channels, kernel_size=1)
        self.shortcut = nn.Conv2d(in_channels, 4 * channels, kernel_size=1)

    def forward(self, x_in: Tensor) -> Tensor:
        x = self.reduce(x_in)
        x = self.norm(x)
        x = self.relu(x)
        x = self.expand(x)
        shortcut = self.shortcut(x_in)
        x = x + shortcut
        return x


class Stack(nn.Module):
    """(N, 3, 8, 8) -> (N, 128, 8, 8)."""

    def __init__(self) -> None:
        super().__init__()
        self.stage1 = nn.Sequential(
            Bottleneck(in_channels=3, channels=16),
            *(Bottleneck(in_channels=64, channels=16) for _ in range(2)),
        )
        self.stage2 = Bottleneck(in_channels=64, channels=32)

    def forward(self, image: Tensor) -> Tensor:
        x = self.stage1(image)  # (N, 64, 8, 8)
        x = self.stage2(x)  # (N, 128, 8, 8)
        return x
'''


def _inner(document: Document, name: str, settings: dict[str, int]) -> Drawing:
    """A drawing whose graph is that of a new block of the document."""
    document.put_block(document.new_block(name, settings))
    drawing = Drawing(name)
    drawing.document = document.scoped(name)
    return drawing


def stack() -> Document:
    """Two stages of bottlenecks, the first of three copies."""
    drawing = Drawing("stack")
    document = drawing.document
    inner = _inner(document, "Bottleneck", {"channels": 8})
    inner.node("x_in", "Input")
    inner.node("reduce", "Conv2d", out_channels="channels", kernel_size=1)
    inner.node("norm", "BatchNorm2d").node("relu", "ReLU")
    inner.node("expand", "Conv2d", out_channels="4 * channels", kernel_size=1)
    inner.node("shortcut", "Conv2d", out_channels="4 * channels", kernel_size=1)
    inner.node("added", "Add").node("y", "Output")
    inner.edges("x_in > reduce > norm > relu > expand > added > y")
    inner.edges("x_in > shortcut > added")
    drawing.node("image", "Input", shape=(3, 8, 8))
    drawing.node("stage1", "Bottleneck", channels=16, repeat=3)
    drawing.node("stage2", "Bottleneck", channels=32)
    drawing.node("features", "Output")
    return drawing.edges("image > stage1 > stage2 > features").document


def test_a_block_is_one_class_with_what_differs_as_its_parameters() -> None:
    analysis = analyse(stack())
    assert analysis.problems == []
    assert analysis.code == CODE


def test_a_setting_that_is_at_its_default_in_one_use_makes_no_second_class() -> None:
    drawing = Drawing("steps")
    inner = _inner(drawing.document, "Step", {"stride": 1, "space": 0})
    inner.node("x_in", "Input")
    inner.node("conv", "Conv2d", stride="stride", padding=("space", "space + 1"))
    inner.node("y", "Output").edges("x_in > conv > y")
    drawing.node("image", "Input", shape=(32, 16, 16))
    drawing.node("first", "Step").node("second", "Step", stride=2, space=1)
    drawing.node("features", "Output").edges("image > first > second > features")
    analysis = analyse(drawing.document)
    assert analysis.problems == []
    assert analysis.code.count("class ") == 2
    for line in (
        "def __init__(self, stride: int, padding: tuple[int, ...]) -> None:",
        "self.first = Step(stride=1, padding=(0, 1))",
        "self.second = Step(stride=2, padding=(1, 2))",
    ):
        assert line in analysis.code
    module = compile_document(drawing.document).module_class()
    assert tuple(module(torch.zeros(1, 32, 16, 16)).shape) == (1, 32, 7, 9)


def test_the_source_of_blocks_is_formatted(tmp_path: Path) -> None:
    assert_clean([analyse(stack()).code], tmp_path)


def test_shapes_and_parameters_are_those_of_the_module() -> None:
    document = stack()
    analysis = analyse(document)
    module = compile_document(document).module_class()
    count = sum(weight.numel() for weight in module.parameters())
    assert analysis.total_parameters == count
    assert analysis.outputs("stage1")[0].shape == (64, 8, 8)  # type: ignore[index]
    assert tuple(module(torch.zeros(2, 3, 8, 8)).shape) == (2, 128, 8, 8)
    assert "stage1.2.expand.weight" in module.state_dict()
    assert analysis.total_operations > 0


def test_inside_a_block_shapes_are_those_of_the_chosen_use() -> None:
    analysis = analyse(stack())
    assert analysis.inside("Bottleneck", "stage2").outputs("expand")[0].shape == (  # type: ignore[index]
        128,
        8,
        8,
    )
    alone = analysis.inside("Bottleneck")
    assert alone.outputs("expand")[0].shape == (32, 8, 8)  # type: ignore[index]


def test_an_edit_inside_changes_every_use_and_can_be_undone() -> None:
    document = stack()
    before = document.copy()
    analysis = analyse(document)
    inner = document.scoped("Bottleneck").graph
    change = edits.change_settings(inner, "expand", {"out_channels": "2 * channels"})
    other = edits.change_settings(inner, "shortcut", {"out_channels": "2 * channels"})
    edit = edits.Within("Bottleneck", edits.Compound((change, other)))
    inverse = edit.apply(document)
    analysis.note(edit)
    analysis.refresh()
    assert analysis.outputs("stage1")[0].shape == (32, 8, 8)  # type: ignore[index]
    assert analysis.code == analyse(document).code
    assert before != document
    inverse.apply(document)
    assert before == document


def test_code_does_not_remember_how_a_block_was_used_before() -> None:
    document = stack()
    analysis = analyse(document)
    for use in ("stage1", "stage2"):
        edit = edits.change_settings(document.graph, use, {"channels": 4, "repeat": 1})
        edit.apply(document)
        analysis.note(edit)
        analysis.refresh()
        assert analysis.code == analyse(document).code


def test_blocks_are_kept_in_the_file() -> None:
    document = stack()
    text = storage.dumps(document)
    assert storage.loads(text) == document
    assert storage.dumps(storage.loads(text)) == text
    lines = [line for line in text.split("\n") if '"reduce"' in line and "name" in line]
    assert len(lines) == 1


def test_a_copied_document_has_blocks_of_its_own() -> None:
    document = stack()
    other = document.copy()
    inner = other.scoped("Bottleneck").graph
    edits.change_settings(inner, "reduce", {"kernel_size": 3}).apply(
        other.scoped("Bottleneck")
    )
    assert document == stack()
    assert document != other
    layer = other.graph["stage1"].type
    assert isinstance(layer, BlockLayer)
    assert layer.block.graph is inner


def test_an_error_inside_is_told_at_the_use() -> None:
    document = stack()
    inner = document.scoped("Bottleneck")
    edits.change_settings(inner.graph, "norm", {"eps": -1.0}).apply(inner)
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.node == "stage1"
    assert problem.message.startswith("stage1 does not work inside: norm: eps must be")
    assert problem.remedy == "Open Bottleneck and mend norm."


def heads_in_blocks() -> Document:
    """The small GPT: its layer hands its heads on to the attention inside."""
    return templates.open_lesson("small-gpt")


def test_a_setting_that_is_handed_on_is_mended_where_it_is_set() -> None:
    document = heads_in_blocks()
    graph = document.graph
    edits.change_settings(graph, "layers", {"heads": 5}).apply(document)
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.node == "layers"
    assert problem.found == "heads 5 with N × 64 × 96"
    assert problem.remedy == "Set heads to 4."
    (fix,) = problem.fixes
    assert fix.label == "Set heads to 4"
    for edit in fix.edits:
        edit.apply(document)
    assert analyse(document).is_valid


def test_a_setting_that_would_not_mend_the_block_is_not_offered() -> None:
    document = heads_in_blocks()
    inner = document.scoped("CausalSelfAttention")
    # Four heads would do for the query; the key has five whatever the block says.
    edits.change_settings(inner.graph, "key", {"num_heads": 5}).apply(inner)
    edits.change_settings(document.graph, "layers", {"heads": 5}).apply(document)
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.remedy == "Open DecoderLayer and mend attention."
    assert not problem.fixes


def test_a_repeat_that_does_not_fit_its_own_output() -> None:
    document = stack()
    inner = document.scoped("Bottleneck")
    edits.change_settings(inner.graph, "reduce", {"kernel_size": 5}).apply(inner)
    edits.change_settings(inner.graph, "shortcut", {"kernel_size": 5}).apply(inner)
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.message == (
        "stage1 does not work inside: reduce has a 5 × 5 kernel that does not fit a "
        "4 × 4 image (in copy 2)."
    )
    assert problem.remedy == "Open Bottleneck and mend reduce."


def test_a_block_that_contains_itself() -> None:
    document = stack()
    inner = document.scoped("Bottleneck").graph
    inner.add_node(Node(name="again", layer="Bottleneck"))
    inner.remove_edge(Edge("added", "output", "y", "input"))
    inner.add_edge(Edge("added", "output", "again", "x_in"))
    inner.add_edge(Edge("again", "y", "y", "input"))
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.message == (
        "stage1 does not work inside: again contains itself: Bottleneck → Bottleneck."
    )
    assert problem.remedy == "Open Bottleneck and mend again."


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("open('x')", "reduce: out_channels calls something"),
        ("width * 2", "uses width; the block's settings are: channels"),
        ("channels - 99", "reduce: out_channels must be a whole number"),
    ],
)
def test_an_expression_that_has_no_value(expression: str, sentence: str) -> None:
    document = stack()
    inner = document.scoped("Bottleneck")
    edits.change_settings(inner.graph, "reduce", {"out_channels": expression}).apply(
        inner
    )
    problem = analyse(document).first_error
    assert problem is not None
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "Linear"}, "a block 'Linear', which is the name of a layer"),
        ({"name": "two words"}, "a block 'two words', which is no name"),
        ({"settings": {"channels": "many"}}, "setting 'channels' is no named whole"),
        ({"settings": {"repeat": 2}}, "setting 'repeat' is no named whole number"),
    ],
)
def test_files_with_wrong_blocks_are_refused(
    change: dict[str, object], sentence: str
) -> None:
    content = json.loads(storage.dumps(stack()))
    content["blocks"][0] |= change
    with pytest.raises(Refusal) as caught:
        storage.loads(json.dumps(content))
    assert sentence in caught.value.problem.message


def growing(help: str = "") -> Document:
    """Four copies that each put two channels behind what they get."""
    drawing = Drawing("growing")
    document = drawing.document
    document.put_block(document.new_block("Grow", {}, help))
    inner = Drawing()
    inner.document = document.scoped("Grow")
    inner.node("x_in", "Input").node("norm", "BatchNorm2d")
    inner.node("conv", "Conv2d", out_channels=2, padding=1)
    inner.node("joined", "Concatenate").node("y", "Output")
    inner.edges("x_in > joined > y", "x_in > norm > conv > joined")
    drawing.node("image", "Input", shape=(3, 8, 8)).node("grow", "Grow", repeat=4)
    return drawing.node("y", "Output").edges("image > grow > y").document


def test_copies_that_grow_evenly_are_a_loop_and_share_their_parameter(
    tmp_path: Path,
) -> None:
    document = growing("Adds two channels. It keeps the rest.")
    code = analyse(document).code
    loop = "*(Grow(num_features=x) for x in range(3, 11, 2))"
    assert f"self.grow = nn.Sequential({loop})" in code
    assert "nn.Conv2d(num_features, 2, kernel_size=3, padding=1)" in code
    assert '    """Adds two channels."""' in code
    module = compile_document(document).module_class()
    assert tuple(module(torch.zeros(1, 3, 8, 8)).shape) == (1, 11, 8, 8)
    assert_clean([code], tmp_path)


@pytest.mark.parametrize("help", ['"""; import os', "a\nb", "back\\", "", "x" * 90])
def test_a_help_text_that_cannot_be_a_docstring_is_left_out(help: str) -> None:
    code = analyse(growing(help)).code
    assert '    """A block of 3 nodes."""' in code
    assert "import os" not in code


def test_a_long_help_text_is_broken_and_its_citation_left_out(tmp_path: Path) -> None:
    words = "Adds channels to what it is given" + ", and to what they are given" * 2
    code = analyse(growing(f"{words} (Huang et al. 2017, sec. 3). More.")).code
    (docstring,) = re.findall(r'"""(Adds.*?)"""', code, re.DOTALL)
    assert " ".join(docstring.split()) == f"{words}."
    assert_clean([code], tmp_path)


def test_ports_follow_a_node_of_a_block_that_is_of_another_layer_now() -> None:
    block = growing().blocks["Grow"]
    assert [port.name for port in block.outputs] == ["y"]
    graph = block.block.graph
    graph.replace_node(replace(graph["norm"], layer="Output"))
    assert {port.name for port in block.outputs} == {"y", "norm"}
