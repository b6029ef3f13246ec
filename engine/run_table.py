"""The table of runs: its columns, how they sort, and which runs a text finds."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.figures import loss_figure, metric_text
from engine.recipe import RECIPE_SETTINGS
from engine.run_curves import Curves
from engine.run_record import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One run with what the table says of it."""

    run: Run
    epochs: int
    """How many epochs are done."""
    val_loss: float
    """The lowest validation loss of any epoch, or nan."""
    metric: str
    """The name of the first metric beside the loss, such as `accuracy`; may be ""."""
    val_metric: float
    test_metric: float
    """The metric on the test part, or nan: only a finished run is tested."""
    test_loss: float
    seconds: float
    """Training time, without pauses."""


def row_of(run: Run, curves: Curves) -> Row:
    """What the table says of a run, from its entry and its curves."""
    result = run.result
    metric = _first_metric(result, curves)
    return Row(
        run=run,
        epochs=int(curves.epochs[-1]) if len(curves) else 0,
        val_loss=curves.best("val_loss"),
        metric=metric,
        val_metric=curves.best(f"val_{metric}") if metric else math.nan,
        test_metric=_number(result.get(f"test_{metric}")) if metric else math.nan,
        test_loss=_number(result.get("test_loss")),
        seconds=float(curves.seconds[-1]) if len(curves) else 0.0,
    )


def _first_metric(result: dict[str, Any], curves: Curves) -> str:
    names = [name for name, value in result.items() if value is not None]
    for prefix, known in (("test_", names), ("val_", list(curves.metrics))):
        for name in known:
            if name.startswith(prefix) and name != f"{prefix}loss":
                return name.removeprefix(prefix)
    return ""


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its title, what it shows, and what it is sorted by."""

    name: str
    title: str
    text: Callable[[Row], str]
    key: Callable[[Row], float | str]
    is_number: bool = False


def _when(row: Row) -> str:
    return f"{datetime.fromisoformat(row.run.started).astimezone():%Y-%m-%d %H:%M}"


def _epochs(row: Row) -> str:
    planned = row.run.recipe.get("epochs", "?")
    return f"{row.epochs:,} of {planned:,}" if planned != "?" else f"{row.epochs:,}"


def _tested(row: Row) -> str:
    if math.isfinite(row.test_metric):
        return metric_text(row.metric, row.test_metric)
    return f"loss {loss_figure(row.test_loss)}" if math.isfinite(row.test_loss) else ""


def _told(value: float) -> str:
    return loss_figure(value) if math.isfinite(value) else ""


def duration_text(seconds: float) -> str:
    """A training time as people say it: `0.4 s`, `6 s`, `4 min`, `2 h 10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 90:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _hardware(row: Row) -> str:
    run = row.run
    return f"{run.device.upper()}, {run.precision}" if run.device else ""


def _setting(name: str, title: str) -> Column:
    (form,) = (each for each in RECIPE_SETTINGS if each.name == name)

    def value(row: Row) -> float | str:
        found = row.run.recipe.get(name, "")
        return found if isinstance(found, (int, float)) else str(found)

    return Column(
        name=name,
        title=title,
        text=lambda row: form.wording(value(row)),
        key=value,
        is_number=name != "optimizer",
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        name="star",
        title="★",
        text=lambda row: "★" if row.run.is_starred else "☆",
        key=lambda row: 0 if row.run.is_starred else 1,
    ),
    Column(
        name="id",
        title="No.",
        text=lambda row: str(row.run.id),
        key=lambda row: row.run.id,
        is_number=True,
    ),
    Column(
        name="name",
        title="Run",
        text=lambda row: row.run.title,
        key=lambda row: row.run.title.lower(),
    ),
    Column(
        name="test",
        title="Test",
        text=_tested,
        key=lambda row: (
            row.test_metric if math.isfinite(row.test_metric) else row.test_loss
        ),
    ),
    Column(
        name="state",
        title="State",
        text=lambda row: row.run.state,
        key=lambda row: row.run.state,
    ),
    Column(
        name="val_loss",
        title="Best val. loss",
        text=lambda row: _told(row.val_loss),
        key=lambda row: row.val_loss,
        is_number=True,
    ),
    Column(
        name="epochs",
        title="Epochs",
        text=_epochs,
        key=lambda row: row.epochs,
    ),
    _setting("learning_rate", "Rate"),
    _setting("optimizer", "Optimizer"),
    _setting("batch_size", "Batch"),
    _setting("seed", "Seed"),
    Column(
        name="seconds",
        title="Time",
        text=lambda row: duration_text(row.seconds) if row.epochs else "",
        key=lambda row: row.seconds,
        is_number=True,
    ),
    Column(
        name="tags",
        title="Tags",
        text=lambda row: ", ".join(row.run.tags),
        key=lambda row: ", ".join(row.run.tags).lower(),
    ),
    Column(
        name="note",
        title="Note",
        text=lambda row: " ".join(row.run.note.split()),
        key=lambda row: row.run.note.lower(),
    ),
    Column(name="device", title="Device", text=_hardware, key=_hardware),
    Column(name="started", title="Started", text=_when, key=lambda r: r.run.started),
)
"""In the order the table shows them."""

BY_NAME = {column.name: column for column in COLUMNS}


def sorted_rows(rows: Iterable[Row], name: str, descending: bool) -> list[Row]:
    """Rows in the order of a column; those without a value come last either way."""
    key = BY_NAME[name].key
    known: list[Row] = []
    without: list[Row] = []
    for row in rows:
        value = key(row)
        is_gap = value == "" or (isinstance(value, float) and math.isnan(value))
        (without if is_gap else known).append(row)
    known.sort(key=lambda row: _order(key(row)), reverse=descending)
    return known + without


def _order(value: float | str) -> tuple[int, float, str]:
    return (1, 0.0, value) if isinstance(value, str) else (0, value, "")


def matches(run: Run, text: str) -> bool:
    """Whether every word of `text` is found in what is known of a run.

    Words are looked for in its title, tags, note, state, device, message and the words
    among its settings, whatever the case; `optimizer=SGD` asks for that very value of
    a setting, `tag:x` for a tag, `-word` for runs without the word. Quotes keep words
    together.
    """
    return all(_holds(run, word) for word in _words(text))


def _words(text: str) -> Sequence[str]:
    try:
        return shlex.split(text.lower())
    except ValueError:  # a quote that is still open while it is typed
        return text.lower().replace('"', " ").replace("'", " ").split()


def _holds(run: Run, word: str) -> bool:
    if word.startswith("-") and len(word) > 1:
        return not _holds(run, word[1:])
    if word.startswith("tag:"):
        return word.removeprefix("tag:") in {tag.lower() for tag in run.tags}
    name, equals, wanted = word.partition("=")
    if equals and name in run.recipe:
        return _same(run.recipe[name], wanted)
    return word in _text_of(run)


def _same(value: object, wanted: str) -> bool:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(wanted) == float(value)
        except ValueError:
            return False
    return str(value).lower() == wanted


def _text_of(run: Run) -> str:
    # Words alone: numbers are asked for by name, and names are the same for all runs.
    settings = (value for value in run.recipe.values() if isinstance(value, str))
    starred = "starred" if run.is_starred else ""
    parts = (run.title, run.name, *run.tags, run.note, run.state, run.device,
             run.message, run.sweep, starred, *settings)  # fmt: skip
    return "\n".join(parts).lower()
