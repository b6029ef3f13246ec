"""What a new Input is set to: the shape of what the document's data give."""

from __future__ import annotations

from typing import Any

from engine.problems import Problem
from gui.document_model import DocumentModel


class NewInputs:
    """Knows the fields of a model's data."""

    def __init__(self, model: DocumentModel) -> None:
        self._model = model

    def settings(self) -> dict[str, Any]:
        """The settings for the next field that no Input takes; none in a block.

        None either while nothing is known of the data.
        """
        from engine.training.inputs import settings_of_next

        model = self._model
        known = None if model.data is None else model.data.ask(model.root.data)
        if model.scope or known is None or isinstance(known.info, Problem):
            return {}  # the problems panel says why
        return settings_of_next(model.root.graph, known.info)
