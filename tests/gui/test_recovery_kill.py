"""A window is killed at any moment: what was edited is there again."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest

import templates
from engine import storage
from engine.recovery import fingerprint, left_behind
from gui.file_claims import claimed
from tests.gui import edited_window

Context = (
    multiprocessing.context.ForkServerContext | multiprocessing.context.SpawnContext
)
KILLS = 50
_LATEST_SECONDS = 1.5
_START_SECONDS = 120.0
_DELAY_SECONDS = 0.75
"""After so long a command is on the disk; 0.1 s and two writes on a quiet machine.

Of the window's own processor time: on a busy machine it passes more slowly.
"""


class Killed:
    """What a killed window said about its document while it lived."""

    def __init__(self, said: str) -> None:
        """`said` is all it wrote down, with the second of each line."""
        self.states: dict[str, list[int]] = {}
        self.kept = self.saved = self.saving = self.did = 0
        self.long_done = 0
        self.stepping = 0
        """The undo or redo in whose midst it was killed."""
        lines = [line.split() for line in said.splitlines(True) if line[-1] == "\n"]
        end = float(lines[-1][0])
        for second, word, command, *state in lines:
            number = int(command)
            self.stepping = number if word == "stepping" else 0
            match word:
                case "did":
                    self.did = number
                    if float(second) < end - _DELAY_SECONDS:
                        self.long_done = number
                    self.states.setdefault(state[0], []).append(number)
                case "kept":
                    self.kept = number
                case "saving":
                    self.saving = number
                case "saved":
                    self.saved = number

    def newest(self, content: bytes) -> int:
        """The last command after which the document was just this."""
        return max(self.states[fingerprint(content)])


@pytest.fixture(scope="module")
def processes() -> Context:
    """Processes that have imported the window already, where a system can do that.

    A start takes a third of the time so.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["engine.session", "tests.gui.edited_window"])
    return context


def kill_a_window(
    processes: Context,
    folder: Path,
    file: Path,
    chance: random.Random,
) -> Killed:
    """Run `edited_window` and kill it at a random moment after its first edit."""
    process = processes.Process(
        target=edited_window.main, args=(folder, file, chance.randrange(10**9))
    )
    said = folder / edited_window.SAID
    process.start()
    try:
        latest = time.monotonic() + _START_SECONDS
        while not (said.exists() and "\n" in said.read_text(encoding="utf-8")):
            assert time.monotonic() < latest, "the window did not begin to edit"
            time.sleep(0.005)
        process.join(chance.uniform(0.0, _LATEST_SECONDS))
        assert process.is_alive(), "the window ended by itself"
    finally:
        process.kill()
        process.join()
    return Killed(said.read_text(encoding="utf-8"))


def test_killed_at_any_moment_nothing_is_lost(
    tmp_path: Path, processes: Context
) -> None:
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
        killed = kill_a_window(processes, folder, file, chance)

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
