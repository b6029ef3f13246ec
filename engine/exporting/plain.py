"""A short training script: the network, its data, and one plain loop.

It has no options and no events, and only what this document's recipe asks for; the
figures are those of the whole script in float32. A recipe that asks for more than a
page can hold is refused: the whole script has everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from engine.catalog import TensorSpec
from engine.catalog.layer import literal
from engine.compiler import Compiled
from engine.data.declaration import DataInfo, Source
from engine.data.source import describe, source_of
from engine.document import Document
from engine.exporting.bundle import Import, Root, imports_of, write_imports
from engine.exporting.facts import facts_of
from engine.exporting.formatting import formatted
from engine.exporting.parts import (
    NETWORK,
    Part,
    formed,
    loading,
    plain,
    sections,
    trainable,
    written,
)
from engine.exporting.renaming import aliased, defined_in, renamed, way_for
from engine.exporting.script import headed, needs
from engine.exporting.trimming import Trimming
from engine.problems import Refusal
from engine.recipe import Recipe
from engine.training.assignment import fields_of
from engine.training.device import choose_hardware
from engine.training.goals import Goal, Learning
from engine.training.loop import EVALUATION_BATCH
from engine.training.losses import DISTANCES
from engine.training.methods import learning_of

LOOP_ROOTS = (
    Root("engine.data.errors", "DataError"),
    Root("engine.training.loop", "shuffle"),
    Root("engine.training.loop", "batches"),
)
SCHEDULE_ROOTS = (
    Root("engine.recipe", "Recipe"),
    Root("engine.training.schedule", "rate_factor"),
)
IMPORTS = frozenset(
    {
        Import("sys"),
        Import("torch"),
        Import("torch", "Tensor"),
        Import("torch", "nn"),
        Import("torch.nn.functional", alias="F"),
        Import("pathlib", "Path"),
    }
)
COPY = Import("copy", "deepcopy")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What the loop is written for."""

    recipe: Recipe
    learning: Learning
    info: DataInfo
    source: Source
    compiled: Compiled
    fields: tuple[str, ...]
    """The data that each input of the network takes, in their order."""

    @property
    def is_scheduled(self) -> bool:
        """Whether the learning rate changes from step to step."""
        return self.recipe.schedule != "constant" or self.recipe.warmup_epochs > 0

    @property
    def judged(self) -> int | None:
        """The place of the output whose right answers are counted; None for none."""
        goals = self.learning.goals
        aims = {goal.target for goal in goals if goal.target}
        if len(aims) != 1 or any(
            goal.loss != "cross_entropy" for goal in goals if goal.target
        ):
            return None
        places = [place for place, goal in enumerate(goals) if goal.target]
        return max(places, key=lambda place: goals[place].weight)


def plain_script(document: Document) -> str:
    """The source of the script. Raises Refusal for what a plain loop cannot train."""
    info = describe(document.data)
    compiled = trainable(document, info)
    source = source_of(document.data)
    learning = learning_of(document, info, compiled.outputs)
    _refuse(document.recipe, learning)
    taken = fields_of(document.graph, compiled.inputs, info).values()
    task = _Task(
        recipe=document.recipe,
        learning=learning,
        info=info,
        source=source,
        compiled=compiled,
        fields=tuple(field for field in taken if field is not None),
    )
    loop = formatted("\n\n\n".join(_functions(task))).strip("\n")
    trimming = Trimming(
        [
            Root(source.module, source.function),
            *LOOP_ROOTS,
            *(SCHEDULE_ROOTS if task.is_scheduled else ()),
        ],
        facts_of(task.recipe, learning, info),
        loop,
    )
    cut = formed(trimming.bundle)
    imports, model = imports_of(compiled.code.source)
    load = loading(source, document.data)
    needed = cut.imports | IMPORTS | ({COPY} if task.recipe.patience else set())
    ours = {one.bound for one in needed} | cut.names | defined_in(load)
    names = way_for(model, ours | defined_in(loop))
    # What one wants to read comes first; `main` is called when all of it is known.
    parts = [
        Part("Training", loop),
        *sections(cut, ("engine.training",)),
        *sections(cut, ("engine.recipe",)),
    ]
    if task.is_scheduled:
        recipe = f"RECIPE = {written(task.recipe, trimming)}"
        parts.append(Part("What was set in Espalier", recipe))
    parts += [
        *sections(cut, ("engine.figures", "engine.data")),
        Part("The data", load),
    ]
    head = write_imports(imports | aliased(needed, names))
    used = imports | needed
    return formatted(
        f'"""Train “{plain(document.name)}”, in one plain loop.\n\n{needs(used)}\n"""\n'
        f"\nfrom __future__ import annotations\n\n{head}\n\n"
        + headed(Part("The network", model))
        + "".join(
            f"\n\n\n{headed(Part(part.title, renamed(part.text, names)))}"
            for part in parts
        ).replace(NETWORK, compiled.code.class_name)
        + '\n\n\nif __name__ == "__main__":\n    main()\n'
    )


