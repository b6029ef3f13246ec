"""Layers in which every place of a sequence looks at every other."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.layer import Call, Layer, Misfit, Port, Raw, Specs, Variables
from engine.catalog.remedies import divisors, nearest, setting_to, show, that_mend
from engine.catalog.settings import Bool, Float, Int, Values
from engine.catalog.spec import TensorSpec

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."
CAUSAL = Bool(
    name="causal",
    default=False,
    help="Whether a step sees only itself and what came before, as for the next token.",
)


def heads_misfit(name: str, heads: int, features: int) -> Misfit | None:
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


def square_mask(variable: str) -> str:
    """The mask that hides what comes after each step of a sequence."""
    return (
        "nn.Transformer.generate_square_subsequent_mask("
        f"{variable}.shape[1], device={variable}.device)"
    )


def _unpaired(keys: int, values: int) -> Misfit:
    return Misfit(
        message=f"gets {keys} keys and {values} values, and each key needs one value",
        expected=f"values of {keys} steps",
        remedy="Connect key and value to the same sequence.",
        port="value",
    )


def _later(query: str, key: str) -> str:
    """The matrix that is true wherever a key comes after the query."""
    size = f"{query}.shape[-2], {key}.shape[-2]"
    ones = f"torch.ones({size}, dtype=torch.bool, device={query}.device)"
    return f"torch.triu({ones}, diagonal=1)"


def _causal_bias(bias: str, query: str, key: str) -> str:
    """A bias that keeps each query from the keys after it."""
    return f"torch.masked_fill({bias}, {_later(query, key)}, -torch.inf)"


def bias_misfit(bias: TensorSpec, wanted: tuple[int, ...]) -> Misfit | None:
    """The misfit of what is added to the matches, where `wanted` are their sizes."""
    pairs = zip(bias.shape, wanted, strict=True)
    if all(size in {1, most} for size, most in pairs):
        return None
    return Misfit(
        message=f"adds a bias of {bias.describe()} to matches of "
        f"{TensorSpec(wanted).describe()}",
        expected=f"{show(wanted)}, or 1 in its place",
        remedy="Connect a bias made for as many heads, queries and keys.",
        port="bias",
    )


class MultiheadAttention(Layer):
    """Every query looks at all keys and gathers their values, by how well they match.

    With only query connected a sequence looks at itself (self-attention); connect key
    to let it look at another one (cross-attention). Each head has its own way of
    looking.
    """

    family = "attention"
    has_weights = True
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
        Port(
            "bias",
            ndim=(3,),
            optional=True,
            help="Added to how well each query matches each key: N × heads × queries × "
            "keys, where 1 stands for any number. A PaddingMask, for example.",
        ),
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
        CAUSAL,
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
        query, key, value = (spec.shape[-1] for spec in x[:3])
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
        arguments = [*v.inputs[:3]]
        if weights == "_":
            arguments.append("need_weights=False")
        mask = self._mask(s, x, v)
        if mask:
            arguments.append(f"attn_mask={mask}")
        if s.causal and len(x) == 3 and weights == "_":
            arguments.append("is_causal=True")
        return (f"{values}, {weights} = {v.module}({', '.join(arguments)})",)

    def _mask(self, s: Values, x: Specs, v: Variables) -> str:
        query, key, _, *bias = v.inputs
        if bias:
            # One matrix for each head of each sample, as PyTorch asks for.
            sizes = f"-1, {s.num_heads}, {query}.shape[1], {key}.shape[1]"
            mask = f"torch.flatten({bias[0]}.expand({sizes}), 0, 1)"
            return _causal_bias(mask, query, key) if s.causal else mask
        if not s.causal:
            return ""
        if x[0].shape[0] == x[1].shape[0]:
            return square_mask(query)
        return _later(query, key)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        keys, values = x[1].shape[0], x[2].shape[0]
        if keys != values:
            return _unpaired(keys, values)
        heads = heads_misfit("num_heads", s.num_heads, x[0].shape[-1])
        if heads is not None:
            mending = that_mend(self, s, x, heads.suggestions)
            return replace(heads, suggestions=mending)
        if len(x) == 3:
            return None
        return bias_misfit(x[3], (s.num_heads, x[0].shape[0], keys))


_ATTENTION = '''\
class ScaledDotProductAttention(nn.Module):
    """Attention whose looks are dropped while training (Vaswani et al. 2017, 3.2.1)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        attn_mask: torch.Tensor | None = None,
        is_causal: bool = False,
        scale: float | None = None,
    ) -> torch.Tensor:
        return F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=attn_mask,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=is_causal,
            scale=scale,
        )
