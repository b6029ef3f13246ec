"""What is said of a graph before any shape is known."""

from __future__ import annotations

import pytest
from torch import nn

from engine.analysis import analyse
from engine.document import Document
from engine.graph import MODULE_ATTRIBUTES, Edge, name_problem
from engine.problems import Problem, Severity
from engine.structure import examine
from tests.engine.drawing import Drawing, chain


def _only(document: Document, code: str) -> Problem:
    found = [each for each in examine(document.graph).problems if each.code == code]
    assert len(found) == 1, examine(document.graph).problems
    return found[0]


def _after_fix(document: Document, problem: Problem, fix: int = 0) -> list[str]:
    for edit in problem.fixes[fix].edits:
        edit.apply(document)
    return [each.code for each in examine(document.graph).problems]


def test_a_whole_network_has_no_problem() -> None:
    document = chain(("fc1", "Linear", {}), shape=(4,))
    structure = examine(document.graph)
    assert structure.problems == ()
    assert structure.order == ("data", "fc1", "answer")


def test_an_empty_graph_misses_both_ends() -> None:
    codes = [each.code for each in examine(Drawing().document.graph).problems]
    assert codes == ["no-input", "no-output"]


def test_a_loop_is_named_and_opened_by_its_fix() -> None:
    drawing = Drawing().node("data", "Input").node("answer", "Output")
    drawing.node("a", "Linear").node("b", "Linear").node("c", "Linear")
    drawing.edges("data > answer", "a > b > c > a")
    problem = _only(drawing.document, "loop")
    assert (
        problem.message == "a → b → c → a is a loop, and a network runs forward only."
    )
    assert problem.fixes[0].label == "Remove c → a"
    assert "loop" not in _after_fix(drawing.document, problem)


def test_a_node_on_itself_is_a_loop() -> None:
    drawing = Drawing().node("a", "Linear").edges("a > a")
    assert _only(drawing.document, "loop").found == "a → a"


def test_a_loop_does_not_stop_the_rest_from_running() -> None:
    drawing = Drawing().node("data", "Input").node("fc", "Linear").node("out", "Output")
    drawing.node("a", "Linear").node("b", "Linear")
    drawing.edges("data > fc > out", "a > b > a")
    assert examine(drawing.document.graph).order == ("data", "fc", "out")


def test_a_missing_input_offers_the_loose_end_beside_it() -> None:
    document = chain(("fc1", "Linear", {}), ("fc2", "Linear", {}), shape=(4,))
    document.graph.remove_edge(Edge("fc1", "output", "fc2", "input"))
    problem = _only(document, "missing-input")
    assert problem.message == "fc2 has nothing on its input."
    assert problem.node == "fc2"
    assert problem.fixes[0].label == "Connect fc1"
    assert _after_fix(document, problem) == []


def test_each_output_of_the_loose_end_is_offered_by_its_name() -> None:
    document = chain(("gru", "GRU", {}), ("fc", "Linear", {}), shape=(20, 1))
    (edge,) = document.graph.edges_into("fc")
    document.graph.remove_edge(edge)
    problem = _only(document, "missing-input")
    labels = [fix.label for fix in problem.fixes]
    ports = ("sequence", "last", "hidden")
    assert labels == [f"Connect gru, {port}" for port in ports]


def test_the_input_called_input_is_named_once() -> None:
    document = chain(("gru", "GRU", {}), shape=(20, 1))
    (edge,) = document.graph.edges_into("gru")
    document.graph.remove_edge(edge)
    problem = _only(document, "missing-input")
    assert problem.message == "gru has nothing on its input."


def test_two_edges_into_one_input() -> None:
    document = chain(("fc1", "Linear", {}), ("fc2", "Linear", {}), shape=(4,))
    document.graph.add_edge(Edge("data", "output", "fc2", "input"))
    problem = _only(document, "doubled-input")
    assert problem.message == (
        "fc2 takes one edge at input, and 2 end there, from fc1 and data."
    )
    assert _after_fix(document, problem) == []
    assert document.graph.edges_into("fc2")[0].source == "fc1"


@pytest.mark.parametrize("lost", ["Output", "Input"])
def test_an_end_that_is_missing_can_be_added(lost: str) -> None:
    document = chain(("fc1", "Linear", {}), shape=(4,))
    name = "answer" if lost == "Output" else "data"
    for edge in list(document.graph.edges):
        if name in (edge.source, edge.target):
            document.graph.remove_edge(edge)
    document.graph.remove_node(name)
    code = f"no-{lost.lower()}"
    assert code not in _after_fix(document, _only(document, code))


