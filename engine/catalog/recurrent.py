"""Layers that read a sequence one step after another and remember."""

from __future__ import annotations

from typing import Any, ClassVar

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Bool, Choice, Float, Int, Setting, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
_HIDDEN_SIZE = Int(
    name="hidden_size",
    default=64,
    minimum=1,
    maximum=65_536,
    help="How many numbers it remembers, in each direction.",
)
_NUM_LAYERS = Int(
    name="num_layers",
    default=1,
    minimum=1,
    maximum=64,
    help="How many such layers are stacked, each reading the one before.",
)
_BIDIRECTIONAL = Bool(
    name="bidirectional",
    default=False,
    help="Whether a second one reads from the end to the beginning; doubles the "
    "output.",
)
_DROPOUT = Float(
    name="dropout",
    default=0.0,
    minimum=0.0,
    maximum=1.0,
    help="The share of numbers dropped between stacked layers while training; without "
    "effect where there is one layer.",
)
_BIAS = Bool(
    name="bias",
    default=True,
    advanced=True,
    help="Whether learned numbers are added at each step.",
)


class _Recurrent(Layer):
    """What the recurrent layers share; a sample is (L, features)."""

    family = "recurrent"
    has_weights = True
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", ndim=(2,), help="N × time × features"),
    )
    outputs = (
        Port("sequence", help="What it gives at every step: N × time × hidden_size."),
        Port("last", help="What it gives at the last step: N × hidden_size."),
        Port(
            "hidden",
            help="What it remembers when all is read, both directions joined.",
        ),
    )
    settings: ClassVar[tuple[Setting, ...]] = (
        _HIDDEN_SIZE,
        _NUM_LAYERS,
        _BIDIRECTIONAL,
        _DROPOUT,
        _BIAS,
    )
    steps_dim = 0
    sequence_outputs = ("sequence",)

    def telling(self, s: Values) -> str:
        words = [f"{s.hidden_size}"]
        if s.num_layers > 1:
            words.append(f"{s.num_layers} layers")
        if s.bidirectional:
            words.append("both ways")
        return ", ".join(words)

    def constructor(self, s: Values, x: Specs) -> Call:
        first: dict[str, Any] = self.changed(s, "num_layers")
        if "nonlinearity" in s:
            first |= self.changed(s, "nonlinearity")
        # Dropout acts between layers: PyTorch warns where there is only one.
        rest = ["dropout"] * (s.num_layers > 1) + ["bidirectional"]
        return Call.of(
            f"nn.{self.name}",
            x[0].shape[-1],
            s.hidden_size,
            **first,
            **self.changed(s, "bias"),
            batch_first=True,
            **self.changed(s, *rest),
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        sequence, last, hidden = v.outputs
        read = sequence or last or "_"
        state = self._state(hidden or "_")
        lines = [f"{read}, {state} = {v.module}({self._arguments(s, v)})"]
        if last is not None:
            lines.append(f"{last} = {read}[:, -1]")
        if hidden is not None and s.bidirectional:
            lines.append(f"{hidden} = torch.cat(({hidden}[-2], {hidden}[-1]), dim=1)")
        elif hidden is not None:
            lines.append(f"{hidden} = {hidden}[-1]")
        return tuple(lines)

    def _arguments(self, s: Values, v: Variables) -> str:
        """What PyTorch's module is called with."""
        return v.input

    def _state(self, hidden: str) -> str:
        """Where PyTorch returns the hidden state, as the target of an assignment."""
        return hidden


class _Continuing(_Recurrent):
    """What the layers share that can go on from another one's memory."""

    inputs = (
        *_Recurrent.inputs,
        Port(
            "start",
            ndim=(1,),
            optional=True,
            help="What it remembers before the first step, such as the hidden output "
            "of an encoder: N × hidden_size. Open, it begins with zeros.",
        ),
    )

    def _arguments(self, s: Values, v: Variables) -> str:
        sequence, *start = v.inputs
        if not start:
            return sequence
        states = s.num_layers * (2 if s.bidirectional else 1)
        if states == 1:
            return f"{sequence}, {start[0]}[None]"
        return f"{sequence}, {start[0]}.repeat({states}, 1, 1)"

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        size = x[-1].shape[-1]
        if len(x) == 1 or size == s.hidden_size:
            return None
        return Misfit(
            message=f"remembers {s.hidden_size} numbers, and starts from {size}",
            expected=f"a start of {s.hidden_size}",
            remedy=f"Set hidden_size to {size}.",
            port="start",
            setting="hidden_size",
            suggestions=(setting_to("hidden_size", size),),
        )


class RNN(_Continuing):
    """Reads a sequence step by step and mixes each step with what it remembers.

    The simplest recurrent layer; what lies many steps back fades, which LSTM and GRU
    mend.
    """

    aliases = ("SimpleRNN", "recurrent", "Elman network")
    formula = "hₜ = tanh(W xₜ + U hₜ₋₁ + b)"
    source = "Elman 1990; " + f"{_DOCS}RNN.html"
    settings = (
        *_Continuing.settings,
        Choice(
            name="nonlinearity",
            default="tanh",
            options=("tanh", "relu"),
            advanced=True,
            help="The function applied at each step.",
        ),
    )


class LSTM(_Recurrent):
    """Reads a sequence step by step with a memory cell that gates guard.

    The gates learn what to keep, what to forget and what to show, so that it remembers
    over hundreds of steps. Four times the weights of an RNN.
    """

    aliases = ("long short-term memory", "recurrent")
    formula = "cₜ = f cₜ₋₁ + i g,  hₜ = o tanh(cₜ)"
    source = "Hochreiter and Schmidhuber 1997; " + f"{_DOCS}LSTM.html"

    def _state(self, hidden: str) -> str:
        return "_" if hidden == "_" else f"({hidden}, _)"


class GRU(_Continuing):
    """Reads a sequence step by step with two gates and no separate memory cell.

    Does much of what an LSTM does with three quarters of its weights.
    """

    aliases = ("gated recurrent unit", "recurrent")
    formula = "hₜ = (1 − z) n + z hₜ₋₁"
    source = "Cho et al. 2014, equations 5 to 8; " + f"{_DOCS}GRU.html"
