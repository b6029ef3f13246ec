"""What is known of the nodes of one graph: shapes, settings, weights."""

from __future__ import annotations

from engine.catalog import Specs, TensorSpec, Values
from engine.inference import GraphInference


class KnownOfGraph:
    """Reads an inference, the main graph's or that of the inside of a block."""

    _inference: GraphInference

    def inputs(self, name: str) -> Specs | None:
        """What reaches a node, one spec per edge; None where that is not known."""
        return self._inference.inputs(name)

    def outputs(self, name: str) -> Specs | None:
        """What a node gives, by output port; None where that is not known."""
        return self._inference.outputs(name)

    def flowing(self, name: str, port: str) -> TensorSpec | None:
        """What flows out of one output port of a node; None where not known."""
        return self._inference.flowing(name, port)

    def values(self, name: str) -> Values | None:
        """A node's settings, complete and right; None where one is wrong."""
        return self._inference.values(name)

    def parameters(self, name: str) -> int:
        """How many trainable weights a node has; 0 where that is not known."""
        return self._inference.parameters(name)

    def frozen(self, name: str) -> int:
        """How many of a node's weights stay as they are; 0 where that is not known."""
        return self._inference.frozen(name)

    @property
    def network(self) -> list[str]:
        """The nodes that reach an Output (all while there is none), in order."""
        return self._inference.network
