"""A window that edits and saves by itself until it is killed, for `test_recovery`.

Run as a module with a folder, a file and a seed. It says on standard output which state
of the document, by its fingerprint, it reached with each command, and which commands
are on the disk.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer

from engine import edits, storage
from engine.graph import Node
from engine.recovery import fingerprint
from gui.app import make_application, make_window
from gui.appearance import Appearance
from gui.main_window import MainWindow
from gui.workplace import Workplace

_SAVE_CHANCE = 0.04


def main(folder: Path, file: Path, seed: int) -> int:
    """Open a window on `file`; edits begin with its first frame."""
    app = make_application(sys.argv[:1])
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    place = Workplace(
        settings=settings,
        appearance=Appearance(app, settings, "dark"),
        data_dir=folder / "data",
        runs_dir=folder / "runs",
        state_dir=folder / "state",
    )
    window = make_window(storage.load(file), place, file)
    editor = _Editor(window, random.Random(seed))  # noqa: S311  no secret
    window.first_frame_shown.connect(editor.go_on)
    window.show()
    return app.exec()


class _Editor:
    """Makes one random command after the other, with short random rests."""

    def __init__(self, window: MainWindow, chance: random.Random) -> None:
        self._window = window
        self._chance = chance
        self._keeper = window.safe.recovery
        self._keeper.kept.connect(lambda number: say("kept", number))

    def go_on(self) -> None:
        for _ in range(self._chance.choice((1, 1, 1, 5))):
            self._edit()
        if self._chance.random() < _SAVE_CHANCE:
            number = self._keeper.commands
            say("saving", number)
            if not self._window.files.save():
                raise RuntimeError("the document could not be saved")
            say("saved", number)
        QTimer.singleShot(self._chance.choice((0, 0, 3, 30)), self.go_on)

    def _edit(self) -> None:
        model, chance = self._window.model, self._chance
        graph, stack = model.document.graph, model.undo_stack
        name = chance.choice([node.name for node in graph])
        roll = chance.random()
        if roll < 0.2 and stack.canUndo():
            say("stepping", self._keeper.commands + 1)
            stack.undo()
        elif roll < 0.3 and stack.canRedo():
            say("stepping", self._keeper.commands + 1)
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
        say("did", self._keeper.commands, fingerprint(text))


def say(*words: object) -> None:
    """A line of standard output, whatever happens next."""
    print(*words, flush=True)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
