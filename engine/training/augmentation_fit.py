"""Which augmentations fit the data, in plain words; needs neither data nor PyTorch."""

from __future__ import annotations

from dataclasses import fields, replace

from engine.catalog.settings import Setting
from engine.catalog.spec import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.edits import SetRecipe
from engine.problems import Fix, Problem, Severity
from engine.recipe import RECIPE_SETTINGS
from engine.recipe_augmentation import AUGMENTATION_SETTINGS, Augmentation

_OFF = Augmentation()


def offered(document: Document, info: DataInfo) -> tuple[Setting, ...]:
    """The augmentations that fit the data and the way of learning."""
    return tuple(
        setting
        for setting in AUGMENTATION_SETTINGS
        if not _why_not(setting.name, document, info)
    )


def chosen(document: Document) -> list[str]:
    """The titles of the augmentations that are on, in small letters."""
    return [
        setting.title.lower()
        for setting in AUGMENTATION_SETTINGS
        if getattr(document.recipe, setting.name) != setting.default
    ]


def augmentation_problems(document: Document, info: DataInfo) -> list[Problem]:
    """What was chosen and does not fit."""
    problems = []
    for each in fields(Augmentation):
        if getattr(document.recipe, each.name) == getattr(_OFF, each.name):
            continue
        why_not = _why_not(each.name, document, info)
        if why_not:
            problems.append(_problem(each.name, why_not, document))
    return problems


def _why_not(name: str, document: Document, info: DataInfo) -> str:
    """Why an augmentation does not fit, as the end of a sentence; empty if it does."""
    specs = list(info.inputs.values())
    if name == "word_dropout":
        if not any(not _is_numbers(spec) for spec in specs):
            return "is for words, and the data gives none"
        if info.unknown is None:
            return "replaces words by the unknown one, and the data has no such word"
        return ""
    if name == "noise":
        there = any(_is_numbers(spec) for spec in specs)
        return "" if there else "is for numbers, and the data gives words"
    if name == "mixup":
        return _why_not_mixup(document, info)
    pictures = [spec for spec in specs if _is_numbers(spec) and len(spec.shape) == 3]
    if not pictures:
        return "is for pictures, and the data gives none"
    if name == "saturation" and not any(spec.shape[0] == 3 for spec in pictures):
        return "is for colours, and the pictures are grey"
    return ""


def _why_not_mixup(document: Document, info: DataInfo) -> str:
    if document.recipe.method != "supervised":
        form = {setting.name: setting for setting in RECIPE_SETTINGS}
        method = form["method"].wording(document.recipe.method)
        return (
            f"blends the answers of two samples, and the method {method} learns "
            "without it"
        )
    if info.task not in ("classification", "regression"):
        return f"blends two answers, and the task is {info.task}"
    if not all(map(_is_numbers, info.inputs.values())):
        return "blends samples, and words cannot be blended"
    return ""


def _is_numbers(spec: TensorSpec) -> bool:
    return spec.dtype.startswith("float")


def _problem(name: str, why_not: str, document: Document) -> Problem:
    setting = next(each for each in AUGMENTATION_SETTINGS if each.name == name)
    off = SetRecipe(replace(document.recipe, **{name: setting.default}))
    # What fits no field changes nothing; a blend that is not learned as one is wrong.
    severity = Severity.ERROR if name == "mixup" else Severity.WARNING
    return Problem(
        code="augmentation",
        severity=severity,
        message=f"The augmentation {setting.title.lower()} {why_not}.",
        found=setting.show(getattr(document.recipe, name)),
        expected=setting.show(setting.default),
        remedy=f"Turn {setting.title.lower()} off.",
        fixes=(Fix(label=f"Turn {setting.title.lower()} off", edits=(off,)),),
    )
