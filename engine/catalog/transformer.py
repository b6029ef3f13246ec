"""The blocks that transformers are stacked of, whole."""

from __future__ import annotations

from engine.catalog.attention import CAUSAL, heads_misfit, square_mask
from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.settings import Bool, Choice, Float, Int, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
_SETTINGS = (
    Int(
        name="nhead",
        label="Heads",
        default=8,
        minimum=1,
        maximum=65_536,
        help="How many ways of looking; must divide the features.",
    ),
    Int(
        name="dim_feedforward",
        default=2_048,
        minimum=1,
        maximum=1_000_000,
        help="The size between its two Linear layers; four times the features is "
        "usual.",
    ),
    Float(
        name="dropout",
        default=0.1,
        minimum=0.0,
        maximum=1.0,
        help="The share of numbers dropped while training.",
    ),
    Choice(
        name="activation",
        default="relu",
        options=("relu", "gelu"),
        help="The function f between its two Linear layers.",
    ),
    Bool(
        name="norm_first",
        default=False,
        advanced=True,
        help="Whether to normalize before attention rather than after the sum; "
        "trains more steadily when many are stacked.",
    ),
)
_EPS = Float(
    name="layer_norm_eps",
    default=1e-5,
    above=0.0,
    maximum=1.0,
    advanced=True,
    help="Added to the variance in its layer normalizations.",
)
_CAUSAL_TARGET = Bool(
    name="causal",
    default=True,
    help="Whether a step of what is written sees only itself and what came before.",
)


def _unequal(what: str, port: str, found: int, wanted: int) -> Misfit:
    return Misfit(
        message=f"reads {what} of {found} features and writes {wanted}",
        expected=f"{wanted} features at both inputs",
        remedy="Put a Linear layer before one of them.",
        port=port,
    )


class TransformerEncoderLayer(Layer):
    """One block of a transformer: self-attention, then two Linear layers at each step.

    Both are wrapped in a residual sum and a layer normalization. Stack several; put a
    PositionalEncoding before the first, for attention alone does not see order.
    """

    family = "attention"
    has_weights = True
    aliases = ("transformer", "encoder block", "TransformerBlock", "BERT layer")
    formula = "h = LN(x + MHA(x)),  y = LN(h + W₂ f(W₁ h))"
    source = (
        "Vaswani et al. 2017, section 3.1; " + f"{_DOCS}TransformerEncoderLayer.html"
    )
    inputs = (Port("input", ndim=(2,), help="N × time × features"),)
    settings = (
        *_SETTINGS,
        CAUSAL,
        _EPS,
    )

    def telling(self, s: Values) -> str:
        heads = f"{s.nhead} head{'s' * (s.nhead != 1)}"
        return f"{heads}, {s.dim_feedforward}{', causal' if s.causal else ''}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.TransformerEncoderLayer",
            x[0].shape[-1],
            s.nhead,
            **self.changed(s, "dim_feedforward", "dropout", "activation"),
            **self.changed(s, "layer_norm_eps"),
            batch_first=True,
            **self.changed(s, "norm_first"),
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        arguments = [v.input]
        if s.causal:
            arguments += [f"src_mask={square_mask(v.input)}", "is_causal=True"]
        return (f"{v.output} = {v.module}({', '.join(arguments)})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return heads_misfit("nhead", s.nhead, x[0].shape[-1])


class TransformerDecoderLayer(Layer):
    """One block of a decoder: self-attention, a look at the memory, two Linear layers.

    What is being written looks at itself, then at what an encoder made of the source
    text (the memory).
    """

    family = "attention"
    has_weights = True
    aliases = ("transformer", "decoder block", "cross-attention block")
    formula = "h = LN(x + MHA(x)),  g = LN(h + MHA(h, memory)),  y = LN(g + FF(g))"
    source = (
        "Vaswani et al. 2017, section 3.1; " + f"{_DOCS}TransformerDecoderLayer.html"
    )
    inputs = (
        Port("input", ndim=(2,), help="What is written: N × time × features"),
        Port("memory", ndim=(2,), help="What the encoder gives: N × time × features"),
    )
    settings = (*_SETTINGS, _CAUSAL_TARGET, _EPS)

    def telling(self, s: Values) -> str:
        return f"{s.nhead} head{'s' * (s.nhead != 1)}, {s.dim_feedforward}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.TransformerDecoderLayer",
            x[0].shape[-1],
            s.nhead,
            **self.changed(s, "dim_feedforward", "dropout", "activation"),
            **self.changed(s, "layer_norm_eps"),
            batch_first=True,
            **self.changed(s, "norm_first"),
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        arguments = [*v.inputs]
        if s.causal:
            arguments += [f"tgt_mask={square_mask(v.input)}", "tgt_is_causal=True"]
        return (f"{v.output} = {v.module}({', '.join(arguments)})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        features, memory = x[0].shape[-1], x[1].shape[-1]
        if features != memory:
            return _unequal("a memory", "memory", memory, features)
        return heads_misfit("nhead", s.nhead, features)


class Transformer(Layer):
    """A whole encoder and decoder: reads one sequence and writes another.

    Both come as vectors, with their positions added. Blocks of encoder and decoder
    layers do the same and show what is inside.
    """

    family = "attention"
    has_weights = True
    aliases = ("encoder-decoder", "sequence to sequence", "translation", "seq2seq")
    formula = "y = decoder(target, encoder(source))"
    source = "Vaswani et al. 2017, figure 1; " + f"{_DOCS}Transformer.html"
    inputs = (
        Port("source", ndim=(2,), help="What is read: N × time × features"),
        Port("target", ndim=(2,), help="What is written: N × time × features"),
    )
    settings = (
        _SETTINGS[0],
        Int(
            name="num_encoder_layers",
            default=6,
            minimum=1,
            maximum=1_000,
            help="How many layers read.",
        ),
        Int(
            name="num_decoder_layers",
            default=6,
            minimum=1,
            maximum=1_000,
            help="How many layers write.",
        ),
        *_SETTINGS[1:],
        _CAUSAL_TARGET,
        _EPS,
    )

    def telling(self, s: Values) -> str:
        layers = f"{s.num_encoder_layers} + {s.num_decoder_layers}"
        return f"{layers}, {s.nhead} head{'s' * (s.nhead != 1)}"

    def constructor(self, s: Values, x: Specs) -> Call:
        names = ("num_encoder_layers", "num_decoder_layers", "dim_feedforward")
        return Call.of(
            "nn.Transformer",
            x[0].shape[-1],
            s.nhead,
            **self.changed(s, *names, "dropout", "activation", "layer_norm_eps"),
            batch_first=True,
            **self.changed(s, "norm_first"),
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        arguments = [*v.inputs]
        if s.causal:
            mask = square_mask(v.inputs[1])
            arguments += [f"tgt_mask={mask}", "tgt_is_causal=True"]
        return (f"{v.output} = {v.module}({', '.join(arguments)})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        source, target = x[0].shape[-1], x[1].shape[-1]
        if source != target:
            return _unequal("a source", "target", source, target)
        return heads_misfit("nhead", s.nhead, source)
