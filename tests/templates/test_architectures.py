"""The architectures: as many parameters as published, and the same function."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

import templates
from engine.analysis import Analysis, analyse
from engine.compiler import compile_document
from engine.data.source import describe
from engine.document import Document
from engine.exporting import export
from engine.session import train_document
from engine.training.assignment import goals_of
from engine.training.events import EpochDone, Finished
from engine.training.fitness import FitsItsData
from tests.engine.test_codegen import assert_clean
from tests.templates.architectures import ARCHITECTURES
from tests.templates.references import REFERENCES, scramble

PARAMETERS = {
    "lenet-5": 61_706,
    "alexnet": 61_100_840,
    "vgg-16": 138_357_544,
    "inception-v1": 6_624_904,
    "inception-v1-aux": 13_004_888,
    "inception-v3": 23_834_568,
    "inception-v3-aux": 27_161_264,
    "resnet-50": 25_557_032,
    "resnext-50": 25_028_904,
    "densenet-121": 7_978_856,
    "xception": 22_855_952,
    "inception-v4": 42_679_816,
    "inception-resnet-v2": 55_843_464,
    "mobilenet-v2": 3_504_872,
    "conv-autoencoder": 108_881,
    "unet": 1_940_817,
}
MOST_CARDS = 28
CLOSE = 1e-5
"""Of the largest output."""


@pytest.fixture(scope="module", params=ARCHITECTURES)
def opened(request: pytest.FixtureRequest) -> tuple[str, Document, Analysis]:
    document = templates.open_lesson(request.param)
    return request.param, document, analyse(document, [FitsItsData()])


def test_every_architecture_is_in_the_table() -> None:
    assert PARAMETERS.keys() == ARCHITECTURES.keys()
    by_settings = {"lenet-5", "conv-autoencoder", "unet"}
    assert REFERENCES.keys() == ARCHITECTURES.keys() - by_settings


def test_it_fits_has_its_parameters_and_can_be_read_at_a_glance(
    opened: tuple[str, Document, Analysis],
) -> None:
    name, document, analysis = opened
    assert [problem.sentence() for problem in analysis.problems] == []
    assert analysis.total_parameters == PARAMETERS[name]
    assert len(document.graph) <= MOST_CARDS
    assert templates.lesson(name).kind == "architecture"


def test_the_stored_document_is_the_drawn_one(
    opened: tuple[str, Document, Analysis],
) -> None:
    """`python -m tests.templates.architectures` writes them anew."""
    name, document, _ = opened
    drawn = ARCHITECTURES[name]()
    assert document == drawn


def test_no_two_cards_lie_on_each_other(
    opened: tuple[str, Document, Analysis],
) -> None:
    _, document, _ = opened
    for scope in ("", *document.blocks):
        places = [node.position for node in document.scoped(scope).graph]
        for index, (x, y) in enumerate(places):
            for other_x, other_y in places[:index]:
                assert abs(x - other_x) >= 160 or abs(y - other_y) >= 76


def test_the_modules_are_formatted_and_lint_clean(tmp_path: Path) -> None:
    sources = [analyse(templates.open_lesson(name)).code for name in ARCHITECTURES]
    assert_clean(sources, tmp_path)


def test_the_training_scripts_are_formatted_and_lint_clean(tmp_path: Path) -> None:
    sources = []
    for name in ARCHITECTURES:
        export(templates.open_lesson(name), "script", tmp_path / f"{name}.py")
        sources.append((tmp_path / f"{name}.py").read_text(encoding="utf-8"))
    assert_clean(sources, tmp_path)


@pytest.mark.parametrize("name", ["mobilenet-v2", "inception-v1-aux", "unet"])
def test_it_trains_on_its_made_up_data(name: str, tmp_path: Path) -> None:
    document = templates.open_lesson(name)
    few = {**document.data.settings, "samples": 10}
    document.data = replace(document.data, settings=few)
    document.recipe = replace(document.recipe, epochs=1, device="cpu", precision="fp32")
    events = list(train_document(document, run_dir=tmp_path / "run"))
    assert any(isinstance(event, EpochDone) for event in events)
    (finished,) = (event for event in events if isinstance(event, Finished))
    heads = sum(
        node.values.loss_weight for node in document.graph if node.layer == "Output"
    )
    guessing = torch.tensor(1000.0).log() if name != "unet" else torch.tensor(2.0).log()
    assert finished.test_loss == pytest.approx(heads * float(guessing), rel=0.25)


def test_the_text_is_of_a_length_that_is_read(
    opened: tuple[str, Document, Analysis],
) -> None:
    name, _, _ = opened
    assert 100 <= len(templates.text(name).split()) <= 250
    assert f"{PARAMETERS[name]:,}" in templates.text(name)


def test_resnet_50_reads_like_a_persons_module() -> None:
    document = templates.open_lesson("resnet-50")
    lines = analyse(document).code.splitlines()
    assert len(document.graph) <= 25
    assert len(lines) <= 120
    stage = "self.conv4 = nn.Sequential(*(Bottleneck(channels=256) for _ in range(5)))"
    assert f"        {stage}" in lines


@pytest.mark.parametrize("name", REFERENCES)
def test_it_computes_what_the_published_implementation_computes(name: str) -> None:
    reference = REFERENCES[name]
    published = reference.make().eval()
    scramble(published)
    network = compile_document(templates.open_lesson(name)).module_class().eval()
    own, theirs = network.state_dict(), reference.weights(published)
    assert [tuple(weight.shape) for weight in own.values()] == [
        tuple(weight.shape) for _, weight in theirs
    ]
    copied = zip(own, (weight for _, weight in theirs), strict=True)
    network.load_state_dict(dict(copied))
    x = torch.randn(2, *reference.shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        answers = network(x)
        answers = answers if isinstance(answers, tuple) else (answers,)
        wanted = reference.outputs(published, x)
    for answer, one in zip(answers, wanted, strict=True):
        assert float(one.std()) > 0
        # The answer depends on the picture, so that equal answers say something.
        assert float((one[0] - one[1]).abs().max()) > 1e-2 * float(one.abs().max())
        assert float((answer - one).abs().max()) <= CLOSE * float(one.abs().max())


@pytest.mark.parametrize("name", ["inception-v1-aux", "inception-v3-aux"])
def test_every_head_answers_the_same_target_by_its_weight(name: str) -> None:
    document = templates.open_lesson(name)
    analysis = analyse(document)
    outputs = {
        node.name: (analysis.inputs(node.name) or ())[0]
        for node in document.graph
        if node.layer == "Output"
    }
    goals = goals_of(document, outputs, describe(document.data))
    assert {goal.target for goal in goals} == {"label"}
    assert [goal.weight for goal in goals] == [1.0, *[0.3] * (len(goals) - 1)]


def test_lenet_5_computes_the_layers_of_its_paper_by_hand() -> None:
    """Nobody publishes this variant: torch's functions in the paper's order."""
    network = compile_document(templates.open_lesson("lenet-5")).module_class().eval()
    scramble(network)
    w = list(network.parameters())
    x = torch.randn(2, 1, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        y = F.avg_pool2d(F.conv2d(x, w[0], w[1]).tanh(), 2)
        y = F.avg_pool2d(F.conv2d(y, w[2], w[3]).tanh(), 2)
        y = F.conv2d(y, w[4], w[5]).tanh().flatten(1)
        y = F.linear(F.linear(y, w[6], w[7]).tanh(), w[8], w[9])
        assert torch.equal(network(x), y)
