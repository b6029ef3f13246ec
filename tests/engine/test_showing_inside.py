"""What goes on inside a network: the plane it parts, attention, gates, slopes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

import templates
from engine.data.source import load
from engine.document import DataConfig
from engine.session import prepare
from engine.showing.choosing import exhibits
from engine.showing.exhibit import Exhibit, Shares, Sheet
from engine.showing.flow import _plain, gates_of
from engine.showing.scene import Scene


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def shown_by(lesson: str) -> dict[str, Exhibit]:
    """What an untrained network of a lesson shows."""
    document = templates.open_lesson(lesson)
    prepared = prepare(document)
    scene = Scene(
        document=document,
        splits=prepared.splits,
        plan=prepared.plan,
        network=prepared.state.network,
    )
    return {each.title: each for each in exhibits(scene)}


def test_the_plane_is_parted_where_the_answers_change() -> None:
    document = templates.open_lesson("neuron")
    prepared = prepare(document)
    network = prepared.state.network
    with torch.no_grad():  # right of x = 0 the one class, left of it the other
        network.neuron.weight.copy_(torch.tensor([[20.0, 0.0]]))
        network.neuron.bias.zero_()
        network.fc.weight.copy_(torch.tensor([[-30.0], [30.0]]))
        network.fc.bias.copy_(torch.tensor([15.0, -15.0]))
    scene = Scene(
        document=document,
        splits=prepared.splits,
        plan=prepared.plan,
        network=network,
    )
    found = next(each for each in exhibits(scene) if each.title == "The plane, parted")
    assert isinstance(found, Sheet)
    picture = found.pictures[0, 0].astype(int)
    left, right = picture[0, 0], picture[0, -1]  # corners, where no points are
    assert left[2] > left[0] + 50  # blue
    assert right[0] > right[2] + 50  # orange
    assert (picture[-1, 0] == left).all()


def test_maps_attention_slopes_and_gates_are_there_for_those_who_have_them() -> None:
    assert set(shown_by("convolution-by-hand")) == {
        "Filters of learned",
        "What learned makes of a picture",
    }
    assert set(shown_by("lstm-forecast")) == {
        "How far back lstm reaches",
        "The gates of lstm",
    }
    assert set(shown_by("rnn-sequence")) == {"How far back rnn reaches"}


@pytest.mark.parametrize(
    ("share", "text"), [(1.5e-5, "0.000015"), (0.076, "0.076"), (1.0, "1.0")]
)
def test_a_share_is_written_without_an_exponent(share: float, text: str) -> None:
    assert _plain(share) == text
    assert set(shown_by("fnn-iris")) == set()


def test_attention_is_shown_word_by_word() -> None:
    (found,) = shown_by("attention").values()
    assert isinstance(found, Shares)
    words = "the cat that i saw yesterday was sleeping".split()
    assert list(found.rows) == words
    assert list(found.columns) == [*words, "(padding)"]  # what fills it up, together
    assert all(sum(row) == pytest.approx(1.0, abs=1e-5) for row in found.shares)
    assert all(0.0 <= share <= 1.0 for row in found.shares for share in row)


@pytest.mark.parametrize("layer", [nn.LSTM, nn.GRU])
def test_the_gates_are_those_the_layer_really_has(layer: type[nn.RNNBase]) -> None:
    """With the gates one can compute the layer's own answers again."""
    torch.manual_seed(0)
    module = layer(3, 5, batch_first=True)
    series = torch.randn(1, 7, 3)
    gates = gates_of(module, series)
    answers, _ = module(series)
    w, u = module.weight_ih_l0, module.weight_hh_l0
    b, c = module.bias_ih_l0, module.bias_hh_l0
    h, cell = torch.zeros(5), torch.zeros(5)
    for step, x in enumerate(series[0]):
        read, kept = w @ x + b, u @ h + c
        if layer is nn.LSTM:
            new = (read + kept)[10:15].tanh()
            cell = gates["keep"][step] * cell + gates["write"][step] * new
            h = gates["read"][step] * cell.tanh()
        else:
            new = (read[10:] + gates["use"][step] * kept[10:]).tanh()
            h = (1 - gates["keep"][step]) * new + gates["keep"][step] * h
        torch.testing.assert_close(h, answers[0, step])


def test_slopes_fade_with_the_weights_that_carry_them() -> None:
    document = templates.open_lesson("rnn-sequence")
    prepared = prepare(document)
    network = prepared.state.network
    with torch.no_grad():
        network.rnn.weight_hh_l0.copy_(0.5 * torch.eye(32))
    scene = Scene(
        document=document,
        splits=prepared.splits,
        plan=prepared.plan,
        network=network,
    )
    (found,) = exhibits(scene)
    share = float(found.caption.split()[-1].rstrip("."))
    assert 0 < share <= 0.5**24  # tanh's slope is at most 1


def test_the_well_known_sentence_is_watched_and_never_learned_from() -> None:
    splits = load(DataConfig(source="subjects-made-up"))
    first = splits.validation.inputs["tokens"][0]
    words = [splits.vocabulary[token] for token in first.tolist() if token]
    assert " ".join(words) == "the cat that i saw yesterday was sleeping"
    assert splits.classes[int(splits.validation.targets["subject"][0])] == "cat"
    assert not bool((splits.train.inputs["tokens"] == first).all(dim=1).any())
    assert 1 not in splits.test.inputs["tokens"]  # every word was seen in training
