"""What a node makes of a sample: the part before it, in pictures, strips and words."""

from __future__ import annotations

from pathlib import Path

import pytest
import safetensors.torch
import torch

import templates
from engine.compiler import compile_document
from engine.data.source import describe
from engine.document import Document
from engine.edits import SetSettings, change_settings
from engine.graph import Edge, Node
from engine.preview import Previewer, part_up_to
from engine.problems import Refusal
from engine.showing.chance import OwnChance
from engine.showing.exhibit import Sheet, Writing
from engine.showing.values import attention_exhibit, value_exhibit
from engine.training.inputs import input_problems


@pytest.fixture(scope="module")
def previewer() -> Previewer:
    return Previewer()


def digits() -> Document:
    return templates.open_lesson("digits-cnn")


def maker(document: Document, layer: str) -> str:
    return next(node.name for node in document.graph if node.layer == layer)


def test_every_node_of_a_network_shows_what_it_gives(previewer: Previewer) -> None:
    document = digits()
    for node in document.graph:
        preview = previewer.look(document, [], node.name)
        assert preview.exhibits
        assert not preview.is_trained


def test_the_maps_are_what_the_layer_computes(previewer: Previewer) -> None:
    """The picture is the real module's first map, from its least to its greatest."""
    document = digits()
    name = maker(document, "Conv2d")
    sheet = previewer.look(document, [], name).exhibits[0]
    assert isinstance(sheet, Sheet)
    from engine.data.source import load

    with OwnChance(document.recipe.seed):
        network = compile_document(part_up_to(document, [], name)).module_class()
    image = next(iter(load(document.data).test.inputs.values()))[:1]
    with torch.no_grad():
        first = network.eval()(image)[0, 0]
    shown = sheet.pictures[0, 0, :, :, 0]
    assert shown.shape == first.shape
    low, high = first.min(), first.max()
    expected = ((first - low) / (high - low) * 255).round().numpy()
    assert abs(shown.astype(float) - expected).max() <= 1


def test_a_setting_changes_what_is_shown_and_the_same_is_remembered(
    previewer: Previewer,
) -> None:
    document = digits()
    name = maker(document, "Conv2d")
    before = previewer.look(document, [], name)
    assert previewer.look(document.copy(), [], name) is before
    SetSettings(name, {**document.graph[name].settings, "out_channels": 3}).apply(
        document
    )
    after = previewer.look(document, [], name)
    assert "three channels" in after.exhibits[0].caption


def test_the_next_sample_is_another_and_they_go_round(previewer: Previewer) -> None:
    document, name = digits(), maker(digits(), "Input")
    first = previewer.look(document, [], name, 0)
    second = previewer.look(document, [], name, 1)
    assert (first.exhibits[0].pictures != second.exhibits[0].pictures).any()  # type: ignore[attr-defined]
    assert previewer.look(document, [], name, first.samples) is first


def test_what_is_broken_behind_a_node_does_not_matter_and_before_it_does(
    previewer: Previewer,
) -> None:
    document = digits()
    conv, output = maker(document, "Conv2d"), maker(document, "Output")
    last = document.graph.edges_into(output)[0].source
    document.graph.add_node(Node(name="odd", layer="Conv2d"))
    document.graph.add_edge(Edge(last, "output", "odd", "input"))
    assert previewer.look(document, [], conv).exhibits
    with pytest.raises(Refusal, match="odd"):
        previewer.look(document, [], "odd")


def test_a_node_without_an_edge_is_told_to_have_none(previewer: Previewer) -> None:
    document = digits()
    document.graph.add_node(Node(name="alone", layer="Linear"))
    with pytest.raises(Refusal) as refusal:
        previewer.look(document, [], "alone")
    assert refusal.value.problem.sentence() == (
        "No data reaches alone yet. Draw an edge to it from the node that feeds it."
    )


