"""Exports: the script gives the application's losses; every format loads and agrees."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import engine.exporting.bundle
import engine.exporting.programs
from engine.compiler import compile_document
from engine.document import Document
from engine.exporting import EXPORTERS, export
from engine.exporting.bundle import Import, Root, bundle, write_imports
from engine.exporting.notebook import notebook
from engine.exporting.script import script
from engine.problems import Refusal
from engine.runs import FINAL
from engine.session import train_document
from engine.training.events import EpochDone, Finished
from engine.training.reporting import as_record
from tests.engine.alone import run_alone
from tests.engine.documents import chain, digits, forecast, halves, iris, rebuild

KINDS = [digits, iris, forecast, rebuild, halves]
RECIPES: list[dict[str, Any]] = [
    {
        "optimizer": "SGD",
        "nesterov": True,
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "patience": 1,
        "average": 0.9,
        "clip_norm": 0.5,
    },
    {
        "optimizer": "Muon",
        "schedule": "plateau",
        "accumulation": 2,
        "label_smoothing": 0.1,
        "class_weights": "balanced",
        "decay": "matrices",
        "weight_decay": 0.1,
    },
    {"noise": 0.1, "mixup": 0.2, "precision": "bf16", "schedule": "one_cycle"},
]
"""Together they use all that a script may leave out."""

TIMES = {"seconds", "samples_per_second"}

pytestmark = pytest.mark.usefixtures("one_thread")


def without_times(record: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if name not in TIMES}


def test_where_scripts_run_nothing_of_ours_can_be_imported(tmp_path: Path) -> None:
    path = tmp_path / "cheats.py"
    path.write_text("import sys\nprint(len(sys.argv))\nimport engine.recipe\n")
    done = run_alone(path, "one", "two")
    assert (done.returncode, done.stdout) == (1, "3\n")
    assert "engine is not installed here" in done.stderr


@pytest.mark.parametrize("make", KINDS)
def test_the_script_gives_the_losses_of_the_application(
    make: Any, tmp_path: Path
) -> None:
    document = make(seed=3)
    expected = [
        without_times(as_record(event))
        for event in train_document(document, run_dir=tmp_path / "run")
        if isinstance(event, (EpochDone, Finished))
    ]
    folder = tmp_path / "alone"
    folder.mkdir()
    export(document, "script", folder / "train.py")
    done = run_alone(folder / "train.py", "--json")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert records[0]["event"] == "started"
    assert [without_times(record) for record in records[1:]] == expected
    assert len(expected) == 3
    assert sorted(folder.iterdir()) == [folder / "train.py"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_script_holds_its_recipe(recipe: dict[str, Any], tmp_path: Path) -> None:
    document = iris(epochs=4, batch_size=16, **recipe)
    expected = [
        without_times(as_record(event))
        for event in train_document(document, run_dir=tmp_path / "run")
        if isinstance(event, (EpochDone, Finished))
    ]
    export(document, "script", tmp_path / "train.py")
    done = run_alone(tmp_path / "train.py", "--json")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [without_times(record) for record in records[1:]] == expected
    check_form(tmp_path / "train.py")


def test_the_script_on_mnist(data_dir: Path, tmp_path: Path) -> None:
    document = chain(
        "MNIST",
        [
            ("image", "Input", {"shape": (1, 28, 28)}),
            ("pool1", "AvgPool2d", {"kernel_size": 4}),
            ("flatten1", "Flatten", {}),
            ("fc1", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "mnist",
        epochs=1,
        batch_size=500,
    )
    events = train_document(document, data_dir=data_dir, run_dir=tmp_path / "run")
    expected = [
        without_times(as_record(e))
        for e in events
        if isinstance(e, (EpochDone, Finished))
    ]
    export(document, "script", tmp_path / "train.py")
    done = run_alone(tmp_path / "train.py", "--json", "--data-dir", str(data_dir))
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [without_times(record) for record in records[1:]] == expected


def test_the_script_has_options_and_a_table(tmp_path: Path) -> None:
    path = tmp_path / "train.py"
    export(iris(), "script", path)
    told = run_alone(path, "--help")
    assert told.returncode == 0
    for option in (
        "--epochs",
        "--seed",
        "--device",
        "--precision",
        "--data-dir",
        "--json",
    ):
        assert option in told.stdout
    table = run_alone(path, "--epochs", "3", "--seed", "5", "--save", "weights.pt")
    assert table.returncode == 0, table.stderr
    assert "    3  " in table.stdout and "test loss" in table.stdout
    weights = torch.load(tmp_path / "weights.pt", weights_only=True)
    assert weights["fc1.weight"].shape == (8, 4)
    json_of = run_alone(path, "--epochs", "3", "--seed", "5", "--json")
    last = json.loads(json_of.stdout.splitlines()[-1])
    assert f"test loss {last['test_loss']:.4f}" in table.stdout


def test_the_script_tells_what_is_the_matter(tmp_path: Path) -> None:
    document = forecast(learning_rate=1e20)
    export(document, "script", tmp_path / "train.py")
    done = run_alone(tmp_path / "train.py", "--json")
    assert done.returncode == 3
    assert "training stopped. Try a learning rate" in done.stderr
    assert "Traceback" not in done.stderr
    if not torch.cuda.is_available():
        done = run_alone(tmp_path / "train.py", "--device", "cuda")
        assert done.returncode == 3
        assert done.stderr.startswith("CUDA was asked for, but")


@pytest.mark.parametrize("make", KINDS)
def test_the_script_is_formatted_linted_and_deterministic(
    make: Any, tmp_path: Path
) -> None:
    path = tmp_path / "train.py"
    path.write_text(script(make()))
    assert path.read_text() == script(make())
    check_form(path)
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, (ast.Import, ast.ImportFrom))
    }
    assert not any(name.split(".")[0] in {"engine", "gui"} for name in imported)
    assert len(path.read_text().splitlines()) < 1500


def check_form(path: Path) -> None:
    """A script is as ruff formats it, and lints."""
    ruff = [sys.executable, "-m", "ruff"]
    rules = ["--select", "E,F,I,UP,B", "--target-version", "py311"]
    for command in (["format", "--diff"], ["check", *rules]):
        done = subprocess.run(
            [*ruff, *command, "--isolated", "--no-cache", str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_document_named_like_something_the_script_needs(tmp_path: Path) -> None:
    document = iris(epochs=1)
    document.name = 'Splits """ \\ \n import os'
    text = script(document)
    ast.parse(text)
    document.name = "Splits"
    export(document, "script", tmp_path / "train.py")
    done = run_alone(tmp_path / "train.py", "--json")
    assert done.returncode == 0, done.stderr
    assert "class Splits(nn.Module)" in (tmp_path / "train.py").read_text()


