"""What a network shows of itself: cut out exactly, painted, and without a trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.analysis import analyse
from engine.compiler import compile_document
from engine.document import DataConfig, Document
from engine.edits import (
    MoveNodes,
    SetName,
    SetShares,
    change_settings,
    removal,
)
from engine.recipe import Recipe
from engine.session import prepare, train_document
from engine.showing.chance import OwnChance
from engine.showing.choosing import COLUMNS, STEPS, exhibits
from engine.showing.cutting import bottleneck, part_after
from engine.showing.exhibit import (
    Exhibit,
    Sheet,
    Shown,
    Writing,
    in_picture_form,
    painted,
)
from engine.showing.likeness import computes_alike
from engine.showing.scene import Scene
from engine.showing.telling import WIDTH, as_text
from engine.showing.wishes import LETTERS, Wishes
from engine.showing.writing import continued, text_of, tokens_of
from engine.training.events import EpochDone, Event, StepDone
from tests.engine.documents import digits, halves, iris, rebuild
from tests.engine.own_way_documents import kohonen, machine
from tests.engine.shown_documents import (
    flat_writer,
    generator,
    plane_of_digits,
    writer,
)
from tests.templates.architectures.generative import vae
from tests.templates.architectures.sketch import sketch

Make = Callable[..., Document]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def scene_of(document: Document, **wishes: float) -> Scene:
    """An untrained network on its data."""
    prepared = prepare(document)
    return Scene(
        document=document,
        splits=prepared.splits,
        plan=prepared.plan,
        network=prepared.state.network,
        wishes=Wishes(**wishes),  # type: ignore[arg-type]
    )


def shown_by(document: Document, **wishes: float) -> dict[str, Exhibit]:
    return {each.title: each for each in exhibits(scene_of(document, **wishes))}


def sheet_of(document: Document, title: str) -> Sheet:
    found = shown_by(document)[title]
    assert isinstance(found, Sheet)
    return found


# Cutting.


def value_of(network: nn.Module, name: str, given: Tensor) -> tuple[Tensor, Tensor]:
    """What a node gives, and what the whole network answers."""
    kept: list[Tensor] = []
    hook = getattr(network, name).register_forward_hook(lambda m, x, y: kept.append(y))
    answer = network(given)
    hook.remove()
    return kept[0], answer[0] if isinstance(answer, tuple) else answer


@pytest.mark.parametrize(
    ("make", "name", "shape"),
    [
        (rebuild, "encode", (64,)),
        (rebuild, "relu1", (64,)),
        (plane_of_digits, "code", (1, 8, 8)),
        (vae, "code", (1, 28, 28)),
        (digits, "pool1", (1, 8, 8)),
    ],
)
def test_a_part_computes_what_the_whole_does(
    make: Make, name: str, shape: tuple[int, ...]
) -> None:
    document = make()
    part = part_after(document, analyse(document), name)
    assert part is not None
    whole = compile_document(document).module_class().eval()
    cut = compile_document(part).module_class().eval()
    state = whole.state_dict()
    cut.load_state_dict({key: state[key] for key in cut.state_dict()})
    value, answer = value_of(whole, name, torch.rand(3, *shape))
    again = cut(value)
    assert torch.equal(again[0] if isinstance(again, tuple) else again, answer)
    assert len(part.graph.nodes) < len(document.graph.nodes)


def test_what_is_needed_from_before_cannot_be_cut_off() -> None:
    net = sketch("Bypass", (64,))
    net.add("fc1", "Linear", out_features=64).add("fc2", "Linear", out_features=64)
    net.add("sum", "Add", after=("fc1", "fc2")).add("rebuilt", "Output")
    document = net.finished(DataConfig(), Recipe())
    analysis = analyse(document)
    assert part_after(document, analysis, "fc2") is None
    assert part_after(document, analysis, "fc1") is not None


def test_weights_from_before_cannot_be_cut_off() -> None:
    net = sketch("Tied", (64,))
    net.add("fc1", "Linear", out_features=64).add("relu", "ReLU")
    net.add("fc2", "Linear", out_features=64).add("rebuilt", "Output")
    document = net.finished(DataConfig(), Recipe())
    SetShares("fc2", "fc1").apply(document)
    assert part_after(document, analyse(document), "relu") is None


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (rebuild, "relu1"),  # as small as the node before it, and all passes it
        (plane_of_digits, "code"),
        (vae, "code"),
        (digits, None),  # ten scores are the answer itself
        (halves, None),  # two inputs
        (writer, None),  # tokens are no numbers
    ],
)
def test_the_bottleneck_is_what_everything_passes(make: Make, name: str | None) -> None:
    document = make()
    found = bottleneck(document, analyse(document))
    if name == "relu1":
        assert found in ("encode", "relu1")
    elif name is None and make is digits:
        assert found == "fc1"
    else:
        assert found == name


# Whether weights fit.


def test_a_card_that_moves_computes_the_same() -> None:
    one = plane_of_digits()
    for edit, alike in (
        (MoveNodes({"fc1": (9.0, 9.0)}), True),
        (SetName("Other"), True),
        (change_settings(one.graph, "fc1", {"out_features": 25}), False),
        (SetShares("fc2", "fc1"), False),
        (removal(one.graph, ["divergence"]), False),
    ):
        other = one.copy()
        edit.apply(other)
        assert computes_alike(one, other) is alike, edit
    block = generator()
    other = block.copy()
    assert computes_alike(block, other)
    inner = other.scoped("Maker")
    change_settings(inner.graph, "fc", {"bias": False}).apply(inner)
    assert not computes_alike(block, other)


# Painting.


def test_black_and_white_are_where_they_are_told_to_be() -> None:
    grey = torch.tensor([[[[-1.0, 0.0], [1.0, 9.0]]]])
    found = painted(grey, -1.0, 1.0)
    assert found.shape == (1, 2, 2, 3)
    assert found[0, ..., 0].tolist() == [[0, 128], [255, 255]]
    assert (found[..., 0] == found[..., 2]).all()


def test_each_colour_may_have_its_own_range() -> None:
    picture = torch.tensor([0.0, 1.0, 2.0]).reshape(3, 1, 1)
    low, high = picture - 1, picture + 3
    assert painted(picture, low, high)[0, 0].tolist() == [64, 64, 64]


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((5, 3, 8, 8), (5, 3, 8, 8)),
        ((5, 8, 8), (5, 1, 8, 8)),
        ((5, 64), (5, 1, 8, 8)),
        ((5, 65), None),
        ((5, 4), None),
        ((5, 7, 8, 8), None),
    ],
)
def test_what_is_a_picture(shape: tuple[int, ...], expected: object) -> None:
    found = in_picture_form(torch.zeros(shape))
    assert (None if found is None else tuple(found.shape)) == expected


# Writing.


class Parrot(nn.Module):
    """Foretells that after token t comes t + 1, of four."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.seen: list[int] = []

    def forward(self, tokens: Tensor) -> Tensor:
        self.seen.append(tokens.shape[1])
        return 9.0 * nn.functional.one_hot((tokens + 1) % 4, 6).float()


