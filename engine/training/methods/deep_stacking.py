"""Learning module by module with upper weights in closed form, declared."""

from __future__ import annotations

from collections.abc import Mapping

from engine.blocks import BlockLayer, resolve
from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.expressions import ExpressionError
from engine.graph import Graph, Node
from engine.problems import Problem, errors
from engine.training.assignment import goals_of
from engine.training.goals import Learning
from engine.training.methods.method import Method
from engine.training.methods.parts import before, player_names, too_short
from engine.training.targets import target_problems


class DeepStacking(Method):
    """Stacks small networks, each of which answers by itself and is told the rest.

    A module is a block that ends in a Linear: its upper weights are computed, by least
    squares, and only what lies below is stepped towards. Each module reads the data
    together with the answers of those before it, and corrects them.
    """

    id = "deep_stacking"
    title = "Module by module, upper weights computed"
    source = "Deng and Yu 2011, Interspeech; Deng, Yu and Platt 2012, ICASSP"
    module = "engine.training.deep_stacking"
    objective = "DeepStacking"

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        if not outputs:
            return []
        if len(outputs) > 1:
            return [_many_answers(list(outputs))]
        graph, (output,) = document.graph, outputs
        found = target_problems(document, info, outputs)
        if errors(found):
            return found
        if document.graph[output].values.loss == "itself":
            return [_no_target(output)]
        modules = _modules(graph, output)
        last = graph.edges_into(output)[0].source
        if not modules or modules[-1].name != last:
            return [_no_stack(output, last)]
        for module in modules:
            problem = _problem_of(module, outputs[output].numel, output)
            if problem is not None:
                return [problem]
        if document.recipe.average > 0:
            found.append(_averaged())
        what = f"the last module, {last},"
        return [*found, *too_short(document, len(modules), what)]

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        (output,) = outputs
        players = {}
        modules = _modules(document.graph, output)
        for player, module in zip(player_names(modules), modules, strict=True):
            inside = _inside(module)
            lower, upper = _layers(inside), inside.edges_into(_exit(inside))[0].source
            names = [*(name for name in lower if name != upper), upper]
            players[player] = tuple(f"{module.name}.{n}" for n in names)
        return Learning(goals=goals_of(document, outputs, info), players=players)


def _modules(graph: Graph, output: str) -> list[Node]:
    """The uses of blocks that lead to an Output, those first that run first."""
    return [
        node for node in before(graph, [output]) if isinstance(node.type, BlockLayer)
    ]


def _inside(module: Node) -> Graph:
    layer = module.type
    if not isinstance(layer, BlockLayer):
        raise TypeError(f"{module.name} is no block")
    return layer.block.graph


def _exit(inside: Graph) -> str:
    """The first Output of a block."""
    return next(node.name for node in inside if node.layer == "Output")


def _layers(inside: Graph) -> list[str]:
    """What of a block has an attribute in its class, or may have."""
    return [
        node.name
        for node in before(inside, [_exit(inside)])
        if node.layer != "Input" and not node.shares
    ]


def _problem_of(module: Node, size: int, output: str) -> Problem | None:
    """Why a block cannot be a module of a stack whose answers are so many numbers."""
    layer, inside = module.type, _inside(module)
    if module.shares or module.values.repeat > 1:
        return _module_problem(
            module,
            "uses the weights of another" if module.shares else "is repeated",
            "each module of a stack learns once, from what is before it",
            "Give it weights of its own, and a card for each module.",
        )
    edges = inside.edges_into(_exit(inside))
    upper = inside.nodes.get(edges[0].source) if edges else None
    exits = len(layer.exits) if isinstance(layer, BlockLayer) else 0
    if upper is None or upper.layer != "Linear" or upper.shares or exits != 1:
        return _module_problem(
            module,
            f"ends in {upper.name} ({upper.layer})" if upper is not None else "is open",
            "the upper weights that can be computed are those of a Linear",
            "Let its block end in a Linear of its own, and nothing behind it.",
        )
    if len(_layers(inside)) == 1:
        return _module_problem(
            module,
            "has nothing below its upper layer",
            "there is nothing to learn but what is computed",
            "Put a Linear and a Sigmoid below it.",
        )
    given = _size(module, upper)
    if given in (None, size):
        return None
    return _module_problem(
        module,
        f"answers with {given:,} numbers",
        f"{output} wants {size:,}, and each module of a stack gives the whole answer",
        f"Let its last Linear give {size:,}.",
    )


def _size(module: Node, upper: Node) -> int | None:
    """How many numbers a module's upper layer gives in this use."""
    try:
        names = {k: v for k, v in module.values.items() if k != "repeat"}
        values = resolve(upper, names)
    except ExpressionError:
        return None  # told of where it stands
    return int(values.out_features)


def _module_problem(module: Node, found: str, why: str, remedy: str) -> Problem:
    return Problem(
        code="no-module",
        node=module.name,
        message=f"{module.name} {found}; {why}.",
        remedy=remedy,
    )


def _no_stack(output: str, last: str) -> Problem:
    return Problem(
        code="no-stack",
        node=output,
        message=f"Deep stacking needs modules that are blocks, the last of them right "
        f"before {output}; there is {last}.",
        remedy="Group the layers of each module into a block that ends in a Linear, or "
        "see the lesson “deep-stacking”.",
    )


def _many_answers(names: list[str]) -> Problem:
    return Problem(
        code="many-answers",
        node=names[1],
        message=f"A deep stacking network gives one answer, and here are {len(names)} "
        "Outputs.",
        found=f"{len(names)}",
        expected="1",
        remedy="Keep one of them.",
    )


def _no_target(output: str) -> Problem:
    return Problem(
        code="no-target",
        node=output,
        message=f"{output} has no target (its loss is itself), and upper weights are "
        "computed from targets.",
        remedy="Set its loss to auto.",
    )


def _averaged() -> Problem:
    return Problem(
        code="averaged-stack",
        message="The mean of weights does not suit upper weights that are computed "
        "anew.",
        remedy="Set the mean of weights (average) to 0.",
    )
