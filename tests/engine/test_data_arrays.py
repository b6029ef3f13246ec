"""NumPy archives: arrays chosen by name, and nothing ever unpickled."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.data.inspection import how_split
from engine.data.source import describe, load
from engine.document import DataConfig
from engine.problems import Refusal

RNG = np.random.default_rng(0)
X, Y = RNG.normal(5.0, 3.0, (40, 4)), np.arange(40) % 2


def arrays(**settings: Any) -> DataConfig:
    return DataConfig(source="npz", settings={"path": "a.npz", **settings})


def save(folder: Path, **held: Any) -> None:
    np.savez(folder / "a.npz", **held)


def refusal_of(folder: Path, **settings: Any) -> str:
    """What is said by both ways to the file."""
    said = []
    for act in (describe, load):
        with pytest.raises(Refusal) as caught:
            act(arrays(**settings), folder)
        said.append(str(caught.value))
    assert said[0] == said[1]
    return said[0]


def test_arrays_are_found_by_usual_names(tmp_path: Path) -> None:
    save(tmp_path, X=X, y=Y)
    splits, info = load(arrays(), tmp_path), describe(arrays(), tmp_path)
    assert (info.task, info.classes) == (splits.task, ("0", "1"))
    assert info.counts == {"train": 28, "validation": 4, "test": 8}
    assert info.inputs["X"].shape == (4,)
    assert info.note == (
        "a.npz holds X (40 × 4), y (40). Read once and kept: in memory they take "
        "0.625 KiB, not more than 2 GiB."
    )
    train = splits.train.inputs["X"].double()
    assert train.mean(0).tolist() == pytest.approx([0.0] * 4, abs=1e-6)
    assert train.std(0, correction=0).tolist() == pytest.approx([1.0] * 4, abs=1e-6)
    assert float(splits.test.inputs["X"].mean(0).abs().max()) > 1e-3
    assert splits.test.targets["target"].bincount().tolist() == [4, 4]


def test_several_inputs_and_numbers_to_foretell(tmp_path: Path) -> None:
    save(tmp_path, left=X, right=X[:, 0], far=X * 10 + 100, y=Y)
    config = arrays(inputs="right, left", target="far", normalise=True)
    splits, info = load(config, tmp_path), describe(config, tmp_path)
    assert list(splits.train.inputs) == list(info.inputs) == ["right", "left"]
    assert splits.train.inputs["right"].shape == (28, 1)
    assert (info.task, info.targets["target"].shape) == ("regression", (4,))
    mean, std = splits.scales["target"]
    back = splits.train.targets["target"].double() * std + mean
    raw = load(arrays(inputs="left", target="far", normalise=False), tmp_path)
    assert torch.allclose(back, raw.train.targets["target"].double(), atol=1e-3)
    assert raw.scales == {"target": (0.0, 1.0)}


def test_a_test_part_of_its_own_as_keras_ships_it(tmp_path: Path) -> None:
    pixels = RNG.integers(0, 256, (30, 8, 8)).astype(np.uint8)
    labels = np.arange(30) % 3
    held = {"x_train": pixels, "y_train": labels}
    save(tmp_path, **held, x_test=pixels[:7], y_test=labels[:7])
    config = arrays(layout="grey pictures")
    splits, info = load(config, tmp_path), describe(config, tmp_path)
    assert info.counts == {"train": 27, "validation": 3, "test": 7}
    assert splits.test.inputs["x_train"].shape == (7, 1, 8, 8)
    assert splits.test.targets["target"].tolist() == labels[:7].tolist()
    # Scaled by the figures of the training part, as a whole.
    train = splits.train.inputs["x_train"].double()
    assert float(train.mean()) == pytest.approx(0.0, abs=1e-6)
    assert how_split(config, tmp_path) == (
        "The array x_test tests; 10\u00a0% of the rest is kept for validation, "
        "by chance "
        "with seed 0, with the classes in the same proportions everywhere."
    )
    own = arrays(inputs="x_train", test_inputs="x_test", test_target="y_test")
    assert len(load(own, tmp_path).test) == 7
    assert len(load(arrays(inputs="x_train"), tmp_path).test) == 6


def test_layouts_and_tokens(tmp_path: Path) -> None:
    pictures = RNG.integers(0, 256, (30, 5, 6, 3)).astype(np.uint8)
    words = RNG.integers(0, 50, (30, 7))
    words[3, 3] = 49
    save(
        tmp_path, pictures=pictures, words=words.astype(np.uint16), y=np.arange(30) % 2
    )
    config = arrays(inputs="pictures", layout="channels last", normalise=False)
    image = load(config, tmp_path).test.inputs["pictures"]
    assert image.shape == (6, 3, 5, 6)
    assert any(
        np.array_equal(image[0].numpy().transpose(1, 2, 0), one) for one in pictures
    )
    config = arrays(inputs="words", contents="tokens")
    info, splits = describe(config, tmp_path), load(config, tmp_path)
    assert (info.vocabulary_size, info.inputs["words"].dtype) == (50, "int64")
    assert splits.train.inputs["words"].dtype == torch.int64


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (np.array(["no", "yes"] * 20), ("no", "yes")),
        (np.array([b"no", b"yes"] * 20), ("no", "yes")),
        (np.array([True, False] * 20), ("False", "True")),
        (np.array([[9], [10]] * 20), ("9", "10")),
    ],
)
def test_classes_of_every_kind(
    labels: np.ndarray, classes: tuple[str, ...], tmp_path: Path
) -> None:
    save(tmp_path, x=X, y=labels)
    splits = load(arrays(), tmp_path)
    assert describe(arrays(), tmp_path).classes == splits.classes == classes
    parts = (splits.train, splits.validation, splits.test)
    assert sum(p.targets["target"].bincount() for p in parts).tolist() == [20, 20]


def test_numbers_can_be_told_to_be_classes_and_classes_numbers(tmp_path: Path) -> None:
    save(tmp_path, x=X, y=Y.astype(np.float64), z=Y)
    splits = load(arrays(task="classification"), tmp_path)
    assert splits.classes == ("0", "1")
    splits = load(arrays(target="z", task="regression"), tmp_path)
    assert splits.train.targets["target"].shape == (28, 1)


class Trap:
    """What must never be unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("sprung"),))


