"""Layers that add a border."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Raw, Specs, Variables
from engine.catalog.remedies import remedy, setting_to, that_mend
from engine.catalog.settings import Choice, Float, Shape, Values


class Pad(Layer):
    """Adds a border around a signal, an image or a volume, as wide as each side says.

    For borders that differ from side to side; convolutions and pools can add an equal
    border themselves.
    """

    family = "convolution"
    aliases = (
        "ZeroPadding2D",
        "ZeroPad2d",
        "ReflectionPad2d",
        "ReplicationPad2d",
        "ConstantPad2d",
        "CircularPad2d",
        "border",
    )
    formula = "W' = left + W + right, H' = top + H + bottom"
    source = (
        "https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.pad.html"
    )
    inputs = (Port("input", ndim=(1, 2, 3, 4)),)
    settings = (
        Shape(
            name="padding",
            default=(1, 1, 1, 1),
            least=2,
            minimum=0,
            maximum=10_000,
            help="How much on each side: left, right, then top, bottom, then front, "
            "back.",
        ),
        Choice(
            name="mode",
            default="constant",
            options=("constant", "reflect", "replicate", "circular"),
            help="What is added: a number, the picture mirrored, its border repeated, "
            "or its other side.",
        ),
        Float(
            name="value",
            default=0.0,
            minimum=-1e9,
            maximum=1e9,
            advanced=True,
            help="The number that is added in mode constant.",
        ),
    )

    def telling(self, s: Values) -> str:
        sides = ", ".join(map(str, s.padding))
        return sides if s.mode == "constant" else f"{sides} {s.mode}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        options = self.changed(s, *(["mode"] if s.mode != "constant" else ["value"]))
        return (f"{v.output} = {Call.of('F.pad', Raw(v.input), s.padding, **options)}",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        sizes = x[0].shape
        sides = len(s.padding)
        # A border of what is there takes all dimensions but the channels, or all.
        counts = range(2, 2 * len(sizes) + 1, 2)
        if s.mode != "constant":
            counts = range(2 * max(len(sizes) - 1, 1), min(2 * len(sizes), 6) + 1, 2)
        if sides not in counts:
            return self._sides(s, x, counts)
        if s.mode == "constant":
            return None
        spare = {"reflect": 1, "replicate": -max(s.padding), "circular": 0}[s.mode]
        for place, pad in enumerate(s.padding):
            size = sizes[-1 - place // 2]
            if pad + spare > size:
                return self._too_wide(s, x, pad, size, size - spare)
        return None

    def _sides(self, s: Values, x: Specs, counts: range) -> Misfit:
        fitting = (*s.padding, *[s.padding[-1]] * 8)[: max(counts)]
        if len(s.padding) % 2 == 0 and len(s.padding) < min(counts):
            fitting = (*s.padding, *[0] * 8)[: min(counts)]
        options = [setting_to("padding", fitting)]
        suggestions = that_mend(self, s, x, options)
        wanted = " or ".join(map(str, counts))
        return Misfit(
            message=f"has a border of {len(s.padding)} side"
            f"{'s' * (len(s.padding) != 1)}, and its input, {x[0].describe()}, has "
            f"{wanted} to pad in mode {s.mode}",
            expected=f"{wanted} numbers, two for each dimension from the last",
            remedy=remedy(suggestions, "Set mode to constant, or give it two sides."),
            setting="padding",
            suggestions=suggestions,
        )

    def _too_wide(self, s: Values, x: Specs, pad: int, size: int, most: int) -> Misfit:
        suggestions = that_mend(self, s, x, [setting_to("mode", "constant")])
        return Misfit(
            message=f"pads by {pad} in mode {s.mode}, and a size of {size} has at most "
            f"{most} to give",
            expected=f"at most {most}",
            remedy=remedy(suggestions, "Take less padding."),
            setting="padding",
            suggestions=suggestions,
        )
