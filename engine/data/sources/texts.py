"""Sentences with labels: the user's own, and a small made-up set."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Choice, Count, Int, Setting, Text, Values
from engine.catalog.spec import TensorSpec
from engine.catalog.text_models import vocabulary_of_model
from engine.data.declaration import SPLIT, DataInfo, DataKind, Source
from engine.data.made_up_reviews import made_up_reviews
from engine.data.made_up_subjects import ANIMALS, LONGEST_SUBJECTS, made_up_subjects
from engine.data.parts import part_counts, part_sizes
from engine.data.reviews import (
    LabelledTexts,
    paired_reviews,
    read_reviews,
    review_classes,
    review_files,
)
from engine.data.room import text_keeping
from engine.data.sources.files import FILE, KEPT, PATH, TEST_PATH
from engine.data.tables import cells_folder, chosen_file

OWN_WORDS = ("tokenizer", ("",))
"""What matters only where the words are numbered here, and not by a model."""
WORDS: tuple[Setting, ...] = (
    Text(
        name="tokenizer",
        default="",
        kind="folder",
        empty="own words",
        help="The pretrained model that reads the tokens, by its name on Hugging "
        "Face's hub or by its folder; empty numbers the words of the training part.",
    ),
    Count(
        name="vocabulary",
        only_with=OWN_WORDS,
        default=10_000,
        minimum=3,
        maximum=1_000_000,
        unit="words",
        help="How many different words are told apart, padding and unknown among them.",
    ),
    Count(
        name="length",
        default=40,
        minimum=1,
        maximum=10_000,
        unit="tokens",
        help="Longer sentences are cut, shorter ones are filled up. A token is a word, "
        "or what the tokenizer makes of one.",
    ),
    Count(
        name="min_count",
        only_with=OWN_WORDS,
        default=1,
        minimum=1,
        advanced=True,
        help="Words that occur less often in the training part are unknown.",
    ),
    Choice(
        name="padding",
        only_with=OWN_WORDS,
        default="left",
        options=("left", "right"),
        advanced=True,
        help="Where zeros go; on the left, a recurrent layer's last step is a word.",
    ),
    Int(
        name="as_vectors",
        only_with=OWN_WORDS,
        default=0,
        minimum=0,
        maximum=4096,
        unit="numbers",
        of_zero="off",
        help="0 gives words as whole numbers, for an Embedding; else each word is a "
        "fixed random vector of so many numbers.",
    ),
    Int(
        name="vector_seed",
        only_with=OWN_WORDS,
        default=0,
        minimum=0,
        advanced=True,
        help="The same seed gives the same vectors.",
    ),
)

_SUBJECT_WORDS = 32
"""Room for the words of the sentences; they are fewer."""


class _Reviews(Source):
    """Sentences with labels."""

    module = "engine.data.sentences"

    def _info(
        self, values: Values, classes: tuple[str, ...], counts: dict[str, int]
    ) -> DataInfo:
        tokens = TensorSpec((values.length,), "int64")
        if values.tokenizer:
            return self._of_a_model(values, tokens, classes, counts)
        vectors = TensorSpec((values.length, values.as_vectors))
        return DataInfo(
            inputs={"vectors": vectors} if values.as_vectors else {"tokens": tokens},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=classes,
            target_classes={"label": classes},
            counts=counts,
            vocabulary_size=None if values.as_vectors else values.vocabulary,
            is_vocabulary_limit=True,
            unknown=None if values.as_vectors else 1,
        )

    def _of_a_model(
        self,
        values: Values,
        tokens: TensorSpec,
        classes: tuple[str, ...],
        counts: dict[str, int],
    ) -> DataInfo:
        return DataInfo(
            inputs={"tokens": tokens},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=classes,
            target_classes={"label": classes},
            counts=counts,
            vocabulary_size=vocabulary_of_model(values.tokenizer),
        )


class SmallReviews(_Reviews):
    """320 made-up one-sentence film reviews, half of them kind.

    Composed by formula and about no film: they let a text network run without a
    download, and what it learns says nothing of real reviews.
    """

    id = "reviews-small"
    title = "Made-up reviews"
    kind = DataKind.TEXTS
    licence = "Made up by formula; nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = (*WORDS, *SPLIT)
    function = "load_small_reviews"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        reviews = paired_reviews(made_up_reviews())
        counts = part_counts(len(reviews), values.validation, values.test)
        info = self._info(values, review_classes(reviews, self.title), counts)
        return replace(info, note="Made-up reviews: nobody wrote them.")


class MadeUpSubjects(Source):
    """Made-up sentences that ask who did it: an animal, sometimes far from its verb.

    “The cat that the dog saw yesterday was sleeping”: the cat was. Two animals may be
    there, and only the sentence's build tells which of them is meant.
    """

    id = "subjects-made-up"
    title = "Who is asleep?"
    kind = DataKind.TEXTS
    licence = "Made up by formula; nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = SPLIT
    module = "engine.data.subject_sentences"
    function = "load_made_up_subjects"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        others = len(made_up_subjects()) - 1
        counts = part_counts(others, values.validation, values.test)
        counts["validation"] += 1  # the well-known sentence is always watched
        return DataInfo(
            inputs={"tokens": TensorSpec((LONGEST_SUBJECTS,), "int64")},
            targets={"subject": TensorSpec((), "int64")},
            task="classification",
            classes=ANIMALS,
            target_classes={"subject": ANIMALS},
            counts=counts,
            vocabulary_size=_SUBJECT_WORDS,
            unknown=1,
            note="Made-up sentences: nobody wrote them.",
        )


class Reviews(_Reviews):
    """Your own texts with labels: a table, or a folder.

    In a folder there is a file for each class, with a text a line, or a folder for each
    class, with a text a file (.txt).
    Words are found by a simple rule (letters and digits, other signs on their own, all
    in small letters); the vocabulary is that of the training part.
    """

    id = "reviews"
    title = "Labelled sentences"
    kind = DataKind.TEXTS
    licence = "Your own data."
    settings: ClassVar[tuple[Setting, ...]] = (
        PATH,
        TEST_PATH,
        Text(
            name="text_column",
            default="",
            kind="column",
            empty="the first",
            help="The sentences, by the column's name or number; empty is the first.",
        ),
        Text(
            name="label_column",
            default="",
            kind="column",
            empty="the last",
            help="The labels, by the column's name or number; empty is the last.",
        ),
        *WORDS,
        KEPT,
        *FILE,
        *SPLIT,
    )
    function = "load_reviews"
    needs_data_dir = True

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        paths = [chosen_file(data_dir, values.path)]
        if values.test_path:
            paths.append(data_dir / values.test_path)
        files = [file for path in paths for file in review_files(path)]
        on_disk = cells_folder(data_dir, values.kept, files)
        reviews, *tests = (self._read(values, path, on_disk) for path in paths)
        classes = review_classes(reviews, values.path, 2 if tests else 3)
        if tests:
            train, validation, _ = part_sizes(len(reviews), values.validation, 0.0)
            counts = {"train": train, "validation": validation, "test": len(tests[0])}
        else:
            counts = part_counts(len(reviews), values.validation, values.test)
        # A token takes as much as two numbers of 32 bits.
        width = (values.as_vectors if not values.tokenizer else 0) or 2
        size = 4 * values.length * width * sum(counts.values())
        is_kept, keeping = text_keeping(values.kept, files, size)
        info = self._info(values, classes, counts)
        return replace(info, is_on_disk=not is_kept, note=keeping)

    def _read(self, values: Values, path: Path, on_disk: Path | None) -> LabelledTexts:
        return read_reviews(
            path,
            text_column=values.text_column,
            label_column=values.label_column,
            delimiter=values.delimiter,
            header=values.header,
            encoding=values.encoding,
            on_disk=on_disk,
        )