def _refuse(recipe: Recipe, learning: Learning) -> None:
    """Raises Refusal for what would take more than a page."""
    asked = {
        f"the method {recipe.method.replace('_', ' ')}": recipe.method != "supervised",
        "changed samples": recipe.augments,
        "a running mean of the weights": recipe.average > 0,
        "accumulated batches": recipe.accumulation > 1,
        "balanced classes": recipe.class_weights != "equal",
        "a schedule that waits for a plateau": recipe.schedule == "plateau",
        "Muon, which needs a second optimizer": recipe.optimizer == "Muon",
        "deterministic algorithms": recipe.deterministic,
        "frozen layers": bool(learning.frozen),
        "learning rates of single layers": bool(learning.rates),
    }
    for what, is_asked in asked.items():
        if is_asked:
            raise Refusal(
                f"The short training script does without {what}, which this network "
                "asks for.",
                "Export the training script: it has everything.",
                code="not-plain",
            )


def _functions(task: _Task) -> list[str]:
    return [_loss_function(task), _evaluate_function(task), _main_function(task)]


def _loss_function(task: _Task) -> str:
    """What the network answers to a batch, and the loss of that."""
    goals, outputs = task.learning.goals, task.compiled.outputs
    names = [f"answers{place}" for place in range(1, len(goals) + 1)]
    names = ["answers"] if len(goals) == 1 else names
    terms = [
        _term(goal, name, spec, task)
        for goal, name, spec in zip(goals, names, outputs.values(), strict=True)
    ]
    inputs = ", ".join(f"batch.inputs[{literal(field)}]" for field in task.fields)
    smooth = ", smoothing: float = 0.0" if task.recipe.label_smoothing else ""
    place = task.judged
    if place is None:
        says, kind, given = "The mean loss of a batch.", "Tensor", ""
    else:
        says = "The network's answers to a batch, and their mean loss."
        kind, given = "tuple[Tensor, Tensor]", f"{names[place]}, "
    return (
        f"def compute(model: nn.Module, batch: Samples{smooth}) -> {kind}:\n"
        f'    """{says}"""\n'
        f"    {', '.join(names)} = model({inputs})\n"
        f"    loss = {' + '.join(terms)}\n"
        f"    return {given}loss"
    )


def _term(goal: Goal, answers: str, output: TensorSpec, task: _Task) -> str:
    """One output's share of the loss."""
    weight = "" if goal.weight == 1 else f"{goal.weight!r} * "
    if goal.loss == "itself":
        return f"{weight}{answers}.mean()"
    truth, spec = (
        f"batch.targets[{literal(goal.target)}]",
        task.info.targets[goal.target],
    )
    if goal.loss == "cross_entropy":
        smooth = ", label_smoothing=smoothing" if task.recipe.label_smoothing else ""
        if len(output.shape) > 1 or spec.shape:
            answers, truth = f"{answers}.flatten(0, -2)", f"{truth}.flatten()"
        return f"{weight}F.cross_entropy({answers}, {truth}{smooth})"
    if spec.shape != output.shape:
        truth += f".reshape({answers}.shape)"
    if spec.dtype != "float32":
        truth += ".float()"
    return f"{weight}F.{DISTANCES[goal.loss].__name__}({answers}, {truth})"


def _evaluate_function(task: _Task) -> str:
    """The loss over samples that nothing is learned from."""
    size = min(EVALUATION_BATCH, 16 * task.recipe.batch_size)
    place = task.judged
    count = ""
    kind, says, given = "float", "The mean loss", "total / len(samples)"
    begin, taken = "total = 0.0", "loss"
    if place is not None:
        target = task.learning.goals[place].target
        kind, says = "tuple[float, float]", "The mean loss and the accuracy"
        begin, taken = "total, right, asked = 0.0, 0, 0", "answers, loss"
        truth = f"batch.targets[{literal(target)}]"
        count = (
            f"        truth = {truth}\n"
            "        right += int((answers.argmax(-1) == truth).sum())\n"
            "        asked += truth.numel()\n"
        )
        given += ", right / asked"
    return (
        "@torch.no_grad()\n"
        f"def evaluate(model: nn.Module, samples: Samples, device: str) -> {kind}:\n"
        f'    """{says} over samples that nothing is learned from."""\n'
        "    model.eval()\n"
        "    order = torch.arange(len(samples))\n"
        f"    {begin}\n"
        f"    for chosen in batches(len(samples), {size}):\n"
        "        batch = samples.batch(order[chosen]).to(device)\n"
        f"        {taken} = compute(model, batch)\n"
        "        total += loss.item() * len(batch)\n"
        f"{count}"
        f"    return {given}"
    )


