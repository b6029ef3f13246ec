"""Training a document from beginning to end: data, network, loop, files, history.

The window's thread, the command line and the tests all iterate `train_document`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from engine.compiler import Compiled, compile_document
from engine.data.room import is_out_of_memory
from engine.data.source import describe, load
from engine.document import Document
from engine.pretrained.providing import network_maker
from engine.problems import Refusal, errors
from engine.recipe import RECIPE_SETTINGS, Recipe
from engine.run_keeper import RunKeeper
from engine.runs import (
    CHECKPOINT,
    FAILED,
    FINISHED,
    STOPPED,
    Run,
    Runs,
    default_folder,
)
from engine.showing.choosing import exhibits
from engine.showing.exhibit import Shown
from engine.showing.scene import Scene
from engine.showing.wishes import Wishes
from engine.storage import dumps
from engine.training import checkpoint as checkpoints
from engine.training.assignment import fields_of
from engine.training.augmentation import augment_for
from engine.training.control import Control
from engine.training.device import HardwareError
from engine.training.events import (
    Diverged,
    EpochDone,
    Event,
    Finished,
    Paused,
    Resumed,
    RunOpened,
    StepDone,
    Stopped,
)
from engine.training.failing import failed_inside
from engine.training.first_nan import Replay, explain
from engine.training.fitness import training_problems
from engine.training.loop import State, begin, train
from engine.training.methods import learning_of, method_of
from engine.training.methods.freezing import all_frozen
from engine.training.objective import Plan, objective_in
from engine.training.placing import device_of
from engine.training.recording import recording_for
from engine.training.trouble import TroubleWatch, out_of_memory

if TYPE_CHECKING:
    from engine.data.download import Progress
    from engine.data.samples import Splits


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document made ready to be trained."""

    document: Document
    compiled: Compiled
    splits: Splits
    state: State
    plan: Plan


def with_overrides(document: Document, overrides: Mapping[str, Any]) -> Document:
    """The document with some of its recipe replaced. Raises Refusal for wrong values.

    `overrides` holds fields of the recipe, such as epochs; None leaves one as it is.
    """
    changes = {name: value for name, value in overrides.items() if value is not None}
    for setting in RECIPE_SETTINGS:
        if setting.name in changes:
            value = setting.normalise(changes[setting.name])
            problem = setting.problem(value)
            if problem is not None:
                raise Refusal(f"{setting.title} {problem}.", code="bad-recipe")
            changes[setting.name] = value
    changed = document.copy()
    changed.recipe = replace(document.recipe, **changes)
    return changed


def prepare(
    document: Document, data_dir: Path | None = None, progress: Progress | None = None
) -> Prepared:
    """Check a document, load its data and build its network. Raises Refusal."""
    check_recipe(document.recipe)
    compiled = compile_document(document)
    info = describe(document.data, data_dir)
    problems = errors(
        training_problems(document, info, list(compiled.inputs), compiled.outputs)
    )
    if problems:
        raise Refusal(problems[0].message, problems[0].remedy, code=problems[0].code)
    # Before the data: a model brings the tokenizer that cuts them.
    network = network_maker(document, compiled.module_class, progress)
    splits = load(document.data, data_dir, progress)
    taken = fields_of(document.graph, compiled.inputs, info)
    method = method_of(document.recipe.method)
    learning = learning_of(document, info, compiled.outputs)
    try:
        state, hardware = begin(network, document.recipe, learning)
    except HardwareError as error:
        raise Refusal(error.message, error.remedy, code="no-device") from error
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        raise Refusal(
            "The memory did not suffice for the network itself.",
            "Make it smaller, or end what else uses the memory.",
            code="out-of-memory",
        ) from error
    if learning.frozen:
        _refuse_frozen(document, state)
    plan = Plan(
        recipe=document.recipe,
        fields=tuple(field for field in taken.values() if field is not None),
        learning=learning,
        hardware=hardware,
        objective=objective_in(method.module, method.objective),
        augment=augment_for(document.recipe, splits),
        recording=recording_for(document, hardware),
    )
    return Prepared(
        document=document, compiled=compiled, splits=splits, state=state, plan=plan
    )


