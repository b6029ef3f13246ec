"""An export is never refused for what its blocks, layers or documents are called."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from engine.allowed_code import ALLOWED
from engine.compiler import compile_document
from engine.document import Document
from engine.exporting.bundle import Import
from engine.exporting.notebook import notebook
from engine.exporting.renaming import aliased, renamed, way_for
from engine.exporting.script import script
from engine.grouping import collapse
from engine.session import train_document
from engine.training.events import Finished
from engine.training.reporting import as_record
from tests.engine.alone import run_alone
from tests.engine.documents import chain

SOURCE = '''\
class Plan:
    """A Plan; Plan stays in words."""

    train: int
    forward = 1

    def forward(self, Plan: int = 0) -> Plan:
        return self.train(train, Plan, é := Path, é.Path)


def train(steps, *, plan: Plan, Path=Path):
    é = "é"; return Plan(train=train), Path


def other():
    for train in range(3):
        print(train, [Plan for Path in ()], Path)
'''

RENAMED = '''\
class Plan_:
    """A Plan; Plan stays in words."""

    train: int
    forward = 1

    def forward(self, Plan: int = 0) -> Plan_:
        return self.train(train_, Plan, é := Path_, é.Path)


def train_(steps, *, plan: Plan_, Path=Path_):
    é = "é"; return Plan_(train=train_), Path


def other():
    for train in range(3):
        print(train, [Plan_ for Path in ()], Path)
'''


def test_only_names_of_the_module_are_renamed() -> None:
    names = {name: f"{name}_" for name in ("Plan", "train", "Path", "forward")}
    assert renamed(SOURCE, names) == RENAMED
    assert renamed(SOURCE, {}) is SOURCE


def test_a_new_name_is_one_that_nobody_has() -> None:
    network = "class Plan(Module): ...\nclass Step_: ...\nclass Step: ...\n"
    ours = ["Plan", "Plan_", "Step", "Other"]
    assert way_for(network, ours) == {"Plan": "Plan__", "Step": "Step__"}
    imports = aliased(
        [Import("a", "Plan"), Import("Step"), Import("b", "c")],
        {"Plan": "P", "Step": "S"},
    )
    assert imports == {
        Import("a", "Plan", "P"),
        Import("Step", "", "S"),
        Import("b", "c"),
    }


def named(name: str, block: str, layer: str) -> Document:
    """A network on iris that is called so, with a block and a Python layer."""
    code = (
        f"class {layer}(nn.Module):\n    def forward(self, x):\n        return 2 * x\n"
    )
    ALLOWED.allow(code)
    document = chain(
        name,
        [
            ("measures", "Input", {"shape": (4,)}),
            ("fc", "Linear", {"out_features": 3}),
            ("own", "Python", {"code": code}),
            ("species", "Output", {}),
        ],
        "iris",
    )
    collapse(document, "", ["fc"], block).apply(document)
    return document


@pytest.mark.parametrize(
    ("document_name", "block", "layer"),
    [
        ("Splits", "Generator", "train"),
        ("Samples", "Path", "begin"),
        ("Plan", "Recipe", "RECIPE"),
        ("Adversarial", "Goal", "main"),
    ],
)
def test_a_name_of_ours_makes_way(
    document_name: str, block: str, layer: str, tmp_path: Path
) -> None:
    document = named(document_name, block, layer)
    source = compile_document(document).code.source
    text = script(document)
    assert source[source.index("class ") :] in text
    path = tmp_path / "train.py"
    path.write_text(text)
    done = run_alone(path, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    events = train_document(document, run_dir=tmp_path / "run")
    expected = [as_record(event) for event in events if isinstance(event, Finished)]
    assert told["test_loss"] == expected[0]["test_loss"]
    cells = json.loads(notebook(document))["cells"]
    codes = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    for code in codes:
        ast.parse(code)
