"""The short script: one page of loop, the whole script's figures."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import torch

import templates
from engine.document import Document
from engine.exporting import export
from engine.exporting.plain import plain_script
from engine.exporting.script import script
from engine.problems import Refusal
from engine.session import train_document
from engine.training.events import EpochDone, Finished
from tests.engine.alone import run_alone
from tests.engine.documents import digits, forecast, halves, iris, rebuild
from tests.engine.test_asking import table_document
from tests.engine.test_exporting import check_form

pytestmark = pytest.mark.usefixtures("one_thread")

EXACT: dict[str, Any] = {"device": "cpu", "precision": "fp32"}
RECIPES: list[dict[str, Any]] = [
    {},
    {
        "optimizer": "SGD",
        "nesterov": True,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "clip_norm": 0.5,
    },
    {
        "optimizer": "AdamW",
        "beta1": 0.8,
        "decay": "matrices",
        "weight_decay": 0.1,
        "label_smoothing": 0.1,
        "schedule": "one_cycle",
    },
    {"optimizer": "RMSprop", "patience": 1, "learning_rate": 0.3, "epochs": 8},
    {"optimizer": "Adadelta", "schedule": "step", "schedule_epochs": 1},
]
LESSONS = ["fnn-iris", "training-patterns", "digits-cnn", "attention", "char-lstm"]
LESSONS += ["small-gpt", "unet", "inception-v1-aux"]
"""They need no files of data, and have one output, several, classes, and words."""


def figures_of(document: Document, folder: Path) -> list[str]:
    """The figures that the application's own training comes to, as they are printed."""
    lines = []
    for event in train_document(document, run_dir=folder / "run"):
        if isinstance(event, EpochDone):
            line = f"{event.epoch} {event.train_loss:.4f} {event.val_loss:.4f}"
            lines.append(line + _accuracy(event.val_metrics))
        elif isinstance(event, Finished):
            lines.append(f"{event.test_loss:.4f}" + _accuracy(event.test_metrics))
    return lines


def _accuracy(metrics: dict[str, float]) -> str:
    return f" {metrics['accuracy']:.2%}" if "accuracy" in metrics else ""


def printed_by(document: Document, folder: Path) -> list[str]:
    """The figures that the short script prints."""
    path = folder / "alone" / "train.py"
    path.parent.mkdir()
    export(document, "plain", path)
    check_form(path)
    done = run_alone(path)
    assert done.returncode == 0, done.stderr
    heading, *epochs, test = done.stdout.splitlines()
    assert heading.split()[:3] == ["epoch", "train", "loss"]
    words = test.replace("test loss ", "").replace(", accuracy", "")
    assert sorted(path.parent.iterdir()) == [path]
    return [*(" ".join(line.split()) for line in epochs), words]


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda each: each.get("optimizer", ""))
@pytest.mark.parametrize("make", [digits, iris])
def test_it_prints_the_figures_of_the_application(
    make: Any, recipe: dict[str, Any], tmp_path: Path
) -> None:
    document = make(**{"epochs": 3, **recipe, **EXACT})
    figures = printed_by(document, tmp_path)
    assert figures == figures_of(document, tmp_path)
    assert "%" in figures[-1]


@pytest.mark.parametrize("make", [forecast, rebuild])
def test_it_learns_numbers(make: Any, tmp_path: Path) -> None:
    document = make(seed=3, **EXACT)
    assert printed_by(document, tmp_path) == figures_of(document, tmp_path)


def test_of_several_answers_it_tells_the_loss(tmp_path: Path) -> None:
    document = halves(seed=3, **EXACT)
    losses = [line.rpartition(" ")[0] for line in figures_of(document, tmp_path)]
    assert printed_by(document, tmp_path) == losses


@pytest.mark.parametrize("name", LESSONS)
def test_lessons_have_a_short_script(name: str) -> None:
    source = plain_script(templates.open_lesson(name))
    ast.parse(source)
    whole = script(templates.open_lesson(name))
    assert source.count("\n") < whole.count("\n") / 2


def test_it_is_written_without_random_numbers_of_a_training() -> None:
    before = torch.get_rng_state()
    plain_script(templates.open_lesson("digits-cnn"))
    assert torch.equal(torch.get_rng_state(), before)


def test_what_is_worth_reading_comes_first() -> None:
    lines = plain_script(templates.open_lesson("digits-cnn")).splitlines()
    titles = [line for line in lines if line.startswith("# ----")]
    assert titles[:2] == ["# ---- The network ----", "# ---- Training ----"]
    assert lines.index("def main() -> None:") < 100


@pytest.mark.parametrize(
    ("recipe", "what"),
    [
        ({"mixup": 0.2}, "changed samples"),
        ({"average": 0.9}, "a running mean of the weights"),
        ({"accumulation": 2}, "accumulated batches"),
        ({"class_weights": "balanced"}, "balanced classes"),
        ({"schedule": "plateau"}, "a schedule that waits for a plateau"),
        ({"optimizer": "Muon"}, "Muon"),
        ({"deterministic": True}, "deterministic algorithms"),
    ],
)
def test_what_takes_more_than_a_page_is_refused(
    recipe: dict[str, Any], what: str
) -> None:
    with pytest.raises(Refusal, match=f"does without {what}.*Export the training"):
        plain_script(iris(**recipe))


def test_other_ways_of_learning_are_refused() -> None:
    with pytest.raises(Refusal, match="without the method adversarial"):
        plain_script(templates.open_lesson("dcgan"))
    with pytest.raises(Refusal, match="without frozen layers"):
        plain_script(templates.open_lesson("transfer-resnet50"))


def test_it_reads_a_table_where_it_is_told_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    folder, path = tmp_path / "espalier" / "data", tmp_path / "train.py"
    folder.mkdir(parents=True)
    document = table_document(folder)
    export(document, "plain", path)
    done = run_alone(path, str(folder))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("test loss ")
    lost = run_alone(path, str(tmp_path / "nowhere"))
    assert lost.returncode == 1
    assert "Traceback" not in lost.stderr
    assert lost.stderr.count("\n") == 1 and "homes.csv" in lost.stderr
