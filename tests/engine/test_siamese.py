"""Two pictures of one kind or of two: shared weights, named fields, a head on the way.

One trained document holds all that ties a network to its data by name.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.analysis import analyse
from engine.compiler import compile_document
from engine.document import DataConfig, Document
from engine.edits import SetShares
from engine.exporting import export
from engine.recipe import Recipe
from engine.runs import FINAL
from engine.session import prepare, train_document
from engine.training.checkpoint import load_weights
from engine.training.events import EpochDone, Finished
from engine.training.reporting import as_record
from tests.engine.alone import run_alone
from tests.engine.drawing import Drawing


def siamese(path: str = "pairs.npz") -> Document:
    """Tells whether two points are of one kind; a head guesses from the first alone."""
    drawing = Drawing("Siamese")
    # The other way round than in the data: the names tell them apart.
    drawing.node("second", "Input", shape=(4,), field="b")
    drawing.node("first", "Input", shape=(4,), field="a")
    drawing.node("encoder", "Linear", out_features=8)
    drawing.node("encoder_again", "Linear", out_features=8)
    drawing.node("apart", "Subtract").node("distance", "Abs")
    drawing.node("score", "Linear", out_features=2)
    drawing.node("same", "Output", target="target")
    drawing.node("guess", "Linear", out_features=2)
    drawing.node("aside", "Output", target="target", loss_weight=0.25)
    drawing.edges(
        "first > encoder > apart.input",
        "second > encoder_again > apart.other",
        "apart > distance > score > same",
        "encoder > guess > aside",
    )
    document = drawing.document
    SetShares("encoder_again", "encoder").apply(document)
    settings = {"path": path, "inputs": "a, b", "target": "same"}
    document.data = DataConfig(source="npz", settings=settings)
    document.recipe = Recipe(
        epochs=12, batch_size=16, learning_rate=0.02, device="cpu", precision="fp32"
    )
    return document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pairs of points; those of one kind lie close together."""
    rng = np.random.default_rng(1)
    a = rng.normal(size=(400, 4)).astype("float32")
    same = np.arange(400) % 2
    noise = rng.normal(size=(400, 4)).astype("float32")
    b = np.where(same[:, None] == 1, a + 0.2 * noise, noise)
    np.savez(tmp_path / "pairs.npz", a=a, b=b.astype("float32"), same=same)
    return tmp_path


def test_it_is_written_with_one_module_and_both_names() -> None:
    code = analyse(siamese()).code
    assert code.count("nn.Linear(4, 8)") == 1
    assert "self.encoder(first)" in code and "self.encoder(second)" in code
    assert "return same, aside" in code
    assert analyse(siamese()).total_parameters == 4 * 8 + 8 + 2 * (8 * 2 + 2)


def test_it_learns_and_each_head_counts_by_its_weight(folder: Path) -> None:
    document = siamese()
    events = list(train_document(document, data_dir=folder, run_dir=folder / "run"))
    epochs = [event for event in events if isinstance(event, EpochDone)]
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert epochs[-1].train_loss < 0.6 * epochs[0].train_loss
    prepared = prepare(document, folder)
    assert prepared.plan.fields == ("b", "a")
    module = compile_document(document).module_class().eval()
    load_weights(folder / "run" / FINAL, module)
    test = prepared.splits.test
    both = test.batch(torch.arange(len(test)))
    with torch.no_grad():
        answers = module(both.inputs["b"], both.inputs["a"])
    losses = [
        float(torch.nn.functional.cross_entropy(answer, both.targets["target"]))
        for answer in answers
    ]
    weighted = losses[0] + 0.25 * losses[1]
    assert finished.test_loss == pytest.approx(weighted, rel=1e-4)
    right = [
        float((answer.argmax(-1) == both.targets["target"]).float().mean())
        for answer in answers
    ]
    # Nobody can tell from one of the two points: the head stays at guessing.
    assert right[1] < 0.75 < 0.9 < right[0]
    assert finished.test_metrics["accuracy"] == pytest.approx(right[0])


def test_its_script_gives_the_same_losses(folder: Path) -> None:
    document = siamese(str(folder / "pairs.npz"))
    document.recipe = Recipe(epochs=2, device="cpu", precision="fp32")
    events = train_document(document, data_dir=folder, run_dir=folder / "run")
    expected = [as_record(e)["test_loss"] for e in events if isinstance(e, Finished)]
    export(document, "script", folder / "train.py")
    done = run_alone(folder / "train.py", "--json", "--data-dir", str(folder))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["test_loss"] == expected[0]
