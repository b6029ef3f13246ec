"""Recovery files: whole or refused, offered once their process is gone."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

import templates
from engine import edits, storage
from engine.grouping import collapse
from engine.problems import Refusal
from engine.recovery import RecoverySlot, Unsaved, fingerprint, left_behind, snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "recovery"


@pytest.fixture
def unsaved(tmp_path: Path) -> Unsaved:
    return Unsaved(
        document=templates.open_lesson("cnn-small"),
        path=tmp_path / "mine.espalier",
        edits=3,
        base="abc",
        lesson="cnn-small",
        origin="run 12",
    )


def dead_slot(folder: Path, unsaved: Unsaved) -> RecoverySlot:
    """What a process that is gone left behind."""
    slot = RecoverySlot.new(folder)
    slot.write(unsaved)
    slot.lock.release()
    return slot


def test_what_was_put_in_comes_out(folder: Path, unsaved: Unsaved) -> None:
    slot = RecoverySlot.new(folder)
    slot.write(unsaved)
    assert slot.read() == unsaved
    assert unsaved.process == os.getpid()
    untitled = Unsaved(document=unsaved.document)
    slot.write(untitled)
    assert slot.read() == untitled
    slot.remove()
    assert list(folder.iterdir()) == []


def test_only_the_dead_are_left_behind(folder: Path, unsaved: Unsaved) -> None:
    living = RecoverySlot.new(folder)
    living.write(unsaved)
    dead = dead_slot(folder, unsaved)
    (found,) = left_behind(folder)
    assert found.path == dead.path
    assert left_behind(folder) == []  # the first who looks has it
    found.lock.release()
    assert [slot.path for slot in left_behind(folder)] == [dead.path]
    assert living.read() == unsaved


def test_a_folder_that_is_not_there_holds_nothing(folder: Path) -> None:
    assert left_behind(folder) == []


def test_what_a_killed_process_left_of_a_file_is_swept(folder: Path) -> None:
    slot = RecoverySlot.new(folder)
    (folder / f".{slot.path.name}.x1y2").write_text("half")
    slot.lock.release()
    slot.lock.path.write_text("4711")  # a killed process cannot take it away
    assert left_behind(folder) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    "how", ["cut", "empty", "node", "path", "no head", "foreign head"]
)
def test_a_damaged_file_is_refused_and_set_aside(
    folder: Path, unsaved: Unsaved, how: str
) -> None:
    slot = dead_slot(folder, unsaved)
    whole = slot.path.read_bytes()
    _, _, text = whole.split(b"\n", 2)
    slot.path.write_bytes(
        {
            "cut": whole[:-40],
            "empty": b"",
            "node": whole.replace(b'"conv1"', b'"conv7"', 1),
            "path": whole.replace(b"mine.espalier", b"nine.espalier", 1),
            "no head": text,
            "foreign head": fingerprint(b"[]\n" + text).encode() + b"\n[]\n" + text,
        }[how]
    )
    (found,) = left_behind(folder)
    with pytest.raises(Refusal) as caught:
        found.read()
    assert str(caught.value) == (
        f"A recovery file of unsaved edits is damaged: {slot.path.name}. "
        "It was skipped; the files you saved are untouched."
    )
    aside = found.set_aside()
    assert aside.is_file()
    assert left_behind(folder) == []
    assert list(folder.iterdir()) == [aside]


def test_a_slot_older_than_what_was_saved_is_no_loss(
    folder: Path, unsaved: Unsaved
) -> None:
    assert unsaved.path is not None
    slot = RecoverySlot.new(folder)
    slot.write(unsaved)
    later = unsaved.document.copy()
    edits.SetName("Later").apply(later)
    content = storage.dumps(later).encode()
    slot.note_saving(unsaved.path, fingerprint(content))
    slot.lock.release()
    # Ended before the file was written: the edits are still to be offered.
    assert not slot.was_saved
    (found,) = left_behind(folder)
    found.lock.release()
    # Ended after it, before the slot was removed.
    storage.write_whole(unsaved.path, content)
    assert slot.was_saved
    assert left_behind(folder) == []
    assert list(folder.iterdir()) == []


def test_what_its_file_holds_already_is_known(unsaved: Unsaved) -> None:
    assert unsaved.path is not None
    assert not unsaved.is_in_its_file
    unsaved.path.write_text("no document")
    assert not unsaved.is_in_its_file
    storage.save(unsaved.document, unsaved.path)
    assert unsaved.is_in_its_file
    assert not Unsaved(document=unsaved.document).is_in_its_file
    assert unsaved.title == "mine.espalier"
    assert Unsaved(document=unsaved.document).title == "“Small CNN”"


def test_a_full_disk_leaves_the_last_state(
    folder: Path, unsaved: Unsaved, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = RecoverySlot.new(folder)
    slot.write(unsaved)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Refusal, match="no space left on device"):
        slot.write(Unsaved(document=templates.open_lesson("fnn-iris")))
    assert slot.read() == unsaved


def test_a_snapshot_stands_still() -> None:
    document = templates.open_lesson("cnn-small")
    collapse(document, "", ["conv1", "relu"], "Stem").apply(document)
    still, text = snapshot(document), storage.dumps(document)
    assert storage.dumps(still) == text
    inside = document.scoped("Stem").graph
    for edit in (
        edits.within("Stem", edits.change_settings(inside, "conv1", {"stride": 2})),
        edits.within("Stem", edits.removal(inside, ["relu"])),
        edits.removal(document.graph, ["pool"]),
        edits.RemoveBlock("Stem"),
        edits.SetName("Other"),
    ):
        edit.apply(document)
        assert storage.dumps(still) == text
    assert storage.dumps(document) != text
