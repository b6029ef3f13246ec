"""Layers that add, drop, swap or split the dimensions of a sample."""

from __future__ import annotations

from engine.catalog.layer import Layer, Misfit, Port, Specs, Variables
from engine.catalog.merge import NEW_DIM, new_dim_misfit
from engine.catalog.remedies import divisors, nearest, remedy, setting_to
from engine.catalog.settings import Dim, Int, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."
_ANY = (Port("input", dtype="any"),)


class Squeeze(Layer):
    """Takes a dimension of size 1 away."""

    family = "shape"
    aliases = ("drop dimension", "remove dimension")
    formula = "N × 1 × A → N × A"
    source = f"{_DOCS}squeeze.html"
    inputs = _ANY
    settings = (Dim(name="dim", default=1, help="The dimension that goes."),)

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.squeeze({s.dim})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        sizes = x[0].shape
        size = sizes[s.dim % (len(sizes) + 1) - 1]
        if size == 1:
            return None
        ones = [dim for dim, each in enumerate(sizes, 1) if each == 1]
        suggestions = tuple(setting_to("dim", dim) for dim in ones[:1])
        otherwise = "Take one step of it with SelectStep, or take this node out."
        return Misfit(
            message=f"takes dimension {s.dim} away, whose size is {size}",
            expected="a dimension of size 1",
            remedy=remedy(suggestions, otherwise),
            setting="dim",
            suggestions=suggestions,
        )


class Unsqueeze(Layer):
    """Adds a dimension of size 1: a vector becomes a sequence of one step."""

    family = "shape"
    aliases = ("expand_dims", "add dimension", "new axis")
    formula = "N × A → N × 1 × A"
    source = f"{_DOCS}unsqueeze.html"
    inputs = _ANY
    settings = (NEW_DIM,)

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.unsqueeze({s.dim})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return new_dim_misfit(s.dim, len(x[0].shape))


class Transpose(Layer):
    """Swaps two dimensions of a sample.

    Between sequences, whose features come last, and signals, whose channels come
    first.
    """

    family = "shape"
    aliases = ("swap dimensions", "swapaxes", "matrix transpose")
    formula = "N × A × B → N × B × A"
    source = f"{_DOCS}transpose.html"
    inputs = _ANY
    settings = (
        Dim(name="dim0", default=1, label="One", help="One dimension; the batch is 0."),
        Dim(name="dim1", default=2, label="Other", help="The one it is swapped with."),
    )

    def telling(self, s: Values) -> str:
        return f"{s.dim0}, {s.dim1}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.transpose({s.dim0}, {s.dim1})",)


class SplitHeads(Layer):
    """Gives each attention head its share of the features, as a matrix of its own.

    After the Linear layers that make queries, keys and values; MergeHeads undoes it.
    """

    family = "attention"
    aliases = ("heads", "multi-head", "split features")
    formula = "N × L × (H E) → N × H × L × E"
    source = "Vaswani et al. 2017, section 3.2.2"
    inputs = (Port("input", ndim=(2,), help="N × time × features"),)
    settings = (
        Int(
            name="num_heads",
            default=8,
            minimum=1,
            maximum=65_536,
            help="How many heads H there are; must divide the features.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.num_heads} head{'s' * (s.num_heads != 1)}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (
            f"{v.output} = {v.input}.unflatten(-1, ({s.num_heads}, -1))",
            f"{v.output} = {v.output}.transpose(1, 2)",
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        features = x[0].shape[-1]
        if features % s.num_heads == 0:
            return None
        best = nearest(s.num_heads, divisors(features))
        return Misfit(
            message=f"has {s.num_heads} heads, which do not divide its {features} "
            "features evenly",
            expected=f"a number that divides {features}",
            remedy=f"Set num_heads to {best}.",
            setting="num_heads",
            suggestions=(setting_to("num_heads", best),),
        )


class MergeHeads(Layer):
    """Lays what the attention heads gathered side by side again, step by step."""

    family = "attention"
    aliases = ("heads", "multi-head", "join heads")
    formula = "N × H × L × E → N × L × (H E)"
    source = "Vaswani et al. 2017, section 3.2.2"
    inputs = (Port("input", ndim=(3,), help="N × heads × time × features"),)

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (
            f"{v.output} = {v.input}.transpose(1, 2)",
            f"{v.output} = {v.output}.flatten(2)",
        )
