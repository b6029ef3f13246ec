"""Whether the Inputs of a network take what the data gives, in plain words."""

from __future__ import annotations

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.edits import change_settings
from engine.graph import Graph, Node
from engine.problems import Fix, Problem, Severity
from engine.training.assignment import fields_of


def input_problems(
    document: Document, info: DataInfo, inputs: list[str]
) -> list[Problem]:
    """What keeps the network from taking in its data.

    `inputs` are the Input nodes that the network uses.
    """
    graph = document.graph
    problems = []
    fields = fields_of(graph, inputs, info)
    for name, field in fields.items():
        problems += _input_problems(graph, graph[name], field, info)
    for unused in [field for field in info.inputs if field not in fields.values()]:
        if inputs:
            problems.append(_unused_field(unused, info))
    return problems


def settings_of_next(graph: Graph, info: DataInfo) -> dict[str, object]:
    """What an Input is to be set to that takes the next field of the data.

    Nothing where every field is taken: then two are to share one, or it is another's.
    """
    inputs = [node.name for node in graph if node.layer == "Input"]
    taken = fields_of(graph, inputs, info).values()
    for field, spec in info.inputs.items():
        if field not in taken:
            return {"shape": spec.shape, "dtype": spec.dtype}
    return {}


def _input_problems(
    graph: Graph, node: Node, field: str | None, info: DataInfo
) -> list[Problem]:
    if field is None or field not in info.inputs:
        return [unknown_field(graph, node.name, "field", field, list(info.inputs))]
    given, values = info.inputs[field], node.values
    if (values.shape, values.dtype) != (given.shape, given.dtype):
        found = TensorSpec(values.shape, values.dtype)
        change = {"shape": given.shape, "dtype": given.dtype}
        wrong = []  # only what differs: to be told to set what is set sends one astray
        if values.shape != given.shape:
            wrong.append(f"its shape to {given.brief()}")
        if values.dtype != given.dtype:
            wrong.append(f"its dtype to {given.dtype}")
        return [
            Problem(
                code="input-differs",
                node=node.name,
                message=f"{node.name} takes {_whole(found)}, and the data's "
                f"“{field}” gives {_whole(given)}.",
                found=_whole(found),
                expected=_whole(given),
                remedy=f"Set {' and '.join(wrong)}.",
                fixes=(
                    Fix(
                        label=f"Take the data's shape, {given.brief()}",
                        edits=(change_settings(graph, node.name, change),),
                    ),
                ),
            )
        ]
    return _embedding_problems(graph, node, info)


def _embedding_problems(graph: Graph, node: Node, info: DataInfo) -> list[Problem]:
    problems = []
    size = info.vocabulary_size
    for edge in graph.edges_out_of(node.name) if size is not None else ():
        reader = graph.nodes.get(edge.target)
        if reader is None or reader.layer != "Embedding" or size is None:
            continue
        rows = reader.values.num_embeddings
        if rows < size:
            change = {"num_embeddings": size}
            problems.append(
                Problem(
                    code="vocabulary",
                    node=reader.name,
                    message=f"{reader.name} has {rows:,} vectors, and the data has "
                    f"{size:,} different tokens.",
                    found=f"{rows:,}",
                    expected=f"{size:,}",
                    remedy=f"Set num_embeddings to {size:,}.",
                    fixes=(
                        Fix(
                            label=f"Set num_embeddings to {size:,}",
                            edits=(change_settings(graph, reader.name, change),),
                        ),
                    ),
                )
            )
    return problems


def unknown_field(
    graph: Graph, name: str, setting: str, chosen: str | None, offered: list[str]
) -> Problem:
    """An Input without a field of the data, or an Output without a target."""
    what = "input field" if setting == "field" else "target"
    names = ", ".join(f"“{one}”" for one in offered)
    plural = "" if len(offered) == 1 else "s"
    article = "an" if setting == "field" else "a"
    if chosen is None:
        message = (
            f"{name} is left without {article} {what}: the data has {len(offered)} "
            f"{what}{plural}, {names}, and every one is taken."
        )
        remedy = f"Remove {name}, or let two share one in its settings."
    else:
        message = f"{name} asks for the {what} “{chosen}”, and the data has {names}."
        remedy = f"Choose {names if plural == '' else 'one of ' + names}."
    fixes = [
        Fix(
            label=f"Set {setting} to {one}",
            edits=(change_settings(graph, name, {setting: one}),),
        )
        for one in offered[:3]
    ]
    return Problem(
        code=f"no-{setting}",
        node=name,
        message=message,
        found=chosen or "",
        expected=", ".join(offered),
        remedy=remedy,
        fixes=tuple(fixes),
    )


def _unused_field(field: str, info: DataInfo) -> Problem:
    return Problem(
        code="unused-field",
        severity=Severity.WARNING,
        message=f"The data's “{field}” ({info.inputs[field].brief()}) is used by no "
        "Input.",
        remedy="Add an Input for it, or leave it.",
    )


def _whole(spec: TensorSpec) -> str:
    return f"{spec.brief()} {spec.dtype}"
