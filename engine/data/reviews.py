"""Sentences with labels, read from files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from engine.data.class_folders import find_class_files, part_roots
from engine.data.errors import DataError
from engine.data.tables import GAPS, column_index, gap_error, read_table, read_text

MOST_CLASSES = 100


def read_reviews(
    path: Path,
    *,
    text_column: str,
    label_column: str,
    delimiter: str,
    header: str,
    encoding: str,
) -> list[tuple[str, str]]:
    """Pairs of sentence and label, from a table or from a folder.

    An empty `text_column` is the first one, an empty `label_column` the last one. In a
    folder each file is a class, one sentence a line; or each folder is one, and each
    file in it a text.
    """
    if path.is_dir():
        return read_review_folder(path, encoding)
    table = read_table(path, delimiter=delimiter, header=header, encoding=encoding)
    text = column_index(table, text_column, default=0)
    label = column_index(table, label_column)
    if text == label:
        raise DataError(
            f"{table.name}: the column “{table.columns[text]}” cannot be both the "
            f"sentence and its label.",
            "Choose two different columns.",
        )
    pairs = list(zip(table.by_column[text], table.by_column[label], strict=True))
    for row, (sentence, word) in enumerate(pairs):
        if not sentence:
            raise gap_error(table, row, text, 1, "Fill it, or take the row out.")
        if word in GAPS:
            raise gap_error(table, row, label, 1, "Fill it, or take the row out.")
    return pairs


def read_review_folder(folder: Path, encoding: str) -> list[tuple[str, str]]:
    """The lines of each file in a folder, with the file's name as their label.

    Files called `reviews.pos` and `reviews.neg` are the classes `pos` and `neg`.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    files = [path for path in files if not path.name.startswith(".")]
    if not files and any(path.is_dir() for path in folder.iterdir()):
        return read_text_folders(folder, encoding)
    if len(files) < 2:
        raise DataError(
            f"The folder {folder} holds {len(files)} file(s), and one for each of at "
            f"least two classes was expected.",
            "Choose a table, or a folder with a file for each class.",
        )
    by_suffix = len({path.stem for path in files}) == 1
    reviews: list[tuple[str, str]] = []
    for path in files:
        label = path.suffix[1:] if by_suffix else path.stem
        lines = read_text(path, encoding).split("\n")
        reviews.extend((line.strip(), label) for line in lines if line.strip())
    return reviews


def read_text_folders(folder: Path, encoding: str) -> list[tuple[str, str]]:
    """The text of each `.txt` file in class folders, with the folder as its label."""
    found = find_class_files(folder, (".txt",), "texts")
    if part_roots(folder) != {"train": folder}:
        raise DataError(
            f"The folder {folder} holds a training part of its own.",
            "Choose its folder train as the file, and its folder test as the test "
            "file.",
        )
    reviews = []
    for path, label in found.parts["train"]:
        text = " ".join(read_text(path, encoding).split())
        if not text:
            raise DataError(f"{path} holds no text.", "Fill it, or delete it.")
        reviews.append((text, found.classes[label]))
    return reviews


def review_classes(
    reviews: list[tuple[str, str]], name: str, needed: int = 3
) -> tuple[str, ...]:
    """The labels there are, sorted; raises DataError unless there are a few.

    Each has to have at least `needed` sentences.
    """
    counts = Counter(label for _, label in reviews)
    classes = tuple(sorted(counts))
    if len(classes) < 2:
        found = f"“{classes[0]}”" if classes else "no label"
        raise DataError(
            f"{name} holds one class only: {found}.",
            "Choose another label column: there is nothing to tell apart.",
        )
    if len(classes) > MOST_CLASSES:
        raise DataError(
            f"{name} holds {len(classes):,} different labels; at most {MOST_CLASSES} "
            f"are taken. The first is “{classes[0][:40]}”.",
            "Choose the column that holds the label.",
        )
    rarest = min(classes, key=counts.__getitem__)
    if counts[rarest] < needed:
        raise DataError(
            f"{name}: the label “{rarest}” has {counts[rarest]} sentence(s); at least "
            f"{needed} are needed to train, watch and test.",
            "Take such sentences out, or add more.",
        )
    return classes
