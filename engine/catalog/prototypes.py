"""Layers that compare what they get with learned examples."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Port, Specs
from engine.catalog.settings import Int, Values

_MAP = '''\
class SelfOrganizingMap(nn.Module):
    """Squared distances to prototypes on a grid (Kohonen 1982)."""

    grid: torch.Tensor

    def __init__(self, features: int, rows: int, columns: int) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        self.weight = nn.Parameter(torch.rand(rows * columns, features))
        grid = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).float()
        self.register_buffer("grid", grid, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        squares = x.square().sum(1, keepdim=True) + self.weight.square().sum(1)
        return squares - 2 * x @ self.weight.T
'''


class SelfOrganizingMap(Layer):
    """Compares each sample with prototypes that lie on a grid, row after row.

    It gives the squared distance to each; the nearest prototype is where the sample
    belongs on the map. By competitive learning, neighbours on the grid come to stand
    for samples that are alike.
    """

    family = "dense"
    has_weights = True
    aliases = ("SOM", "Kohonen map", "topographic map", "feature map", "clustering")
    formula = "dⱼ = ‖x − wⱼ‖²"
    source = "Kohonen 1982, Biological Cybernetics 43; Kohonen 2001, chapter 3"
    inputs = (Port("input", ndim=(1,), help="N × features"),)
    settings = (
        Int(
            name="rows",
            default=10,
            minimum=1,
            maximum=256,
            help="Rows of the grid.",
        ),
        Int(
            name="columns",
            default=10,
            minimum=1,
            maximum=256,
            help="Columns of the grid.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.rows} × {s.columns}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("SelfOrganizingMap", x[0].shape[0], s.rows, s.columns)

    def definition(self, s: Values) -> str:
        return _MAP
