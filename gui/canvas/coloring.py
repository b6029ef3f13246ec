"""Cards coloured by what their nodes cost."""

from __future__ import annotations

from collections.abc import Mapping

from engine.block_view import Known
from engine.costs import Cost, costs
from gui.figures import short_bytes, short_count

TITLES = {
    Cost.PARAMETERS: "Parameters",
    Cost.OPERATIONS: "Operations per sample",
    Cost.MEMORY: "Memory per sample",
}


def cost_text(cost: Cost, amount: int) -> str:
    """An amount as it stands on a card."""
    return short_bytes(amount) if cost is Cost.MEMORY else short_count(amount)


class Coloring:
    """Knows what each node costs, once it was told which cost counts."""

    def __init__(self) -> None:
        self.cost: Cost | None = None
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
        has_any = self.cost is not None and known.has_shapes
        self._amounts = costs(known, self.cost) if has_any and self.cost else {}
        self.most = max(self._amounts.values(), default=0)
        if self.most != most:
            return {*before, *self._amounts}
        names = before.keys() | self._amounts.keys()
        return {n for n in names if before.get(n) != self._amounts.get(n)}

    def text(self, name: str) -> str:
        """What stands on the card; nothing where it costs nothing."""
        amount = self._amounts.get(name, 0)
        return cost_text(self.cost, amount) if self.cost and amount else ""

    def heat(self, name: str) -> float:
        """The card's share of the greatest cost; negative for no colour."""
        if self.cost is None or name not in self._amounts or not self.most:
            return -1.0
        return self._amounts[name] / self.most
