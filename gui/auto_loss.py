"""What the loss `auto` of a recipe stands for, in words."""

from __future__ import annotations

from engine.catalog.ends import loss_name
from engine.problems import Problem
from gui.document_model import DocumentModel
from gui.texts import Texts

tr = Texts("inspector")


def auto_loss(model: DocumentModel) -> str:
    """`auto: cross entropy`; `auto` alone while network and data do not tell it."""
    from engine.training.assignment import auto_losses  # after the first frame
    from engine.training.fitness import outputs_of

    known = None if model.data is None else model.data.ask(model.root.data)
    if known is None or isinstance(known.info, Problem):
        return loss_name("auto")
    outputs = outputs_of(model.root, model.whole)
    losses = auto_losses(model.root, outputs, known.info)
    if losses:
        return tr("auto: {losses}", losses=", ".join(map(loss_name, losses)))
    return tr("each output's own") if outputs else loss_name("auto")
