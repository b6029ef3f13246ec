"""What is known of a document's data: at once, or found out on a thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.document import DataConfig
from engine.problems import Problem, Refusal
from gui.data_panel.latest import Latest
from gui.texts import Texts

if TYPE_CHECKING:  # the sources are declared in many modules: after the first frame
    from engine.analysis import Analysis
    from engine.data.declaration import DataInfo
    from engine.document import Document

tr = Texts("data")

TABLES = frozenset({".csv", ".tsv", ".tab", ".txt", ".parquet", ".pq"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What was found out about data."""

    info: DataInfo | Problem
    """What they hold, or what keeps them from being learnt from."""
    columns: tuple[str, ...] = ()
    """The names of a table's columns, even where it cannot be learnt from."""


class DescribedData(QObject):
    """Describes the data that was asked for last; a large file is read on a thread."""

    found = Signal()
    """What was asked for is known now."""

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data_dir = data_dir
        self._config: DataConfig | None = None
        self._known: Described | None = None
        self._call = Latest(self)
        self._call.answered.connect(self._take)
        self._call.failed.connect(lambda each: self._take(Described(info=each)))

    def look_in(self, data_dir: Path) -> None:
        """Look for data sets there from now on."""
        self._data_dir, self._config = data_dir, None
        self.found.emit()

    @property
    def is_busy(self) -> bool:
        """Whether something is being found out."""
        return self._call.is_busy

    @property
    def is_refused(self) -> bool:
        """Whether it is known that what was asked for last cannot be learnt from."""
        return self._known is not None and isinstance(self._known.info, Problem)

    def ask(self, config: DataConfig) -> Described | None:
        """What is known of data; None while it is found out, and `found` follows."""
        if config != self._config:
            self._begin(config)
        return self._known

    def problems(self, document: Document, analysis: Analysis) -> Sequence[Problem]:
        """A check for `engine.analysis`: whether the network fits what is known."""
        from engine.training.fitness import data_problems

        known = self.ask(document.data)
        return [] if known is None else data_problems(document, analysis, known.info)

    def waiting_for(self, config: DataConfig) -> str:
        """What is being looked at, in a sentence."""
        path = self._data_dir / str(config.settings.get("path", ""))
        try:
            mega = 0.0 if path.is_dir() else path.stat().st_size / 1e6
        except OSError:  # it went meanwhile: the answer will say so
            mega = 0.0
        if not mega:
            return tr("Looking at {name}…", name=path.name)
        return tr("Looking at {name} ({mega:.1f} MB)…", name=path.name, mega=mega)

    def look_again(self) -> None:
        """Find out anew what is known of data that may be there, or mended, by now."""
        from engine.data.source import SOURCES

        source = SOURCES.get(self._config.source) if self._config else None
        if self.is_refused or (source is not None and source.downloads):
            self._config = None
            self.found.emit()

    def close(self) -> None:
        """Forget what was asked, and wait for the thread."""
        self._call.close()

    def _begin(self, config: DataConfig) -> None:
        from engine.data.source import is_quickly_described

        self._config, self._known = config, None
        if is_quickly_described(config, self._data_dir):
            self._call.forget()
            self._known = described(config, self._data_dir)
        else:
            self._call.ask(partial(described, config, self._data_dir))

    def _take(self, known: Described) -> None:
        self._known = known
        self.found.emit()


def described(config: DataConfig, data_dir: Path) -> Described:
    """What can be said of data without loading them; seconds for large files."""
    from engine.data.source import SOURCES, describe
    from engine.data.tables import column_names

    path = str(config.settings.get("path", ""))
    source = SOURCES.get(config.source)
    is_table = source is not None and source.setting("delimiter") is not None
    if not is_table or Path(path).suffix.lower() not in TABLES:
        columns: tuple[str, ...] = ()
    else:
        columns = column_names(data_dir, config.settings)
    try:
        return Described(info=describe(config, data_dir), columns=columns)
    except Refusal as refusal:
        return Described(info=refusal.problem, columns=columns)
