"""Sentences with labels, read from files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

from engine.data.class_folders import find_class_files, part_roots
from engine.data.columns import counts_of_words
from engine.data.errors import DataError
from engine.data.room import READ_TIMES, check_room
from engine.data.stored_cells import cells_on_disk
from engine.data.table_cells import Block, Cells, Column, cells_in_memory
from engine.data.tables import GAPS, column_index, gap_error, read_table
from engine.data.text_files import text_chunks

MOST_CLASSES = 100


@dataclass(frozen=True, slots=True)
class LabelledTexts:
    """Sentences, and the label of each."""

    texts: Cells
    labels: Cells

    def __len__(self) -> int:
        return len(self.texts)


def paired_reviews(pairs: Iterable[tuple[str, str]]) -> LabelledTexts:
    """Pairs of sentence and label."""
    texts, labels = zip(*pairs, strict=True)
    return LabelledTexts(Column(texts), Column(labels))


def review_files(path: Path) -> list[Path]:
    """What is read: a file, or all those of a folder."""
    if not path.is_dir():
        return [path]
    return sorted(each for each in path.rglob("*") if each.is_file())


def read_reviews(
    path: Path,
    *,
    text_column: str,
    label_column: str,
    delimiter: str,
    header: str,
    encoding: str,
    on_disk: Path | None,
) -> LabelledTexts:
    """Sentences with labels, from a table or from a folder.

    An empty `text_column` is the first one, an empty `label_column` the last one. In a
    folder each file is a class, one sentence a line; or each folder is one, and each
    file in it a text. They stay on disk where a folder of data is given for them.
    """
    if path.is_dir():
        return read_review_folder(path, encoding, on_disk)
    table = read_table(
        path, delimiter=delimiter, header=header, encoding=encoding, on_disk=on_disk
    )
    text = column_index(table, text_column, setting="text_column", default=0)
    label = column_index(table, label_column, setting="label_column")
    if text == label:
        raise DataError(
            f"{table.name}: the column “{table.columns[text]}” cannot be both the "
            f"sentence and its label.",
            "Choose two different columns.",
        )
    reviews = LabelledTexts(table.by_column[text], table.by_column[label])
    for row, (sentence, word) in enumerate(
        zip(reviews.texts, reviews.labels, strict=True)
    ):
        if not sentence:
            raise gap_error(table, row, text, 1, "Fill it, or take the row out.")
        if word in GAPS:
            raise gap_error(table, row, label, 1, "Fill it, or take the row out.")
    return reviews


def read_review_folder(
    folder: Path, encoding: str, on_disk: Path | None
) -> LabelledTexts:
    """The sentences in a folder, with the names of files or folders as labels."""
    files = review_files(folder)
    if on_disk is None:
        if files:
            check_room(files, READ_TIMES)
        columns, _ = cells_in_memory(folder_blocks(folder, encoding))
        found: list[Cells] = [*columns]
    else:
        stored, _ = cells_on_disk(
            on_disk,
            files or [folder],
            ("folder", encoding),
            lambda: folder_blocks(folder, encoding),
        )
        found = [*stored]
    texts, labels = found or (Column(), Column())
    return LabelledTexts(texts, labels)


def folder_blocks(folder: Path, encoding: str) -> Iterator[Block]:
    """The lines of each file in a folder, with the file's name as their label.

    Files called `reviews.pos` and `reviews.neg` are the classes `pos` and `neg`.
    """
    files = sorted(path for path in folder.iterdir() if path.is_file())
    files = [path for path in files if not path.name.startswith(".")]
    if not files and any(path.is_dir() for path in folder.iterdir()):
        yield from class_folder_blocks(folder, encoding)
        return
    if len(files) < 2:
        raise DataError(
            f"The folder {folder} holds {len(files)} file(s), and one for each of at "
            f"least two classes was expected.",
            "Choose a table, or a folder with a file for each class.",
        )
    by_suffix = len({path.stem for path in files}) == 1
    row = 1
    for path in files:
        label = path.suffix[1:] if by_suffix else path.stem
        lines = (line.strip() for line in lines_in(text_chunks(path, encoding)))
        whole = filter(None, lines)
        while some := list(islice(whole, REVIEWS_AT_ONCE)):
            yield review_block(zip(some, repeat(label)), row)
            row += len(some)


REVIEWS_AT_ONCE = 512


def lines_in(chunks: Iterable[str]) -> Iterator[str]:
    """The lines of a text that comes in chunks."""
    rest = ""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split("\n")
        yield from lines
    yield rest


def review_block(pairs: Iterable[tuple[str, str]], first: int) -> Block:
    """Pairs of sentence and label as columns; `first` is the number of the first."""
    texts, labels = zip(*pairs, strict=True)
    return list(range(first, first + len(texts))), [texts, labels]


def class_folder_blocks(folder: Path, encoding: str) -> Iterator[Block]:
    """The text of each `.txt` file in class folders, with the folder as its label."""
    found = find_class_files(folder, (".txt",), "texts")
    if part_roots(folder) != {"train": folder}:
        raise DataError(
            f"The folder {folder} holds a training part of its own.",
            "Choose its folder train as the file, and its folder test as the test "
            "file.",
        )
    files = found.parts["train"]
    for first in range(0, len(files), REVIEWS_AT_ONCE):
        pairs = []
        for path, label in files[first : first + REVIEWS_AT_ONCE]:
            text = " ".join("".join(text_chunks(path, encoding)).split())
            if not text:
                raise DataError(f"{path} holds no text.", "Fill it, or delete it.")
            pairs.append((text, found.classes[label]))
        yield review_block(pairs, first + 1)


def review_classes(
    reviews: LabelledTexts, name: str, needed: int = 3
) -> tuple[str, ...]:
    """The labels there are, sorted; raises DataError unless there are a few.

    Each has to have at least `needed` sentences.
    """
    counts = counts_of_words(reviews.labels)
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
