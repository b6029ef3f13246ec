"""Layers that tell attention where in a sequence each step stands."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Bool, Choice, Float, Int, Values

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
    has_weights = True
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


_RELATIVE = '''\
class RelativePositionBias(nn.Module):
    """A learned bias for each distance (Raffel et al. 2020, section 2.1).

    Small distances have a bucket each, large ones share buckets that grow like the
    logarithm; beyond max_distance all share the last.
    """

    def __init__(
        self, num_heads: int, num_buckets: int, max_distance: int, bidirectional: bool
    ) -> None:
        super().__init__()
        self.relative_attention_bias = nn.Embedding(num_buckets, num_heads)
        self.max_distance = max_distance
        self.bidirectional = bidirectional

    def buckets(self, distance: torch.Tensor) -> torch.Tensor:
        """The bucket of each distance from a query to a key."""
        count = self.relative_attention_bias.num_embeddings
        if self.bidirectional:
            count //= 2
            ahead = (distance > 0) * count
            distance = distance.abs()
        else:
            ahead = torch.zeros_like(distance)
            distance = (-distance).clamp(min=0)
        exact = count // 2
        growth = torch.log(distance.clamp(min=1).float() / exact)
        shared = growth / math.log(self.max_distance / exact) * (count - exact)
        shared = (exact + shared.long()).clamp(max=count - 1)
        return ahead + torch.where(distance < exact, distance, shared)

    def forward(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
        queries = torch.arange(query.shape[1], device=query.device)
        keys = torch.arange(key.shape[1], device=query.device)
        buckets = self.buckets(keys[None, :] - queries[:, None])
        bias = self.relative_attention_bias(buckets).permute(2, 0, 1)
        return bias.expand(query.shape[0], -1, -1, -1)
'''


class RelativePositionBias(Layer):
    """A learned bias for each head and each distance between a query and a key.

    Connect it to the bias of an attention layer. One serves all layers of a stack, as
    in T5. Only the lengths of what it is connected to count.
    """

    family = "attention"
    has_weights = True
    aliases = ("T5 bias", "relative position", "relative attention bias")
    formula = "y[h, i, j] = W[bucket(j − i), h]"
    source = "Raffel et al. 2020, section 2.1"
    inputs = (
        Port("query", ndim=(1, 2), dtype="any", help="What looks: N × time × ..."),
        Port(
            "key",
            ndim=(1, 2),
            dtype="any",
            follows="query",
            help="What is looked at: N × time × ...",
        ),
    )
    outputs = (Port("output", help="N × heads × queries × keys"),)
    settings = (
        Int(
            name="num_heads",
            default=8,
            minimum=1,
            maximum=65_536,
            help="How many heads have biases of their own.",
        ),
        Int(
            name="num_buckets",
            default=32,
            minimum=4,
            maximum=65_536,
            help="How many different biases a head has.",
        ),
        Int(
            name="max_distance",
            default=128,
            minimum=2,
            maximum=1_000_000,
            unit="steps",
            help="From which distance on all have the same bias.",
        ),
        Bool(
            name="bidirectional",
            default=True,
            help="Whether what comes after a step has buckets of its own; off for a "
            "decoder, which does not look there.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.num_heads} head{'s' * (s.num_heads != 1)}, {s.num_buckets}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "RelativePositionBias",
            s.num_heads,
            num_buckets=s.num_buckets,
            max_distance=s.max_distance,
            bidirectional=s.bidirectional,
        )

    def definition(self, s: Values) -> str:
        return _RELATIVE

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        exact = s.num_buckets // 2
        exact = exact // 2 if s.bidirectional else exact
        if s.max_distance > exact:
            return None
        return Misfit(
            message=f"has max_distance {s.max_distance}, and gives each distance below "
            f"{exact} a bucket of its own",
            expected=f"a max_distance above {exact}",
            remedy=f"Set max_distance to {4 * exact}.",
            setting="max_distance",
            suggestions=(setting_to("max_distance", 4 * exact),),
        )
