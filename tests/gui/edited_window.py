"""A window that edits and saves by itself until it is killed, for `test_recovery_kill`.

It writes down, into a file that outlives it, which state of the document, by its
fingerprint, it reached with each command, and which commands are on the disk.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import TextIO

from PySide6.QtCore import QSettings, QTimer

from engine import edits, storage
from engine.graph import Node
from engine.recovery import fingerprint
from gui.app import make_application, make_window
from gui.appearance import Appearance
from gui.main_window import MainWindow
from gui.workplace import Workplace

SAID = "said.txt"
"""What it writes down: seconds of its own processor time, a word, its command."""
_SAVE_CHANCE = 0.04


def main(folder: Path, file: Path, seed: int) -> int:
    """Open a window on `file`; edits begin with its first frame."""
    app = make_application([])
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    place = Workplace(
        settings=settings,
        appearance=Appearance(app, settings, "dark"),
        data_dir=folder / "data",
        runs_dir=folder / "runs",
        state_dir=folder / "state",
    )
    window = make_window(storage.load(file), place, file)
    with (folder / SAID).open("w", encoding="utf-8", buffering=1) as said:
        editor = _Editor(window, random.Random(seed), said)  # noqa: S311  no secret
        window.first_frame_shown.connect(editor.go_on)
        window.show()
        return app.exec()


class _Editor:
    """Makes one random command after the other, with short random rests."""

    def __init__(self, window: MainWindow, chance: random.Random, said: TextIO) -> None:
        self._window = window
        self._chance = chance
        self._said = said
        self._keeper = window.safe.recovery
        self._keeper.kept.connect(lambda number: self._say("kept", number))

    def go_on(self) -> None:
        for _ in range(self._chance.choice((1, 1, 1, 5))):
            self._edit()
        if self._chance.random() < _SAVE_CHANCE:
            number = self._keeper.commands
            self._say("saving", number)
            if not self._window.files.save():
                raise RuntimeError("the document could not be saved")
            self._say("saved", number)
        QTimer.singleShot(self._chance.choice((0, 0, 3, 30)), self.go_on)

    def _edit(self) -> None:
        model, chance = self._window.model, self._chance
        graph, stack = model.document.graph, model.undo_stack
        name = chance.choice([node.name for node in graph])
        roll = chance.random()
        if roll < 0.2 and stack.canUndo():
            self._say("stepping", self._keeper.commands + 1)
            stack.undo()
        elif roll < 0.3 and stack.canRedo():
            self._say("stepping", self._keeper.commands + 1)
            stack.redo()
        elif roll < 0.6:
            place = (chance.uniform(0, 900), chance.uniform(0, 900))
            model.push("Move", edits.MoveNodes({name: place}))
        elif roll < 0.7 and len(graph) > 6:
            model.push("Remove", edits.removal(graph, [name], keep_flow=True))
        else:
            node = Node(
                name=graph.free_name("fc"),
                layer="Linear",
                settings={"out_features": chance.randint(1, 999)},
            )
            model.push("Add", edits.AddNode(node))
        text = storage.dumps(model.root).encode()
        self._say("did", self._keeper.commands, fingerprint(text))

    def _say(self, *words: object) -> None:
        """A line of the file, whatever happens next."""
        print(time.process_time(), *words, file=self._said)