def test_objects_are_refused_without_unpickling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    held = np.array([Trap()] * 40, dtype=object)
    np.savez(tmp_path / "a.npz", x=X, y=held)
    assert refusal_of(tmp_path) == (
        "The array “y” of a.npz holds Python objects, and these are not read: "
        "unpickling a file can run what is in it. Save it again as numbers or text, as "
        "with .astype(float) or .astype(str)."
    )
    assert not (tmp_path / "sprung").exists()
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", pickle.dumps(Trap()))
    assert refusal_of(tmp_path).startswith("a.npz cannot be read as a NumPy archive (")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("held", "settings", "sentence"),
    [
        (
            {"a": X, "y": Y},
            {},
            "a.npz holds a (40 × 4), y (40); which of them is for inputs is not chosen "
            "yet. Choose by name in the data's settings.",
        ),
        (
            {"x": X, "b": Y},
            {},
            "a.npz holds x (40 × 4), b (40); which of them is for target is not chosen "
            "yet. Choose by name in the data's settings.",
        ),
        (
            {"x": X, "y": Y},
            {"inputs": "z"},
            "a.npz has no array “z”; it has x (40 × 4), y (40). Choose one of these.",
        ),
        (
            {"x": X, "y": Y[:30]},
            {},
            "The arrays of a.npz hold different numbers of samples, or none (x: 40, y: "
            "30). Choose arrays that belong together.",
        ),
        (
            {"x_train": X, "y_train": Y, "x_test": X[:9, :3], "y_test": Y[:9]},
            {},
            "a.npz: a sample of “x_train” is 4, and one of “x_test” is 3. Choose test "
            "arrays whose samples have the same shape.",
        ),
        (
            {"x_train": X, "y_train": X[:, :2], "x_test": X[:9], "y_test": X[:9, 0]},
            {},
            "a.npz: a sample of “y_train” is 2, and one of “y_test” is 1. Choose test "
            "arrays whose samples have the same shape.",
        ),
        (
            {"x": X.reshape(40, 2, 2)[:, :0], "y": Y},
            {},
            "A sample of the array “x” is 0 × 2: it holds no numbers. Choose another "
            "array for inputs.",
        ),
        (
            {"x": X, "y": np.array(3)},
            {},
            "The arrays of a.npz hold different numbers of samples, or none (x: 40, y: "
            "0). Choose arrays that belong together.",
        ),
        (
            {"x": X.astype(str), "y": Y},
            {},
            "The array “x” holds <U32 values, and numbers were expected. Choose "
            "another array for inputs.",
        ),
        (
            {"x": X, "y": X.astype(complex)},
            {},
            "The array “y” holds complex128 values, and classes or numbers were "
            "expected. Choose another array for the target.",
        ),
        (
            {"x": X, "y": X.astype(str)},
            {"task": "regression"},
            "The array “y” holds text, and numbers were expected. Set the task to "
            "classification.",
        ),
        (
            {"x": X, "y": X},
            {"task": "classification"},
            "The array “y” has 2 dimensions, and one class for each sample was "
            "expected. Choose another array for the target, or the task regression.",
        ),
        (
            {"x": X, "y": np.arange(len(X)) == 3},
            {},
            "The class “True” of the array “y” has 1 sample(s); at least 3 are needed "
            "to train, watch and test. Leave such samples out, or set the task to "
            "regression.",
        ),
        (
            {"x": X, "y": Y * 0},
            {},
            "The array “y” holds 1 different values; as classes, 2 to 1,000 are taken. "
            "Choose another array for the target, or the task regression.",
        ),
        (
            {"x": X, "y": Y},
            {"layout": "channels last"},
            "A sample of the array “x” has 1 dimension(s), and channels last have 3. "
            "Choose the layout as stored.",
        ),
        (
            {"x": X, "y": Y},
            {"contents": "tokens"},
            "The array “x” holds float64 values, and tokens are whole numbers from 0. "
            "Set what the inputs are to numbers.",
        ),
        (
            {"x": X, "y": Y, "z": Y},
            {"test_inputs": "x"},
            "a.npz: 1 array(s) are inputs and 1 are test inputs, with no test target. "
            "Choose a test array for each input and for the target, or none.",
        ),
        (
            {},
            {},
            "a.npz holds no arrays. Save it with numpy.savez and choose that file.",
        ),
    ],
)
def test_bad_archives(
    held: dict[str, Any], settings: dict[str, Any], sentence: str, tmp_path: Path
) -> None:
    save(tmp_path, **held)
    assert refusal_of(tmp_path, **settings) == sentence


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    holed = X.copy()
    holed[::10] = np.nan
    save(tmp_path, x=holed, y=Y)
    with pytest.raises(Refusal, match="that are no numbers, or too large for 32 bits"):
        load(arrays(), tmp_path)


