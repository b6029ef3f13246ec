"""What is said of a run in figures: its best epoch, its test, its speed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.figures import loss_figure, metric_text
from gui.texts import Texts
from gui.training.buffer import duration

if TYPE_CHECKING:  # NumPy, and PyTorch: after the first frame
    from engine.recipe import Recipe
    from engine.run_curves import Curves
    from engine.run_record import Run
    from engine.training.events import Finished, Started, Stopped
    from gui.training.buffer import Progress

tr = Texts("training")

_MOST_METRICS = 4
"""As many of a finished run are told: networks of several targets have dozens."""


def loss_words(losses: dict[str, float]) -> str:
    """How far it is now: `training loss 0.2134`, or each player's."""
    if list(losses) == ["network"]:
        return tr("training loss {loss}", loss=loss_figure(losses["network"]))
    told = [f"{player} {loss_figure(loss)}" for player, loss in losses.items()]
    return tr("loss: {players}", players=", ".join(told)) if told else ""


def first_words(progress: Progress) -> str:
    """When the first point of a curve by epoch comes."""
    left = progress.seconds_to_epoch_end
    if left is None:
        return tr("First point at the end of epoch {epoch:,}", epoch=progress.epoch)
    return tr(
        "First point at the end of epoch {epoch:,}, in about {time}",
        epoch=progress.epoch,
        time=duration(left),
    )


def best_words(
    epoch: int, metric: str, metrics: dict[str, float], loss: float, *, picks_best: bool
) -> str:
    """`best by validation loss: epoch 8, accuracy 97.2 %`; the loss without a metric.

    By what an epoch is the best is said: another may have the highest accuracy. Where
    the last epoch is kept, not the best one, it says so.
    """
    value = metrics.get(metric)
    if value is None:
        what = tr("loss {loss}", loss=loss_figure(loss))
    else:
        what = metric_text(metric, value)
    what = what.replace(" ", "\u00a0")  # a number stays with its name
    if picks_best:
        if value is None:
            what = loss_figure(loss)
        return tr(
            "best by validation loss: epoch {epoch:,}, {what}", epoch=epoch, what=what
        )
    return tr("kept: epoch {epoch:,}, validation {what}", epoch=epoch, what=what)


def best_before(
    curves: Curves, done: int, *, picks_best: bool
) -> tuple[int, dict[str, float], float] | None:
    """The best of the `done` epochs before a run went on: which, metrics, loss.

    None where none of them told a validation loss.
    """
    count = int((curves.epochs <= done).sum())
    if not count or "val_loss" not in curves.metrics:
        return None
    losses = curves.metrics["val_loss"][:count].tolist()
    told = [place for place, loss in enumerate(losses) if math.isfinite(loss)]
    if not told:
        return None
    place = min(told, key=losses.__getitem__) if picks_best else count - 1
    metrics = {
        name.removeprefix("val_"): float(values[place])
        for name, values in curves.metrics.items()
        if name.startswith("val_") and name != "val_loss"
    }
    metrics = {name: each for name, each in metrics.items() if math.isfinite(each)}
    return int(curves.epochs[place]), metrics, losses[place]


def finished_words(finished: Finished) -> str:
    """How much was trained: `Finished: 20 epochs in 6 s`."""
    return tr(
        "Finished: {epochs} in {time}",
        epochs=tr.counted(finished.epochs, "1 epoch", "{count:,} epochs"),
        time=duration(finished.seconds).replace(" ", "\u00a0"),
    )


def stopped_words(stopped: Stopped) -> str:
    """How far it came: `Stopped in epoch 3, after step 12`."""
    if stopped.epoch == 0:
        return tr("Stopped before the first step")
    return tr(
        "Stopped in epoch {epoch:,}, after step {step:,}",
        epoch=stopped.epoch,
        step=stopped.step,
    )


def earlier_words(run: Run, finished: Finished | None, done: int) -> str:
    """How a run of another time ended, after `done` whole epochs."""
    if finished is not None:
        told = finished_words(finished)
        return tr("Run {number}. {told}", number=run.id, told=told)
    epochs = tr.counted(done, "1 epoch", "{count:,} epochs")
    if run.state == "stopped":  # as `engine.run_record.STOPPED`, with SQLite
        return tr("Run {number}. Stopped after {epochs}", number=run.id, epochs=epochs)
    return tr("Run {number}. Ended early, after {epochs}", number=run.id, epochs=epochs)


def recipe_words(recipe: Recipe) -> str:
    """What tells it from another run of the same network, in few words."""
    return tr(
        "seed {seed}, {optimizer} {learning_rate:g}",
        seed=recipe.seed,
        optimizer=recipe.optimizer,
        learning_rate=recipe.learning_rate,
    )


def result_words(finished: Finished, best_epoch: int) -> str:
    """What the test gave: `test: accuracy 97.2 %, loss 0.11`.

    The epoch is named where it is another than the one told to be the best.
    """
    parts = [metric_text(*pair) for pair in finished.test_metrics.items()]
    del parts[_MOST_METRICS:]
    parts.append(tr("loss {loss}", loss=loss_figure(finished.test_loss)))
    whole = [part.replace(" ", "\u00a0") for part in parts]  # each in one line
    told, epoch = ", ".join(whole), finished.tested_epoch
    if epoch in (0, best_epoch):
        return tr("test: {parts}", parts=told)
    if epoch == finished.epochs:
        return tr("test, last epoch {epoch:,}: {parts}", epoch=epoch, parts=told)
    return tr("test, epoch {epoch:,}: {parts}", epoch=epoch, parts=told)


def average_words(finished: Finished, started: Started) -> str:
    """The speed over the whole run, so that it agrees with the time told beside it."""
    share = started.steps_done / max(started.steps_per_epoch, 1)
    learned = (finished.epochs - started.epochs_done - share) * started.train_samples
    if finished.seconds <= 0 or learned <= 0:
        return ""
    count = readable(learned / finished.seconds)
    return tr("{count:,} samples/s on average", count=count)


def readable(number: float) -> int:
    """Three telling digits: a speed that flickers in its last ones cannot be read."""
    return int(float(f"{number:.3g}"))