def spoken(temperature: float, count: int = 6, allowed: int = 4) -> list[int]:
    generator = torch.Generator().manual_seed(0)
    model = Parrot()
    found = list(
        continued(
            model,
            [0],
            count,
            temperature=temperature,
            window=3,
            allowed=allowed,
            generator=generator,
        )
    )
    assert max(model.seen) <= 3
    return found


def test_the_likeliest_is_written_at_no_temperature() -> None:
    assert spoken(0.0)[:3] == [1, 2, 3]


def test_heat_flattens_the_chances() -> None:
    assert all(b == a + 1 for a, b in pairwise(spoken(0.5, 200)) if a < 3)
    wild = spoken(50.0, 200)
    assert len({(b - a) % 4 for a, b in pairwise(wild)}) == 4


def test_what_the_data_does_not_use_is_never_written() -> None:
    assert max(spoken(1000.0, 300)) == 3
    assert spoken(0.0, 3, allowed=2) == [1, 1, 1]


def test_what_is_unknown_is_never_written() -> None:
    """Token 0 has no letter: it would be written as a sign that nobody can read."""
    assert min(spoken(1000.0, 300)) == 1
    assert spoken(0.0, 4)[3] != 0  # the parrot is sure of it


@pytest.mark.parametrize(
    ("vocabulary", "text"),
    [
        (("<unknown>", "a", "b", " "), "ab ba"),
        (("<unknown>", "the", "cat", ".", "\n", "sat"), "the cat sat.\nthe cat"),
    ],
)
def test_text_goes_to_tokens_and_back(vocabulary: tuple[str, ...], text: str) -> None:
    tokens = tokens_of(text, vocabulary)
    assert 0 not in tokens
    assert text_of(tokens, vocabulary) == text


