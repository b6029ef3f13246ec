"""Where the values of a run come from on the canvas."""

from __future__ import annotations

from torch import nn

from engine.importing.constructors import arguments_of, layer_class
from engine.importing.declared import Unlike
from engine.importing.final_states import End, Start, States, leaves_of
from engine.importing.moved import Moved, reads_moved
from engine.importing.recording import Step, Value
from engine.problems import Refusal


class Ends(dict[Value, End | States | Start | Moved]):
    """Of each value the node and the port that give it, or what has to happen first."""

    def end(self, value: Value) -> End:
        end = self[value]
        if isinstance(end, Moved):
            raise Unlike("moves the batch from the first dimension")
        if isinstance(end, Start):
            raise Unlike("puts a dimension before the batch")
        if isinstance(end, States):
            raise Refusal(
                f"{end.node} gives its states of all layers onwards, and here only "
                "the last layer's leave it.",
                "Take h[-1] in the code, or what it gives at each step.",
                code="not-importable",
            )
        return end

    def raw(self, value: Value) -> End:
        """A value, or what it was before its batch was moved."""
        end = self[value]
        return end.end if isinstance(end, Moved) else self.end(value)

    def order_read(self, step: Step, module: nn.Module) -> tuple[int, ...] | None:
        """The order of what a layer reads, where its batch is not first."""
        ends = [
            self[leaf]
            for leaf in leaves_of((step.args, step.kwargs))
            if isinstance(leaf, Value)
        ]
        orders = [end.order for end in ends if isinstance(end, Moved)]
        if not orders:
            return None
        is_batch_first = bool(arguments_of(module).get("batch_first"))
        kind = layer_class(module)
        name = kind.__name__ if kind is not None else ""
        if len(ends) > 1 or not reads_moved(name, orders[0], is_batch_first):
            return None
        return orders[0]
