"""Signals as sums of waves, and back."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Raw, Specs, Variables
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Dim, Int, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.fft."


class FourierTransform(Layer):
    """How strong each frequency is along one dimension, and where its wave begins.

    A dimension of n numbers becomes one of n / 2 + 1 frequencies.
    """

    family = "math"
    aliases = ("FFT", "rfft", "spectrum", "frequency", "STFT")
    formula = "Xₖ = Σₜ xₜ e^(−2πi k t / n), k from 0 to n / 2"
    source = f"{_DOCS}rfft.html"
    outputs = (
        Port("magnitude", help="How strong each frequency is: |X|."),
        Port("real", help="Its share of cosine: the real part."),
        Port("imaginary", help="Its share of sine, negative: the imaginary part."),
    )
    settings = (
        Dim(name="dim", default=-1, help="The dimension that is time; -1 is the last."),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        # Half precision knows no transform of every length: back to float32 first.
        waves = f"torch.fft.rfft({v.input}.float(), dim={s.dim})"
        parts = zip(v.outputs, (".abs()", ".real", ".imag"), strict=True)
        used = [(name, part) for name, part in parts if name is not None]
        # The variable of the last one holds the waves until the others are made.
        held = used[-1][0]
        lines = [f"{held} = {waves}"]
        return (*lines, *(f"{name} = {held}{part}" for name, part in used))


class InverseFourierTransform(Layer):
    """Makes a signal of its waves again: the reverse of FourierTransform."""

    family = "math"
    aliases = ("IFFT", "irfft", "inverse FFT", "frequency")
    formula = "xₜ = (1 / n) Σₖ Xₖ e^(2πi k t / n)"
    source = f"{_DOCS}irfft.html"
    inputs = (
        Port("real", help="The real part of each frequency."),
        Port("imaginary", help="The imaginary part."),
    )
    settings = (
        Dim(name="dim", default=-1, help="The dimension of the frequencies."),
        Int(
            name="n",
            label="Length",
            default=None,
            optional=True,
            minimum=1,
            maximum=100_000_000,
            unit="steps",
            empty="the even length that fits",
            help="How long the signal is; empty takes the even length that fits.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"dim {s.dim}" if s.n is None else f"{s.n:,} steps"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        real, imaginary = v.inputs
        waves = f"torch.complex({real}.float(), {imaginary}.float())"
        options = {**self.changed(s, "n"), "dim": s.dim}
        return (f"{v.output} = {Call.of('torch.fft.irfft', Raw(waves), **options)}",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if x[0].shape != x[1].shape:
            return Misfit(
                message=f"gets real parts of {x[0].describe()} and imaginary parts of "
                f"{x[1].describe()}",
                expected=f"{x[0].describe()} at both",
                remedy="Connect parts of the same transform.",
                port="imaginary",
            )
        size = x[0].shape[s.dim % (len(x[0].shape) + 1) - 1]
        if s.n is not None or size > 1:
            return None
        return Misfit(
            message=f"makes a signal of one frequency along dimension {s.dim}, and "
            "its length is not said",
            expected="a length, or two frequencies or more",
            remedy="Set n to 1.",
            setting="n",
            suggestions=(setting_to("n", 1),),
        )
