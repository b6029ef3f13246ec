"""Texts whose next token is to be foretold: made up, the user's own, and dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Choice, Count, Int, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.date_words import DATE_SIGNS, ISO_LENGTH, LONGEST_DATE
from engine.data.declaration import SPLIT, TEST, VALIDATION, DataInfo, DataKind, Source
from engine.data.made_up_text import made_up_sentences
from engine.data.parts import part_counts
from engine.data.room import stay_on_disk, text_keeping
from engine.data.sources.files import FILE, KEPT, PATH
from engine.data.stored_text import stored_text
from engine.data.tables import chosen_file
from engine.data.text_files import read_text
from engine.data.text_pieces import TOKEN_BYTES, pieces_of, signs_of, text_parts

_SEED = Int(
    name="seed", default=0, minimum=0, help="The same seed gives the same data."
)
_WINDOWS: tuple[Setting, ...] = (
    Choice(
        name="level",
        default="characters",
        options=("characters", "words"),
        help="What a token is: a character, or a word in small letters.",
    ),
    Count(
        name="window",
        default=64,
        minimum=1,
        maximum=65_536,
        unit="tokens",
        help="How many tokens the network sees at once.",
    ),
    Count(
        name="vocabulary",
        default=10_000,
        minimum=2,
        maximum=1_000_000,
        unit="tokens",
        help="How many different tokens are told apart at most; the rarest become "
        "unknown.",
    ),
    Choice(
        name="answers",
        default="every step",
        options=("every step", "last step"),
        help="What is to be foretold: the token after each of the window, or only the "
        "one after its last.",
    ),
    VALIDATION,
    TEST,
)


class _Text(Source):
    """A text in windows."""

    module = "engine.data.next_tokens"

    def _info_of_pieces(self, values: Values, pieces: list[str]) -> DataInfo:
        return self._info(values, len(pieces), partial(signs_of, pieces))

    def _info(
        self, values: Values, count: int, signs: Callable[[int, int], list[str]]
    ) -> DataInfo:
        """`signs` gives the vocabulary by how much trains, and how large it may be."""
        sizes = text_parts(count, values.window, values.validation, values.test)
        known = signs(sizes[0] * values.window + 1, values.vocabulary)
        window, one = TensorSpec((values.window,), "int64"), TensorSpec((), "int64")
        return DataInfo(
            inputs={"tokens": window},
            targets={"following": window if values.answers == "every step" else one},
            task="next token",
            counts=dict(zip(("train", "validation", "test"), sizes, strict=True)),
            vocabulary_size=len(known),
            unknown=0,
        )


class MadeUpText(_Text):
    """A text composed by formula, to be continued: who acts, where, and when.

    Nobody wrote it. A verb agrees with a subject that may stand far before it, a
    pronoun with the sentence before: it pays to look back.
    """

    id = "made-up-text"
    title = "Made-up text"
    kind = DataKind.TEXTS
    licence = "Made up by formula; nobody's text."
    settings: ClassVar[tuple[Setting, ...]] = (
        Count(
            name="sentences",
            default=2_000,
            minimum=10,
            maximum=1_000_000,
            help="How long the text is.",
        ),
        *_WINDOWS,
        _SEED,
    )
    function = "load_made_up_text"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        text = made_up_sentences(values.sentences, values.seed)
        info = self._info_of_pieces(values, pieces_of(text, values.level))
        return replace(info, note="Made-up text: nobody wrote it.")


class TextFile(_Text):
    """Your own text, to be continued: any file of plain text.

    The beginning of the text trains, its end tests.
    """

    id = "text-file"
    title = "A text to continue"
    kind = DataKind.TEXTS
    licence = "Your own data."
    settings: ClassVar[tuple[Setting, ...]] = (PATH, *_WINDOWS, KEPT, FILE[-1])
    function = "load_text_file"
    needs_data_dir = True

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        path = chosen_file(data_dir, values.path)
        if not stay_on_disk(values.kept, [path]):
            pieces = pieces_of(read_text(path, values.encoding), values.level)
            info, count = self._info_of_pieces(values, pieces), len(pieces)
        else:
            text = stored_text(data_dir, path, values.encoding, values.level)
            info, count = self._info(values, text.count, text.signs), text.count
        is_kept, keeping = text_keeping(values.kept, [path], TOKEN_BYTES * count)
        return replace(info, is_on_disk=not is_kept, note=keeping)


class MadeUpDates(Source):
    """Dates as people say them, to be translated into figures.

    “the 3rd of march 1998” becomes “1998-03-03”, a character at a time. The network has
    two inputs: the date in words, and what it has written of the answer so far.
    """

    id = "made-up-dates"
    title = "Dates to translate"
    kind = DataKind.TEXTS
    licence = "Made by formula; nobody's data."
    settings: ClassVar[tuple[Setting, ...]] = (
        Count(
            name="samples",
            default=4_000,
            minimum=10,
            maximum=400_000,
            help="How many dates.",
        ),
        _SEED,
        *SPLIT,
    )
    module = "engine.data.made_up_dates"
    function = "load_made_up_dates"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return DataInfo(
            inputs={
                "tokens": TensorSpec((LONGEST_DATE,), "int64"),
                "written": TensorSpec((ISO_LENGTH,), "int64"),
            },
            targets={"following": TensorSpec((ISO_LENGTH,), "int64")},
            task="next token",
            counts=part_counts(values.samples, values.validation, values.test),
            vocabulary_size=len(DATE_SIGNS),
            note="Made-up dates, said in six ways.",
        )
