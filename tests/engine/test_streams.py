"""What stays on disk learns like what is kept: one table of all kinds that can."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import engine.data.keeping
from engine.data.inspection import class_counts, duplicates, value_ranges
from engine.data.samples import Samples, Splits
from engine.data.sounds import fitted_sound
from engine.data.source import describe, load
from engine.data.streamed import Streamed
from engine.data.table_cells import CELLS_AT_ONCE
from engine.data.text_files import BYTES_AT_ONCE
from engine.document import DataConfig, Document
from engine.exporting import export
from engine.memory import memory_of
from engine.problems import Refusal
from engine.session import train_document
from engine.training.control import Control
from engine.training.events import EpochDone, StepDone
from engine.training.goals import Goal
from engine.training.losses import balanced
from tests.engine.alone import run_alone
from tests.engine.data_documents import small
from tests.engine.data_files import write_pictures, write_tones

SOUNDS = {"path": "tones", "sample_rate": 8000, "seconds": 0.2, "n_fft": 256, "mels": 9}
RNG = np.random.default_rng(3)
NUMBERS, PIXELS = RNG.normal(5, 3, (40, 4)), RNG.integers(0, 256, (40, 7, 6, 3))
HAS_PARQUET = find_spec("pyarrow") is not None
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "pictures": ("image-folder", {"path": "pictures", "picture_size": 10}),
    "sounds": ("wav-folder", SOUNDS),
    "table of numbers": ("npz", {"path": "a.npz", "inputs": "x"}),
    "pixels": ("npz", {"path": "a.npz", "inputs": "p", "layout": "channels last"}),
    "files of arrays": ("npz", {"path": "arrays/x.npy"}),
    "a test array": ("npz", {"path": "apart.npz"}),
    "a table": ("csv-table", {"path": "a.csv", "gaps": "fill"}),
    "rows without gaps": ("csv-table", {"path": "a.csv", "gaps": "drop"}),
    "a table of answers": (
        "csv-table",
        {"path": "a.csv", "gaps": "fill", "target": "x"},
    ),
    **(
        {"Parquet": ("csv-table", {"path": "a.parquet", "gaps": "fill"})}
        if HAS_PARQUET
        else {}
    ),
    "a test table": (
        "csv-table",
        {"path": "a.csv", "gaps": "fill", "test_path": "tests.csv"},
    ),
    "sentences": ("reviews", {"path": "a.tsv", "length": 6, "vocabulary": 20}),
    "vectors of words": ("reviews", {"path": "a.tsv", "length": 6, "as_vectors": 5}),
    "files of sentences": ("reviews", {"path": "lines", "length": 6}),
    "folders of texts": ("reviews", {"path": "texts", "length": 6, "padding": "right"}),
    "test sentences": (
        "reviews",
        {"path": "a.tsv", "length": 6, "test_path": "lines"},
    ),
    "characters": ("text-file", {"path": "a.txt", "window": 9}),
    "words": (
        "text-file",
        {"path": "a.txt", "window": 5, "level": "words", "vocabulary": 12},
    ),
    "the last word": (
        "text-file",
        {"path": "a.txt", "window": 5, "level": "words", "answers": "last step"},
    ),
}
"""By name, what can stay on disk."""
EVERY = pytest.mark.parametrize("kind", KINDS)
NUMBERED = pytest.mark.parametrize("kind", [*list(KINDS)[:6], "a table of numbers"])
KINDS["a table of numbers"] = (
    "csv-table",
    {"path": "a.csv", "gaps": "fill", "ignore": "word, when", "target": "y"},
)


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
    write_tables(tmp_path)
    write_texts(tmp_path)
    return tmp_path


def write_tables(folder: Path, count: int = 120) -> None:
    """Each kind of column, and gaps."""
    rows = []
    for i in range(count):
        x = "NA" if i % 41 == 7 else f"{(i * 7919) % 1000 / 8}"
        when = f"2024-{1 + i % 12:02}-{1 + i % 28:02}"
        rows.append([x, f"{i * i % 97}", "red blue green".split()[i % 3], when])
    cells = [[*row, f"{i % 2}"] for i, row in enumerate(rows)]
    names = ["x", "n", "word", "when", "y"]
    lines = [",".join(row) for row in cells]
    lines[100:100] = ["", ""]  # empty lines are left out
    (folder / "a.csv").write_text("\n".join([",".join(names), *lines]))
    (folder / "tests.csv").write_text("\n".join([",".join(names), *lines[:50]]))
    if not HAS_PARQUET:
        return
    import pyarrow.parquet

    columns = dict(zip(names, zip(*cells, strict=True), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(columns), folder / "a.parquet")


def write_texts(folder: Path, count: int = 120) -> None:
    words = "it was a fine, slow day; nobody's film is Good or bad!".split()
    said = [
        " ".join(words[(i * j) % len(words)] for j in range(1, 4 + i % 6))
        for i in range(count)
    ]
    lines = (f"{text}\t{i % 2}" for i, text in enumerate(said))
    (folder / "a.tsv").write_text("\n".join(lines))
    (folder / "a.txt").write_text("\n".join(said), encoding="utf-8")
    (folder / "lines").mkdir(exist_ok=True)
    for label in range(2):
        some = said[label * 50 : label * 50 + 40]
        (folder / f"lines/{label}.txt").write_text("\n\n".join(some))
        (folder / f"texts/{label}").mkdir(parents=True, exist_ok=True)
        for i, text in enumerate(some):
            (folder / f"texts/{label}/{i}.txt").write_text(text)


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
        assert field.dtype == field_of(given).dtype == field_of(one).dtype
        assert field.element_size() == field_of(one).element_size()
        assert field.is_floating_point() == field_of(one).is_floating_point()
        for name, targets in one.targets.items():
            assert torch.equal(targets[order], given.targets[name])
            assert targets.shape == other.targets[name].shape
    assert kept.classes == streamed.classes
    assert kept.scales == streamed.scales
    assert kept.vocabulary == streamed.vocabulary
    assert class_counts(kept) == class_counts(streamed)
    if KINDS[kind][0] in ("csv-table", "reviews", "text-file"):
        assert duplicates(kept.train, kept.test) == duplicates(
            streamed.train, streamed.test
        )


@pytest.mark.parametrize("kind", ["a table", "rows without gaps", "sentences", "words"])
def test_what_takes_many_goes_is_the_same(kind: str, folder: Path) -> None:
    """More rows than are looked at in one go, and a word across two goes."""
    write_tables(folder, 2 * CELLS_AT_ONCE + 300)
    write_texts(folder, 9 * CELLS_AT_ONCE)
    assert (folder / "a.txt").stat().st_size > 2 * BYTES_AT_ONCE
    test_the_samples_are_those_that_would_be_kept(kind, True, folder)


@EVERY
def test_what_is_chosen_and_why_is_said(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not describe(config(kind), folder).is_on_disk
    assert "kept: in memory they take" in describe(config(kind), folder).note
    assert "not more than 2 GiB." in describe(config(kind), folder).note
    chosen = describe(config(kind, kept="on disk"), folder)
    assert chosen.is_on_disk
    assert "Read from disk for every batch, as chosen: " in chosen.note
    monkeypatch.setattr(engine.data.keeping, "MOST_KEPT_BYTES", 100)
    large = describe(config(kind, split_seed=1, validation=0.12), folder)
    assert "Read from disk for every batch: in memory they take " in large.note
    assert ", more than the 0.0977 KiB kept." in large.note
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


@NUMBERED
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


@pytest.mark.parametrize(
    "kind", ["pictures", "sounds", "pixels", "a table", "vectors of words", "words"]
)
def test_an_exported_script_streams_too(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.data.declaration.default_data_dir", lambda: folder)
    path = str(folder / KINDS[kind][1]["path"])
    made = document(kind, folder, kept="on disk", path=path)
    export(made, "script", folder / "train.py")
    done = run_alone(folder / "train.py", "--json", "--data-dir", str(folder))
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
        f"Kept in memory, though they take 19.7 KiB: {why}. {remedy}"
    )
    assert not isinstance(field_of(load(chosen, folder).train), Streamed)


def test_an_array_by_columns_cannot_stay_on_disk(folder: Path) -> None:
    np.savez(folder / "a.npz", x=np.asfortranarray(NUMBERS), y=np.arange(40) % 2)
    chosen = config("table of numbers", kept="on disk")
    assert refusal_of(lambda: describe(chosen, folder)).startswith(
        "a.npz cannot stay on disk: an array is stored column by column. "
    )


@pytest.mark.parametrize(
    ("name", "source"), [("a.csv", "csv-table"), ("a.txt", "text-file")]
)
def test_what_does_not_fit_into_memory_is_read_from_disk(
    name: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text("x,y\n" + "1,2\n1,3\n" * 131_072)
    monkeypatch.setattr("engine.data.room.free_bytes", lambda: 5 * 1024**2)
    lacking = (
        f"{name} is 1 MiB and to read it whole takes about 10 MiB of memory; 5 MiB are "
        "free."
    )
    held = DataConfig(source=source, settings={"path": name, "kept": "in memory"})
    for act in (describe, load):
        assert refusal_of(lambda act=act: act(held, tmp_path)) == (  # type: ignore[misc]
            f"{lacking} Let it stay on disk in the data's settings (keep: on disk)."
        )
    chosen = DataConfig(source=source, settings={"path": name})
    info = describe(chosen, tmp_path)
    assert info.is_on_disk
    assert info.note.endswith(f"Read from disk for every batch: {lacking}")
    assert isinstance(field_of(load(chosen, tmp_path).train), Streamed)


def test_a_series_of_a_large_table_is_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"path": "a.csv", "column": "n", "with_columns": "x", "window": 4}
    chosen = DataConfig(
        source="csv-series", settings={**settings, "gaps": "interpolate"}
    )
    kept = load(chosen, folder)
    monkeypatch.setattr("engine.data.room.free_bytes", lambda: 5 * 1024)
    large = load(chosen, folder)
    for one, other in zip(parts_of(kept), parts_of(large), strict=True):
        assert torch.equal(field_of(one), field_of(other))
        assert torch.equal(one.targets["next"], other.targets["next"])
    note = describe(replace(chosen, settings={**chosen.settings, "window": 5}), folder)
    assert note.note.startswith("Read piece by piece: a.csv is ")


def test_what_is_on_disk_is_written_once_for_each_state_of_the_file(
    folder: Path,
) -> None:
    chosen = config("a table", kept="on disk")
    first = load(chosen, folder)
    written = {path: path.stat().st_ino for path in (folder / "cache").iterdir()}
    assert len(written) == 2  # the cells, and the features
    load(chosen, folder)
    again = {path: path.stat().st_ino for path in (folder / "cache").iterdir()}
    assert again == written
    longer = (folder / "a.csv").read_text() + "\n9,5,red,2024-05-05,1"
    (folder / "a.csv").write_text(longer)
    second = load(chosen, folder)
    counts = [sum(map(len, parts_of(one))) for one in (first, second)]
    assert counts[1] == counts[0] + 1
    for path in written:  # cut off, as when the machine went down
        path.write_bytes(b"")
    (folder / "a.csv").write_text(longer[: longer.rindex("\n")])
    assert len(load(chosen, folder).train) == len(first.train)


def test_what_may_be_read_alone_is_not_written_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = config("a table", kept="on disk")
    load(chosen, folder)
    written = {path: path.stat().st_ino for path in (folder / "cache").iterdir()}

    def refused(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "utime", refused)
    load(chosen, folder)
    again = {path: path.stat().st_ino for path in (folder / "cache").iterdir()}
    assert again == written


def test_what_nobody_asked_for_in_a_month_is_removed(folder: Path) -> None:
    load(config("a table", kept="on disk"), folder)
    old = {path.name for path in (folder / "cache").iterdir()}
    for path in (folder / "cache").iterdir():
        os.utime(path, (0, 0))
    load(config("words", kept="on disk"), folder)
    assert len(old) == 2
    assert old.isdisjoint(path.name for path in (folder / "cache").iterdir())


@pytest.mark.parametrize("kind", ["a table", "sentences", "words"])
def test_a_full_disk_is_told(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Path.open

    def full(path: Path, mode: str = "r", *more: Any, **named: Any) -> Any:
        file = written(path, mode, *more, **named)
        if path.name.endswith(".part"):
            file.close()
            file = written(Path("/dev/full"), mode, buffering=0)
        return file

    monkeypatch.setattr(Path, "open", full)
    name = KINDS[kind][1]["path"]
    assert refusal_of(lambda: load(config(kind, kept="on disk"), folder)) == (
        f"The disk is full: of what {name} becomes to be read from disk while "
        f"training, 0 KiB were written to {folder / 'cache'}. Make room there, or "
        "choose another folder for data."
    )
    assert not [*(folder / "cache").iterdir()]


def test_a_cache_that_is_emptied_during_the_run(folder: Path) -> None:
    splits = load(config("a table", kept="on disk"), folder)
    path = next((folder / "cache").glob("features-*"))
    whole = path.read_bytes()
    path.write_bytes(whole[:40])
    every = torch.arange(len(splits.train))
    said = refusal_of(lambda: splits.train.batch(every))
    assert said == (
        f"{path} is cut off. Remove it: it is written anew when training begins."
    )
    path.unlink()
    said = refusal_of(lambda: splits.train.batch(every))
    assert said == (
        f"The file {path} is not there any more. Begin again: it is written anew."
    )


def test_balanced_classes_count_what_is_on_disk(folder: Path) -> None:
    kept, streamed = (
        load(config("words", kept=where), folder) for where in ("in memory", "on disk")
    )
    goals = (Goal(loss="cross_entropy", target="following"),)
    told = balanced(goals, kept.train.targets)
    assert told[0].class_weights
    assert told == balanced(goals, streamed.train.targets)


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
