"""Layers that model how likely what they see is, by an energy."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Port, Specs
from engine.catalog.settings import Int, Values

_MACHINE = '''\
class RestrictedBoltzmannMachine(nn.Module):
    """Hidden causes of what is visible, both off or on (Hinton 2002, section 3)."""

    def __init__(self, visible: int, hidden: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(0.01 * torch.randn(hidden, visible))
        self.visible_bias = nn.Parameter(torch.zeros(visible))
        self.hidden_bias = nn.Parameter(torch.zeros(hidden))

    def forward(self, visible: torch.Tensor) -> torch.Tensor:
        """The chance of each hidden unit to be on."""
        return torch.sigmoid(F.linear(visible, self.weight, self.hidden_bias))

    def reconstruct(self, hidden: torch.Tensor) -> torch.Tensor:
        """The chance of each visible unit to be on."""
        return torch.sigmoid(F.linear(hidden, self.weight.T, self.visible_bias))

    def free_energy(self, visible: torch.Tensor) -> torch.Tensor:
        """The lower, the likelier the machine takes each sample to be."""
        reached = F.linear(visible, self.weight, self.hidden_bias)
        return -(visible @ self.visible_bias) - F.softplus(reached).sum(-1)
'''


class RestrictedBoltzmannMachine(Layer):
    """Explains what it sees by hidden units, and gives their chances to be on.

    Visible numbers are chances from 0 to 1. The same weights lead back from the hidden
    units to the visible ones, so that it can draw what it believes in. It learns by
    contrastive divergence, without targets; stacked, it makes a deep belief network.
    """

    family = "dense"
    has_weights = True
    aliases = ("RBM", "Boltzmann", "harmonium", "energy", "deep belief network", "DBN")
    formula = "P(h = 1 | v) = σ(v Wᵀ + c), P(v = 1 | h) = σ(h W + b)"
    source = "Hinton 2002, section 3; Hinton 2012, section 2; Smolensky 1986"
    inputs = (Port("input", ndim=(1,), help="N × features, each from 0 to 1."),)
    settings = (
        Int(
            name="hidden_units",
            default=128,
            minimum=1,
            maximum=65_536,
            unit="units",
            help="How many hidden units explain what is visible.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.hidden_units:,} hidden"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("RestrictedBoltzmannMachine", x[0].shape[0], s.hidden_units)

    def definition(self, s: Values) -> str:
        return _MACHINE