def _refuse_frozen(document: Document, state: State) -> None:
    """Raise Refusal where somebody has to learn, and all its weights are frozen."""
    idle = [player for player, each in state.optimizers.items() if not each]
    if len(idle) == len(state.optimizers):
        problem = all_frozen(document)
        raise Refusal(problem.message, problem.remedy, code=problem.code)
    if idle:
        raise Refusal(
            f"Every weight of the {idle[0]} is frozen, and it has to learn.",
            "Let one of its nodes learn again.",
            code="all-frozen",
        )


def check_recipe(recipe: Recipe) -> None:
    """Raise Refusal for the first wrong value of a recipe."""
    for setting in RECIPE_SETTINGS:
        problem = setting.problem(getattr(recipe, setting.name))
        if problem is not None:
            raise Refusal(
                f"{setting.title} {problem}.",
                "Change it in the training settings.",
                code="bad-recipe",
            )


def train_document(
    document: Document,
    *,
    data_dir: Path | None = None,
    run_dir: Path | None = None,
    runs_dir: Path | None = None,
    resume: bool = False,
    control: Control | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    show: Wishes | None = None,
) -> Iterator[Event]:
    """Train a document and keep its run; gives events as they happen.

    `run_dir` is the folder of this one run, and then holds its history too unless
    `runs_dir` says where that is; without it a new folder is made in `runs_dir`, by
    default in the user's data folder. With `resume` the run in `run_dir`, or else the
    document's newest run with a checkpoint, goes on after the step of its last one.

    With `show` the network shows what is wished after epochs: see `engine.showing`.
    Pausing and stopping by `control` happens between two steps; the thread that
    iterates waits meanwhile. Raises Refusal when training cannot begin or go on.
    """
    document = with_overrides(document, overrides or {})
    runs = Runs(runs_dir or run_dir or default_folder())
    old = _run_to_resume(runs, document, run_dir) if resume else None
    prepared = prepare(document, data_dir, progress)
    run = _opened(runs, old, prepared, run_dir)
    keeper = RunKeeper(run, runs, dumps(document), prepared.state, document.recipe)
    try:
        keeper.begin(resumed=old is not None)
        yield RunOpened(id=run.id, folder=str(run.folder))
        events: Iterator[Event]
        control = control or Control()
        events = train(prepared.state, prepared.splits, prepared.plan)
        events = watched(events, prepared, keeper, control)
        if show is not None:
            events = _with_exhibits(events, prepared, show)
        yield from _controlled(events, control, keeper, prepared)
    except GeneratorExit:  # whoever iterated has gone: as good as a stop
        keeper.end(STOPPED, None)
        raise
    except Refusal as refusal:
        keeper.fail(refusal.problem.sentence())
        raise
    except BaseException as error:
        keeper.fail(f"{type(error).__name__}: {error}")
        raise


def _opened(
    runs: Runs, old: Run | None, prepared: Prepared, run_dir: Path | None
) -> Run:
    """The entry of a new run; or of the old one, and `prepared` as that left off."""
    document, plan = prepared.document, prepared.plan
    if old is not None:
        found = checkpoints.read(old.folder / CHECKPOINT)
        checkpoints.restore(found, prepared.state, plan, prepared.splits)
        run = runs.reopen(old.id, document.recipe)
    else:
        run = runs.open(
            document.name, document.recipe, run_dir, variant=document.variant
        )
    runs.note_hardware(run.id, plan.hardware.device, plan.hardware.precision)
    return run


def _with_exhibits(
    events: Iterator[Event], prepared: Prepared, wishes: Wishes
) -> Iterator[Event]:
    """The loop's events, and after epochs what the network shows of itself.

    Showing takes a tenth of the time at most, and the last epoch is always shown.
    """
    scene = Scene(
        document=prepared.document,
        splits=prepared.splits,
        plan=prepared.plan,
        network=prepared.state.network,
        wishes=wishes,
    )
    epochs, wait_until = prepared.plan.recipe.epochs, 0.0
    for event in events:
        yield event
        if isinstance(event, EpochDone):
            begun = time.monotonic()
            if begun < wait_until and event.epoch < epochs:
                continue
            shown = _shown(scene, event.epoch)
            if shown.exhibits or shown.trouble:
                yield shown
            now = time.monotonic()
            wait_until = now + 10 * (now - begun)


