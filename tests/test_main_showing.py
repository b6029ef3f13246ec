"""What the command line tells of a network that writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import main
from engine.storage import save
from tests.engine.documents import rebuild
from tests.engine.shown_documents import writer


def test_training_prints_what_was_written_after_each_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "writer.espalier"
    save(writer(), path)
    arguments = ["train", str(path), "--epochs", "2", "--run-dir"]
    assert main.main([*arguments, str(tmp_path / "a")]) == main.DONE
    lines = capsys.readouterr().out.split("\n")
    heads = [place for place, line in enumerate(lines) if "It went on after “" in line]
    assert len(heads) == 2
    assert all(lines[place + 1].startswith("  │ ") for place in heads)
    # For a program: the events alone.
    assert main.main([*arguments, str(tmp_path / "b"), "--json"]) == main.DONE
    told = capsys.readouterr().out
    kinds = [json.loads(line)["event"] for line in told.splitlines()]
    assert kinds.count("epoch") == 2 and "shown" not in kinds
    assert "It went on" not in told


def test_pictures_are_not_for_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rebuild.espalier"
    save(rebuild(), path)
    arguments = ["train", str(path), "--epochs", "1", "--run-dir", str(tmp_path / "a")]
    assert main.main(arguments) == main.DONE
    told = capsys.readouterr().out
    assert "│" not in told and "Rebuilt" not in told