def _main_function(task: _Task) -> str:
    recipe, place = task.recipe, task.judged
    taken, scored = ("loss", "") if place is None else ("_, loss", ", accuracy")
    smooth = f", smoothing={recipe.label_smoothing!r}" if recipe.label_smoothing else ""
    enumerated = "step, chosen in enumerate(slices)" if task.is_scheduled else None
    lines = [
        *_beginning(task),
        *_optimizer(recipe),
        f'print("epoch  train loss    val loss{"  accuracy" * (place is not None)}")',
        *(['best_loss, best_epoch = float("inf"), 0'] if recipe.patience else []),
        f"for epoch in range(1, {recipe.epochs + 1}):",
        "    model.train()",
        f"    order = shuffle(len(splits.train), {recipe.seed}, epoch)",
        f"    slices = batches(len(order), {recipe.batch_size})",
        "    total = 0.0",
        f"    for {enumerated or 'chosen in slices'}:",
        *(_rate(recipe) if task.is_scheduled else []),
        "        batch = splits.train.batch(order[chosen]).to(device)",
        f"        {taken} = compute(model, batch{smooth})",
        "        optimizer.zero_grad()",
        "        loss.backward()",
        *(_clip(recipe) if recipe.clip_norm > 0 else []),
        "        optimizer.step()",
        "        total += loss.item() * len(batch)",
        f"    val_loss{scored} = evaluate(model, splits.validation, device)",
        '    line = f"{epoch:5d}  {total / len(order):10.4f}  {val_loss:10.4f}"',
        "    print(line" + ', f"{accuracy:9.2%}"' * (place is not None) + ")",
        *(_patience(recipe) if recipe.patience else []),
        f"test_loss{scored} = evaluate(model, splits.test, device)",
        'print(f"test loss {test_loss:.4f}'
        + ", accuracy {accuracy:.2%}" * (place is not None)
        + '")',
    ]
    body = "\n".join(f"    {line}" for line in lines)
    says = "Train, test, and print the losses."
    return f'def main() -> None:\n    """{says}"""\n{body}'


def _beginning(task: _Task) -> list[str]:
    """The data, and a network with new weights where it is trained."""
    folder = (
        'Path(sys.argv[1] if len(sys.argv) > 1 else "data")'
        if task.source.needs_data_dir
        else 'Path("data")'
    )
    with torch.device("meta"):  # no memory, and no random numbers of a training's
        network = task.compiled.module_class()
    hardware = choose_hardware("cpu", "fp32", network)
    layout = ", memory_format=torch.channels_last" * hardware.channels_last
    alone = "torch.set_num_threads(1)  # enough for a network as small as this"
    return [
        "try:",
        f"    splits = load_data({folder})",
        "except DataError as error:",
        "    sys.exit(str(error))",
        'device = "cuda" if torch.cuda.is_available() else "cpu"',
        *([alone] if hardware.threads == 1 else []),
        f"torch.manual_seed({task.recipe.seed})",
        f"model = {NETWORK}().to(device{layout})",
        *(["model.compile()"] if task.recipe.compiled else []),
    ]


def _optimizer(recipe: Recipe) -> list[str]:
    """The optimizer with what differs from PyTorch's defaults."""
    given = [f"lr={recipe.learning_rate!r}"]
    if recipe.optimizer == "SGD" and recipe.momentum:
        given.append(f"momentum={recipe.momentum!r}")
        given += ["nesterov=True"] if recipe.nesterov else []
    if recipe.optimizer in ("Adam", "AdamW", "NAdam"):
        betas = (recipe.beta1, recipe.beta2)
        given += [f"betas={betas!r}"] if betas != (0.9, 0.999) else []
    weights, lines = "model.parameters()", list[str]()
    if recipe.decay == "matrices" and recipe.weight_decay:
        lines = [
            "weights = list(model.parameters())",
            "groups = [",
            "    {",
            '        "params": [each for each in weights if each.dim() > 1],',
            f'        "weight_decay": {recipe.weight_decay!r},',
            "    },",
            '    {"params": [each for each in weights if each.dim() < 2],'
            ' "weight_decay": 0.0},',
            "]",
        ]
        weights = "groups"
    elif recipe.weight_decay or recipe.optimizer == "AdamW":
        given.append(f"weight_decay={recipe.weight_decay!r}")
    if recipe.optimizer in ("SGD", "Adam", "AdamW"):
        given.append("fused=True")
    made = f"torch.optim.{recipe.optimizer}({weights}, {', '.join(given)})"
    return [*lines, f"optimizer = {made}"]


def _rate(recipe: Recipe) -> list[str]:
    return [
        "        rate = rate_factor(RECIPE, epoch - 1 + step / len(slices))",
        "        for group in optimizer.param_groups:",
        f'            group["lr"] = {recipe.learning_rate!r} * rate',
    ]


def _clip(recipe: Recipe) -> list[str]:
    norm = repr(recipe.clip_norm)
    return [f"        nn.utils.clip_grad_norm_(model.parameters(), {norm})"]


def _patience(recipe: Recipe) -> list[str]:
    """Stop where nothing became better for too long, and take the best weights."""
    return [
        "    if val_loss < best_loss:",
        "        best_loss, best_epoch = val_loss, epoch",
        "        best_weights = deepcopy(model.state_dict())",
        f"    if epoch - best_epoch >= {recipe.patience}:",
        "        break",
        "model.load_state_dict(best_weights)",
    ]
