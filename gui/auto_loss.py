"""What the loss `auto` of a recipe stands for, in words."""

from __future__ import annotations

from collections.abc import Iterable

from engine.catalog.ends import loss_name
from engine.problems import Problem
from gui.document_model import DocumentModel
from gui.texts import Texts

tr = Texts("inspector")

_SHORT = {
    "bce_with_logits": tr.mark("binary"),
    "mse": tr.mark("squared error"),
    "l1": tr.mark("absolute error"),
}
"""What a narrow field has room for; its tip has the whole name."""


def auto_loss(model: DocumentModel) -> tuple[str, str]:
    """`auto: squared error`, and the same with the whole name.

    `auto` alone while network and data do not tell it.
    """
    from engine.training.assignment import auto_losses  # after the first frame
    from engine.training.fitness import outputs_of

    known = None if model.data is None else model.data.ask(model.root.data)
    if known is None or isinstance(known.info, Problem):
        return loss_name("auto"), loss_name("auto")
    outputs = outputs_of(model.root, model.whole)
    losses = auto_losses(model.root, outputs, known.info)
    if losses:
        return _told(map(_short, losses)), _told(map(loss_name, losses))
    alone = tr("each output's own") if outputs else loss_name("auto")
    return alone, alone


def _short(loss: str) -> str:
    return tr.of(_SHORT[loss]) if loss in _SHORT else loss_name(loss)


def _told(names: Iterable[str]) -> str:
    return tr("auto: {losses}", losses=", ".join(names))
