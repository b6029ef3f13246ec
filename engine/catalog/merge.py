"""Layers that bring several branches together."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import Layer, Misfit, Port, Specs, Suggestion, Variables
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Dim, Int, Values
from engine.catalog.spec import TensorSpec

BRANCHES = (
    Port(
        "input",
        dtype="any",
        variadic=True,
        at_least=2,
        help="Any number of branches, in the order they are drawn.",
    ),
)


NEW_DIM = Int(
    name="dim",
    default=1,
    minimum=-9,
    maximum=9,
    help="Where the new dimension goes: 1 after the batch, -1 at the end.",
)


def new_dim_misfit(dim: int, ndim: int) -> Misfit | None:
    """The misfit of a new dimension that is not among a sample's `ndim` + 1."""
    if 1 <= dim <= ndim + 1 or -(ndim + 1) <= dim <= -1:
        return None
    batch = dim in {0, -(ndim + 2)}
    matter = "is the place of the batch" if batch else "lies beyond the last dimension"
    return Misfit(
        message=f"makes a new dimension {dim}, which {matter}",
        expected=f"1 to {ndim + 1}, or -1 for the end",
        remedy="Set dim to -1.",
        setting="dim",
        suggestions=(setting_to("dim", -1),),
    )


class Elementwise(Layer, register=False):
    """What sums and products share: sizes that must agree, or be 1."""

    family = "merge"
    inputs: ClassVar[tuple[Port, ...]] = BRANCHES
    sign = ""
    verb = ""

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {f' {self.sign} '.join(v.inputs)}",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        largest = max(x, key=lambda spec: len(spec.shape))
        for edge, spec in enumerate(x):
            if len(spec.shape) != len(largest.shape):
                return self._other_rank(edge, spec, largest)
        # A size of 1 is repeated to the size of the others: broadcasting.
        # https://docs.pytorch.org/docs/stable/notes/broadcasting.html
        for dim, sizes in enumerate(zip(*(spec.shape for spec in x), strict=True), 1):
            if len({*sizes} - {1}) > 1:
                return self._other_size(x, dim, sizes)
        return None

    def _other_rank(self, edge: int, spec: TensorSpec, largest: TensorSpec) -> Misfit:
        missing = len(largest.shape) - len(spec.shape)
        # A vector as long as there are channels goes with the channels.
        with_channels = spec.shape[:1] == largest.shape[:1]
        ones = (1,) * missing
        shape = (*spec.shape, *ones) if with_channels else (*ones, *spec.shape)
        shown = " × ".join(map(str, shape))
        return Misfit(
            message=f"{self.verb} {spec.describe()} and {largest.describe()}, which "
            f"have {len(spec.shape) + 1} and {len(largest.shape) + 1} dimensions",
            expected="branches of equally many dimensions",
            remedy=f"Put a Reshape to {shown} before the smaller one.",
            port="input",
            edge=edge,
            suggestions=(
                Suggestion(
                    label=f"Reshape to {shown}",
                    before="Reshape",
                    before_settings={"shape": shape},
                ),
            ),
        )

    def _other_size(self, x: Specs, dim: int, sizes: tuple[int, ...]) -> Misfit:
        wanted = next(size for size in sizes if size != 1)
        edge = next(
            place for place, size in enumerate(sizes) if size not in {1, wanted}
        )
        first = x[sizes.index(wanted)]
        is_of_sizes = len(first.shape) == 3 and dim > 1
        if is_of_sizes:
            remedy = "Make both equally large, by the padding or stride before them."
        else:
            remedy = f"Give the layer before the second one the size {wanted} there."
        return Misfit(
            message=f"{self.verb} {first.describe()} and {x[edge].describe()}, which "
            f"differ in {name_of(dim, len(first.shape))}: {wanted} and {sizes[edge]}",
            expected="equal sizes, or 1",
            remedy=remedy,
            port="input",
            edge=edge,
            is_of_sizes=is_of_sizes,
        )


def name_of(dim: int, ndim: int) -> str:
    """What people call a dimension of a sample with `ndim` of them."""
    if ndim == 3:
        return ("channels", "height", "width")[dim - 1]
    return f"dimension {dim}"


class Add(Elementwise):
    """Adds its branches number by number: the sum of a residual block.

    A size of 1 is repeated to match the others.
    """

    aliases = ("sum", "plus", "residual", "skip", "shortcut")
    formula = "y = a + b + ..."
    source = "He et al. 2016, equation 1, for the residual sum"
    sign = "+"
    verb = "adds"


