"""Events as text: one line of JSON, or a row of a table for people."""

from __future__ import annotations

import json
import math
from dataclasses import fields

from engine.figures import figure
from engine.training.events import Diverged, EpochDone, Event, Finished, Started


def as_record(event: Event) -> dict[str, object]:
    """The event as JSON has it; `val_metrics` become `val_accuracy` and so on.

    An accuracy is always there, as null where the task has none.
    """
    record: dict[str, object] = {"event": event.event}
    for entry in fields(event):
        value = getattr(event, entry.name)
        if isinstance(value, dict):
            part = entry.name.removesuffix("_metrics")
            metrics = {"accuracy": None, **value}
            record |= {f"{part}_{name}": metrics[name] for name in metrics}
        else:
            record[entry.name] = value
    # JSON has no word for NaN and infinity.
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in record.items()
    }


def as_json(event: Event) -> str:
    """The event as one line of JSON."""
    return json.dumps(as_record(event))


def as_text(event: Event) -> str:
    """The event as a line for people; empty for one that is not worth a line."""
    if isinstance(event, Started):
        left_out = f"{event.left_out}\n" if event.left_out else ""
        return (
            f"{event.parameters:,} parameters; {event.train_samples:,} training, "
            f"{event.val_samples:,} validation, {event.test_samples:,} test samples\n"
            f"{event.reason}\n{left_out}"
            "epoch  train loss    val loss  samples/s  validation"
        )
    if isinstance(event, EpochDone):
        return (
            f"{event.epoch:5d}  {event.train_loss:10.4f}  {event.val_loss:10.4f}  "
            f"{event.samples_per_second:9,.0f}  {_words(event.val_metrics)}"
        )
    if isinstance(event, Finished):
        is_other = event.tested_epoch not in (0, event.best_epoch)
        other = f", but epoch {event.tested_epoch} tested" if is_other else ""
        return (
            f"test loss {event.test_loss:.4f}  {_words(event.test_metrics)}  "
            f"in {event.seconds:.1f} s; best epoch {event.best_epoch}{other}"
        )
    if isinstance(event, Diverged):
        return f"{event.message} {event.remedy}"
    return ""


def _words(metrics: dict[str, float]) -> str:
    return "  ".join(
        f"{name} {100 * value:.2f} %"
        if name.endswith("accuracy")
        else f"{name} {figure(value, is_grouped=True)}"
        for name, value in metrics.items()
    )
