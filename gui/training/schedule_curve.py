"""How the learning rate will change, drawn under the recipe before a run begins."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.figures import figure
from engine.recipe import Recipe
from gui.texts import Texts
from gui.training.small_curve import SmallCurve

tr = Texts("training")

_POINTS = 240
_HEIGHT = 70  # pixels


class ScheduleCurve(SmallCurve):
    """Hidden where the rate stays as it is, or depends on how the run goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEIGHT, parent)
        self.setVisible(False)

    def show_recipe(self, recipe: Recipe) -> None:
        """Draw the schedule of `recipe`, as it is now."""
        from engine.training.schedule import rate_factor  # after the first frame

        is_constant = recipe.schedule in {"constant", "plateau"}
        self.setVisible(not is_constant or recipe.warmup_epochs > 0)
        whole = max(recipe.epochs, 1)
        rates = [
            recipe.learning_rate * rate_factor(recipe, whole * place / (_POINTS - 1))
            for place in range(_POINTS)
        ]
        first, most, last = rates[0], max(rates), rates[-1]
        is_between = most > max(first, last)  # else an end tells the highest rate
        end = tr.counted(whole, "1 epoch", "{count:,} epochs")
        self.show_curve(
            rates, (figure(first), tr("{last} after {end}", last=figure(last), end=end))
        )
        self.show_heights(
            lambda rate: figure(rate) if is_between and rate == most else ""
        )
        said = tr(
            "The learning rate over {end}: from {first} to {last}",
            end=end,
            first=figure(first),
            last=figure(last),
        )
        if is_between:
            said += tr(", at most {most}", most=figure(most))
        self.setToolTip(said)
        self.setAccessibleName(said)
