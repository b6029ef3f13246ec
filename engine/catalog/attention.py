"""Layers in which every place of a sequence looks at every other."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.remedies import divisors, nearest, setting_to
from engine.catalog.settings import Bool, Choice, Float, Int, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
_CAUSAL = Bool(
    name="causal",
    default=False,
    help="Whether a step sees only itself and what came before, as for the next token.",
)


def _heads_misfit(name: str, heads: int, features: int) -> Misfit | None:
    """The misfit of heads that do not divide the features evenly."""
    if features % heads == 0:
        return None
    best = nearest(heads, divisors(features))
    return Misfit(
        message=f"has {heads} heads, which do not divide its {features} features "
        "evenly",
        expected=f"a number that divides {features}",
        remedy=f"Set {name} to {best}.",
        setting=name,
        suggestions=(setting_to(name, best),),
    )


def _square_mask(variable: str) -> str:
    return (
        "nn.Transformer.generate_square_subsequent_mask("
        f"{variable}.shape[1], device={variable}.device)"
    )


class MultiheadAttention(Layer):
    """Every query looks at all keys and gathers their values, by how well they match.

    With only query connected a sequence looks at itself (self-attention); connect key
    to let it look at another one (cross-attention). Each head has its own way of
    looking.
    """

    family = "attention"
    aliases = ("MultiHeadAttention", "self-attention", "cross-attention", "MHA")
    formula = "softmax(Q Kᵀ / √d) V, for each head"
    source = (
        "Vaswani et al. 2017, equation 1 and section 3.2.2; "
        + f"{_DOCS}MultiheadAttention.html"
    )
    inputs = (
        Port("query", ndim=(2,), help="What looks: N × time × features."),
        Port("key", ndim=(2,), follows="query", help="What is looked at."),
        Port("value", ndim=(2,), follows="key", help="What is gathered."),
    )
    outputs = (
        Port("values", help="What each query gathered: N × time × features."),
        Port("weights", help="How much each query looked at each key, heads averaged."),
    )
    settings = (
        Int(
            name="num_heads",
            default=8,
            minimum=1,
            maximum=65_536,
            help="How many ways of looking; must divide the query's features.",
        ),
        Float(
            name="dropout",
            default=0.0,
            minimum=0.0,
            maximum=1.0,
            help="The share of looks dropped while training.",
        ),
        _CAUSAL,
        Bool(
            name="bias",
            default=True,
            advanced=True,
            help="Whether the projections add learned numbers.",
        ),
    )

    def telling(self, s: Values) -> str:
        heads = f"{s.num_heads} head{'s' * (s.num_heads != 1)}"
        return f"{heads}, causal" if s.causal else heads

    def constructor(self, s: Values, x: Specs) -> Call:
        query, key, value = (spec.shape[-1] for spec in x)
        others = {
            name: size
            for name, size in (("kdim", key), ("vdim", value))
            if size != query
        }
        return Call.of(
            "nn.MultiheadAttention",
            query,
            s.num_heads,
            **self.changed(s, "dropout", "bias"),
            **others,
            batch_first=True,
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        values, weights = (name or "_" for name in v.outputs)
        arguments = [*v.inputs]
        if weights == "_":
            arguments.append("need_weights=False")
        if s.causal:
            arguments.append(f"attn_mask={self._mask(x, v)}")
        if s.causal and weights == "_":
            arguments.append("is_causal=True")
        return (f"{values}, {weights} = {v.module}({', '.join(arguments)})",)

    def _mask(self, x: Specs, v: Variables) -> str:
        query, key = v.inputs[:2]
        if x[0].shape[0] == x[1].shape[0]:
            return _square_mask(query)
        size = f"{query}.shape[1], {key}.shape[1]"
        ones = f"torch.ones({size}, dtype=torch.bool, device={query}.device)"
        return f"torch.triu({ones}, diagonal=1)"

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        keys, values = x[1].shape[0], x[2].shape[0]
        if keys != values:
            return Misfit(
                message=f"gets {keys} keys and {values} values, and each key needs one "
                "value",
                expected=f"values of {keys} steps",
                remedy="Connect key and value to the same sequence.",
                port="value",
            )
        return _heads_misfit("num_heads", s.num_heads, x[0].shape[-1])


class TransformerEncoderLayer(Layer):
    """One block of a transformer: self-attention, then two Linear layers at each step.

    Both are wrapped in a residual sum and a layer normalization. Stack several; put a
    PositionalEncoding before the first, for attention alone does not see order.
    """

    family = "attention"
    aliases = ("transformer", "encoder block", "TransformerBlock", "BERT layer")
    formula = "h = LN(x + MHA(x)),  y = LN(h + W₂ f(W₁ h))"
    source = (
        "Vaswani et al. 2017, section 3.1; " + f"{_DOCS}TransformerEncoderLayer.html"
    )
    inputs = (Port("input", ndim=(2,), help="N × time × features"),)
    settings = (
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
        _CAUSAL,
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
            batch_first=True,
            **self.changed(s, "norm_first"),
        )

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        arguments = [v.input]
        if s.causal:
            arguments += [f"src_mask={_square_mask(v.input)}", "is_causal=True"]
        return (f"{v.output} = {v.module}({', '.join(arguments)})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return _heads_misfit("nhead", s.nhead, x[0].shape[-1])


_SINUSOIDAL = '''\
class SinusoidalPositionalEncoding(nn.Module):
    """Adds sines and cosines of each position (Vaswani et al. 2017, section 3.5)."""

    encoding: torch.Tensor

    def __init__(self, d_model: int, max_len: int, dropout: float = 0.0) -> None:
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        frequency = 10_000.0 ** (-torch.arange(0, d_model, 2) / d_model)
        encoding = torch.zeros(max_len, d_model)
        encoding[:, 0::2] = torch.sin(position * frequency)
        encoding[:, 1::2] = torch.cos(position * frequency[: d_model // 2])
        self.register_buffer("encoding", encoding, persistent=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.dropout(x + self.encoding[: x.shape[1]])
'''
_LEARNED = '''\
class LearnedPositionalEncoding(nn.Module):
    """Adds a learned vector for each position (Devlin et al. 2019, section 3)."""

    def __init__(self, d_model: int, max_len: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.encoding = nn.Parameter(torch.empty(max_len, d_model))
        nn.init.normal_(self.encoding, std=0.02)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.dropout(x + self.encoding[: x.shape[1]])
'''


class PositionalEncoding(Layer):
    """Adds to each step a vector that tells where in the sequence it stands.

    Attention sees a set, not an order; with this it can tell first from last. The
    sinusoidal vectors are given by the formula, the learned ones are parameters.
    """

    family = "attention"
    aliases = ("position embedding", "sinusoidal", "positional embedding")
    formula = "PE[t, 2i] = sin(t / 10000^(2i/d)), PE[t, 2i+1] = cos(...)"
    source = "Vaswani et al. 2017, section 3.5; Devlin et al. 2019, section 3"
    inputs = (Port("input", ndim=(2,), help="N × time × features"),)
    settings = (
        Choice(
            name="kind",
            default="sinusoidal",
            options=("sinusoidal", "learned"),
            help="Given by sines and cosines, or learned.",
        ),
        Float(
            name="dropout",
            default=0.0,
            minimum=0.0,
            maximum=1.0,
            help="The share of numbers dropped while training.",
        ),
    )

    def telling(self, s: Values) -> str:
        return str(s.kind)

    def constructor(self, s: Values, x: Specs) -> Call:
        length, features = x[0].shape
        return Call.of(
            f"{s.kind.capitalize()}PositionalEncoding",
            features,
            length,
            **self.changed(s, "dropout"),
        )

    def definition(self, s: Values) -> str:
        return _LEARNED if s.kind == "learned" else _SINUSOIDAL