def test_a_class_that_only_the_test_part_has(tmp_path: Path) -> None:
    save(tmp_path, x_train=X, y_train=Y, x_test=X[:3], y_test=np.array([0, 1, 2]))
    with pytest.raises(Refusal) as caught:
        load(arrays(), tmp_path)
    assert str(caught.value) == (
        "The array “y_test” holds the class “2”, which the training part does not "
        "have. Use the same classes in both arrays."
    )


def test_what_is_no_archive_and_what_is_cut_off(tmp_path: Path) -> None:
    assert refusal_of(tmp_path) == (
        f"There is no file {tmp_path / 'a.npz'}. Choose a file that exists."
    )
    (tmp_path / "a.npz").write_bytes(b"no archive")
    assert refusal_of(tmp_path) == (
        "a.npz cannot be read as a NumPy archive (File is not a zip file). Save it "
        "with numpy.savez and choose that file."
    )
    labels = np.arange(4000) % 2
    np.savez(tmp_path / "a.npz", x=labels * 2.5, y=labels)
    whole = (tmp_path / "a.npz").read_bytes()
    place = whole.index(labels.tobytes()) + 30_000
    broken = whole[:place] + b"x" + whole[place + 1 :]
    (tmp_path / "a.npz").write_bytes(broken)
    assert refusal_of(tmp_path).startswith(
        "The array “y” of a.npz cannot be read: it is cut off or damaged (Bad CRC"
    )
