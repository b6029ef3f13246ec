"""Loads data and makes pages of it. All of this runs on threads of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from PySide6.QtGui import QImage
from torch import Tensor

from engine.data.inspection import (
    class_counts,
    duplicates,
    how_split,
    parts_by_name,
    value_ranges,
)
from engine.data.samples import Mixed, Samples
from engine.data.source import describe, load
from engine.document import DataConfig
from engine.figures import figure, percent
from engine.problems import Refusal
from engine.showing.chance import OwnChance
from engine.showing.columns import Column, columns_of, told_row
from engine.showing.exhibit import in_picture_form, painted
from engine.showing.fields import NUMBERS, SERIES, TOKENS, kind_of
from engine.showing.writing import text_of
from engine.training.augmentation import Augment
from gui.data_panel.pages import (
    DUPLICATES,
    GRID,
    TABLE,
    Cell,
    Figures,
    Loaded,
    Page,
    Wish,
)
from gui.texts import Texts

tr = Texts("data")

PADDING = "<padding>"
LOOKED_AT = 256
"""Samples that tell between which values pictures and series lie."""
MOST_NUMBERS = 3
"""Answers of more numbers are told by the first ones."""
MOST_PIXELS = 96
"""Pictures are drawn so large at most, in each direction; larger ones are thinned."""


def load_data(
    config: DataConfig,
    data_dir: Path,
    progress: Callable[[int, int, str], None] | None = None,
) -> Loaded:
    """The data, with what is quickly known of it. Raises Refusal."""
    splits = load(config, data_dir, progress)
    return Loaded(
        config=config,
        info=describe(config, data_dir),
        splits=splits,
        counts=class_counts(splits),
        how_split=how_split(config, data_dir),
    )


def figures_of(loaded: Loaded) -> Figures:
    """What takes reading all of the data; seconds for large sets. Raises Refusal."""
    splits = loaded.splits
    return Figures(
        config=loaded.config,
        ranges=value_ranges(splits),
        duplicates=duplicates(splits.train, splits.test),
    )


class Reader:
    """Makes pages of loaded data; keeps what it found out on the way."""

    def __init__(self, loaded: Loaded, data_dir: Path) -> None:
        self._loaded = loaded
        self._data_dir = data_dir
        self._parts = parts_by_name(loaded.splits)
        self._orders: dict[str, Tensor] = {}
        self._spans: dict[str, tuple[Tensor, Tensor]] = {}
        self._columns: dict[str, Sequence[Column]] = {}

    def page(self, wish: Wish) -> Page:
        """The samples that are wished for. Raises Refusal."""
        batch, places, total = self._chosen(wish)
        if wish.recipe is not None and len(batch):
            augment = Augment(wish.recipe, self._loaded.splits.vocabulary)
            with OwnChance(wish.seed):  # a training beside it misses no numbers
                batch = augment(batch)
        answers = self._answers(batch, len(places))
        kind = kind_of(self._loaded.config, self._loaded.info, wish.field)
        if kind in (TOKENS, NUMBERS):
            return self._table(wish, kind, batch, places, answers, total)
        return self._grid(wish, kind, batch, places, answers, total)

    def _chosen(self, wish: Wish) -> tuple[Samples, list[tuple[str, int]], int]:
        """The samples, where each is from, and how many there are to turn through."""
        if wish.part == DUPLICATES:
            shown = wish.pairs[wish.first // 2 : (wish.first + wish.count + 1) // 2]
            both = [
                self._parts[part].batch(torch.tensor([pair[place] for pair in shown]))
                for place, part in enumerate(("train", "test"))
            ]
            places = [
                (part, pair[place])
                for pair in shown
                for place, part in enumerate(("train", "test"))
            ]
            return interleaved(*both), places, 2 * len(wish.pairs)
        part = self._parts[wish.part]
        if wish.class_number is None:
            total = len(part)
            indices = self._order(wish.part)[wish.first : wish.first + wish.count]
        else:
            labels = next(iter(part.targets.values()))
            found = (labels.flatten() == wish.class_number).nonzero().flatten()
            total = len(found)
            indices = found[wish.first : wish.first + wish.count]
        return part.batch(indices), [(wish.part, i) for i in indices.tolist()], total

    def _order(self, part: str) -> Tensor:
        """The samples of a part as they are turned through."""
        if part not in self._orders:
            samples = self._parts[part]
            order = torch.arange(len(samples))
            if self._loaded.splits.classes:
                labels = next(iter(samples.targets.values())).flatten().cpu()
                order = by_turns(labels)
            self._orders[part] = order
        return self._orders[part]

    def _table(
        self,
        wish: Wish,
        kind: str,
        batch: Samples,
        places: list[tuple[str, int]],
        answers: list[tuple[str, str]],
        total: int,
    ) -> Page:
        values = batch.inputs[wish.field]
        rows: list[tuple[str, ...]]
        notes: dict[tuple[int, int], str] = {}
        if kind == TOKENS:
            heads: tuple[str, ...] = (tr("Answer"), tr("Text"))
            texts = [self._text(tokens) for tokens in values.tolist()]
            rows = [
                (full or brief, text)
                for (brief, full), text in zip(answers, texts, strict=True)
            ]
            if not any(brief for brief, _ in answers):
                heads, rows = (tr("Text"),), [(text,) for text in texts]
        else:
            columns = self._columns_of(wish.field)
            heads = (tr("Answer"), *(column.name for column in columns))
            # A sample that is changed on its way has numbers where the file has gaps.
            samples = places if wish.recipe is None else [None] * len(places)
            rows = [
                (full or brief, *(cell for _, cell in told_row(columns, row, sample)))
                for (brief, full), row, sample in zip(
                    answers, values, samples, strict=True
                )
            ]
            notes = dict(notes_of_gaps(columns, samples))
        numbers = tuple(numbered(wish, *place) for place in places)
        return Page(
            wish=wish,
            form=TABLE,
            total=total,
            heads=heads,
            rows=tuple(rows),
            numbers=numbers,
            notes=notes,
        )

    def _grid(
        self,
        wish: Wish,
        kind: str,
        batch: Samples,
        places: list[tuple[str, int]],
        answers: list[tuple[str, str]],
        total: int,
    ) -> Page:
        values = batch.inputs[wish.field]
        low, high = self._span_of(wish.field)
        images: list[QImage | None] = [None] * len(places)
        lines: list[tuple[tuple[float, ...], ...]] = [()] * len(places)
        if len(places):
            pictures = as_pictures(values) if kind != SERIES else None
            if pictures is None:
                series = values.flatten(2) if values.dim() > 2 else values.unsqueeze(2)
                lines = [tuple(map(tuple, one.T.tolist())) for one in series]
            else:
                if wish.field in self._loaded.info.drawn_upwards:
                    pictures = pictures.flip(2)
                images = [*drawn(thinned(pictures), low, high)]
        cells = tuple(
            Cell(
                index=index,
                part=part,
                caption=brief,
                detail=full,
                image=image,
                lines=line,
            )
            for (part, index), (brief, full), image, line in zip(
                places, answers, images, lines, strict=True
            )
        )
        span = (float(low.min()), float(high.max()))
        return Page(wish=wish, form=GRID, total=total, cells=cells, span=span)

    def _span_of(self, field: str) -> tuple[Tensor, Tensor]:
        """The least and the greatest values of a field: (C, 1, 1) for pictures."""
        if field not in self._spans:
            train = self._loaded.splits.train
            few = train.inputs[field][torch.arange(min(LOOKED_AT, len(train)))].float()
            pictures = as_pictures(few)
            if pictures is None:
                self._spans[field] = few.min(), few.max()
            else:
                low, high = pictures.amin((0, 2, 3)), pictures.amax((0, 2, 3))
                self._spans[field] = low[:, None, None], high[:, None, None]
        return self._spans[field]

    def _columns_of(self, field: str) -> Sequence[Column]:
        if field not in self._columns:
            loaded = self._loaded
            try:
                found: Sequence[Column] = columns_of(
                    loaded.config, loaded.splits.train, field, self._data_dir
                )
            except Refusal:  # the file has gone since; its numbers are still here
                width = loaded.splits.train.inputs[field].shape[1]
                found = [Column(name=str(place + 1)) for place in range(width)]
            self._columns[field] = found
        return self._columns[field]

    def _text(self, tokens: list[int]) -> str:
        vocabulary = self._loaded.splits.vocabulary
        if not vocabulary:
            return " ".join(map(str, tokens))
        if vocabulary[0] == PADDING:
            tokens = [token for token in tokens if token != 0]
        if all(len(sign) == 1 for sign in vocabulary[2:]):  # two may be marks
            return "".join(vocabulary[token] for token in tokens)
        return text_of(tokens, vocabulary)

    def _answers(self, batch: Samples, count: int) -> list[tuple[str, str]]:
        """What each sample should be answered with, in brief and in full."""
        own = self._told(batch.targets, count)
        if not isinstance(batch, Mixed):
            return [(one, "") for one in own]
        others = self._told(batch.others, count)
        share, rest = percent(batch.share), percent(1 - batch.share)
        return [
            (f"{one} + {other}", f"{share} {one}, {rest} {other}") if one else ("", "")
            for one, other in zip(own, others, strict=True)
        ]

    def _told(self, targets: dict[str, Tensor], count: int) -> list[str]:
        each = [self._told_target(name, values) for name, values in targets.items()]
        return [", ".join(filter(None, words)) for words in zip(*each, strict=True)]

    def _told_target(self, name: str, values: Tensor) -> list[str]:
        info, splits = self._loaded.info, self._loaded.splits
        if not values.is_floating_point():
            if values.dim() == 1:
                names = info.target_classes.get(name, ()) or splits.vocabulary
                return [
                    names[number] if number < len(names) else str(number)
                    for number in values.tolist()
                ]
            return [self._text(tokens) for tokens in values.flatten(1).tolist()]
        mean, std = splits.scales.get(name, (0.0, 1.0))
        if info.task == "reconstruction":  # the input itself
            return [""] * len(values)
        told = []
        for numbers in (values.flatten(1) * std + mean).tolist():
            text = ", ".join(figure(number) for number in numbers[:MOST_NUMBERS])
            told.append(text + (", …" if len(numbers) > MOST_NUMBERS else ""))
        return told


def notes_of_gaps(
    columns: Sequence[Column], samples: Sequence[tuple[str, int] | None]
) -> Iterator[tuple[tuple[int, int], str]]:
    """What the network reads where the file has nothing, by row and column."""
    for row, sample in enumerate(samples):
        for place, column in enumerate(columns, start=1):  # behind the answers
            if sample is None or not column.is_gap(*sample):
                continue
            if column.date_order:
                said = tr("Missing in the file: the network reads means of the dates.")
            else:
                said = tr(
                    "Missing in the file: the network reads {mean}, the mean of the "
                    "training part.",
                    mean=figure(column.fills[0]),
                )
            yield (row, place), said


def by_turns(labels: Tensor) -> Tensor:
    """An order (N,) of samples (N,) to look at: their own, unless they lie by class.

    Then one of each class comes first, and then the next of each: a first page of
    files in class folders would else be all of one class.
    """
    places = torch.arange(len(labels))
    if not len(labels) or bool((labels[1:] < labels[:-1]).any()):
        return places
    ends = labels.bincount().cumsum(0)
    firsts = torch.cat([ends.new_zeros(1), ends[:-1]])
    turn = places - firsts[labels]
    return (turn * len(ends) + labels).argsort()


def interleaved(first: Samples, second: Samples) -> Samples:
    """Samples of two parts by turns."""

    def by_turns(
        ours: dict[str, Tensor], theirs: dict[str, Tensor]
    ) -> dict[str, Tensor]:
        return {
            name: torch.stack([values, theirs[name]], dim=1).flatten(0, 1)
            for name, values in ours.items()
        }

    return Samples(
        by_turns(first.inputs, second.inputs), by_turns(first.targets, second.targets)
    )


def numbered(wish: Wish, part: str, index: int) -> str:
    """What the sample at a place is called."""
    return f"{part} {index}" if wish.part == DUPLICATES else str(index)


def as_pictures(values: Tensor) -> Tensor | None:
    """Samples as (N, C, H, W) to be looked at; None where they are better lines.

    Of what has more dimensions the middle is shown.
    """
    while values.dim() > 4:
        values = values[:, values.shape[1] // 2]
    if values.dim() == 4 and values.shape[1] not in (1, 3):
        values = values[:, values.shape[1] // 2].unsqueeze(1)
    return in_picture_form(values)


def thinned(pictures: Tensor) -> Tensor:
    """Pictures of which not more is kept than is drawn."""
    step = max(1, max(pictures.shape[2:]) // (2 * MOST_PIXELS))
    return pictures[:, :, ::step, ::step]


def drawn(pictures: Tensor, low: Tensor, high: Tensor) -> list[QImage]:
    """Pictures (N, C, H, W) as images of their own."""
    images = []
    for pixels in painted(pictures, low, high):
        height, width = pixels.shape[:2]
        data = pixels.tobytes()
        image = QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888)
        images.append(image.copy())  # Qt keeps no hold of the bytes
    return images