def _shown(scene: Scene, epoch: int) -> Shown:
    try:
        return Shown(epoch=epoch, exhibits=exhibits(scene))
    except Exception as error:  # whatever it is, the training is worth more
        why = str(error).strip().split("\n")[0] or type(error).__name__
        return Shown(epoch=epoch, exhibits=(), trouble=f"Nothing can be shown: {why}")


def watched(
    events: Iterator[Event], prepared: Prepared, keeper: RunKeeper, control: Control
) -> Iterator[Event]:
    """The loop's events, with what goes wrong in words after those that show it.

    Why the loss is no number comes before the event that ends training with it.
    """
    state, plan, training = prepared.state, prepared.plan, prepared.splits.train

    def sample(count: int) -> tuple[torch.Tensor, ...]:
        chosen = torch.arange(min(count, len(training)), device=device_of(training))
        batch = training.batch(chosen).to(plan.hardware.device)
        return tuple(batch.inputs[name] for name in plan.fields)

    watch = TroubleWatch(state, plan, sample)
    watch.remember(keeper.earlier)
    for event in events:
        if isinstance(event, Diverged):
            replay = Replay(
                state=state,
                splits=prepared.splits,
                plan=plan,
                good=keeper.good,
                node_of=prepared.compiled.node_of,
                is_stopped=lambda: control.is_stopped,
            )
            yield explain(event, replay)
        yield event
        if isinstance(event, StepDone):
            watch.note(event)
        elif isinstance(event, EpochDone):
            yield from watch.look(event)


def _run_to_resume(runs: Runs, document: Document, run_dir: Path | None) -> Run:
    if run_dir is None:
        return runs.resumable(document.name, document.variant)
    run = runs.in_folder(run_dir)
    if run is None or not run.can_resume:
        raise Refusal(
            f"There is no run with a checkpoint in {run_dir}.",
            "Train from the beginning, without resuming.",
            code="nothing-to-resume",
        )
    return run


def _controlled(
    events: Iterator[Event], control: Control, keeper: RunKeeper, prepared: Prepared
) -> Iterator[Event]:
    """The loop's events, with pauses, a stop, and what is written to the folder."""
    epoch, step, compiled = 0, 0, prepared.compiled
    while True:
        try:
            event = next(events, None)
        except Exception as error:
            is_theirs = compiled.line_of_code(error) is not None
            if not is_theirs and not isinstance(
                error, (RuntimeError, IndexError, MemoryError)
            ):
                raise
            if is_out_of_memory(error):
                yield from _memory_trouble(error, keeper, prepared)
            raise failed_inside(error, compiled) from error
        if event is None:
            return
        if isinstance(event, StepDone):
            epoch, step = event.epoch, event.step
            if event.losses:  # most steps bring no news
                keeper.note_losses(event)
                yield event
                yield from keeper.keep_if_due(event)
        elif isinstance(event, Finished):
            keeper.end(FINISHED, event)
            yield event
        elif isinstance(event, Diverged):
            keeper.restore_last_good()
            keeper.end(FAILED, event, event.message)
            yield event
        elif isinstance(event, Shown):
            yield event
        else:
            saved = list(keeper.note(event))  # before anyone hears of it, and may go
            yield event
            yield from saved
        if control.is_paused and not control.is_stopped:
            yield Paused(epoch=epoch, step=step)
            control.wait()
            if not control.is_stopped:
                yield Resumed(epoch=epoch, step=step)
        if control.is_stopped and not isinstance(event, (Finished, Diverged)):
            stopped = Stopped(epoch=epoch, step=step)
            keeper.end(STOPPED, stopped)
            yield stopped
            return


def _memory_trouble(
    error: Exception, keeper: RunKeeper, prepared: Prepared
) -> Iterator[Event]:
    node = prepared.compiled.node_of(error)
    where = f"in {node}" if node is not None else "in a training step"
    recipe, epoch = prepared.plan.recipe, prepared.state.epoch + 1
    trouble = out_of_memory(epoch, where, recipe)
    yield from keeper.note(trouble)
    yield trouble
