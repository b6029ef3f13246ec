"""Whether an output's numbers can be compared with their target."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from engine.catalog import TensorSpec
from engine.catalog.ends import loss_name
from engine.data.declaration import DataInfo
from engine.edits import (
    AddEdge,
    AddNode,
    Compound,
    Edit,
    MoveNodes,
    RemoveEdge,
    change_settings,
    removal,
)
from engine.graph import Edge, Graph, Node
from engine.problems import Fix, Problem, Severity

# Layers that give what they get, number for number: what a Linear before them gives is
# what comes out of them.
SAME_SIZE = frozenset(
    "ReLU LeakyReLU ELU GELU SiLU Sigmoid Tanh Softmax Dropout LayerNorm".split()
)
_COLUMN, _ROW = 200, 80
"""How far apart cards stand in a row, and rows at least, in pixels at 100 %."""
SQUASHING = {
    ("cross_entropy", "Softmax"): "turns numbers into shares already",
    ("cross_entropy", "Sigmoid"): "squeezes the numbers to 0 to 1",
    ("bce_with_logits", "Sigmoid"): "turns numbers into chances already",
    ("bce_with_logits", "Softmax"): "turns numbers into shares already",
}

LIMITING = {
    "ReLU": "lets no number below 0",
    "ReLU6": "lets no number below 0, or above 6",
    "Softplus": "lets no number below 0",
    "Tanh": "keeps all numbers between -1 and 1",
    "Softsign": "keeps all numbers between -1 and 1",
    "Hardtanh": "keeps all numbers within narrow limits",
}
"""Layers after which a class cannot be told to be as unlikely as it is."""


def output_problems(
    graph: Graph,
    name: str,
    output: TensorSpec,
    target: str,
    loss: str,
    info: DataInfo,
) -> list[Problem]:
    """What is wrong with what reaches an Output, for its target and its loss."""
    if not output.dtype.startswith(("float", "bfloat")):
        return [not_real(name, output)]
    wanted = info.targets[target]
    if loss == "cross_entropy":
        classes = len(info.target_classes.get(target, ()))
        if not classes and info.vocabulary_size is not None:
            size = info.vocabulary_size
            problems = _token_problems(graph, name, output, wanted, target, size)
        else:
            problems = _class_problems(graph, name, output, wanted, target, classes)
    else:
        problems = _number_problems(graph, name, output, wanted, target, loss)
    is_of_classes = bool(info.target_classes.get(target))
    return problems + _squashed(graph, name, output, loss, is_of_classes)


def not_real(name: str, output: TensorSpec) -> Problem:
    """An Output that gets whole numbers."""
    return Problem(
        code="output-not-real",
        node=name,
        message=f"{name} gets whole numbers ({output.dtype}), which cannot be learned.",
        found=output.dtype,
        expected="float32",
        remedy="Put a layer with weights before it, such as Linear.",
    )


def _class_problems(
    graph: Graph,
    name: str,
    output: TensorSpec,
    wanted: TensorSpec,
    target: str,
    classes: int,
) -> list[Problem]:
    if output.shape[:-1] != wanted.shape or not output.shape:
        expected = TensorSpec((*wanted.shape, classes))
        return [
            Problem(
                code="answers",
                node=name,
                message=f"{name} gets {output.brief()} numbers a sample; to choose a "
                f"class of “{target}” it needs {expected.brief()}, one number a class.",
                found=output.describe(),
                expected=expected.describe(),
                remedy="Put a Flatten and a Linear before it, or choose one step of "
                "the sequence with SelectStep."
                if len(output.shape) == 2
                else "Put a Flatten and a Linear before it.",
                fixes=() if wanted.shape else _as_vector(graph, name, output, classes),
            )
        ]
    given = output.shape[-1]
    if given == classes or not classes:
        return []
    few = given < classes
    remedy, fixes = _resized(graph, name, classes)
    why = "" if few else " The numbers left over can only be wrong."
    return [
        Problem(
            code="classes",
            severity=Severity.ERROR if few else Severity.WARNING,
            node=name,
            message=f"{name} gets {given} {_numbers(given)} a sample, and “{target}” "
            f"has {classes} classes.{why}",
            found=f"{given}",
            expected=f"{classes}",
            remedy=remedy,
            fixes=fixes,
        )
    ]


def _token_problems(
    graph: Graph,
    name: str,
    output: TensorSpec,
    wanted: TensorSpec,
    target: str,
    size: int,
) -> list[Problem]:
    """Of tokens there may be more than the data uses: a vocabulary is a plan."""
    expected = TensorSpec((*wanted.shape, size))
    if output.shape[:-1] != wanted.shape or not output.shape:
        fixes: tuple[Fix, ...] = ()
        if wanted.shape:
            what, remedy = "each token", "Put a Linear behind the whole sequence."
        else:
            what, remedy = "the token", "Choose one step of it with SelectStep."
            fixes = _as_vector(graph, name, output, size)[:1]
        return [
            Problem(
                code="answers",
                node=name,
                message=f"{name} gets {output.brief()} numbers a sample; to choose "
                f"{what} of “{target}” it needs {expected.brief()}, one number for "
                "each.",
                found=output.describe(),
                expected=expected.describe(),
                remedy=remedy,
                fixes=fixes,
            )
        ]
    given = output.shape[-1]
    if given >= size:
        return []
    remedy, fixes = _resized(graph, name, size)
    return [
        Problem(
            code="classes",
            node=name,
            message=f"{name} gets {given:,} {_numbers(given)} to choose a token "
            f"by, and “{target}” has {size:,} different ones.",
            found=f"{given:,}",
            expected=f"at least {size:,}",
            remedy=remedy,
            fixes=fixes,
        )
    ]


def _number_problems(
    graph: Graph,
    name: str,
    output: TensorSpec,
    wanted: TensorSpec,
    target: str,
    loss: str,
) -> list[Problem]:
    if output.numel == wanted.numel:
        return []
    if loss == "bce_with_logits" and wanted.dtype == "int64":
        words = "with the loss bce_with_logits it takes 1, yes or no"
    else:
        words = f"“{target}” has {wanted.numel:,}{_in_brackets(wanted)}"
    size = wanted.numel if len(output.shape) == 1 else 0
    remedy, fixes = _resized(graph, name, size)
    if wanted.numel == 1 or (len(output.shape) > 2 and len(wanted.shape) < 2):
        fixes = fixes or _as_vector(graph, name, output, wanted.numel)
        remedy = f"{fixes[0].label}." if fixes else remedy
    return [
        Problem(
            code="answers",
            node=name,
            message=f"{name} gets {output.numel:,} {_numbers(output.numel)} a sample"
            f"{_in_brackets(output)}, and {words}.",
            found=output.describe(),
            expected=wanted.describe(),
            remedy=remedy,
            fixes=fixes,
        )
    ]


def _in_brackets(spec: TensorSpec) -> str:
    """The shape, where it says more than how many numbers there are."""
    return f" ({spec.brief()})" if len(spec.shape) > 1 else ""


def _resized(graph: Graph, output: str, size: int) -> tuple[str, tuple[Fix, ...]]:
    """What makes an output get `size` numbers; 0 if unknown.

    The Linear that feeds it is given that size, or else a Linear is put before it.
    """
    linear = _feeding_linear(graph, output) if size else None
    if linear is None:
        goal = f"{size:,} {_numbers(size)}" if size else "as many numbers as the target"
        remedy = f"Put a Linear that gives {goal} before it."
        return remedy, _with_linear(graph, output, size)
    edit = change_settings(graph, linear, {"out_features": size})
    label = f"Set out_features of {linear} to {size:,}"
    return f"{label}.", (Fix(label=label, edits=(edit,)),)


def _with_linear(graph: Graph, output: str, size: int) -> tuple[Fix, ...]:
    """A Linear before an output, that gives `size` numbers; none where 0."""
    edges = graph.edges_into(output)
    if len(edges) != 1 or not size:
        return ()
    linear = Node(
        name=graph.free_name("fc"), layer="Linear", settings={"out_features": size}
    )
    label = f"Insert Linear before {output}"
    return (Fix(label=label, edits=(_put_on(graph, edges[0], [linear]),)),)


def _feeding_linear(graph: Graph, name: str) -> str | None:
    """The Linear whose numbers reach a node one for one, if that is what feeds it."""
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        edges = graph.edges_into(name)
        if len(edges) != 1 or edges[0].source not in graph:
            return None
        name = edges[0].source
        if graph[name].layer == "Linear":
            return name
        if graph[name].layer not in SAME_SIZE:
            return None
    return None


def _as_vector(
    graph: Graph, output: str, spec: TensorSpec, size: int
) -> tuple[Fix, ...]:
    """What makes one vector a sample of the map or sequence that reaches an Output.

    Before the Linear layers that feed it; where none does, with one that gives `size`
    numbers. Of a sequence one step is chosen first.
    """
    edges = graph.edges_into(output)
    if len(edges) != 1 or len(spec.shape) < 2:
        return ()
    before = _into_linears(graph, edges[0])
    edge = before or edges[0]
    fixes = []
    for layer in ("SelectStep", "Flatten") if len(spec.shape) == 2 else ("Flatten",):
        added = [Node(name=graph.free_name(layer.lower()), layer=layer)]
        words = layer
        if before is None and size:
            linear = {"out_features": size}
            added.append(
                Node(name=graph.free_name("fc"), layer="Linear", settings=linear)
            )
            words = f"{layer} and Linear"
        label = f"Insert {words} before {edge.target}"
        fixes.append(Fix(label=label, edits=(_put_on(graph, edge, added),)))
    return tuple(fixes)


def _into_linears(graph: Graph, edge: Edge) -> Edge | None:
    """The edge into the first of the Linear layers that an edge comes from, if any."""
    first, seen = None, set()
    while edge.source in graph and edge.source not in seen:
        seen.add(edge.source)
        node, fed = graph[edge.source], graph.edges_into(edge.source)
        if node.layer not in SAME_SIZE | {"Linear"} or len(fed) != 1:
            break
        if len(graph.edges_out_of(node.name)) > 1:  # others read it as it is
            break
        edge = fed[0]
        if node.layer == "Linear" and not node.bypassed:
            first = edge
    return first


def _put_on(graph: Graph, edge: Edge, nodes: Sequence[Node]) -> Edit:
    """Put nodes onto an edge, in a row behind its source.

    What stood there in that row goes to the right.
    """
    x, y = graph[edge.source].position
    beside = {
        node.name: node.position
        for node in graph
        if node.position[0] > x and abs(node.position[1] - y) < _ROW
    }
    nearest = min((at for at, _ in beside.values()), default=math.inf)
    lacks = x + _COLUMN * (len(nodes) + 1) - nearest
    edits: list[Edit] = [RemoveEdge(edge)]
    if lacks > 0:
        moved = {name: (at + lacks, down) for name, (at, down) in beside.items()}
        edits.append(MoveNodes(moved))
    source, port = edge.source, edge.source_port
    for place, node in enumerate(nodes, start=1):
        edits += [
            AddNode(replace(node, position=(x + _COLUMN * place, y))),
            AddEdge(Edge(source, port, node.name, "input")),
        ]
        source, port = node.name, "output"
    last = Edge(source, port, edge.target, edge.target_port)
    return Compound((*edits, AddEdge(last)))


def _squashed(
    graph: Graph, name: str, output: TensorSpec, loss: str, is_of_classes: bool
) -> list[Problem]:
    """A loss that expects raw numbers after a layer that squeezes or limits them.

    What is only limited is told where classes are to be chosen: codes of a model that
    was published, such as BERT's, end so on purpose.
    """
    edges = graph.edges_into(name)
    feeder = graph.nodes.get(edges[0].source) if edges else None
    if feeder is None or feeder.bypassed:
        return []
    what, why = f"{feeder.name} ({feeder.layer})", SQUASHING.get((loss, feeder.layer))
    if feeder.layer == "Softmax" and output.shape[-1:] == (1,):
        code, message = "one-share", f"{what} gives 1 whatever it gets, of one number."
    elif why is not None:
        code = "squashed-twice"
        message = f"{what} {why}, and the loss {loss_name(loss)} does so itself: the "
        message += "network learns slowly."
    elif feeder.layer in LIMITING and is_of_classes:
        code = "limited-answers"
        message = f"{what} {LIMITING[feeder.layer]}, and the loss {loss_name(loss)} "
        message += "needs any number: no class can be ruled out."
    else:
        return []
    edits: tuple[Edit, ...] = (removal(graph, [feeder.name], keep_flow=True),)
    return [
        Problem(
            code=code,
            severity=Severity.WARNING,
            node=feeder.name,
            message=message,
            found=feeder.layer,
            expected="raw numbers (logits)",
            remedy=f"Remove {feeder.name}.",
            fixes=(Fix(label=f"Remove {feeder.name}", edits=edits),),
        )
    ]


def _numbers(count: int) -> str:
    return "number" if count == 1 else "numbers"
