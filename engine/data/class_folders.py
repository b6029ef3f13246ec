"""A folder of class folders: which files are of which class, and of which part."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from engine.data.errors import DataError
from engine.data.parts import part_sizes

PART_FOLDERS = {
    "train": ("train", "training"),
    "validation": ("val", "valid", "validation"),
    "test": ("test", "testing"),
}
"""What folders are called that hold a part each, in small letters."""


@dataclass(frozen=True, slots=True)
class ClassFiles:
    """Files with the number of their class."""

    classes: tuple[str, ...]
    parts: dict[str, list[tuple[Path, int]]]
    """Always `train`; `validation` and `test` where they have a folder of their own."""


def chosen_folder(data_dir: Path, path: str) -> Path:
    """The folder a person chose; raises DataError where none is chosen yet."""
    if not path.strip():
        raise DataError(
            "No folder is chosen yet.", "Choose one in the data's settings."
        )
    return data_dir / path


def find_class_files(folder: Path, endings: tuple[str, ...], what: str) -> ClassFiles:
    """The files in class folders, sorted; raises DataError where there are none.

    `endings` are in small letters, `what` is their name in sentences (“pictures”). A
    folder with a folder `train` is taken as parts, each with the class folders.
    """
    if not folder.is_dir():
        raise DataError(
            f"There is no folder {folder}.",
            f"Choose a folder that holds a folder of {what} for each class.",
        )
    roots = part_roots(folder)
    train = classes_in(roots["train"], endings)
    if len(train) < 2:
        raise DataError(
            f"The folder {roots['train']} holds {len(train)} folder(s), and one for "
            f"each of at least two classes was expected.",
            f"Choose a folder that holds a folder of {what} for each class.",
        )
    classes = tuple(train)
    parts = {}
    for part, root in roots.items():
        found = train if part == "train" else classes_in(root, endings)
        for name, files in found.items():
            if not files:
                raise DataError(
                    f"The folder {root / name} holds no {what} "
                    f"({', '.join(ending[1:] for ending in endings)}).",
                    "Put some there, or take the folder away.",
                )
            if name not in classes:
                raise DataError(
                    f"The class “{name}” is in {root}, but not in {roots['train']}.",
                    "Use the same classes in every part.",
                )
        places = {name: place for place, name in enumerate(classes)}
        parts[part] = [
            (file, places[name]) for name, files in found.items() for file in files
        ]
    return ClassFiles(classes, parts)


def part_roots(folder: Path) -> dict[str, Path]:
    """The folder of each part that has one; only `train` where they are not apart."""
    named = {entry.name.lower(): entry for entry in folder.iterdir() if entry.is_dir()}
    roots = {
        part: named[name]
        for part, names in PART_FOLDERS.items()
        for name in names
        if name in named
    }
    return roots if "train" in roots else {"train": folder}


def classes_in(folder: Path, endings: tuple[str, ...]) -> dict[str, list[Path]]:
    """The files in each folder of a folder and below it, sorted by their names."""
    return {
        entry.name: sorted(
            Path(where) / name
            for where, _, names in os.walk(entry)
            for name in names
            if name.lower().endswith(endings) and not name.startswith(".")
        )
        for entry in sorted(folder.iterdir())
        if entry.is_dir() and not entry.name.startswith(".")
    }


def shares_of(found: ClassFiles, validation: float, test: float) -> tuple[float, float]:
    """The shares to take from the training files: 0 for a part with its own folder."""
    return (
        0.0 if "validation" in found.parts else validation,
        0.0 if "test" in found.parts else test,
    )


def class_file_counts(
    found: ClassFiles, validation: float, test: float
) -> dict[str, int]:
    """How many files each part has; raises DataError where they are too few."""
    shares = shares_of(found, validation, test)
    own = {part: len(files) for part, files in found.parts.items()}
    labels = [label for _, label in found.parts["train"]]
    needed = 1 + sum(share > 0 for share in shares)
    for label, name in enumerate(found.classes):
        if labels.count(label) < needed:
            raise DataError(
                f"The class “{name}” has {labels.count(label)} file(s); at least "
                f"{needed} are needed to train, watch and test.",
                "Put more there, or take the folder away.",
            )
    sizes = sizes_of_shares(len(labels), *shares)
    return {
        "train": sizes[0],
        "validation": own.get("validation", sizes[1]),
        "test": own.get("test", sizes[2]),
    }


def sizes_of_shares(count: int, validation: float, test: float) -> tuple[int, int, int]:
    """`part_sizes`, where either share may be 0 and its part is then empty."""
    if validation > 0:
        return part_sizes(count, validation, test)
    if test > 0:
        train, taken, _ = part_sizes(count, test, 0.0)
        return train, 0, taken
    return count, 0, 0
