"""The user's own arrays: a NumPy archive."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Choice, Setting, Text, Values
from engine.catalog.spec import TensorSpec
from engine.data.declaration import QUICK_BYTES, SPLIT, DataInfo, DataKind, Source
from engine.data.parts import part_counts, part_sizes
from engine.data.sources.files import PATH
from engine.data.tables import chosen_file


class ArrayFile(Source):
    """Your own arrays: a NumPy archive (.npz), with the arrays chosen by their names.

    Or a `.npy` file, with all of those in its folder. The first dimension counts the
    samples. Text and whole numbers in the target are classes to tell, other numbers are
    to come close to. What fits into memory (2 GiB) is read once, more is read from disk
    batch by batch, unless the archive is compressed. Arrays of Python objects are
    refused: nothing is ever unpickled.
    """

    id = "npz"
    title = "NumPy arrays"
    kind = DataKind.NUMBERS
    licence = "Your own data."
    settings: ClassVar[tuple[Setting, ...]] = (
        PATH,
        Text(
            name="inputs",
            default="",
            empty="x_train, X, images",
            help="The arrays to learn from, with commas between; empty looks for names "
            "such as x_train, X, images.",
        ),
        Text(
            name="target",
            default="",
            kind="column",
            empty="y_train, y, labels",
            help="The array to foretell; empty looks for names such as y_train, y, "
            "labels.",
        ),
        Text(
            name="test_inputs",
            default="",
            advanced=True,
            empty="x_test, or a part",
            help="Arrays to test with, in the order of the inputs; empty takes x_test "
            "where the input is x_train, else a part of the inputs.",
        ),
        Text(
            name="test_target",
            default="",
            advanced=True,
            empty="as the target",
            help="The array with the answers to the test inputs.",
        ),
        Choice(
            name="contents",
            default="numbers",
            options=("numbers", "tokens"),
            label="Inputs are",
            help="Numbers to calculate with, or tokens for an Embedding.",
        ),
        Choice(
            name="layout",
            default="as stored",
            options=("as stored", "grey pictures", "channels last"),
            help="Grey pictures are given a channel, (H, W) to (1, H, W); of pictures "
            "with the channels last these come first, (H, W, C) to (C, H, W).",
        ),
        Choice(
            name="task",
            default="auto",
            options=("auto", "classification", "regression"),
            help="Tell classes or come close to a number; auto looks at the target.",
        ),
        Bool(
            name="normalise",
            label="Normalize",
            default=True,
            help="Bring numbers to mean 0 and standard deviation 1, by the training "
            "part's figures.",
        ),
        Choice(
            name="kept",
            default="auto",
            options=("auto", "in memory", "on disk"),
            label="Keep the inputs",
            advanced=True,
            help="In memory, or on disk and read for every batch; auto looks at how "
            "much they take. Compressed archives are always read into memory.",
        ),
        *SPLIT,
    )
    module = "engine.data.array_file"
    function = "load_array_file"
    needs_data_dir = True

    def files(self, values: Values, data_dir: Path) -> list[Path]:
        named = super().files(values, data_dir)
        beside = (
            each
            for path in named
            if path.suffix.lower() == ".npy"
            for each in path.parent.glob("*.npy")
        )
        return sorted({*named, *beside})

    def is_quick(self, values: Values, data_dir: Path) -> bool:
        return super().is_quick(values, data_dir) and all(
            unpacked_bytes(path) <= QUICK_BYTES for path in self.files(values, data_dir)
        )

    def tests_with(self, values: Values, data_dir: Path) -> str:
        from engine.data import arrays

        plan = arrays.plan_arrays(
            chosen_file(data_dir, values.path),
            inputs=values.inputs,
            target=values.target,
            test_inputs=values.test_inputs,
            test_target=values.test_target,
        )
        return f"The array {plan.test_inputs[0]}" if plan.test_inputs else ""

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        # Here, because it brings numpy, and the window is up before that is needed.
        from engine.data import arrays

        path = chosen_file(data_dir, values.path)
        plan = arrays.plan_arrays(
            path,
            inputs=values.inputs,
            target=values.target,
            test_inputs=values.test_inputs,
            test_target=values.test_target,
        )
        headers = arrays.archive_headers(path)
        tokens = values.contents == "tokens"
        is_kept, keeping = arrays.array_keeping(
            path, plan, values.kept, values.contents
        )
        specs = {
            name: TensorSpec(
                arrays.input_shape(name, *headers[name], values.layout),
                "int64" if tokens else "float32",
            )
            for name in plan.inputs
        }
        answers = arrays.read_array(path, plan.target)
        needed = 2 if plan.test_inputs else 3
        classes = arrays.array_classes(plan.target, answers, values.task, needed)
        target = TensorSpec((), "int64")
        if not classes:
            target = TensorSpec(answers.shape[1:] or (1,))
        if plan.test_target:
            train, validation, _ = part_sizes(len(answers), values.validation, 0.0)
            tested = headers[plan.test_target][0][0]
            counts = {"train": train, "validation": validation, "test": tested}
        else:
            counts = part_counts(len(answers), values.validation, values.test)
        return DataInfo(
            inputs=specs,
            targets={"target": target},
            task="classification" if classes else "regression",
            classes=classes,
            target_classes={"target": classes} if classes else {},
            counts=counts,
            vocabulary_size=arrays.tokens_below(path, plan) if tokens else None,
            is_on_disk=not is_kept,
            note=f"{path.name} holds {arrays.array_list(headers)}. {keeping}",
        )


def unpacked_bytes(path: Path) -> int:
    """What a `.npz` file takes unpacked, by its directory; 0 where it is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sum(each.file_size for each in archive.infolist())
    except (OSError, zipfile.BadZipFile):  # whoever reads it will say so
        return 0
