"""Layers that give the same numbers another shape, or take one step of them."""

from __future__ import annotations

import math

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.remedies import setting_to, show
from engine.catalog.settings import Dim, Int, Shape, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."
_ANY = (Port("input", dtype="any"),)


class Flatten(Layer):
    """Lays all numbers of a sample in one row, so that a Linear layer can read them."""

    family = "shape"
    aliases = ("vectorize", "unroll", "ravel")
    formula = "N × C × H × W → N × (C H W)"
    source = f"{_DOCS}nn.Flatten.html"
    inputs = _ANY
    settings = (
        Dim(
            name="start_dim",
            default=1,
            advanced=True,
            help="The first dimension that is laid out; the batch is 0.",
        ),
        Dim(
            name="end_dim",
            default=-1,
            advanced=True,
            help="The last dimension that is laid out; -1 is the last there is.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.Flatten", **self.changed(s, "start_dim", "end_dim"))

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        ndim = len(x[0].shape) + 1
        if s.start_dim % ndim <= s.end_dim % ndim:
            return None
        return Misfit(
            message=f"begins at dimension {s.start_dim} and ends at dimension "
            f"{s.end_dim}, which lies before it",
            expected="an end_dim that is not before start_dim",
            remedy="Set end_dim to -1.",
            setting="end_dim",
            suggestions=(setting_to("end_dim", -1),),
        )


def _refit(sizes: tuple[int, ...], numel: int) -> tuple[int, ...]:
    """Sizes with the product `numel`, as near to the wanted ones as is simple.

    The first size that can be changed alone is changed (an image's channels); where
    there is none a single row is left.
    """
    for place in range(len(sizes)):
        rest = math.prod(sizes[:place] + sizes[place + 1 :])
        if numel % rest == 0:
            return (*sizes[:place], numel // rest, *sizes[place + 1 :])
    return (numel,)


class Unflatten(Layer):
    """Splits one dimension into several: a row of numbers becomes an image again."""

    family = "shape"
    aliases = ("split dimension", "unroll", "Reshape")
    formula = "N × (C H W) → N × C × H × W"
    source = f"{_DOCS}nn.Unflatten.html"
    inputs = _ANY
    settings = (
        Dim(name="dim", default=1, help="The dimension that is split."),
        Shape(
            name="unflattened_size",
            default=(1, 8, 8),
            least=1,
            help="The sizes it is split into; their product is its size.",
        ),
    )

    def telling(self, s: Values) -> str:
        return show(s.unflattened_size)

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("nn.Unflatten", s.dim, s.unflattened_size)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        size = x[0].shape[s.dim % (len(x[0].shape) + 1) - 1]
        product = math.prod(s.unflattened_size)
        if product == size:
            return None
        mended = setting_to("unflattened_size", _refit(s.unflattened_size, size))
        return Misfit(
            message=f"splits dimension {s.dim} into {show(s.unflattened_size)} "
            f"({product:,} numbers), and it holds {size:,}",
            expected=f"sizes whose product is {size:,}",
            remedy=f"{mended.label}.",
            setting="unflattened_size",
            suggestions=(mended,),
        )


class Permute(Layer):
    """Puts the dimensions of a sample in another order.

    Between sequences, whose features come last, and signals, whose channels come
    first, it is 2, 1.
    """

    family = "shape"
    aliases = ("swap dimensions", "axes", "channels last")
    formula = "N × A × B → N × B × A"
    source = f"{_DOCS}permute.html"
    inputs = _ANY
    settings = (
        Shape(
            name="dims",
            default=(2, 1),
            least=1,
            maximum=8,
            label="Order",
            help="The dimensions in their new order; the batch, 0, stays first and is "
            "left out.",
        ),
    )

    def telling(self, s: Values) -> str:
        return ", ".join(map(str, s.dims))

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        order = ", ".join(map(str, (0, *s.dims)))
        return (f"{v.output} = {v.input}.permute({order})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        ndim = len(x[0].shape)
        if sorted(s.dims) == list(range(1, ndim + 1)):
            return None
        if ndim == 0:
            return Misfit(
                message="puts dimensions in another order, and its input is one number "
                "a sample",
                expected="at least a vector (N × features)",
                remedy="Take it out.",
            )
        # An image's usual change puts the channels last; a sequence's is a swap.
        order = (*range(2, ndim + 1), 1)
        return Misfit(
            message=f"orders dimensions {', '.join(map(str, s.dims))}, and its input "
            f"has dimensions {', '.join(map(str, range(1, ndim + 1)))}",
            expected=f"each of 1 to {ndim} once",
            remedy=f"Set dims to {show(order)}.",
            setting="dims",
            suggestions=(setting_to("dims", order),),
        )


class Reshape(Layer):
    """Gives the numbers of a sample another shape; their order stays."""

    family = "shape"
    aliases = ("view", "resize")
    formula = "N × A × B → N × C × D with A B = C D"
    source = f"{_DOCS}reshape.html"
    inputs = _ANY
    settings = (
        Shape(
            name="shape",
            default=(1, 8, 8),
            help="Sizes of one sample afterwards, the batch left out.",
        ),
    )

    def telling(self, s: Values) -> str:
        return show(s.shape)

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        sizes = ", ".join(map(str, (-1, *s.shape)))
        return (f"{v.output} = {v.input}.reshape({sizes})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        product, numel = math.prod(s.shape), x[0].numel
        if product == numel:
            return None
        mended = setting_to("shape", _refit(s.shape, numel))
        return Misfit(
            message=f"makes {show(s.shape) or 'one number'} of each sample "
            f"({product:,} numbers), and a sample holds {numel:,}",
            expected=f"sizes whose product is {numel:,}",
            remedy=f"{mended.label}.",
            setting="shape",
            suggestions=(mended,),
        )


class SelectStep(Layer):
    """Takes one step out of a sequence, the last one if nothing else is said."""

    family = "shape"
    aliases = ("last step", "last time step", "slice", "index", "return_sequences")
    formula = "y = x[step]"
    source = "https://docs.pytorch.org/docs/stable/tensor_view.html"
    inputs = (Port("input", dtype="any", help="N × time × ..."),)
    settings = (
        Int(
            name="step",
            default=-1,
            minimum=-1_000_000,
            maximum=1_000_000,
            help="Which step, from 0; -1 is the last.",
        ),
    )

    def telling(self, s: Values) -> str:
        return "last" if s.step == -1 else f"step {s.step}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}[:, {s.step}]",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if not x[0].shape:
            return Misfit(
                message="takes a step of a sequence, and its input is one number a "
                "sample",
                expected="a sequence (N × time × ...)",
                remedy="Connect it to a node that gives a sequence, or take it out.",
            )
        steps = x[0].shape[0]
        if -steps <= s.step < steps:
            return None
        return Misfit(
            message=f"takes step {s.step} of a sequence that has {steps:,}",
            expected=f"0 to {steps - 1}, or -1 for the last",
            remedy="Set step to -1, the last.",
            setting="step",
            suggestions=(setting_to("step", -1),),
        )
