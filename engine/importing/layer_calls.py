"""Lines of Python that make layers, read into nodes in a chain; none of it is run.

`nn.Conv2d(3, 16, 3, padding=1)`, several such calls, with or without names they are
assigned to, and an `nn.Sequential` of them. Arguments are literals: whatever else they
are would be known only where the code runs.
"""

from __future__ import annotations

import ast
import textwrap
from typing import Any

from engine.catalog import CATALOG
from engine.graph import Edge, Graph, Node, name_problem
from engine.importing.constructors import bound, class_called
from engine.importing.declared import Unlike, layer_made_with
from engine.problems import Refusal

_LONGEST = 100_000
"""Letters of a text."""
_OWNERS = frozenset({"", "nn", "torch.nn"})
_SHOWN = 40
"""Letters of a line that a message repeats."""
_LONGEST_WHY = 200
_WHOLE = (
    "Paste lines such as nn.Conv2d(3, 16, 3) alone; a whole network comes in by "
    "File > Import PyTorch code."
)


def read_layer_calls(text: str) -> Graph:
    """The layers that a text makes, each feeding the next, at no places yet.

    Raises Refusal in plain words: what cannot be read whole is not read in part.
    """
    graph = Graph()
    last: Node | None = None
    for statement in _parsed(text).body:
        for name, call in _calls(statement):
            layer, settings = _layer(call)
            if name in graph or name_problem(name):
                name = graph.free_name(layer.lower())
            graph.add_node(Node(name=name, layer=layer, settings=settings))
            if last is not None:
                graph.add_edge(_edge(last, graph[name]))
            last = graph[name]
    if last is None:
        raise Refusal("The text makes no layers.", _WHOLE)
    return graph


def _parsed(text: str) -> ast.Module:
    text = text.replace("\u00a0", " ").strip("\n")
    if len(text) > _LONGEST:
        raise Refusal(f"The text is longer than {_LONGEST:,} letters.", _WHOLE)
    # The first line may have been marked from its first letter on, without its indent.
    first, _, rest = text.partition("\n")
    for code in (textwrap.dedent(text), f"{first.lstrip()}\n{textwrap.dedent(rest)}"):
        try:
            return ast.parse(code)
        except IndentationError as error:
            wrong: Exception = error
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            wrong = error
            break
    what = "it is nested too deeply"
    if isinstance(wrong, SyntaxError):
        what = f"{wrong.msg} in line {wrong.lineno}"
    raise Refusal(f"The text is no Python that can be read: {what}.", _WHOLE)


def _calls(statement: ast.stmt) -> list[tuple[str, ast.Call]]:
    """The calls of a statement in their order, and what one is assigned to."""
    match statement:
        case ast.Import() | ast.ImportFrom():
            return []
        case ast.Expr(value=value):
            return [("", call) for call in _within(value)]
        case ast.Assign(
            targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value
        ):
            calls = _within(value)
            return [(name if len(calls) == 1 else "", call) for call in calls]
    raise _no_layer(statement)


def _within(value: ast.expr) -> list[ast.Call]:
    """The calls that an expression is made of, those in an nn.Sequential too."""
    if isinstance(value, ast.Tuple | ast.List):
        return [call for part in value.elts for call in _within(part)]
    if not isinstance(value, ast.Call):
        raise _no_layer(value)
    if _kind(value.func) != "Sequential" or value.keywords:
        return [value]
    return [call for part in value.args for call in _within(part)]


def _kind(called: ast.expr) -> str:
    """The name of PyTorch's class that is called; empty for anything else."""
    owner, _, name = ast.unparse(called).rpartition(".")
    return name if owner in _OWNERS else ""


def _layer(call: ast.Call) -> tuple[str, dict[str, Any]]:
    kind = class_called(_kind(call.func))
    if kind is None:
        raise _no_layer(call)
    args = [_literal(call, each) for each in call.args]
    kwargs = {each.arg or "**": _literal(call, each.value) for each in call.keywords}
    try:
        return layer_made_with(kind, bound(kind, args, kwargs))
    except TypeError as error:
        raise Refusal(
            f"{_place(call)}, {kind.__name__} cannot be made so: {error}.",
            "Write its arguments as PyTorch takes them.",
        ) from None
    except Unlike as unlike:
        why = textwrap.shorten(str(unlike), _LONGEST_WHY, placeholder=" …")
        raise Refusal(
            f"{_place(call)}, {kind.__name__} {why}.",
            "Write that argument otherwise.",
        ) from None


def _literal(call: ast.Call, value: ast.expr) -> Any:  # checked by Setting
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, RecursionError):
        raise Refusal(
            f"{_place(call)}, {_short(value)} is known only where the code runs.",
            "Write a number or a word in its place.",
        ) from None


def _no_layer(found: ast.stmt | ast.expr) -> Refusal:
    return Refusal(f"{_place(found)}, {_short(found)} makes no layer.", _WHOLE)


def _place(found: ast.stmt | ast.expr) -> str:
    return f"In line {found.lineno}"


def _short(found: ast.AST) -> str:
    return textwrap.shorten(ast.unparse(found), _SHOWN, placeholder=" …")


def _edge(source: Node, target: Node) -> Edge:
    output = CATALOG[source.layer].outputs[0].name
    return Edge(source.name, output, target.name, CATALOG[target.layer].inputs[0].name)