def test_unknown_signs_are_seen_as_such() -> None:
    assert tokens_of("axb", ("<unknown>", "a", "b")) == [1, 0, 2]
    assert text_of([1, 0, 2, 9], ("<unknown>", "a", "b")) == "a�b?"


# Exhibits.


def test_a_generator_shows_what_it_makes_of_the_same_noise() -> None:
    scene = scene_of(generator())
    first, second = (exhibits(scene) for _ in range(2))
    sheets = {each.title: each for each in first}
    assert list(sheets) == ["Made of noise"]
    sheet = sheets["Made of noise"]
    assert isinstance(sheet, Sheet)
    assert sheet.pictures.shape == (8, COLUMNS, 8, 8, 3)
    again = second[0]
    assert isinstance(again, Sheet)
    assert np.array_equal(sheet.pictures, again.pictures)
    assert not np.array_equal(sheet.pictures[0, 0], sheet.pictures[0, 1])


def test_an_autoencoder_shows_originals_and_what_it_gives_back() -> None:
    document = rebuild()
    sheet = sheet_of(document, "Rebuilt")
    assert sheet.row_titles == ("seen", "given back")
    assert sheet.pictures.shape == (2, COLUMNS, 8, 8, 3)
    original = prepare(document).splits.validation.inputs["image"][3].reshape(8, 8)
    expected = (255 * original).round().to(torch.uint8).numpy()
    assert np.array_equal(sheet.pictures[0, 3, ..., 0], expected)


def test_a_walk_leads_from_one_sample_to_another() -> None:
    sheet = sheet_of(rebuild(), "A walk through the codes")
    assert sheet.pictures.shape == (6, STEPS, 8, 8, 3)
    assert sheet.caption.startswith("From the code of one sample to that of another")


def test_two_numbers_are_a_plane() -> None:
    sheet = sheet_of(plane_of_digits(), "A walk through the codes")
    assert sheet.pictures.shape == (STEPS, STEPS, 8, 8, 3)
    assert sheet.caption == "What is decoded of places in the plane of code."


def test_codes_that_are_small_pictures_are_walked_too() -> None:
    net = sketch("Convolutional", (1, 8, 8))
    net.add("conv", "Conv2d", out_channels=2, stride=2, padding=1)
    net.add("grow", "ConvTranspose2d", out_channels=1, kernel_size=2, stride=2)
    net.add("rebuilt", "Output")
    data = DataConfig(source="digits-reconstruction", settings={})
    document = net.finished(data, Recipe(device="cpu", precision="fp32"))
    sheet = sheet_of(document, "A walk through the codes")
    assert sheet.pictures.shape == (6, STEPS, 8, 8, 3)


def test_filters_are_grey_where_they_look_for_nothing() -> None:
    scene = scene_of(machine())
    weight = next(scene.network.parameters()).data
    weight.zero_()
    weight[0, 0] = 2.0
    weight[1, 0] = -2.0
    sheet = next(each for each in exhibits(scene) if each.title.startswith("Filters"))
    assert isinstance(sheet, Sheet)
    assert sheet.title == "Filters of rbm"
    assert sheet.pictures.shape == (2, COLUMNS, 8, 8, 3)
    assert sheet.pictures[0, :2, 0, 0, 0].tolist() == [255, 0]
    assert (sheet.pictures[0, 2:] == 128).all()


def test_the_first_convolution_shows_its_kernels() -> None:
    sheet = sheet_of(digits(), "Filters of conv1")
    assert sheet.pictures.shape == (1, 8, 3, 3, 3)


def test_a_map_shows_its_prototypes_and_borders() -> None:
    found = shown_by(kohonen())
    titles = [title.split(" of ")[0] for title in found]
    assert titles == ["Prototypes", "U-matrix"]
    prototypes, borders = found.values()
    assert isinstance(prototypes, Sheet) and isinstance(borders, Sheet)
    rows, columns = prototypes.pictures.shape[:2]
    assert borders.pictures.shape == (1, 1, rows, columns, 3)


