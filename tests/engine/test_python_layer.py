"""The Python layer: read without running, run once allowed, its mistakes in words."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine import storage
from engine.allowed_code import ALLOWED, AllowedCode
from engine.analysis import analyse
from engine.block_view import BlockView, Step
from engine.catalog import CATALOG
from engine.catalog.python import DEFAULT, LONGEST, read, taken_names
from engine.compiler import compile_document
from engine.document import Document
from engine.edits import AddEdge, AddNode, SetSettings
from engine.expanding import expand
from engine.exporting import export
from engine.foreign_code import refuse_to_run
from engine.graph import Edge, Node
from engine.grouping import collapse
from engine.problems import Problem, Refusal
from engine.session import train_document
from tests.engine.alone import run_alone
from tests.engine.documents import chain
from tests.engine.layer_rows import ROWS

GATE = '''class Gate(nn.Module):
    """Opens by a learned degree."""

    def __init__(self) -> None:
        super().__init__()
        self.degree = nn.Parameter(torch.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.degree) * x
'''


def with_code(code: str, **recipe: object) -> Document:
    """A small network of the digits with a Python layer before its last Linear."""
    return chain(
        "Own layer",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("flatten", "Flatten", {}),
            ("own", "Python", {"code": code}),
            ("fc", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits",
        **recipe,
    )


def marking(marker: Path) -> str:
    """Code that leaves a file behind wherever any of it runs."""
    return (
        "class Evil(nn.Module):\n"
        f"    open({str(marker)!r}, 'a').close()\n\n"
        "    def forward(self, x):\n"
        "        return x\n"
    )


def allowed(code: str) -> str:
    ALLOWED.allow(code)
    return code


def first_problem(code: str) -> Problem:
    found = analyse(with_code(code)).first_error
    assert found is not None
    return found


# Reading.


def test_its_ports_are_what_forward_takes_and_gives() -> None:
    code = (
        "class Mix(nn.Module):\n"
        "    def forward(self, a, b, c=None) -> tuple[Tensor, torch.Tensor]:\n"
        "        return a, b\n"
    )
    layer = Node(name="mix", layer="Python", settings={"code": code}).type
    assert layer is not None
    assert [(p.name, p.optional) for p in layer.inputs] == [
        ("a", False),
        ("b", False),
        ("c", True),
    ]
    assert [port.name for port in layer.outputs] == ["output1", "output2"]


def test_many_edges_may_end_where_forward_takes_any_number() -> None:
    code = (
        "class All(nn.Module):\n    def forward(self, *xs):\n        return sum(xs)\n"
    )
    (port,) = read(code).inputs
    assert (port.name, port.variadic) == ("xs", True)


def test_a_mistake_elsewhere_leaves_the_ports_where_they_are() -> None:
    code = (
        "class Mix(nn.Module):\n"
        "    def forward(self, a, b) -> Tensor:\n"
        "        return a + (b\n"
    )
    assert [port.name for port in read(code).inputs] == ["a", "b"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "class A(nn.Module):\n    def forward(self, x):\n        return x +\n",
            "own has a mistake in its code: invalid syntax (line 3).",
        ),
        (
            "import os\nclass A(nn.Module):\n    def forward(self, x): return x\n",
            "own has code beside its class, and imports and functions belong inside it "
            "(line 1).",
        ),
        ("", "own has code with 0 classes, and not one."),
        (
            "class A(nn.Module):\n    def call(self, x): return x\n",
            "own has no forward in A (line 1).",
        ),
        (
            "class A(nn.Module):\n    def __init__(self, width): ...\n"
            "    def forward(self, x): return x\n",
            "own is made without arguments, and its __init__ needs width (line 2).",
        ),
        (
            "class A(nn.Module):\n    def forward(self): return 1\n",
            "own has a forward that takes nothing but self (line 2).",
        ),
        (
            "class nn(nn.Module):\n    def forward(self, x): return x\n",
            "own calls its class nn, which is taken (line 1).",
        ),
        ("#" * (LONGEST + 1), f"own has code of more than {LONGEST:,} letters."),
        ("class \ud800:", "own has code that Python cannot read."),
        (
            "class A(nn.Module):\n    # \u202e\n",
            "own has letters in its code that hide what it says (line 2).",
        ),
        ("(" * 5_000, "own has a mistake in its code: too many nested parentheses"),
        ("-" * 40_000 + "1", "own has "),
    ],
)
def test_code_that_is_no_layer_is_told_without_asking_for_leave(
    code: str, message: str
) -> None:
    problem = first_problem(code)
    assert problem.message.startswith(message)
    assert problem.node == "own"
    assert not problem.asks_to_run
    assert "inspector" in problem.remedy


def test_a_wrong_type_in_a_file_is_told_in_words() -> None:
    document = with_code(DEFAULT)
    SetSettings("own", {"code": 3}).apply(document)
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.message == "own: code must be text; got 3."


def test_names_that_generated_code_defines_are_taken() -> None:
    definitions = [
        row.layer.definition(row.values) for row in ROWS if row.name != "Python"
    ]
    defined = {name for each in definitions for name in _classes(each)}
    assert {"RelativePositionBias", "NormalEmbedding"} <= defined
    assert defined <= taken_names()
    assert "Scale" not in taken_names()


def _classes(definition: str) -> list[str]:
    return [
        line.split("(")[0].removeprefix("class ")
        for line in definition.splitlines()
        if line.startswith("class ")
    ]


# Allowing.


def test_nothing_runs_before_it_is_allowed(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    path = tmp_path / "hostile.espalier"
    storage.save(with_code(marking(marker)), path)
    document = storage.load(path)
    analysis = analyse(document)
    problem = analysis.first_error
    assert problem is not None
    assert problem.message == "own carries Python code; read it and allow it."
    assert problem.remedy == "Until then none of it runs."
    assert problem.code == "code-not-allowed"
    assert problem.asks_to_run == marking(marker)
    assert "Evil" not in analysis.code
    assert analysis.total_operations >= 0
    for run in (
        lambda: compile_document(document),
        lambda: export(document, "script", tmp_path / "out.py"),
        lambda: next(train_document(document, run_dir=tmp_path / "run")),
    ):
        with pytest.raises(Refusal, match="own carries Python code; read it"):
            run()
    assert not marker.exists()
    # The marker does appear once it may: the test can fail.
    ALLOWED.allow(marking(marker))
    assert analyse(document).is_valid
    assert marker.exists()


def test_code_that_was_never_looked_at_is_not_compiled(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    document = with_code(allowed(marking(marker)))
    analysis = analyse(document)
    assert analysis.is_valid
    marker.unlink()
    ALLOWED.forget()
    with pytest.raises(Refusal, match="carries Python code that was not allowed"):
        compile_document(document, analysis)
    assert not marker.exists()


def test_leave_is_for_the_exact_text() -> None:
    ALLOWED.allow(GATE)
    assert analyse(with_code(GATE)).is_valid
    assert first_problem(GATE + "\n").asks_to_run == GATE + "\n"


def test_what_a_new_node_begins_with_needs_no_leave() -> None:
    assert analyse(with_code(DEFAULT)).is_valid
    layer = CATALOG["Python"]
    assert layer.foreign_code(layer.defaults) == ""


def test_leave_is_seen_at_the_next_refresh() -> None:
    document = with_code(GATE)
    analysis = analyse(document)
    assert not analysis.is_valid
    ALLOWED.allow(GATE)
    analysis.refresh()
    assert analysis.is_valid
    assert analysis.parameters("own") == 1


def test_leave_is_remembered_by_fingerprint_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "allowed-code"
    first = AllowedCode()
    first.remember_in(path)
    first.allow(GATE)
    first.allow(GATE)
    assert "Gate" not in path.read_text()
    assert len(path.read_text().splitlines()) == 2
    later = AllowedCode()
    assert not later.allows(GATE)
    later.remember_in(path)
    assert later.allows(GATE)
    assert not later.allows(GATE + " ")


def test_where_it_cannot_be_remembered_it_is_allowed_all_the_same(
    tmp_path: Path,
) -> None:
    (tmp_path / "state").write_text("a file where the folder would be")
    known = AllowedCode()
    known.remember_in(tmp_path / "state" / "allowed-code")
    with pytest.raises(Refusal, match="allowed until Espalier ends") as refused:
        known.allow(GATE)
    assert "Check the rights of that folder." in str(refused.value)
    assert known.allows(GATE)


def test_headless_one_sentence_refuses_and_a_flag_allows() -> None:
    document = with_code(GATE)
    with pytest.raises(Refusal) as refused:
        refuse_to_run(document, "mine.espalier", False)
    assert str(refused.value) == (
        "mine.espalier carries Python code, in own. Read it, and add --allow-code if "
        "you trust it."
    )
    refuse_to_run(document, "mine.espalier", True)
    assert analyse(document).is_valid
    refuse_to_run(document, "mine.espalier", False)


# Running.


def test_its_class_stands_in_the_code_as_it_was_written() -> None:
    document = with_code(allowed(GATE))
    document.graph.add_node(Node(name="two", layer="Python", settings={"code": GATE}))
    edge = Edge("flatten", "output", "own", "x")
    document.graph.remove_edge(edge)
    document.graph.add_edge(Edge("flatten", "output", "two", "x"))
    document.graph.add_edge(Edge("two", "output", "own", "x"))
    compiled = compile_document(document)
    source = compiled.code.source
    assert source.count(GATE) == 1
    assert "self.own = Gate()" in source
    assert "self.two = Gate()" in source
    model = compiled.module_class()
    assert model(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    assert {"own.degree", "two.degree"} <= {n for n, _ in model.named_parameters()}


def test_several_inputs_and_outputs() -> None:
    code = (
        "class Cross(nn.Module):\n"
        "    def forward(self, a, b) -> tuple[Tensor, Tensor]:\n"
        "        return a + b, a - b\n"
    )
    document = with_code(allowed(code))
    graph = document.graph
    graph.remove_edge(Edge("flatten", "output", "own", "a"))
    graph.remove_edge(Edge("own", "output1", "fc", "input"))
    graph.add_node(Node(name="relu", layer="ReLU"))
    graph.add_node(Node(name="both", layer="Concatenate"))
    port = "inputs"
    for edge in (
        Edge("flatten", "output", "own", "a"),
        Edge("flatten", "output", "relu", "input"),
        Edge("relu", "output", "own", "b"),
        Edge("own", "output1", "both", port),
        Edge("own", "output2", "both", port),
        Edge("both", "output", "fc", "input"),
    ):
        ports = CATALOG["Concatenate"].inputs
        target = ports[0].name if edge.target == "both" else edge.target_port
        graph.add_edge(edge._replace(target_port=target))
    analysis = analyse(document)
    assert [problem.sentence() for problem in analysis.problems] == []
    assert "own_output1, own_output2 = self.own(" in analysis.code
    model = compile_document(document, analysis).module_class()
    assert model(torch.ones(3, 1, 8, 8)).shape == (3, 10)


@pytest.mark.parametrize(
    ("line", "message", "remedy"),
    [
        (
            "raise ValueError('no')",
            "own fails in line 4 of its code: ValueError: no.",
            "Mend that line in the inspector.",
        ),
        (
            "return x @ x",
            "own fails in line 4 of its code: RuntimeError: ",
            "Mend that line in the inspector.",
        ),
        (
            "return x if x.sum() > 0 else -x",
            "own fails in line 4 of its code: ",
            "let no decision depend on the values in a tensor.",
        ),
        (
            "return 3",
            "own gives a int, and not a tensor.",
            "say in its signature what it returns.",
        ),
        (
            "return x.sum()",
            "own mixes the samples of a batch",
            "Leave dimension 0, the batch, alone.",
        ),
    ],
)
def test_what_goes_wrong_names_the_line(line: str, message: str, remedy: str) -> None:
    code = f"\nclass A(nn.Module):\n    def forward(self, x):\n        {line}\n"
    problem = first_problem(allowed(code))
    assert problem.message.startswith(message)
    assert problem.remedy.endswith(remedy)
    assert problem.node == "own"


def test_a_mistake_that_only_compiling_finds_names_its_line() -> None:
    code = "class A(nn.Module):\n    def forward(self, x): return x\n    return 1\n"
    problem = first_problem(allowed(code))
    assert problem.message == (
        "own fails in line 3 of its code: SyntaxError: 'return' outside function "
        "(<definition>, line 3)."
    )


def test_a_failure_in_training_names_node_and_line(tmp_path: Path) -> None:
    code = (
        "\nclass Late(nn.Module):\n"
        "    def forward(self, x):\n"
        "        if x.device.type != 'meta':\n"
        "            raise KeyError('late')\n"
        "        return x\n"
    )
    with pytest.raises(Refusal) as refused:
        list(train_document(with_code(allowed(code)), run_dir=tmp_path))
    assert str(refused.value) == (
        "The training failed in own, line 5 of its code: KeyError: 'late' "
        "Mend that line in the inspector."
    )


def test_one_class_name_for_two_codes_is_told() -> None:
    other = GATE.replace("sigmoid", "tanh")
    document = with_code(allowed(GATE))
    node = Node(name="two", layer="Python", settings={"code": allowed(other)})
    AddNode(node).apply(document)
    AddEdge(Edge("flatten", "output", "two", "x")).apply(document)
    problem = analyse(document).first_error
    assert problem is not None
    assert problem.message == ("two calls its class Gate, as own does with other code.")
    assert problem.remedy == (
        "Rename the class in one of them, or give both the same code."
    )


def test_the_networks_own_class_gives_way() -> None:
    document = with_code(allowed(GATE))
    document.name = "Gate"
    assert compile_document(document).code.class_name == "GateModule"


def test_the_exported_script_gives_the_same_losses(tmp_path: Path) -> None:
    document = with_code(allowed(GATE), epochs=1)
    losses = [
        event.train_loss
        for event in train_document(document, run_dir=tmp_path / "run")
        if event.event == "epoch"
    ]
    export(document, "script", tmp_path / "script.py")
    done = run_alone(tmp_path / "script.py", "--json")
    assert done.returncode == 0, done.stderr
    assert f'"train_loss": {losses[0]!r}' in done.stdout


def test_a_class_that_the_program_has_itself_keeps_its_name(tmp_path: Path) -> None:
    code = allowed(GATE.replace("Gate", "Recipe"))
    export(with_code(code), "script", tmp_path / "script.py")
    text = (tmp_path / "script.py").read_text()
    assert "class Recipe(nn.Module):" in text
    assert "class Recipe_" in text  # ours made way


# In the document.


def test_undo_brings_the_old_code_back() -> None:
    document = with_code(allowed(GATE))
    before = storage.dumps(document)
    undo = SetSettings("own", {"code": "class B: pass"}).apply(document)
    assert not analyse(document).is_valid
    undo.apply(document)
    assert storage.dumps(document) == before
    assert analyse(document).is_valid


def test_code_survives_a_save_to_the_letter(tmp_path: Path) -> None:
    code = GATE.replace("\n", "\r\n") + "# \u2028 \x0c ü \ud800\n"
    path = tmp_path / "own.espalier"
    storage.save(with_code(code), path)
    assert storage.load(path) == with_code(code)


def test_a_block_with_code_inside_waits_as_a_whole(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    document = with_code(marking(marker))
    collapse(document, "", ["flatten", "own"], "Front").apply(document)
    analysis = analyse(document)
    use = next(node.name for node in document.graph if node.layer == "Front")
    problem = analysis.first_error
    assert problem is not None
    assert problem.message == (
        f"{use} does not work inside: own carries Python code; read it and allow it."
    )
    assert problem.asks_to_run == marking(marker)
    inner = BlockView(analysis, [Step("Front", use)]).first_error
    assert inner is not None
    assert (inner.scope, inner.node) == ("Front", "own")
    assert not marker.exists()


def test_a_block_with_allowed_code_compiles_repeats_and_expands() -> None:
    document = with_code(allowed(GATE))
    collapse(document, "", ["own"], "Gates").apply(document)
    use = next(node.name for node in document.graph if node.layer == "Gates")
    SetSettings(use, {"repeat": 3}).apply(document)
    compiled = compile_document(document)
    assert compiled.code.source.count("class Gate(") == 1
    names = [n for n, _ in compiled.module_class().named_parameters()]
    assert sum(name.endswith("degree") for name in names) == 3
    expand(document, "", use).apply(document)
    names = [n for n, _ in compile_document(document).module_class().named_parameters()]
    assert sum(name.endswith("degree") for name in names) == 3


def test_a_block_may_be_called_as_the_class_inside() -> None:
    document = with_code(allowed(GATE))
    collapse(document, "", ["own"], "Gate").apply(document)
    model = compile_document(document).module_class()
    assert model(torch.zeros(2, 1, 8, 8)).shape == (2, 10)


def test_shared_weights_of_two_python_layers_are_one_module() -> None:
    document = with_code(allowed(GATE))
    graph = document.graph
    graph.add_node(
        Node(name="two", layer="Python", settings={"code": GATE}, shares="own")
    )
    graph.remove_edge(Edge("own", "output", "fc", "input"))
    graph.add_edge(Edge("own", "output", "two", "x"))
    graph.add_edge(Edge("two", "output", "fc", "input"))
    model = compile_document(document).module_class()
    assert [n for n, _ in model.named_parameters() if "degree" in n] == ["own.degree"]
