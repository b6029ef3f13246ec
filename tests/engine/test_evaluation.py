"""The test part after training: confusion, figures, mistakes, residuals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score, r2_score

from engine.document import Document
from engine.evaluation import (
    MOST_CLASSES,
    ClassReport,
    Evaluation,
    NumberReport,
    RebuiltReport,
    Unwanted,
    class_report,
    evaluate,
)
from engine.problems import Refusal
from engine.runs import FINAL
from engine.session import train_document
from engine.showing.specimens import specimens
from engine.showing.trained import Trained, load_trained
from engine.training.events import Finished
from engine.training.goals import Goal
from tests.engine.documents import digits, forecast, halves, iris, rebuild
from tests.engine.own_way_documents import belief, kohonen, machine, stack
from tests.engine.shown_documents import (
    flat_writer,
    generator,
    kind_words,
    plane_of_digits,
    trained,
    writer,
)


def evaluated(document: Document, folder: Path) -> tuple[Trained, Evaluation]:
    found = trained(document, folder)
    return found, evaluate(found)


def classes_of(evaluation: Evaluation, place: int = 0) -> ClassReport:
    report = evaluation.reports[place]
    assert isinstance(report, ClassReport)
    return report


@pytest.mark.parametrize(
    "make",
    [
        digits, iris, forecast, rebuild, halves, belief, stack,
        writer, flat_writer, kind_words,
    ],
)  # fmt: skip
def test_the_figures_are_those_that_training_ended_with(
    make: object, tmp_path: Path
) -> None:
    document = make(epochs=3)  # type: ignore[operator]
    *_, last = train_document(document, run_dir=tmp_path)
    assert isinstance(last, Finished)
    found = evaluate(load_trained(document, tmp_path / FINAL))
    assert found.loss == pytest.approx(last.test_loss, rel=1e-5)
    assert found.metrics == pytest.approx(last.test_metrics, rel=1e-5)


def test_classes_are_counted_truth_by_answer(tmp_path: Path) -> None:
    found, evaluation = evaluated(digits(epochs=1), tmp_path)
    report = classes_of(evaluation)
    assert report.names == tuple("0123456789") and not report.has_others
    assert report.confusion.sum() == evaluation.samples == len(found.splits.test)
    right = np.trace(report.confusion) / evaluation.samples
    assert right == pytest.approx(evaluation.metrics["accuracy"])
    target = found.splits.test.targets["digit"]
    counts = torch.bincount(target, minlength=10).tolist()
    assert report.confusion.sum(axis=1).tolist() == counts
    assert [each.support for each in report.figures] == counts
    macro = np.mean([each.f1 for each in report.figures])
    assert macro == pytest.approx(f1_score(target, report.chosen, average="macro"))
    three = report.figures[3]
    assert three.recall == pytest.approx(report.confusion[3, 3] / counts[3])
    named = report.confusion[:, 3].sum()
    assert three.precision == pytest.approx(report.confusion[3, 3] / max(named, 1))


def test_a_cell_leads_to_its_samples_and_the_surest_come_first(tmp_path: Path) -> None:
    found, evaluation = evaluated(digits(epochs=1), tmp_path)
    report = classes_of(evaluation)
    off = report.confusion - np.diag(np.diag(report.confusion))
    row, column = np.unravel_index(off.argmax(), off.shape)
    places = report.in_cell(int(row), int(column))
    assert len(places) == off.max() > 0
    assert (report.truth[places] == row).all()
    assert (report.chosen[places] == column).all()
    mistakes = report.mistakes()
    assert len(mistakes) == off.sum()
    confidence = report.confidence[mistakes]
    assert (np.diff(confidence) <= 0).all()
    first = specimens(found, mistakes[:3].tolist())
    assert [each.index for each in first] == mistakes[:3].tolist()
    assert first[0].pictures[0].shape == (8, 8, 3)
    expected = found.splits.test.inputs["image"][mistakes[0], 0]
    shown = first[0].pictures[0][..., 0] / 255
    assert shown == pytest.approx(expected.numpy(), abs=0.01)


def test_every_output_has_its_own_report(tmp_path: Path) -> None:
    found, evaluation = evaluated(halves(epochs=1), tmp_path)
    digit, parity = classes_of(evaluation, 0), classes_of(evaluation, 1)
    assert (digit.output, parity.output) == ("digit", "odd")
    assert len(parity.confusion) == 2
    assert (parity.confidence >= 0.5).all()
    assert parity.confusion.sum() == digit.confusion.sum() == evaluation.samples
    assert len(specimens(found, [0])[0].pictures) == 2  # left and right


def test_more_classes_than_can_be_shown(tmp_path: Path) -> None:
    found = trained(digits(epochs=1), tmp_path)
    chance = np.random.default_rng(0)
    truth = torch.from_numpy(chance.integers(0, 100, 1000))
    truth[:300] = 77
    chosen = torch.where(torch.arange(1000) % 2 == 0, truth, 99 - truth)
    shares = torch.rand(1000)
    goal = Goal(target="digit", loss="cross_entropy")
    report = class_report(found, goal, "digit", [truth, chosen, shares])
    assert len(report.shown) == MOST_CLASSES and 77 in report.shown
    assert report.has_others and report.names[-1] == "others"
    assert report.confusion.shape == (MOST_CLASSES + 1,) * 2
    assert report.confusion.sum() == 1000
    last = MOST_CLASSES
    assert len(report.in_cell(last, last)) == report.confusion[last, last] > 0
    assert len(report.figures) == 100


def test_a_forecast_beside_the_truth(tmp_path: Path) -> None:
    found, evaluation = evaluated(forecast(epochs=2), tmp_path)
    (report,) = evaluation.reports
    assert isinstance(report, NumberReport) and report.is_series
    mean, std = found.splits.scales["next"]
    expected = found.splits.test.targets["next"].numpy() * std + mean
    assert report.truth == pytest.approx(expected)
    assert report.r2 == pytest.approx(r2_score(report.truth, report.answers))
    assert report.r2 == pytest.approx(evaluation.metrics["r2"], abs=1e-5)
    assert report.mae == pytest.approx(evaluation.metrics["mae"])
    errors = np.abs(report.truth - report.answers)[report.worst(), 0]
    assert (np.diff(errors) <= 0).all()
    (worst,) = specimens(found, report.worst()[:1].tolist())
    assert len(worst.series) == 20
    window = found.splits.test.inputs["window"][report.worst()[0], :, 0] * std + mean
    assert worst.series == pytest.approx(window.tolist())


def test_the_worst_rebuilt_come_first(tmp_path: Path) -> None:
    for document in (rebuild(epochs=1), plane_of_digits()):
        _, evaluation = evaluated(document, tmp_path / document.name)
        (report,) = evaluation.reports
        assert isinstance(report, RebuiltReport)
        assert len(report.errors) == evaluation.samples
        assert (np.diff(report.errors[report.worst()]) <= 0).all()
        assert report.errors.mean() == pytest.approx(
            evaluation.metrics["rmse"] ** 2, rel=1e-4
        )


def test_each_step_of_a_text_is_an_answer(tmp_path: Path) -> None:
    found, evaluation = evaluated(writer(), tmp_path)
    report = classes_of(evaluation)
    assert report.steps == 16
    assert len(report.truth) == 16 * len(found.splits.test)
    assert report.classes[0] == "<unknown>"
    place = int(report.mistakes()[0])
    index, step = divmod(place, report.steps)
    (specimen,) = specimens(found, [index], [step])
    window = found.splits.test.inputs["tokens"][index]
    words = found.splits.vocabulary
    assert specimen.text == "".join(words[t] for t in window[: step + 1])
    following = found.splits.test.targets["following"][index, step]
    assert report.classes[report.truth[place]] == words[following]


def test_a_review_is_read_as_words(tmp_path: Path) -> None:
    found, evaluation = evaluated(kind_words(), tmp_path)
    report = classes_of(evaluation)
    text = specimens(found, [0])[0].text
    assert "<padding>" not in text and len(text.split()) > 2
    assert len(report.classes) == 2


@pytest.mark.parametrize("make", [generator, machine, kohonen])
def test_without_targets_there_is_nothing_to_compare(
    make: object, tmp_path: Path
) -> None:
    found = trained(make(epochs=1), tmp_path)  # type: ignore[operator]
    with pytest.raises(Refusal) as caught:
        evaluate(found)
    assert str(caught.value) == (
        "This network answers nothing that the test part could be compared with. "
        "Look at what it shows of itself instead."
    )


def test_an_evaluation_can_be_given_up(tmp_path: Path) -> None:
    found = trained(iris(epochs=1), tmp_path)
    with pytest.raises(Unwanted):
        evaluate(found, lambda: False)


def test_an_evaluation_tells_how_far_it_is(tmp_path: Path) -> None:
    found = trained(iris(epochs=1, batch_size=1), tmp_path)
    told: list[tuple[int, int]] = []
    evaluate(found, progress=lambda *each: told.append(each))
    assert told == [(16, 30), (30, 30)]


def test_evaluating_draws_nothing_and_leaves_the_network_alone(tmp_path: Path) -> None:
    found = trained(digits(epochs=1), tmp_path)  # with dropout
    before, weights = torch.get_rng_state(), found.network.state_dict()
    first, second = (evaluate(found).loss for _ in range(2))
    assert first == second
    assert torch.equal(torch.get_rng_state(), before)
    after = found.network.state_dict()
    assert all(torch.equal(weights[key], after[key]) for key in weights)
