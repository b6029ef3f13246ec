"""A window is killed at any moment: what was edited is there again."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import templates
from engine import storage
from engine.recovery import fingerprint, left_behind
from gui.file_claims import claimed

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("ESPALIER_KILLS", "6"))
"""How many windows are killed; 50 take about two minutes."""
_LATEST_SECONDS = 2.5
_START_SECONDS = 60.0
_DELAY_SECONDS = 1.5
"""After so long a command is on the disk; 0.1 s and two writes on a quiet machine."""


class Killed:
    """What a killed window said about its document while it lived."""

    def __init__(self, lines: list[tuple[float, str]], end: float) -> None:
        """`lines` with the second each came, and the second of the kill."""
        self.states: dict[str, list[int]] = {}
        self.kept = self.saved = self.saving = self.did = 0
        self.long_done = 0
        self.stepping = 0
        """The undo or redo in whose midst it was killed."""
        for second, line in lines:
            words = line.split()
            number = int(words[1])
            self.stepping = number if words[0] == "stepping" else 0
            match words[0]:
                case "did":
                    self.did = number
                    if second < end - _DELAY_SECONDS:
                        self.long_done = number
                    self.states.setdefault(words[2], []).append(number)
                case "kept":
                    self.kept = number
                case "saving":
                    self.saving = number
                case "saved":
                    self.saved = number

    def newest(self, content: bytes) -> int:
        """The last command after which the document was just this."""
        return max(self.states[fingerprint(content)])


def kill_a_window(folder: Path, file: Path, chance: random.Random) -> Killed:
    """Run `edited_window` and kill it at a random moment after its first edit."""
    command = [sys.executable, "-m", "tests.gui.edited_window", str(folder), str(file)]
    process = subprocess.Popen(
        [*command, str(chance.randrange(10**9))],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    lines: list[tuple[float, str]] = []
    has_begun = threading.Event()

    def read() -> None:
        for line in process.stdout or ():
            lines.append((time.monotonic(), line))
            has_begun.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert has_begun.wait(_START_SECONDS), "the window did not begin to edit"
        time.sleep(chance.uniform(0.0, _LATEST_SECONDS))
        assert process.poll() is None, "the window ended by itself"
    finally:
        end = time.monotonic()
        process.kill()
        process.wait()
        reader.join()
        if process.stdout is not None:
            process.stdout.close()
    whole = [(second, line) for second, line in lines if line.endswith("\n")]
    return Killed(whole, end)


def test_killed_at_any_moment_nothing_is_lost(tmp_path: Path) -> None:
    seed = random.randrange(10**6)  # noqa: S311  no secret
    print(f"seed {seed}")  # shown when this fails
    chance = random.Random(seed)  # noqa: S311  no secret
    offered = 0
    for round_ in range(KILLS):
        folder = tmp_path / str(round_)
        folder.mkdir()
        file = folder / "mine.espalier"
        began = templates.open_lesson("cnn-small")
        storage.save(began, file)
        first = file.read_bytes()
        killed = kill_a_window(folder, file, chance)

        # The file is whole, and only what a save was asked for is in it.
        content = file.read_bytes()
        killed.states.setdefault(fingerprint(first), [0]).append(0)
        in_file = killed.newest(content)
        numbers = killed.states[fingerprint(content)]
        assert killed.saved in numbers or killed.saving in numbers
        # What is offered is a state that was, no older than what had been kept.
        found = 0
        for slot in left_behind(folder / "state" / "recovery"):
            unsaved = slot.read()
            text = storage.dumps(unsaved.document).encode()
            found = killed.newest(text)
            assert unsaved.path == file
            offered += not unsaved.is_in_its_file
            slot.remove()
        if found == 0 and killed.stepping:  # back to what is saved: nothing to keep
            in_file = killed.stepping
        assert max(found, in_file) >= killed.kept
        assert max(found, in_file) >= killed.long_done
        assert found == 0 or found >= killed.saved, "older than what was saved"
        # The next window has the file for itself.
        assert claimed(folder / "state" / "open", file) is not None
        leftovers = [p.name for p in (folder / "state" / "recovery").glob("*")]
        assert not leftovers
        print(
            f"{round_}: did {killed.did}, kept {killed.kept}, "
            f"saved {killed.saved}, found {found}, in the file {in_file}"
        )
    assert offered, "no window was killed with unsaved edits"
