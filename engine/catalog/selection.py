"""Layers that take parts of a sample, or put its parts in another order."""

from __future__ import annotations

from typing import ClassVar

from engine.catalog.layer import (
    Layer,
    Misfit,
    Port,
    Specs,
    Suggestion,
    Variables,
)
from engine.catalog.remedies import remedy, setting_to, show
from engine.catalog.settings import Dim, Int, Setting, Shape, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."
_ANY = (Port("input", dtype="any"),)


def _size(s: Values, x: Specs) -> int:
    """The size of the dimension that the setting `dim` names."""
    sizes = x[0].shape
    place: int = s.dim % (len(sizes) + 1) - 1
    return sizes[place]


class Slice(Layer):
    """Takes a run of steps, channels or features out of one dimension.

    Positions count from 0; negative ones count from the end.
    """

    family = "shape"
    aliases = ("Cropping1D", "Cropping2D", "crop", "narrow", "index", "every other")
    formula = "y = x[start : stop : step], along one dimension"
    source = "https://docs.pytorch.org/docs/stable/tensor_view.html"
    inputs = _ANY
    settings = (
        Dim(name="dim", default=1, help="The dimension that is cut."),
        Int(
            name="start",
            default=0,
            minimum=-100_000_000,
            maximum=100_000_000,
            help="The first position that is kept, from 0.",
        ),
        Int(
            name="stop",
            default=None,
            optional=True,
            minimum=-100_000_000,
            maximum=100_000_000,
            empty="the end",
            help="The first position that is no longer kept; empty goes to the end.",
        ),
        Int(
            name="step",
            default=1,
            minimum=1,
            maximum=100_000_000,
            advanced=True,
            help="Every how many-th position is kept.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}, {self._range(s)}"

    def _range(self, s: Values) -> str:
        stop = "" if s.stop is None else s.stop
        step = f":{s.step}" if s.step > 1 else ""
        return f"{s.start or ''}:{stop}{step}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        dim = s.dim % (len(x[0].shape) + 1)
        before = "..., " if s.dim == -1 else ":, " * dim
        return (f"{v.output} = {v.input}[{before}{self._range(s)}]",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        size = _size(s, x)
        if len(range(size)[s.start : s.stop : s.step]):
            return None
        if len(range(size)[s.start :]):
            suggestion = Suggestion(
                label="Set stop to nothing, the end", settings={"stop": None}
            )
        else:
            suggestion = Suggestion(
                label="Set start to 0 and stop to nothing, which keeps all",
                settings={"start": 0, "stop": None},
            )
        return Misfit(
            message=f"keeps {self._range(s)} of dimension {s.dim}, which is nothing: "
            f"its size is {size:,}",
            expected=f"positions from 0 to {size - 1:,}",
            remedy=f"{suggestion.label}.",
            setting="start",
            suggestions=(suggestion,),
        )


class Split(Layer):
    """Cuts a dimension in two: its beginning, and the rest.

    Two uses of it cut in three.
    """

    family = "shape"
    aliases = ("divide dimension", "partition", "head and tail")
    formula = "a, b = x[: size], x[size :], along one dimension"
    source = f"{_DOCS}split.html"
    inputs = _ANY
    outputs = (
        Port("first", help="The beginning, as long as size says."),
        Port("rest", help="What follows it."),
    )
    settings = (
        Int(
            name="size",
            default=1,
            minimum=1,
            maximum=100_000_000,
            help="How long the first part is.",
        ),
        Dim(name="dim", default=1, help="The dimension that is cut."),
    )

    def telling(self, s: Values) -> str:
        return f"{s.size} | rest, dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        names = ", ".join(name or "_" for name in v.outputs)
        sizes = f"({s.size}, {_size(s, x) - s.size})"
        return (f"{names} = {v.input}.split({sizes}, dim={s.dim})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        size = _size(s, x)
        if s.size < size:
            return None
        suggestions = (setting_to("size", size // 2),) if size > 1 else ()
        return Misfit(
            message=f"cuts {s.size} off dimension {s.dim}, whose size is {size}, and "
            "nothing is left",
            expected=f"a size below {size}",
            remedy=remedy(suggestions, "Cut another dimension."),
            setting="size",
            suggestions=suggestions,
        )


class _Chunk(Layer):
    """What the layers share that cut a dimension into equal parts."""

    family = "shape"
    formula = "a, b, ... = x, cut into equal parts along one dimension"
    source = f"{_DOCS}chunk.html"
    inputs = _ANY
    settings: ClassVar[tuple[Setting, ...]] = (
        Dim(name="dim", default=-1, help="The dimension that is cut; -1 is the last."),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        names = ", ".join(name or "_" for name in v.outputs)
        return (f"{names} = {v.input}.chunk({len(self.outputs)}, dim={s.dim})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        count, size = len(self.outputs), _size(s, x)
        if size % count == 0:
            return None
        sizes = enumerate(x[0].shape, 1)
        other = next((dim for dim, each in sizes if each % count == 0), None)
        suggestions = () if other is None else (setting_to("dim", other),)
        return Misfit(
            message=f"cuts dimension {s.dim} into {count} equal parts, and its size "
            f"is {size}",
            expected=f"a multiple of {count}",
            remedy=remedy(suggestions, f"Give it a multiple of {count} there."),
            setting="dim",
            suggestions=suggestions,
        )


class Chunk2(_Chunk):
    """Cuts a dimension into two equal parts."""

    aliases = ("chunk", "halve", "split in two")
    outputs = (Port("first"), Port("second"))


class Chunk3(_Chunk):
    """Cuts a dimension into three equal parts, such as queries, keys and values."""

    aliases = ("chunk", "split in three", "query key value", "qkv")
    outputs = (Port("first"), Port("second"), Port("third"))


class Chunk4(_Chunk):
    """Cuts a dimension into four equal parts, such as the gates of an LSTM."""

    aliases = ("chunk", "quarter", "split in four")
    outputs = (Port("first"), Port("second"), Port("third"), Port("fourth"))


class Flip(Layer):
    """Turns a dimension round: the last comes first."""

    family = "shape"
    aliases = ("reverse", "mirror", "backwards")
    formula = "yᵢ = x[n − 1 − i]"
    source = f"{_DOCS}flip.html"
    inputs = _ANY
    settings = (Dim(name="dim", default=1, help="The dimension that is turned round."),)

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.flip({s.dim})",)


class Roll(Layer):
    """Moves everything along a dimension; what leaves at the end comes in in front."""

    family = "shape"
    aliases = ("shift", "cyclic shift", "rotate", "Swin")
    formula = "yᵢ = x[(i − shifts) mod n]"
    source = f"{_DOCS}roll.html"
    inputs = _ANY
    settings = (
        Int(
            name="shifts",
            default=1,
            minimum=-100_000_000,
            maximum=100_000_000,
            help="By how many positions it moves; negative moves to the front.",
        ),
        Dim(name="dim", default=1, help="The dimension along which it moves."),
    )

    def telling(self, s: Values) -> str:
        return f"by {s.shifts}, dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.roll({s.shifts}, dims={s.dim})",)


class Repeat(Layer):
    """Puts copies of a sample one behind the other, in each dimension."""

    family = "shape"
    aliases = ("tile", "RepeatVector", "copy", "broadcast")
    formula = "N × A × B → N × (r A) × (q B)"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.Tensor.repeat.html"
    inputs = _ANY
    settings = (
        Shape(
            name="repeats",
            default=(2, 1),
            least=1,
            maximum=100_000,
            help="How many copies in each dimension, the batch left out.",
        ),
    )

    def telling(self, s: Values) -> str:
        return show(s.repeats)

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (f"{v.output} = {v.input}.repeat(1, {', '.join(map(str, s.repeats))})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        count = len(x[0].shape)
        if len(s.repeats) == count:
            return None
        fitting = (*s.repeats, *[1] * count)[:count]
        suggestions = (setting_to("repeats", fitting),) if count else ()
        return Misfit(
            message=f"says how often to repeat {len(s.repeats)} dimension"
            f"{'s' * (len(s.repeats) != 1)}, and a sample has {count}",
            expected=f"{count} numbers",
            remedy=remedy(suggestions, "Put an Unsqueeze before it."),
            setting="repeats",
            suggestions=suggestions,
        )
