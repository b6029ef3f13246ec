"""From what a run noted to nodes and edges, one picture for each module's inside.

Pictures are not yet blocks: `families` finds those that are alike.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from engine.catalog import CATALOG
from engine.catalog.python import Python
from engine.graph import LONGEST_NAME, name_problem
from engine.importing.declared import Unlike, layer_of
from engine.importing.ends import Ends
from engine.importing.final_states import End, Start, States, is_start, leaves_of, taken
from engine.importing.functions import is_causal_mask, pieces_of
from engine.importing.moved import (
    Moved,
    Taken,
    indices_of,
    order_of,
    ordered,
    take,
)
from engine.importing.picture import Drawn, Picture
from engine.importing.pieces import Operand, Piece, checked_settings
from engine.importing.recording import Scope, Step, Value, parameter_of
from engine.importing.tensors import counted, node_of
from engine.importing.weighted import WEIGHTED, weighted
from engine.problems import Refusal


def draw(scope: Scope) -> Picture:
    """The picture of a run and of all within it; raises Refusal."""
    return _Draughtsman(scope, {}, ()).picture


class _Draughtsman:
    def __init__(
        self,
        scope: Scope,
        owners: dict[int, tuple[Scope, str]],
        moved: Sequence[tuple[int, ...] | None],
    ) -> None:
        """`moved` are the orders of what enters, as `Picture.moved` has them."""
        self._scope = scope
        self._moved = [*moved, *[None] * len(scope.inputs)]
        self._owners = owners
        """Who holds each module with weights, and each parameter, by `id`."""
        self._ends = Ends()
        self._made: dict[tuple[int, tuple[int, ...]], End] = {}
        """Nodes of parameters and constants."""
        self._names: set[str] = set()
        self.picture = Picture(scope)
        self._name_inputs()
        for step in scope.steps:
            self._draw(step)
        for place, value in enumerate(scope.outputs):
            name = "output" if len(scope.outputs) == 1 else f"output{place + 1}"
            end = self._ends[value]
            self.picture.moved.append(end.order if isinstance(end, Moved) else None)
            # A block gives it as it was, and what uses the block knows its order.
            found = self._ends.raw(value) if scope.entering else self._ends.end(value)
            self.picture.outputs.append((self._free(name), found))
        self._leave_out_what_nobody_uses()

    def _leave_out_what_nobody_uses(self) -> None:
        """Values that were computed and dropped are none of the network."""
        by_name = {node.name: node for node in self.picture.nodes}
        todo = [source for _, (source, _) in self.picture.outputs]
        used: set[str] = set()
        while todo:
            name = todo.pop()
            if name in by_name and name not in used:
                used.add(name)
                node = by_name[name]
                todo += [source for _, (source, _) in node.inputs]
                todo += [node.shares] if node.shares else []
        self.picture.nodes = [n for n in self.picture.nodes if n.name in used]

    def _name_inputs(self) -> None:
        names = list(inspect.signature(self._scope.module.forward).parameters)
        values = self._scope.inputs
        for place, value in enumerate(values):
            number = "" if len(values) == 1 else str(place + 1)
            name = names[place] if place < len(names) else ""
            if not name or name_problem(name) or len(values) > len(names):
                name = f"input{number}"
            name = self._free(name)
            self.picture.inputs.append(name)
            end, order = (name, "output"), self._moved[place]
            self._ends[value] = end if order is None else Moved(end, order)

    def _draw(self, step: Step) -> None:
        try:
            if step.inner is not None:
                self._draw_scope(step, step.inner)
            elif step.module is not None:
                self._draw_layer(step, step.module)
            elif step.name in WEIGHTED:
                self._draw_weighted(step)
            elif not self._takes_states(step) and not self._moves_batch(step):
                self._draw_function(step)
        except Unlike as unlike:
            where = step.path or "The network"
            raise Refusal(
                f"{where} {unlike}, which cannot be drawn here.",
                "Change the code there, or import a part of the network alone.",
                code="not-importable",
            ) from None

    def _draw_scope(self, step: Step, inner: Scope) -> None:
        if len(inner.steps) == 1 and inner.steps[0].inner is None:
            # A module around one call would be a block of one node.
            for value, outer in zip(inner.inputs, inner.entering, strict=True):
                self._ends[value] = self._ends[outer]
            self._draw(inner.steps[0])
            for value, own in zip(step.outputs, inner.outputs, strict=True):
                self._ends[value] = self._ends[own]
            return
        node = Drawn(self._named(step), "")
        ends = [self._ends[value] for value in inner.entering]
        orders = [end.order if isinstance(end, Moved) else None for end in ends]
        node.inside = _Draughtsman(inner, self._owners, orders).picture
        ports = zip(node.inside.inputs, inner.entering, strict=True)
        node.inputs = [(port, self._ends.raw(value)) for port, value in ports]
        if step.module is not None:
            node.shares = self._owner(step.module, node.name)
        self.picture.nodes.append(node)
        for place, value in enumerate(step.outputs):
            port, order = node.inside.outputs[place][0], node.inside.moved[place]
            end = (node.name, port)
            self._ends[value] = end if order is None else Moved(end, order)

    def _draw_layer(self, step: Step, module: nn.Module) -> None:
        order = self._ends.order_read(step, module)
        layer, settings = layer_of(module, steps_first=order is not None)
        node = Drawn(self._named(step), layer, settings)
        node.weights = dict(module.state_dict(keep_vars=True))
        node.shares = self._owner(module, node.name)
        given = self._given_to_layer(step, layer, settings)
        like = next((each for each in given if isinstance(each, Value)), None)
        ports = [port.name for port in CATALOG[layer].inputs]
        if len(given) > len(ports):
            raise Unlike(f"is given {len(given)} values")
        for port, operand in zip(ports, given, strict=False):
            end = self._begun(operand) if port == "start" else None
            if end is None and order is not None and isinstance(operand, Value):
                end = self._ends.raw(operand)
            node.inputs.append((port, end or self._feed(operand, like)))
        self.picture.nodes.append(node)
        if isinstance(module, nn.RNNBase):
            states = States(node.name, module.num_layers, module.bidirectional)
            sequence = (node.name, "sequence")
            self._ends[step.outputs[0]] = Moved(sequence, order) if order else sequence
            self._ends[step.outputs[1]] = states
            return
        outputs = [port.name for port in CATALOG[layer].outputs]
        if len(step.outputs) > len(outputs):
            raise Unlike(f"gives more than {layer} does here")
        for value, port in zip(step.outputs, outputs, strict=False):
            end = (node.name, port)
            self._ends[value] = Moved(end, order) if order else end

    def _given_to_layer(
        self, step: Step, layer: str, settings: dict[str, Any]
    ) -> list[Operand]:
        """What its ports are fed with; what the call says besides goes to settings."""
        given: list[Operand] = []
        masks: list[Tensor] = []
        named = [value for name, value in step.kwargs.items()]
        for leaf in [*leaves_of(step.args), *leaves_of(named)]:
            if isinstance(leaf, Value):
                given.append(leaf)
            elif isinstance(leaf, Tensor):
                if layer in {"RNN", "LSTM", "GRU"}:
                    if leaf.detach().any():
                        raise Unlike("begins with a state of its own")
                elif not given and not leaf.is_floating_point():
                    given.append(leaf)
                else:
                    masks.append(leaf)
        causal = CATALOG[layer].setting("causal")
        if causal is not None:
            is_causal = any(is_causal_mask(mask) for mask in masks)
            masks = [mask for mask in masks if not is_causal_mask(mask)]
            settings.pop("causal", None)
            if is_causal != causal.default:
                settings["causal"] = is_causal
        if masks:
            raise Unlike("is called with a tensor that the network makes itself")
        if layer == "MultiheadAttention":
            while len(given) > 1 and given[-1] is given[-2]:
                given.pop()
        if layer == "LSTM" and len(given) > 1:
            raise Unlike("begins with a state that was computed")
        return given

    def _begun(self, operand: Operand) -> End:
        """What a recurrent layer's start is fed from."""
        end = self._ends[operand] if isinstance(operand, Value) else None
        if isinstance(end, States) and end.first is not None:
            return end.first
        if isinstance(end, Start):
            return end.end
        raise Unlike("begins with a state of several layers")

    def _draw_weighted(self, step: Step) -> None:
        """A function that is given a layer's weights: that layer."""
        value, layer, settings, weights = weighted(step)
        node = Drawn(self._free(layer.lower()), layer, settings, weights=weights)
        if "weight" in weights:
            node.shares = self._tied(node.name, weights["weight"])
        port = CATALOG[layer].inputs[0].name
        node.inputs = [(port, self._feed(value, None))]
        self.picture.nodes.append(node)
        self._ends[step.outputs[0]] = (node.name, "output")

    def _draw_function(self, step: Step) -> None:
        found = pieces_of(step)
        names: list[str] = []
        for piece in found.all:
            names.append(self._draw_piece(piece, names))
        for value, end in zip(step.outputs, found.ends, strict=False):
            if isinstance(end, Value):
                self._ends[value] = self._ends[end]
                continue
            place, port = end
            node = self.picture.nodes[-len(names) + place]
            layer = CATALOG[node.layer].of(node.settings)
            self._ends[value] = (node.name, port or layer.outputs[0].name)

    def _draw_piece(self, piece: Piece, earlier: list[str]) -> str:
        like = next((e for e in piece.inputs if isinstance(e, Value)), None)
        layer = CATALOG[piece.layer].of(piece.settings)
        base = layer.class_name if isinstance(layer, Python) else piece.layer
        feeds = []
        for place, operand in enumerate(piece.inputs):
            port = layer.inputs[min(place, len(layer.inputs) - 1)].name
            if isinstance(operand, int):
                before = self.picture.nodes[-len(earlier) + operand]
                first = CATALOG[before.layer].of(before.settings).outputs[0].name
                feeds.append((port, (before.name, first)))
            else:
                feeds.append((port, self._feed(operand, like)))
        node = Drawn(self._free(base.lower()), piece.layer, dict(piece.settings), feeds)
        self.picture.nodes.append(node)
        return node.name

    def _takes_states(self, step: Step) -> bool:
        """Whether a function took final states of a recurrent layer apart."""
        leaves = [leaf for leaf in leaves_of(step.args) if isinstance(leaf, Value)]
        ends = [self._ends[leaf] for leaf in leaves if leaf in self._ends]
        states = [end for end in ends if isinstance(end, States)]
        if states:
            self._ends[step.outputs[0]] = taken(step, states)
        elif is_start(step):
            self._ends[step.outputs[0]] = Start(self._ends.end(leaves[0]))
        else:
            return False
        return True

    def _moves_batch(self, step: Step) -> bool:
        """Whether a function moved the batch, or took from what was moved."""
        value = step.args[0] if step.args else None
        end = self._ends.get(value) if isinstance(value, Value) else None
        order = order_of(step)
        if isinstance(end, Moved):
            if order is not None:
                composed = [end.order[dim] for dim in order]
                self._finish(step.outputs[0], end.end, ordered((), composed))
                return True
            indices = indices_of(step)
            if indices is None:
                return False
            for out, index in zip(step.outputs, indices, strict=True):
                self._finish(out, end.end, take(end, index))
            return True
        if order is None or order[0] == 0 or not isinstance(value, Value):
            return False
        self._ends[step.outputs[0]] = Moved(self._ends.end(value), order)
        return True

    def _finish(self, value: Value, end: End, taken_: Taken) -> None:
        """Draw what was taken from a value that was moved."""
        for layer, settings in taken_.pieces:
            kept = checked_settings(layer, settings)
            node = Drawn(self._free(layer.lower()), layer, kept, [("input", end)])
            self.picture.nodes.append(node)
            end = (node.name, "output")
        is_over = taken_.order[0] == 0
        self._ends[value] = end if is_over else Moved(end, taken_.order)

    def _feed(self, operand: Operand, like: Value | None) -> End:
        """What an operand comes from; a tensor that no step made gets a node."""
        if isinstance(operand, Value):
            return self._ends.end(operand)
        if isinstance(operand, int):
            raise TypeError("an earlier piece is found by its place")
        reference = like if like is not None else self._scope.inputs[0]
        if not operand.is_floating_point():
            return self._feed_places(operand)
        ndim = len(reference.shape)
        shape = tuple(operand.shape)
        if len(shape) == ndim and shape[0] in {1, reference.shape[0]}:
            shape = shape[1:]
        elif len(shape) < ndim:
            shape = (1,) * (ndim - 1 - len(shape)) + shape
        else:
            raise Unlike("uses a tensor of more dimensions than its input")
        key = (id(parameter_of(operand)), shape)
        if key not in self._made:
            self._made[key] = self._draw_tensor(
                parameter_of(operand), shape, self._ends.end(reference)
            )
        return self._made[key]

    def _draw_tensor(self, tensor: Tensor, shape: tuple[int, ...], like: End) -> End:
        node = node_of(tensor, shape)
        node.name = self._free(node.name or self._parameter_name(tensor))
        node.inputs = [("like", like)]
        self.picture.nodes.append(node)
        return (node.name, "output")

    def _parameter_name(self, tensor: Tensor) -> str:
        for path, parameter in self._scope.module.named_parameters():
            if parameter is tensor:
                return path.replace(".", "_")
        return "parameter"

    def _feed_places(self, tensor: Tensor) -> End:
        """The node that counts the places of a sequence."""
        start, count = counted(tensor)
        like = [v for v in self._ends if len(v.shape) > 1 and v.shape[1] == count]
        if not like:
            raise Unlike("counts places of a sequence that it does not read")
        key = (start, (count,))
        if key not in self._made:
            node = Drawn(self._free("positions"), "Positions")
            node.settings = {"start": start} if start else {}
            node.inputs = [("like", self._ends.end(like[0]))]
            self.picture.nodes.append(node)
            self._made[key] = (node.name, "output")
        return self._made[key]

    def _owner(self, module: nn.Module, name: str) -> str:
        """The node whose module this one calls again; "" where it is the first."""
        weights = [*module.parameters(), *module.buffers()]
        if not weights:
            return ""
        scope, owner = self._owners.setdefault(id(module), (self._scope, name))
        if scope is not self._scope:
            raise Unlike("is used in two modules at once")
        if owner != name:
            return owner
        weight = getattr(module, "weight", None)
        return self._tied(name, weight) if isinstance(weight, nn.Parameter) else ""

    def _tied(self, name: str, weight: Tensor) -> str:
        scope, owner = self._owners.setdefault(id(weight), (self._scope, name))
        return owner if owner != name and scope is self._scope else ""

    def _named(self, step: Step) -> str:
        """A name after the attribute that holds the module."""
        path = step.path.removeprefix(self._scope.path).strip(".")
        parts = path.split(".") if path else []
        kind = type(step.module).__name__.lower()
        if not parts or all(part.isdigit() for part in parts):
            return self._free(kind)
        return self._free("_".join(parts))

    def _free(self, name: str) -> str:
        # Keys of a ModuleDict may hold anything: `block1-0`.
        name = re.sub(r"\W", "_", name, flags=re.ASCII).strip("_") or "node"
        name = name[: LONGEST_NAME - 4]
        if name[0].isdigit():
            name = f"n{name}"
        free, number = name, 1
        between = "_" if name[-1].isdigit() else ""
        while free in self._names or name_problem(free):
            free, number = f"{name}{between}{number}", number + 1
        self._names.add(free)
        return free
