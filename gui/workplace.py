"""Where the window finds things, and the model of a document that is opened there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QSettings

from engine.document import Document
from gui.appearance import Appearance
from gui.described_data import DescribedData
from gui.document_model import DocumentModel
from gui.training.controller import Launch, Order, Started, launch

_APART = "training/apart"
_DATA_FOLDER = "data/folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """Where the window finds things: folders, settings, the look, the training."""

    settings: QSettings
    appearance: Appearance
    data_dir: Path
    """Where data sets are looked for until the user chooses another folder."""
    given_data_dir: Path | None = None
    """Where they are looked for whatever was chosen: given on the command line."""
    runs_dir: Path | None = None
    blocks_dir: Path | None = None
    """Where the user's own blocks are kept; without it they cannot be."""
    state_dir: Path | None = None
    """Where unsaved edits are kept against a crash; without it they are not."""
    launch: Launch = launch

    @property
    def data_folder(self) -> Path:
        """Where data sets are looked for and downloaded to."""
        if self.given_data_dir is not None:
            return self.given_data_dir
        chosen = str(self.settings.value(_DATA_FOLDER, "", type=str))
        return Path(chosen) if chosen else self.data_dir

    def look_for_data_in(self, folder: Path) -> None:
        """Let data sets be looked for there from now on.

        A folder given on the command line counts until the window is closed.
        """
        self.settings.setValue(_DATA_FOLDER, str(folder))

    @property
    def trains_apart(self) -> bool:
        """Whether trainings are started in processes of their own."""
        return bool(self.settings.value(_APART, False, type=bool))

    def train_apart(self, wanted: bool) -> None:
        """Start trainings in processes of their own from now on, or here again."""
        self.settings.setValue(_APART, wanted)

    def start(self, order: Order) -> Started:
        """Start a training where the switch says."""
        return self.launch(replace(order, apart=self.trains_apart))

    def model_of(self, document: Document, path: Path | None = None) -> DocumentModel:
        """The model of a document that was read from `path`, if from any."""
        model = DocumentModel(document, data=DescribedData(self.data_folder))
        if path is not None:
            model.path = path
        model.analyse()
        return model
