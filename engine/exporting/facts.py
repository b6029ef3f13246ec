"""What a document decides about the code that trains it, as facts for `folding`."""

from __future__ import annotations

from dataclasses import fields

from engine.data.declaration import DataInfo
from engine.recipe import Recipe
from engine.training.goals import Learning

OPTIONS = {"epochs", "seed", "device", "precision"}
"""What the script can be told when it is started."""


def facts_of(recipe: Recipe, learning: Learning, info: DataInfo) -> dict[str, object]:
    """The facts of a document without problems."""
    facts: dict[str, object] = {
        "isinstance(batch, Mixed)": recipe.mixup > 0,
        "plan.recording": None,
    }
    for field in fields(Recipe):
        if field.name not in OPTIONS:
            for owner in ("recipe", "plan.recipe", "self._recipe"):
                facts[f"{owner}.{field.name}"] = getattr(recipe, field.name)
    for name in ("frozen", "stem", "rates"):
        for owner in ("learning", "plan.learning"):
            facts[f"{owner}.{name}"] = getattr(learning, name)
    if not learning.stem:
        facts["reason_of: names"] = ()
    if not learning.rates:
        facts["learning.rates.items()"] = ()
    if recipe.optimizer != "Muon":  # which needs another one beside it
        facts["make_optimizer: kind"] = recipe.optimizer
    if not recipe.augments:
        facts["plan.augment"] = None
    if not recipe.average:
        facts |= {"state.average": None, "State: self.average": None}
    if recipe.class_weights == "equal":
        facts["goal.class_weights"] = ()
    if recipe.schedule != "plateau":
        facts["state.lowered"] = 1.0
    if not recipe.warmup_epochs:
        facts["rate_factor: epochs < warm_up"] = False
    if recipe.accumulation == 1:
        facts |= {"compute: len(pieces)": 1, "compute: len(losses)": 1}
    return facts | _facts_of_goals(learning, info)


def _facts_of_goals(learning: Learning, info: DataInfo) -> dict[str, object]:
    facts: dict[str, object] = {}
    if len(learning.players) == 1:
        facts["len(state.optimizers)"] = 1
    for name in ("loss", "weight"):
        values = {getattr(goal, name) for goal in learning.goals}
        if len(values) == 1:
            facts[f"goal.{name}"] = values.pop()
    if all(goal.target for goal in learning.goals):
        facts["Score: goal.target"] = "a target"
    # While it learns, a score counts only what costs nothing; else what the task asks.
    for task in ("next token", "regression"):
        if info.task != task:
            facts[f"Score: self._task == '{task}'"] = False
    if {goal.loss for goal in learning.goals} == {"cross_entropy"}:
        facts |= {"Score: 'rmse' in found": False, "Score: name in IN_UNITS": False}
    if info.task != "next token":
        facts["Score: 'perplexity' in found"] = False
    return facts