class Multiply(Elementwise):
    """Multiplies its branches number by number: what a gate does.

    A size of 1 is repeated to match the others.
    """

    aliases = ("product", "times", "gate", "scale", "Hadamard product")
    formula = "y = a ⊙ b ⊙ ..."
    source = "https://docs.pytorch.org/docs/stable/generated/torch.mul.html"
    sign = "*"
    verb = "multiplies"


class Maximum(Elementwise):
    """Keeps the largest of its branches at each place.

    A size of 1 is repeated to match the others.
    """

    aliases = ("max of branches", "elementwise maximum", "maxout", "logical or")
    formula = "y = max(a, b, ...)"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.maximum.html"
    verb = "compares"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {_nested('torch.maximum', v.inputs)}",)


class Minimum(Elementwise):
    """Keeps the smallest of its branches at each place.

    A size of 1 is repeated to match the others.
    """

    aliases = ("min of branches", "elementwise minimum", "logical and")
    formula = "y = min(a, b, ...)"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.minimum.html"
    verb = "compares"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {_nested('torch.minimum', v.inputs)}",)


def _nested(function: str, names: tuple[str, ...]) -> str:
    """A function of two, applied to many: `f(f(a, b), c)`."""
    text = names[0]
    for name in names[1:]:
        text = f"{function}({text}, {name})"
    return text


class Stack(Layer):
    """Puts equal branches beside each other along a new dimension.

    Dimension 1 comes right after the batch, -1 is a new last one.
    """

    family = "merge"
    aliases = ("new dimension", "pile", "collect")
    formula = "y = [a, b, ...], with a dimension of its own"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.stack.html"
    inputs = BRANCHES
    settings = (NEW_DIM,)

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = torch.stack(({', '.join(v.inputs)}), dim={s.dim})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        for edge, spec in enumerate(x):
            if spec.shape != x[0].shape:
                return Misfit(
                    message=f"stacks {x[0].describe()} and {spec.describe()}, which "
                    "differ",
                    expected=f"{x[0].describe()} everywhere",
                    remedy="Make them equal first, or join them with Concatenate.",
                    port="input",
                    edge=edge,
                )
        return new_dim_misfit(s.dim, len(x[0].shape))


class Concatenate(Layer):
    """Puts its branches one behind the other along a dimension.

    Dimension 1 is the channels of an image, the time of a sequence and the features of
    a vector; -1 is the last.
    """

    family = "merge"
    aliases = ("cat", "concat", "join", "stack channels", "skip")
    formula = "y = [a, b, ...]"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.cat.html"
    inputs = BRANCHES
    settings = (
        Dim(
            name="dim",
            default=1,
            help="The dimension along which they are put together; the batch is 0.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = torch.cat(({', '.join(v.inputs)}), dim={s.dim})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        ndim = len(x[0].shape)
        for edge, spec in enumerate(x):
            if len(spec.shape) != ndim:
                return Misfit(
                    message=f"joins {x[0].describe()} and {spec.describe()}, which "
                    f"have {ndim + 1} and {len(spec.shape) + 1} dimensions",
                    expected=f"{ndim + 1} dimensions everywhere",
                    remedy="Put a Flatten or a Reshape before one of them.",
                    port="input",
                    edge=edge,
                )
        along = s.dim % (ndim + 1)
        for dim, sizes in enumerate(zip(*(spec.shape for spec in x), strict=True), 1):
            if dim != along and len({*sizes}) > 1:
                return self._other_size(x, dim, sizes, along)
        return None

    def _other_size(
        self, x: Specs, dim: int, sizes: tuple[int, ...], along: int
    ) -> Misfit:
        edge = next(place for place, size in enumerate(sizes) if size != sizes[0])
        ndim = len(x[0].shape)
        # Along `dim` they can be joined where that is all they differ in.
        rest = [spec.shape[: dim - 1] + spec.shape[dim:] for spec in x]
        suggestions = (setting_to("dim", dim),) if len({*rest}) == 1 else ()
        remedy = f"Make {name_of(dim, ndim)} equal before joining."
        return Misfit(
            message=f"joins {x[0].describe()} and {x[edge].describe()} along "
            f"{name_of(along, ndim)}, and they differ in {name_of(dim, ndim)} too: "
            f"{sizes[0]} and {sizes[edge]}",
            expected=f"{sizes[0]} in {name_of(dim, ndim)} everywhere",
            remedy=f"{suggestions[0].label}." if suggestions else remedy,
            port="input",
            edge=edge,
            setting="dim",
            suggestions=suggestions,
        )