# The bundler.


def write_module(folder: Path, name: str, text: str) -> None:
    (folder / f"{name}.py").write_text(textwrap.dedent(text))


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of its own that stands in for the engine."""
    package = tmp_path / "planted"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "planted", raising=False)
    engine.exporting.bundle.parsed.cache_clear()
    monkeypatch.setattr("engine.exporting.bundle.OURS", "planted")
    return package


def test_a_bundle_takes_what_is_needed_in_running_order(modules: Path) -> None:
    write_module(
        modules,
        "low",
        '''
        """Low things: the rest is left out."""
        import math
        import os

        # Why it is three.
        THREE = 3
        """Its meaning."""
        UNUSED = os.name

        class Base:
            size = math.floor(THREE)
        ''',
    )
    write_module(
        modules,
        "high",
        '''
        """High things."""
        from planted.low import Base, UNUSED

        def unused() -> None:
            return UNUSED

        class Derived(Base):
            def twin(self) -> "Derived":
                return helper(self)

        def helper(x: Derived) -> Derived:
            return x
        ''',
    )
    cut = bundle([Root("planted.high", "Derived")])
    assert [section.title for section in cut.sections] == ["Low things", "High things"]
    assert cut.imports == {Import("math")}
    assert cut.names == {"THREE", "Base", "Derived", "helper"}
    text = "\n".join(section.text for section in cut.sections)
    assert text.startswith('# Why it is three.\nTHREE = 3\n"""Its meaning."""')
    assert "UNUSED" not in text
    scope: dict[str, Any] = {"__name__": "bundled"}
    exec("from __future__ import annotations\nimport math\n" + text, scope)
    assert scope["Derived"]().size == 3


def test_a_bundle_refuses_what_it_cannot_cut(modules: Path) -> None:
    write_module(modules, "one", "def same() -> int:\n    return 1\n")
    write_module(modules, "two", "def same() -> int:\n    return 2\n")
    with pytest.raises(
        ValueError, match=r"planted.one and planted.two both define same"
    ):
        bundle([Root("planted.one", "same"), Root("planted.two", "same")])
    write_module(
        modules,
        "inner",
        """
        def late() -> int:
            from planted.one import same
            return same()
        """,
    )
    with pytest.raises(ValueError, match=r"line 3: import planted.one at the top"):
        bundle([Root("planted.inner", "late")])
    with pytest.raises(ValueError, match=r"planted.one does not define other"):
        bundle([Root("planted.one", "other")])
    write_module(
        modules,
        "renamed",
        "from planted.one import same as alike\n\n\ndef f():\n    return alike()\n",
    )
    with pytest.raises(ValueError, match="import alike by its own name"):
        bundle([Root("planted.renamed", "f")])


def test_imports_are_sorted_as_ruff_does() -> None:
    text = write_imports(
        {
            Import("torch", "Tensor"),
            Import("torch", "nn"),
            Import("torch"),
            Import("torch.nn.functional", alias="F"),
            Import("numpy", alias="np"),
            Import("math"),
            Import("collections.abc", "Callable"),
            Import("zlib", "MAX_WBITS"),
            Import("zlib", "crc32"),
        }
    )
    assert text == textwrap.dedent(
        """\
        import math
        from collections.abc import Callable
        from zlib import MAX_WBITS, crc32

        import numpy as np
        import torch
        import torch.nn.functional as F
        from torch import Tensor, nn"""
    )


# The other formats.


def answers(document: Document, batch: int) -> tuple[Any, ...]:
    """A batch for the document's inputs, and the untrained network's answers."""
    compiled = compile_document(document)
    torch.manual_seed(document.recipe.seed)
    model = compiled.module_class().eval()
    generator = torch.Generator().manual_seed(1)
    samples = tuple(
        torch.rand((batch, *spec.shape), generator=generator)
        for spec in compiled.inputs.values()
    )
    with torch.no_grad():
        outputs = model(*samples)
    return samples, outputs if isinstance(outputs, tuple) else (outputs,), model


def test_the_module_runs_alone(tmp_path: Path) -> None:
    message = export(digits(), "module", tmp_path / "network.py")
    assert message == f"Wrote {tmp_path / 'network.py'}."
    scope: dict[str, Any] = {"__name__": "network"}
    exec((tmp_path / "network.py").read_text(), scope)
    samples, outputs, model = answers(digits(), 3)
    again = scope["SmallDigits"]().eval()
    again.load_state_dict(model.state_dict())
    assert torch.equal(again(*samples), outputs[0])


@pytest.mark.parametrize("make", [digits, halves, rebuild])
@pytest.mark.parametrize("batch", [1, 5])
def test_pt2_gives_the_same_answers(make: Any, batch: int, tmp_path: Path) -> None:
    document = make()
    message = export(document, "pt2", tmp_path / "network.pt2")
    assert message.endswith("with weights untrained, drawn with seed 0.")
    samples, outputs, _ = answers(document, batch)
    loaded = torch.export.load(tmp_path / "network.pt2").module()
    again = loaded(*samples)
    again = again if isinstance(again, tuple) else (again,)
    for one, other in zip(again, outputs, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("make", [digits, halves])
def test_onnx_gives_the_same_answers(make: Any, tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="needs the extra onnx; CI has it")
    from onnx.reference import ReferenceEvaluator

    document = make()
    export(document, "onnx", tmp_path / "network.onnx")
    session = ReferenceEvaluator(str(tmp_path / "network.onnx"))
    for batch in (1, 5):
        samples, outputs, _ = answers(document, batch)
        names = [node.name for node in document.graph if node.layer == "Input"]
        assert session.input_names == names
        again = session.run(
            None, {n: s.numpy() for n, s in zip(names, samples, strict=True)}
        )
        for one, other in zip(again, outputs, strict=True):
            torch.testing.assert_close(torch.tensor(one), other, rtol=1e-4, atol=1e-5)


def test_onnx_tells_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        engine.exporting.programs.importlib.util, "find_spec", lambda name: None
    )
    with pytest.raises(Refusal, match=r'pip install "espalier\[onnx\]"'):
        export(digits(), "onnx", tmp_path / "network.onnx")


def test_weights_of_a_run_and_new_ones(tmp_path: Path) -> None:
    list(train_document(iris(), run_dir=tmp_path / "run"))
    final = tmp_path / "run" / FINAL
    message = export(iris(), "weights", tmp_path / "a.safetensors", final)
    assert message == f"Wrote {tmp_path / 'a.safetensors'} with weights from {final}."
    trained = load_file(tmp_path / "a.safetensors")
    assert all(torch.equal(trained[k], v) for k, v in load_file(final).items())
    export(iris(), "weights", tmp_path / "b.safetensors")
    _, _, model = answers(iris(), 1)
    fresh = load_file(tmp_path / "b.safetensors")
    assert all(torch.equal(fresh[k], v) for k, v in model.state_dict().items())
    assert not torch.equal(fresh["fc1.weight"], trained["fc1.weight"])
    with pytest.raises(Refusal, match="are of another network"):
        export(digits(), "weights", tmp_path / "c.safetensors", final)
    with pytest.raises(Refusal, match="There are no weights at"):
        export(iris(), "pt2", tmp_path / "c.pt2", tmp_path / "nowhere")


@pytest.mark.parametrize("make", KINDS)
def test_the_notebook_is_valid_and_its_cells_run(
    make: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document = make()
    text = notebook(document)
    assert text == notebook(document)
    content = json.loads(text)
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    ids = [cell["id"] for cell in content["cells"]]
    assert len(set(ids)) == len(ids)
    for cell in content["cells"]:
        assert cell["cell_type"] in {"markdown", "code"}
        assert isinstance(cell["metadata"], dict)
        assert all(isinstance(line, str) for line in cell["source"])
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    source = "\n\n".join(
        "".join(cell["source"])
        for cell in content["cells"]
        if cell["cell_type"] == "code"
    )
    module = ModuleType("notebook_cells")  # dataclasses look their module up by name
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, "notebook", "exec"), module.__dict__)
    shown = capsys.readouterr().out
    assert "test loss" in shown and "right:" in shown
    events = train_document(document, run_dir=tmp_path)
    last = next(event for event in events if isinstance(event, Finished))
    assert f"test loss {last.test_loss:.4f}" in shown


def test_what_cannot_be_exported_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="There is no export called word"):
        export(iris(), "word", tmp_path / "x")
    assert list(EXPORTERS) == [
        *("module", "plain", "script", "notebook"),
        *("onnx", "pt2", "weights"),
    ]
    unfit = iris()
    unfit.data = digits().data
    with pytest.raises(Refusal, match="measures takes 4 float32"):
        export(unfit, "script", tmp_path / "x")
    with pytest.raises(Refusal, match="could not be saved"):
        export(iris(), "module", tmp_path / "nowhere" / "x.py")