'''


class ScaledDotProductAttention(Layer):
    """The heart of attention, without weights: queries look at keys, gather values.

    The Linear layers around it, SplitHeads before and MergeHeads after it are nodes of
    their own. A bias is added to how well each query matches each key.
    """

    family = "attention"
    aliases = ("Attention", "dot-product attention", "SDPA", "flash attention")
    formula = "softmax(scale Q Kᵀ + bias) V, scale 1 / √d"
    source = (
        "Vaswani et al. 2017, equation 1; https://docs.pytorch.org/docs/stable/"
        "generated/torch.nn.functional.scaled_dot_product_attention.html"
    )
    inputs = (
        Port("query", ndim=(2, 3), help="What looks: N × heads × time × features."),
        Port("key", ndim=(2, 3), follows="query", help="What is looked at."),
        Port("value", ndim=(2, 3), follows="key", help="What is gathered."),
        Port(
            "bias",
            ndim=(2, 3),
            optional=True,
            help="Added to the matches: N × heads × queries × keys, where 1 stands for "
            "any number. A PaddingMask or a RelativePositionBias.",
        ),
    )
    settings = (
        CAUSAL,
        Float(
            name="dropout",
            default=0.0,
            minimum=0.0,
            maximum=1.0,
            help="The share of looks dropped while training.",
        ),
        Float(
            name="scale",
            default=None,
            optional=True,
            above=0.0,
            maximum=1e6,
            advanced=True,
            empty="1 / √d",
            help="What the matches are multiplied by; empty takes 1 / √d, T5 takes 1.",
        ),
    )

    def telling(self, s: Values) -> str:
        words = ["causal"] * s.causal
        words += [] if s.scale is None else [f"scale {s.scale:g}"]
        return ", ".join(words)

    def constructor(self, s: Values, x: Specs) -> Call | None:
        if s.dropout == 0.0:
            return None
        return Call.of("ScaledDotProductAttention", s.dropout)

    def definition(self, s: Values) -> str:
        return _ATTENTION if s.dropout else ""

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        query, key, value, *bias = v.inputs
        options: dict[str, object] = {}
        if bias:
            mask = _causal_bias(bias[0], query, key) if s.causal else bias[0]
            options["attn_mask"] = Raw(mask)
        elif s.causal:
            options["is_causal"] = True
        options |= self.changed(s, "scale")
        function = v.module if s.dropout else "F.scaled_dot_product_attention"
        call = Call.of(function, Raw(query), Raw(key), Raw(value), **options)
        return (f"{v.output} = {call}",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        query, key, value = (spec.shape for spec in x[:3])
        for port, spec in zip(self.inputs[1:], x[1:], strict=False):
            if len(spec.shape) != len(query):
                return Misfit(
                    message=f"gets a query of {x[0].describe()} and a {port.name} of "
                    f"{spec.describe()}, which differ in their number of dimensions",
                    expected=f"{len(query) + 1} dimensions everywhere",
                    remedy="Put a SplitHeads before all of them, or before none.",
                    port=port.name,
                )
        if query[:-2] != key[:-2] or query[:-2] != value[:-2]:
            return Misfit(
                message=f"gets {query[0]}, {key[0]} and {value[0]} heads for query, "
                "key and value",
                expected=f"{query[0]} heads everywhere",
                remedy="Set the SplitHeads before them to the same number of heads.",
                port="key" if query[:-2] != key[:-2] else "value",
            )
        if query[-1] != key[-1]:
            return Misfit(
                message=f"gets queries of {query[-1]} features and keys of {key[-1]}, "
                "and cannot match them",
                expected=f"keys of {query[-1]} features",
                remedy="Put a Linear layer before one of them.",
                port="key",
            )
        if key[-2] != value[-2]:
            return _unpaired(key[-2], value[-2])
        if len(x) == 3:
            return None
        return bias_misfit(x[3], (*query[:-2], query[-2], key[-2]))


class PaddingMask(Layer):
    """Keeps attention from looking at the tokens that fill short sentences.

    Connect it to the bias of an attention layer: it adds nothing where a token is real,
    and takes a great deal away where it only fills.
    """

    family = "attention"
    aliases = ("attention mask", "key padding mask", "Masking", "mask")
    formula = "y = −10⁹ where x is the filling token, else 0"
    source = "Vaswani et al. 2017, section 3.2.3"
    inputs = (Port("input", ndim=(1,), dtype="int", help="Tokens: N × time."),)
    outputs = (Port("output", help="N × 1 × 1 × time, for any head and query."),)
    settings = (
        Int(
            name="padding_idx",
            default=0,
            minimum=0,
            maximum=10_000_000,
            help="The token that fills.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"token {s.padding_idx}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (
            f"{v.output} = {v.input}.eq({s.padding_idx})[:, None, None]",
            f"{v.output} = {v.output} * -1e9",
        )