@pytest.mark.parametrize("make", [writer, flat_writer])
def test_a_writer_goes_on_after_a_text(make: Make) -> None:
    found = shown_by(make(), length=30)["Written"]
    assert isinstance(found, Writing)
    assert 0 < len(found.text) <= 30
    assert found.caption.startswith("It went on after “")
    assert found.caption.endswith("at a temperature of 0.8.")


def test_the_form_says_how_long_and_how_wild() -> None:
    usual = shown_by(writer())["Written"]
    assert isinstance(usual, Writing)
    assert LETTERS - 20 < len(usual.text) <= LETTERS
    cold = shown_by(writer(), temperature=0.0, length=10)["Written"]
    assert isinstance(cold, Writing)
    assert cold.caption.endswith("at a temperature of 0.")
    words = shown_by(writer("words"), length=5)["Written"]
    assert isinstance(words, Writing)
    assert len(words.text.split()) <= 5


def test_a_table_has_nothing_to_show() -> None:
    assert shown_by(iris()) == {}


def test_only_text_where_no_pictures_are_wished() -> None:
    assert shown_by(rebuild(), pictures=False) == {}
    assert list(shown_by(writer(), pictures=False)) == ["Written"]


# While training.


def told(events: list[Event]) -> list[object]:
    """Everything that training came to, without the time it took."""
    found: list[object] = []
    for event in events:
        if isinstance(event, StepDone):
            found += event.losses
        elif isinstance(event, EpochDone):
            found.append((event.train_loss, event.val_loss, event.val_metrics))
    return found


@pytest.mark.parametrize(
    "make", [digits, plane_of_digits, generator, machine, kohonen, writer]
)
def test_showing_changes_nothing_of_the_training(make: Make, tmp_path: Path) -> None:
    document = make(epochs=2)
    plain = list(train_document(document, run_dir=tmp_path / "plain"))
    seen = list(train_document(document, run_dir=tmp_path / "seen", show=Wishes()))
    assert told(seen) == told(plain)
    shown = [event for event in seen if isinstance(event, Shown)]
    assert not any(isinstance(event, Shown) for event in plain)
    assert shown[-1].epoch == 2  # the last is always shown
    assert all(event.exhibits and not event.trouble for event in shown)


def test_what_cannot_be_shown_does_not_end_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(scene: Scene) -> Iterator[Exhibit]:
        raise RuntimeError("the sizes differ\nand more")
        yield

    monkeypatch.setattr("engine.showing.choosing.MAKERS", (broken,))
    document = iris(epochs=2)
    events = list(train_document(document, run_dir=tmp_path, show=Wishes()))
    shown = [event for event in events if isinstance(event, Shown)]
    assert {each.trouble for each in shown} == {
        "Nothing can be shown: the sizes differ"
    }
    assert events[-1].event == "finished"


def test_a_network_without_exhibits_tells_nothing(tmp_path: Path) -> None:
    events = list(train_document(iris(), run_dir=tmp_path, show=Wishes()))
    assert not any(isinstance(event, Shown) for event in events)


# For a terminal.


def test_what_was_written_as_lines() -> None:
    text = Writing(title="Written", caption="It went on.", text="one\n\n" + "two " * 40)
    lines = as_text(Shown(epoch=1, exhibits=(text,))).split("\n")
    assert lines[:3] == ["  It went on.", "  │ one", "  │ "]
    assert len(lines) == 6
    assert max(map(len, lines)) <= WIDTH + 4
    sheet = Sheet(title="Rebuilt", pictures=np.zeros((1, 1, 2, 2, 3), np.uint8))
    assert as_text(Shown(epoch=1, exhibits=(sheet,))) == ""


# Random numbers of one's own.


def test_nothing_is_drawn_from_what_training_draws_from() -> None:
    before = torch.get_rng_state()
    with OwnChance(3):
        first = compile_document(writer()).module_class().state_dict()
        drawn = [
            torch.randn(4),
            torch.rand_like(torch.zeros(4)),
            torch.randperm(9),
            torch.zeros(4).uniform_(),
            nn.init.kaiming_uniform_(torch.empty(4, 4)),
        ]
    assert torch.equal(torch.get_rng_state(), before)
    with OwnChance(3):
        again = compile_document(writer()).module_class().state_dict()
    assert all(torch.equal(first[key], again[key]) for key in first)
    with OwnChance(4):
        other = compile_document(writer()).module_class().state_dict()
    assert not all(torch.equal(first[key], other[key]) for key in first)
    assert all(bool((each != 0).any()) for each in drawn)
