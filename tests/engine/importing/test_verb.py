"""`main.py import`, as a program calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.storage import load
from main import main

CODE = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        print("made")
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(x)
"""


def test_a_file_becomes_a_document_once_it_is_allowed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path, target = tmp_path / "net.py", tmp_path / "net.espalier"
    path.write_text(CODE, encoding="utf-8")
    asked = ["import", str(path), "-o", str(target)]
    assert main(asked) == 1
    assert "say --allow-code if you trust it" in capfd.readouterr().err
    assert not target.exists()
    assert main([*asked, "--allow-code", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)  # what the code prints is not in it
    assert (told["samples"], told["parameters"], told["is_same"]) == (["4"], 15, True)
    assert [n.layer for n in load(target).graph] == ["Input", "Linear", "Output"]


def test_what_cannot_be_drawn_is_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "net.py"
    path.write_text(CODE.replace("self.fc(x)", "self.fc(x)[0]"), encoding="utf-8")
    asked = ["import", str(path), "-o", str(tmp_path / "n"), "--allow-code"]
    assert main(asked) == 3
    said = capfd.readouterr().err
    assert "takes single samples out of the batch" in said
    assert "Traceback" not in said
