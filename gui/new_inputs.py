"""What a new Input is set to: the shape of what the document's data give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.problems import Problem
from gui.document_model import DocumentModel

if TYPE_CHECKING:  # the sources are declared in many modules: after the first frame
    from engine.training.fitness import FitsItsData


class NewInputs:
    """Knows the fields of a model's data; describes them when it is first asked."""

    def __init__(self, model: DocumentModel, data_dir: Path) -> None:
        self._model = model
        self._data_dir = data_dir
        self._data: FitsItsData | None = None

    def settings(self) -> dict[str, Any]:
        """The settings for the next field that no Input takes; none in a block."""
        from engine.training.fitness import FitsItsData
        from engine.training.inputs import settings_of_next

        if self._model.scope:
            return {}
        if self._data is None:
            self._data = FitsItsData(self._data_dir)
        info = self._data.info(self._model.root.data)
        if isinstance(info, Problem):  # the problems panel says why
            return {}
        return settings_of_next(self._model.root.graph, info)