def test_what_reaches_no_output_is_a_warning_only() -> None:
    document = chain(("fc1", "Linear", {}), shape=(4,))
    Drawing.node(_drawing_of(document), "spare", "Linear")
    document.graph.add_edge(Edge("fc1", "output", "spare", "input"))
    (problem,) = examine(document.graph).problems
    assert problem.severity == Severity.WARNING
    assert "spare reaches no Output" in problem.message


@pytest.mark.parametrize("layer", ["Linear", "Add", "MultiheadAttention"])
def test_a_node_that_is_joined_to_nothing_is_told_of_once(layer: str) -> None:
    document = chain(("fc1", "Linear", {}), shape=(4,))
    Drawing.node(_drawing_of(document), "spare", layer)
    (problem,) = examine(document.graph).problems
    assert problem.severity == Severity.WARNING
    assert problem.message == (
        "spare is joined to nothing, so it is not part of the network."
    )
    assert problem.fixes[-1].label == "Remove spare"
    assert _after_fix(document, problem, len(problem.fixes) - 1) == []


def _drawing_of(document: Document) -> Drawing:
    drawing = Drawing()
    drawing.document = document
    return drawing


def test_branches_are_ordered_one_after_the_other() -> None:
    drawing = Drawing().node("data", "Input")
    for name in ("a1", "b1", "a2", "b2"):
        drawing.node(name, "Linear")
    drawing.node("left", "Output").node("right", "Output")
    drawing.edges("data > a1 > a2 > left", "data > b1 > b2 > right")
    order = examine(drawing.document.graph).order
    assert order == ("data", "a1", "a2", "left", "b1", "b2", "right")


def test_an_unknown_layer_can_be_taken_out() -> None:
    document = chain(("hat", "Transmogrifier", {}), ("fc", "Linear", {}), shape=(4,))
    problem = _only(document, "unknown-layer")
    assert "hat is a Transmogrifier, a layer that this version" in problem.message
    assert _after_fix(document, problem) == []
    assert document.graph.edges_into("fc")[0].source == "data"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("__import__('os')", "is no name"),
        ("two words", "is no name"),
        ("größe", "is no name"),
        ("", "is no name"),
        ("class", "is a word of the Python language"),
        ("match", "is a word of the Python language"),
        ("_private", "begins with _"),
        ("forward", "is taken by Python or by PyTorch's modules"),
        ("print", "is taken"),
        ("torch", "is taken"),
    ],
)
def test_names_that_cannot_be(name: str, reason: str) -> None:
    assert reason in (name_problem(name) or "")


def test_a_bad_name_can_be_mended() -> None:
    document = chain(("forward", "Linear", {}), shape=(4,))
    problem = _only(document, "bad-name")
    assert problem.fixes[0].label == "Rename to linear1"
    assert _after_fix(document, problem) == []


def test_the_names_pytorch_keeps_are_all_known() -> None:
    public = {
        name
        for name in dir(nn.Module())
        if not name.startswith("_")
        # transformers hangs a method of its own on every module once it is imported.
        and getattr(getattr(nn.Module, name, None), "__module__", "torch")
        != "transformers.modeling_utils"
    }
    assert public <= MODULE_ATTRIBUTES


def test_a_sample_that_no_memory_holds_is_refused() -> None:
    document = chain(("flat", "Flatten", {}), shape=(100_000, 100_000, 9))
    (problem,) = analyse(document).problems
    assert problem.message == (
        "data has 90,000,000,000 numbers in one sample, more than memory holds."
    )


def test_a_network_cut_in_two_tells_of_the_cut_and_keeps_its_code() -> None:
    layers = [(f"fc{number}", "Linear", {}) for number in range(1, 6)]
    document = chain(*layers, shape=(4,))
    document.graph.remove_edge(Edge("fc4", "output", "fc5", "input"))
    analysis = analyse(document)
    told = [(problem.node, problem.severity) for problem in analysis.problems]
    assert told == [("fc5", Severity.ERROR), ("fc4", Severity.WARNING)]
    assert analysis.problems[1].message == (
        "fc4 reaches no Output, so it is not part of the network, "
        "nor is what leads to it alone."
    )
    assert "self.fc1 = nn.Linear(4, 64)" in analysis.code
    assert analysis.total_parameters == 4 * 64 + 64 + 3 * (64 * 64 + 64)
