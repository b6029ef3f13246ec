"""Shapes through blocks: each use of a block is a graph of its own to be inferred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from engine.blocks import REPEAT, BlockLayer, users_of
from engine.catalog import Call, Layer, Misfit, Specs, Values
from engine.catalog.remedies import remedy, setting_to, that_mend
from engine.inference import GraphInference, Run
from engine.layer_result import LayerResult
from engine.structure import Structure

_Key = tuple[tuple[tuple[str, Any], ...], Specs]


@dataclass(slots=True, eq=False)
class BlockUse:
    """One copy of a block with given settings, given what it takes."""

    layer: BlockLayer
    values: Values
    """The block's settings, without the repeat count."""
    specs: Specs
    inference: GraphInference
    result: LayerResult
    is_stale: bool = False
    """Whether settings inside have changed since `result` was found."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One run of a layer that is no block, inside whatever blocks there are."""

    layer: Layer
    values: Values
    specs: Specs
    outputs: Specs


class BlockInference:
    """Every use of every block, remembered until the block or one inside it changes.

    Where only settings change, the uses stay and what these settings lead to is
    inferred anew; where nodes or edges do, all uses are made anew.
    """

    def __init__(
        self, blocks: Mapping[str, BlockLayer], run_layer: Run, suggests: bool = True
    ) -> None:
        """Where it `suggests`, a misfit inside is mended by settings of the block."""
        self._blocks = blocks
        self._run_layer = run_layer
        self._suggests = suggests
        self._uses: dict[str, dict[_Key, BlockUse]] = {}
        self._structures: dict[str, Structure] = {}
        """How each block's graph is drawn, which is the same in all its uses."""
        self._open: list[str] = []
        """The blocks that are being inferred now, outermost first."""

    def forget(self, names: Iterable[str]) -> None:
        """These blocks have changed."""
        for name in names:
            self._uses.pop(name, None)
            self._structures.pop(name, None)

    def touch(self, name: str, node: str) -> set[str]:
        """The settings of a node inside a block have changed; gives all who use it."""
        stale = users_of(name, self._blocks)
        for each in stale:
            uses = self._uses.get(each, {}).values()
            graph = self._blocks[each].block.graph
            touched = [inner.name for inner in graph if inner.layer in stale]
            if each == name:
                touched.append(node)
            for use in uses:
                use.inference.touch(touched)
                use.is_stale = True
        return stale

    def run(self, layer: Layer, values: Values, specs: Specs) -> LayerResult:
        """What a layer or a block makes of `specs`."""
        if not isinstance(layer, BlockLayer):
            return self._run_layer(layer, values, specs)
        if layer.name in self._open:
            return LayerResult(None, _contains_itself(self._open, layer.name))
        parameters = frozen = 0
        for number, use in enumerate(self.uses(layer, values, specs), start=1):
            if use.result.misfit is not None:
                return LayerResult(None, _in_copy(use.result.misfit, number))
            parameters += use.result.parameters
            frozen += use.result.frozen
        outputs = use.result.outputs
        wrong = _not_chainable(values[REPEAT.name], specs, outputs)
        if wrong is not None:
            return LayerResult(None, wrong)
        modules = partial(self._modules, layer, values, specs, outputs or ())
        return LayerResult(outputs, None, parameters, frozen=frozen, modules=modules)

    def _modules(
        self, layer: BlockLayer, values: Values, specs: Specs, outputs: Specs
    ) -> tuple[Call | None, ...]:
        """How each layer inside is made, in running order."""
        return tuple(
            leaf.layer.constructor(leaf.values, leaf.specs)
            for leaf in self.leaves(layer, values, specs, outputs)
        )

    def uses(self, layer: BlockLayer, values: Values, specs: Specs) -> list[BlockUse]:
        """Each copy that a node makes of a block, up to the first that does not fit."""
        own = Values({name: values[name] for name in values if name != REPEAT.name})
        found: list[BlockUse] = []
        for _ in range(values[REPEAT.name]):
            found.append(self._use(layer, own, specs))
            outputs = found[-1].result.outputs
            if not outputs:
                break
            specs = (outputs[0], *specs[1:])
        return found

    def leaves(
        self, layer: Layer, values: Values, specs: Specs, outputs: Specs
    ) -> Iterator[Leaf]:
        """Every layer that runs where a node runs; for a block, all that is inside."""
        if not isinstance(layer, BlockLayer):
            yield Leaf(layer, values, specs, outputs)
            return
        for use in self.uses(layer, values, specs):
            inference = use.inference
            for name in inference.network:
                inner = layer.block.graph[name].type
                if inner is None or not inner.inputs or not inner.outputs:
                    continue
                values_, given = inference.values(name), inference.inputs(name)
                out = inference.outputs(name)
                if values_ is not None and given is not None and out is not None:
                    yield from self.leaves(inner, values_, given, out)

    def live_uses(self, main: GraphInference) -> dict[str, list[BlockUse]]:
        """Every different use by the name of its block, as `main` leads to them.

        Uses that nothing leads to any more are let go.
        """
        found: dict[str, dict[_Key, BlockUse]] = {}
        self._collect(main, found)
        self._uses = found
        return {
            name: [use for use in uses.values() if use.result.outputs]
            for name, uses in found.items()
        }

    def _collect(
        self, inference: GraphInference, found: dict[str, dict[_Key, BlockUse]]
    ) -> None:
        for name in inference.network:
            layer = inference.layer(name)
            values, specs = inference.values(name), inference.inputs(name)
            if not isinstance(layer, BlockLayer) or values is None or specs is None:
                continue
            if inference.outputs(name) is None:
                continue
            for use in self.uses(layer, values, specs):
                known = found.setdefault(layer.name, {})
                key = _key(use.values, use.specs)
                if key not in known:
                    known[key] = use
                    self._collect(use.inference, found)

    def first_use(self, layer: BlockLayer, values: Values, specs: Specs) -> BlockUse:
        """The first copy that a node makes of a block."""
        return self.uses(layer, values, specs)[0]

    def _use(self, layer: BlockLayer, values: Values, specs: Specs) -> BlockUse:
        known = self._uses.setdefault(layer.name, {})
        key = _key(values, specs)
        use = known.get(key)
        if use is None:
            structure = self._structures.get(layer.name)
            inference = GraphInference(
                layer.block.graph, dict(values), specs, structure
            )
            result = self._infer(layer, inference)
            use = known[key] = BlockUse(layer, values, specs, inference, result)
        elif use.is_stale:
            use.is_stale = False
            use.result = self._infer(layer, use.inference)
        else:
            return use
        if use.result.misfit is not None and self._suggests:
            use.result = replace(use.result, misfit=self._with_remedy(use))
        return use

    def _with_remedy(self, use: BlockUse) -> Misfit | None:
        """What is amiss inside, and which of the block's own settings mends it."""
        misfit, block = use.result.misfit, use.layer.block
        error = next((each for each in use.inference.problems if each.is_error), None)
        node = error.node if error is not None else None
        within = use.inference.misfit(node) if node is not None else None
        if misfit is None or node is None or within is None:
            return misfit
        options = [
            setting_to(name, value)
            for each in within.suggestions
            for inner, value in each.settings.items()
            if isinstance(name := block.graph[node].settings.get(inner), str)
            and name in block.settings
        ]
        # Others may need the setting as it is: what mends one node may break the next.
        trial = BlockInference(self._blocks, self._run_layer, suggests=False)
        mending = tuple(
            each
            for each in that_mend(use.layer, use.values, use.specs, options)
            if trial._use(
                use.layer, Values({**use.values, **each.settings}), use.specs
            ).result.misfit
            is None
        )
        if not mending:
            return misfit
        return replace(
            misfit,
            remedy=remedy(mending, ""),
            setting=next(iter(mending[0].settings)),
            suggestions=mending,
        )

    def _infer(self, layer: BlockLayer, inference: GraphInference) -> LayerResult:
        """Bring what is known of one use up to date."""
        self._open.append(layer.name)
        try:
            inference.refresh(self.run)
        finally:
            self._open.pop()
        self._structures[layer.name] = inference.structure
        error = next((each for each in inference.problems if each.is_error), None)
        if error is not None:
            misfit = Misfit(
                message=f"does not work inside: {error.message.rstrip('.')}",
                expected=error.expected,
                remedy=f"Open {layer.name} and mend {error.node or 'it'}.",
                asks_to_run=error.asks_to_run,
            )
            return LayerResult(None, misfit)
        outputs = tuple(
            spec
            for node in layer.exits
            for spec in (inference.inputs(node.name) or ())[:1]
        )
        parameters = sum(map(inference.parameters, inference.network))
        frozen = sum(map(inference.frozen, inference.network))
        return LayerResult(outputs, None, parameters, frozen=frozen)


def _key(values: Values, specs: Specs) -> _Key:
    return tuple(values.items()), specs


def _contains_itself(path: list[str], name: str) -> Misfit:
    loop = " → ".join([*path[path.index(name) :], name])
    return Misfit(
        message=f"contains itself: {loop}",
        remedy=f"Take {name} out of {path[-1]}.",
    )


def _in_copy(misfit: Misfit, number: int) -> Misfit:
    if number == 1:
        return misfit
    return replace(misfit, message=f"{misfit.message} (in copy {number})")


def _not_chainable(repeat: int, specs: Specs, outputs: Specs | None) -> Misfit | None:
    if repeat == 1 or (outputs and specs):
        return None
    return Misfit(
        message="is repeated, and has no input or no output to chain its copies by",
        remedy="Set repeat to 1, or give the block an Input and an Output.",
    )
