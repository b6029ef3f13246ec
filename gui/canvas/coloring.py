"""Cards coloured by what their nodes cost."""

from __future__ import annotations

from collections.abc import Mapping

from engine.analysis import Analysis
from engine.block_view import Known
from engine.costs import Cost, costs
from engine.figures import short_bytes, short_count, short_time
from gui.texts import Texts

tr = Texts("canvas")

TITLES = {
    Cost.PARAMETERS: tr.mark("Parameters"),
    Cost.OPERATIONS: tr.mark("Operations per sample"),
    Cost.MEMORY: tr.mark("Memory per sample"),
    Cost.TIME: tr.mark("Time for a batch, forward"),
}


def cost_text(cost: Cost, amount: int) -> str:
    """An amount as it stands on a card."""
    match cost:
        case Cost.MEMORY:
            return short_bytes(amount)
        case Cost.TIME:
            return short_time(amount)
        case _:
            return short_count(amount)


class Coloring:
    """Knows what each node costs, once it was told which cost counts."""

    def __init__(self) -> None:
        self.cost: Cost | None = None
        self.times: Mapping[str, float] = {}
        """Seconds that nodes of the main graph took, as they were measured last."""
        self._amounts: Mapping[str, int] = {}
        self.most = 0
        """What the dearest node costs."""

    @property
    def total(self) -> int:
        """What all nodes cost together."""
        return sum(self._amounts.values())

    def follow(self, known: Known) -> set[str]:
        """Ask what the nodes cost now; gives those whose colour is another."""
        before, most = self._amounts, self.most
        self._amounts = self._found(known) if known.has_shapes else {}
        self.most = max(self._amounts.values(), default=0)
        if self.most != most:
            return {*before, *self._amounts}
        names = before.keys() | self._amounts.keys()
        return {n for n in names if before.get(n) != self._amounts.get(n)}

    def _found(self, known: Known) -> Mapping[str, int]:
        if self.cost is None:
            return {}
        if self.cost is not Cost.TIME:
            return costs(known, self.cost)
        # Measured is the main graph, with a block as a whole.
        names = known.network if isinstance(known, Analysis) else ()
        times = self.times
        return {name: round(times[name] * 1e9) for name in names if name in times}

    def text(self, name: str) -> str:
        """What stands on the card; nothing where it costs nothing."""
        amount = self._amounts.get(name, 0)
        return cost_text(self.cost, amount) if self.cost and amount else ""

    def heat(self, name: str) -> float:
        """The card's share of the greatest cost; negative for no colour."""
        if self.cost is None or name not in self._amounts or not self.most:
            return -1.0
        return self._amounts[name] / self.most
