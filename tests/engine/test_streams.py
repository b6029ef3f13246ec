"""What stays on disk learns like what is kept: one table of all kinds that can."""

from __future__ import annotations

import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import engine.data.keeping
from engine.data.inspection import duplicates, value_ranges
from engine.data.samples import Samples, Splits
from engine.data.sounds import fitted_sound
from engine.data.source import describe, load
from engine.data.streamed import Streamed
from engine.document import DataConfig, Document
from engine.exporting import export
from engine.memory import memory_of
from engine.problems import Refusal
from engine.session import train_document
from engine.training.control import Control
from engine.training.events import EpochDone, StepDone
from tests.engine.data_documents import small
from tests.engine.data_files import write_pictures, write_tones

SOUNDS = {"path": "tones", "sample_rate": 8000, "seconds": 0.2, "n_fft": 256, "mels": 9}
RNG = np.random.default_rng(3)
NUMBERS, PIXELS = RNG.normal(5, 3, (40, 4)), RNG.integers(0, 256, (40, 7, 6, 3))
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "pictures": ("image-folder", {"path": "pictures", "picture_size": 10}),
    "sounds": ("wav-folder", SOUNDS),
    "table of numbers": ("npz", {"path": "a.npz", "inputs": "x"}),
    "pixels": ("npz", {"path": "a.npz", "inputs": "p", "layout": "channels last"}),
    "files of arrays": ("npz", {"path": "arrays/x.npy"}),
    "a test array": ("npz", {"path": "apart.npz"}),
}
"""By name, what can stay on disk."""
EVERY = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A little data of each kind."""
    write_pictures(tmp_path / "pictures", {"cat": 20, "dog": 20})
    write_tones(tmp_path / "tones")
    pixels, y = PIXELS.astype(np.uint8), np.arange(40) % 2
    np.savez(tmp_path / "a.npz", x=NUMBERS, p=pixels, y=y)
    np.savez(
        tmp_path / "apart.npz",
        x_train=NUMBERS,
        y_train=y,
        x_test=NUMBERS[:8].astype(">f4"),
        y_test=y[:8],
    )
    (tmp_path / "arrays").mkdir()
    np.save(tmp_path / "arrays/x.npy", NUMBERS[:, 0])
    np.save(tmp_path / "arrays/y.npy", y)
    return tmp_path


def config(kind: str, **settings: Any) -> DataConfig:
    source, own = KINDS[kind]
    return DataConfig(source=source, settings={**own, **settings})


def document(kind: str, folder: Path, **settings: Any) -> Document:
    source, own = KINDS[kind]
    return small(source, {**own, **settings}, folder)


def parts_of(splits: Splits) -> tuple[Samples, Samples, Samples]:
    return splits.train, splits.validation, splits.test


def field_of(samples: Samples) -> torch.Tensor:
    return next(iter(samples.inputs.values()))


def losses(made: Document, folder: Path, run: str, **more: Any) -> list[float]:
    events = train_document(made, data_dir=folder, run_dir=folder / run, **more)
    return [event.train_loss for event in events if isinstance(event, EpochDone)]


@EVERY
@pytest.mark.parametrize("normalise", [False, True])
def test_the_samples_are_those_that_would_be_kept(
    kind: str, normalise: bool, folder: Path
) -> None:
    kept, streamed = (
        load(config(kind, normalise=normalise, kept=where), folder)
        for where in ("in memory", "on disk")
    )
    for one, other in zip(parts_of(kept), parts_of(streamed), strict=True):
        field = field_of(other)
        assert isinstance(field, Streamed)
        assert (field.shape, len(other)) == (field_of(one).shape, len(one))
        order = torch.randperm(len(one), generator=torch.Generator().manual_seed(1))
        given = other.batch(order)
        assert torch.equal(field_of(given), field_of(one.batch(order)))
        assert field_of(given).dtype == torch.float32
        for name, targets in one.targets.items():
            assert torch.equal(targets, other.targets[name])


@EVERY
def test_what_is_chosen_and_why_is_said(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not describe(config(kind), folder).is_on_disk
    assert "kept: in memory they take" in describe(config(kind), folder).note
    assert "not more than 2 GB." in describe(config(kind), folder).note
    chosen = describe(config(kind, kept="on disk"), folder)
    assert chosen.is_on_disk
    assert "Read from disk for every batch, as chosen: " in chosen.note
    monkeypatch.setattr(engine.data.keeping, "MOST_KEPT_BYTES", 100)
    large = describe(config(kind, split_seed=1), folder)
    assert "Read from disk for every batch: in memory they take " in large.note
    assert ", more than the 0.0977 kB kept." in large.note
    assert isinstance(field_of(load(config(kind), folder).train), Streamed)


@EVERY
def test_both_train_alike_and_go_on_alike(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.loop.FETCH_SECONDS", -1.0)  # tell every step
    told = []
    for where in ("in memory", "on disk"):
        made = document(kind, folder, kept=where)
        made.recipe = replace(made.recipe, epochs=3, checkpoint_seconds=0.0)
        told.append(losses(made, folder, where))
    assert told[0] == told[1]
    control, steps = Control(), 0
    cut = train_document(made, data_dir=folder, run_dir=folder / "cut", control=control)
    for event in cut:
        steps += isinstance(event, StepDone)
        if steps == 4:  # within the second epoch
            control.stop()
    again = losses(made, folder, "cut", resume=True)
    assert again
    assert again == told[1][-len(again) :]


@EVERY
def test_figures_are_those_of_the_training_part(kind: str, folder: Path) -> None:
    """What is in the other parts changes nothing of what training sees."""
    chosen = config(kind, normalise=True, kept="on disk")
    before = load(chosen, folder)
    seen = field_of(before.train.batch(torch.arange(len(before.train))))
    assert float(seen.double().mean()) == pytest.approx(0.0, abs=1e-5)
    ranges = {each.part: each for each in value_ranges(before) if not each.is_target}
    assert ranges["train"].mean == pytest.approx(0.0, abs=1e-5)
    assert abs(ranges["test"].mean) > 1e-4
    assert duplicates(before.train, before.train).count == len(before.train)


@EVERY
def test_what_stays_on_disk_takes_no_memory(kind: str, folder: Path) -> None:
    kept, streamed = (
        memory_of(document(kind, folder, kept=where), folder)
        for where in ("in memory", "on disk")
    )
    assert kept is not None
    assert streamed is not None
    assert streamed.data < kept.data


@pytest.mark.parametrize("kind", ["pictures", "sounds", "pixels"])
def test_an_exported_script_streams_too(kind: str, folder: Path) -> None:
    path = str(folder / KINDS[kind][1]["path"])
    made = document(kind, folder, kept="on disk", path=path)
    export(made, "script", folder / "train.py")
    done = subprocess.run(
        [sys.executable, "-P", "-E", "train.py", "--json", "--data-dir", str(folder)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    told = [one["train_loss"] for one in records if one["event"] == "epoch"]
    assert told == losses(made, folder, "run")


@pytest.mark.parametrize(
    ("kind", "gone", "message"),
    [
        ("pictures", "pictures", "The picture "),
        ("sounds", "tones", "The sound "),
        ("table of numbers", "a.npz", "The file "),
    ],
)
def test_data_that_vanish_during_the_run(
    kind: str, gone: str, message: str, folder: Path
) -> None:
    made = document(kind, folder, kept="on disk")
    made.recipe = replace(made.recipe, epochs=50)
    events = train_document(made, data_dir=folder, run_dir=folder / "run")
    with pytest.raises(Refusal) as caught:
        for event in events:
            if isinstance(event, EpochDone) and (folder / gone).exists():
                (folder / gone).rename(folder / "away")
    problem = caught.value.problem
    assert problem.message.startswith(message)
    assert problem.message.endswith(" is not there any more.")
    assert problem.remedy == "Put it back, or begin again without it."
    shutil.move(folder / "away", folder / gone)
    assert len(losses(made, folder, "run", resume=True)) > 0


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return str(caught.value)


def test_an_array_that_became_shorter_or_holds_no_numbers(folder: Path) -> None:
    splits = load(config("files of arrays", kept="on disk"), folder)
    path = folder / "arrays/x.npy"
    whole = path.read_bytes()
    path.write_bytes(whole[:200])
    every = torch.arange(len(splits.train))
    assert refusal_of(lambda: splits.train.batch(every)) == (
        f"The array “x” of {path} is cut off. Save the file again."
    )
    with pytest.raises(Refusal, match="The array “x” of "):
        duplicates(splits.train, splits.test)
    path.write_bytes(whole[:128] + np.full(40, np.nan).tobytes())
    assert refusal_of(lambda: splits.train.batch(every)) == (
        "The array “x” holds 28 value(s) that are no numbers, or too large for 32 "
        "bits. Fill them in, or leave these samples out, and save the file again."
    )


@pytest.mark.parametrize(
    ("save", "settings", "why"),
    [
        (
            np.savez_compressed,
            {},
            "the archive is compressed, so no row can be found in it",
        ),
        (np.savez, {"contents": "tokens"}, "tokens are looked through as a whole"),
    ],
)
def test_what_cannot_stay_on_disk_says_why(
    save: Callable[..., None],
    settings: dict[str, Any],
    why: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    save(folder / "a.npz", x=PIXELS, y=np.arange(40) % 2)
    chosen = config("table of numbers", **settings)
    remedy = "Save the arrays with numpy.savez, uncompressed and in the order of rows."
    on_disk = config("table of numbers", kept="on disk", **settings)
    for act in (describe, load):
        said = refusal_of(lambda act=act: act(on_disk, folder))  # type: ignore[misc]
        assert said == f"a.npz cannot stay on disk: {why}. {remedy}"
    monkeypatch.setattr(engine.data.keeping, "MOST_KEPT_BYTES", 100)
    info = describe(chosen, folder)
    assert not info.is_on_disk
    assert info.note.endswith(
        f"Kept in memory, though they take 19.7 kB: {why}. {remedy}"
    )
    assert not isinstance(field_of(load(chosen, folder).train), Streamed)


def test_an_array_by_columns_cannot_stay_on_disk(folder: Path) -> None:
    np.savez(folder / "a.npz", x=np.asfortranarray(NUMBERS), y=np.arange(40) % 2)
    chosen = config("table of numbers", kept="on disk")
    assert refusal_of(lambda: describe(chosen, folder)).startswith(
        "a.npz cannot stay on disk: an array is stored column by column. "
    )


@pytest.mark.parametrize(
    ("name", "source", "remedy"),
    [
        (
            "a.csv",
            "csv-table",
            "Take a part of its rows, or save its numbers with numpy.savez and learn "
            "from NumPy arrays: these are read from disk.",
        ),
        ("a.txt", "text-file", "Take a part of the text."),
    ],
)
def test_what_does_not_fit_into_memory_is_not_begun(
    name: str, source: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text("x,y\n" + "1,2\n" * 262_143)
    monkeypatch.setattr("engine.data.room.free_bytes", lambda: 5 * 1024**2)
    chosen = DataConfig(source=source, settings={"path": name})
    for act in (describe, load):
        assert refusal_of(lambda act=act: act(chosen, tmp_path)) == (  # type: ignore[misc]
            f"{name} is 1 MB and is read into memory as a whole, which takes about 10 "
            f"MB; 5 MB are free. {remedy}"
        )


def test_a_table_that_is_remembered_needs_no_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "1,2\n3,1\n" * 30)
    chosen = DataConfig(source="csv-table", settings={"path": "a.csv"})
    assert describe(chosen, tmp_path).counts is not None
    monkeypatch.setattr("engine.data.room.free_bytes", lambda: 0)
    assert len(load(chosen, tmp_path).train) > 0


@pytest.mark.parametrize("ask", [lambda: np.empty(2**50), lambda: torch.empty(2**50)])
def test_an_allocation_that_fails_is_told(
    ask: Callable[[], object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        ask()

    monkeypatch.setattr("engine.data.array_file.load_array_file", fail)
    assert refusal_of(lambda: load(config("pixels"), folder)) == (
        "The data “NumPy arrays” do not fit into the memory that is free. Use a part "
        "of them, or let them stay on disk in the data's settings."
    )


@pytest.mark.parametrize("kept", ["in memory", "on disk"])
def test_a_class_out_of_range_and_a_file_that_is_no_array(
    kept: str, folder: Path
) -> None:
    y, tests = np.arange(40) % 2, np.array([0, 1, 7])
    held = {"x_train": NUMBERS, "y_train": y, "x_test": NUMBERS[:3], "y_test": tests}
    np.savez(folder / "apart.npz", **held)
    assert refusal_of(lambda: load(config("a test array", kept=kept), folder)) == (
        "The array “y_test” holds the class “7”, which the training part does not "
        "have. Use the same classes in both arrays."
    )
    (folder / "arrays/z.npy").write_bytes(b"junk")
    said = refusal_of(lambda: load(config("files of arrays", kept=kept), folder))
    assert said.startswith("z.npy cannot be read as a NumPy array (")
    assert said.endswith("Save it with numpy.save, or take it out of the folder.")


def test_a_disk_that_fails_during_the_run_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    splits = load(config("pixels", kept="on disk"), folder)

    def fail(path: Path, *_: object) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    monkeypatch.setattr(Path, "open", fail)
    assert refusal_of(lambda: splits.train.batch(torch.arange(3))) == (
        f"The data cannot be read or kept: {folder / 'a.npz'} (Input/output error). "
        "See that the file may be read and that the disk is not full."
    )


def test_an_array_beside_that_changed_is_described_anew(folder: Path) -> None:
    chosen = config("files of arrays")
    assert describe(chosen, folder).classes == ("0", "1")
    np.save(folder / "arrays/y.npy", np.arange(40) % 4)
    assert describe(chosen, folder).classes == ("0", "1", "2", "3")


def test_each_sound_that_is_kept_is_read_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []

    def counted(path: Path, rate: int, count: int) -> np.ndarray:
        read.append(path)
        return fitted_sound(path, rate, count)

    monkeypatch.setattr("engine.data.sound_folder.fitted_sound", counted)
    splits = load(config("sounds", normalise=True, kept="in memory"), folder)
    assert len(read) == len(set(read)) == sum(map(len, parts_of(splits)))


def test_an_archive_with_a_password_is_refused(folder: Path) -> None:
    path = folder / "a.npz"
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):  # the flags of each entry
        start = raw.find(mark)
        while start >= 0:
            raw[start + at] |= 1
            start = raw.find(mark, start + 1)
    path.write_bytes(raw)
    said = refusal_of(lambda: describe(config("pixels"), folder))
    assert said.startswith("a.npz cannot be read as a NumPy archive (")
    assert said.endswith("Save it with numpy.savez and choose that file.")