def test_a_sample_that_does_not_fit_is_told_as_the_problems_are(
    previewer: Previewer,
) -> None:
    document = digits()
    image = maker(document, "Input")
    wrong = change_settings(document.graph, image, {"shape": (3, 8, 8)})
    wrong.apply(document)
    with pytest.raises(Refusal) as refusal:
        previewer.look(document, [], maker(document, "Conv2d"))
    info = describe(document.data)
    (problem,) = input_problems(document, info, [image])
    assert refusal.value.problem.sentence() == problem.sentence()
    assert "3 × 8 × 8" in problem.sentence()


def test_weights_of_a_run_are_taken_where_they_fit(
    previewer: Previewer, tmp_path: Path
) -> None:
    document = digits()
    name = maker(document, "Linear")
    network = compile_document(document).module_class()
    file = tmp_path / "final.safetensors"
    safetensors.torch.save_file(
        {key: torch.zeros_like(value) for key, value in network.state_dict().items()},
        file,
    )
    shown = previewer.look(document, [], name, 0, file)
    assert shown.is_trained
    assert "0 to 0" in shown.exhibits[0].caption
    SetSettings(name, {**document.graph[name].settings, "out_features": 7}).apply(
        document
    )
    assert not previewer.look(document, [], name, 0, file).is_trained


def test_inside_a_block_as_a_node_uses_it() -> None:
    document = templates.open_lesson("small-gpt")
    use = next(n for n in document.graph if n.layer in document.blocks)
    inside = document.blocks[use.layer].block.graph
    name = next(node.name for node in inside if node.type and node.type.outputs)
    part = part_up_to(document, [(use.layer, use.name)], name)
    assert compile_document(part).outputs
    with pytest.raises(Refusal, match="nothing flows"):
        part_up_to(document, [(use.layer, None)], name)


def test_data_that_would_be_downloaded_are_not(tmp_path: Path) -> None:
    document = templates.open_lesson("cnn-mnist")
    with pytest.raises(Refusal, match="the data are not on this computer"):
        Previewer(tmp_path).look(document, [], maker(document, "Conv2d"))


def test_a_map_of_attention_lies_as_everywhere_else(previewer: Previewer) -> None:
    """A row looks, a column is looked at; before it lay on its side."""
    document = templates.open_lesson("attention")
    sheet = previewer.look(document, [], "attention").exhibits[1]
    assert isinstance(sheet, Sheet)
    assert sheet.caption.startswith("Each of the 10 rows looks at the 10 columns: ")
    shares = torch.tensor([[0.9, 0.1], [0.5, 0.5]])
    blue = attention_exhibit(shares).pictures[0, 0, :, :, 2]  # less in a strong field
    assert blue[0, 0] < blue[1, 0] == blue[1, 1] < blue[0, 1]


def test_values_of_every_shape() -> None:
    words = value_exhibit(torch.tensor([1, 2]), ["?", "the", "cat"])
    assert isinstance(words, Writing)
    assert words.text == "the cat"
    assert value_exhibit(torch.tensor([3, 1])).text == "3 1"  # type: ignore[attr-defined]
    maps = value_exhibit(torch.rand(20, 5, 6))
    assert isinstance(maps, Sheet)
    assert maps.pictures.shape == (4, 4, 5, 6, 3)
    assert "first 16 of 20 channels" in maps.caption
    heat = value_exhibit(torch.rand(7, 30))
    assert isinstance(heat, Sheet)
    assert heat.pictures.shape == (1, 1, 30, 7, 3)
    assert "7 steps across, 30 down" in heat.caption
    few = value_exhibit(torch.tensor([-1.0, 0.5]))
    assert few.caption.startswith("−1  0.5")
    cold, warm = few.pictures[0, 0, 0]  # type: ignore[attr-defined]
    assert cold[2] > cold[0]
    assert warm[0] > warm[2]
    odd = value_exhibit(torch.tensor([1.0, float("nan")]))
    assert odd.caption.startswith("1 of its values are no numbers.")
    one = value_exhibit(torch.tensor(2.0)).caption
    assert one == "2; blue is below zero, orange above."
    assert value_exhibit(torch.rand(2, 3, 4, 5, 6)).caption
