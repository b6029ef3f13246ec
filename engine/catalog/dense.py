"""Layers that join every input to every output, and tables of vectors."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.remedies import setting_to, show
from engine.catalog.settings import Bool, Choice, Float, Int, Values


class Linear(Layer):
    """Multiplies its input by a matrix of weights and adds a bias.

    Every output number sees every input number of the last dimension; the dimensions
    before it are kept.
    """

    family = "dense"
    has_weights = True
    aliases = ("Dense", "fully connected", "FC", "perceptron")
    formula = "y = x Wᵀ + b"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html"
    inputs = (Port("input", ndim=(1, 2, 3, 4)),)
    settings = (
        Int(
            name="out_features",
            default=64,
            minimum=1,
            maximum=1_000_000,
            help="How many numbers it gives.",
        ),
        Bool(name="bias", default=True, advanced=True, help="Whether to add b."),
    )

    def telling(self, s: Values) -> str:
        return f"{s.out_features}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.Linear", x[0].shape[-1], s.out_features, **self.changed(s, "bias")
        )


_NUM_EMBEDDINGS = Int(
    name="num_embeddings",
    default=10_000,
    minimum=1,
    maximum=10_000_000,
    unit="tokens",
    help="How many different tokens there are.",
)
_EMBEDDING_DIM = Int(
    name="embedding_dim",
    default=64,
    minimum=1,
    maximum=65_536,
    help="How many numbers stand for one token.",
)


class _Table(Layer):
    """What the layers share that look up a vector for each token."""

    family = "dense"
    has_weights = True

    def telling(self, s: Values) -> str:
        return f"{s.num_embeddings:,} × {s.embedding_dim}"

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if s.padding_idx is None or s.padding_idx < s.num_embeddings:
            return None
        return Misfit(
            message=f"has padding_idx {s.padding_idx:,}, and its tokens end at "
            f"{s.num_embeddings - 1:,}",
            expected=f"0 to {s.num_embeddings - 1:,}",
            remedy="Set padding_idx to 0.",
            setting="padding_idx",
            suggestions=(setting_to("padding_idx", 0),),
        )


_NORMAL = '''\
class NormalEmbedding(nn.Embedding):
    """A table of vectors drawn with a chosen spread (Radford et al. 2018, 4.1)."""

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        std: float,
        padding_idx: int | None = None,
    ) -> None:
        super().__init__(num_embeddings, embedding_dim, padding_idx)
        with torch.no_grad():
            self.weight.mul_(std)
'''


class Embedding(_Table):
    """Looks up a learned vector for each token.

    The tokens are whole numbers from 0 to num_embeddings - 1, such as the places of
    words in a vocabulary; the vectors become a new last dimension.
    """

    aliases = ("lookup table", "word vectors", "vocabulary", "token embedding")
    formula = "y = W[x], the row of W that x names"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html"
    inputs = (Port("input", dtype="int", help="Tokens: whole numbers from 0."),)
    settings = (
        _NUM_EMBEDDINGS,
        _EMBEDDING_DIM,
        Int(
            name="padding_idx",
            default=None,
            optional=True,
            minimum=0,
            maximum=10_000_000,
            advanced=True,
            empty="none",
            help="The token that fills short sentences; its vector stays zero.",
        ),
        Float(
            name="std",
            default=1.0,
            above=0.0,
            maximum=1e3,
            advanced=True,
            help="The standard deviation of the vectors before training; 1 is too "
            "much where an output shares them: GPT-2 takes 0.02.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        spread = self.changed(s, "std")
        return Call.of(
            "NormalEmbedding" if spread else "nn.Embedding",
            s.num_embeddings,
            s.embedding_dim,
            **spread,
            **self.changed(s, "padding_idx"),
        )

    def definition(self, s: Values) -> str:
        return _NORMAL if self.changed(s, "std") else ""


class EmbeddingBag(_Table):
    """Looks up a learned vector for each token and draws them together into one.

    A sentence becomes the mean of its words: a strong and cheap beginning for telling
    texts apart.
    """

    aliases = ("bag of words", "mean of embeddings", "fastText")
    formula = "y = mean over t of W[xₜ]"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.EmbeddingBag.html"
    inputs = (
        Port("input", ndim=(1,), dtype="int", help="Tokens: whole numbers from 0."),
    )
    settings = (
        _NUM_EMBEDDINGS,
        _EMBEDDING_DIM,
        Choice(
            name="mode",
            default="mean",
            options=("mean", "sum", "max"),
            help="How the vectors are drawn together.",
        ),
        Int(
            name="padding_idx",
            default=None,
            optional=True,
            minimum=0,
            maximum=10_000_000,
            advanced=True,
            empty="none",
            help="The token that fills short sentences; it does not count.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.EmbeddingBag",
            s.num_embeddings,
            s.embedding_dim,
            **self.changed(s, "mode", "padding_idx"),
        )


class OneHot(Layer):
    """Makes of each token a vector of zeros with a one at the token's place.

    Nothing is learned; an Embedding is the same followed by a Linear layer, and faster.
    """

    family = "dense"
    aliases = ("CategoryEncoding", "one-hot encoding", "dummy variables", "indicator")
    formula = "yᵢ = 1 where i = x, else 0"
    source = (
        "https://docs.pytorch.org/docs/stable/generated/"
        "torch.nn.functional.one_hot.html"
    )
    inputs = (Port("input", dtype="int", help="Tokens: whole numbers from 0."),)
    settings = (
        Int(
            name="num_classes",
            default=10,
            minimum=1,
            maximum=1_000_000,
            help="How many different tokens there are.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.num_classes:,}"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        return (
            f"{v.output} = F.one_hot({v.input}, {s.num_classes})",
            f"{v.output} = {v.output}.float()",
        )


class Bilinear(Layer):
    """Weighs every product of a number of one input with a number of the other.

    Scores how two vectors go together: a question and an answer, two words.
    """

    family = "dense"
    has_weights = True
    aliases = ("bilinear form", "pairwise interaction", "biaffine")
    formula = "yₖ = aᵀ Wₖ b + cₖ"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html"
    inputs = (
        Port("input1", ndim=(1, 2, 3, 4), help="N × ... × features."),
        Port("input2", ndim=(1, 2, 3, 4), help="N × ... × features."),
    )
    settings = (
        Int(
            name="out_features",
            default=64,
            minimum=1,
            maximum=65_536,
            help="How many numbers it gives.",
        ),
        Bool(name="bias", default=True, advanced=True, help="Whether to add c."),
    )

    def telling(self, s: Values) -> str:
        return f"{s.out_features}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.Bilinear",
            x[0].shape[-1],
            x[1].shape[-1],
            s.out_features,
            **self.changed(s, "bias"),
        )

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if x[0].shape[:-1] == x[1].shape[:-1]:
            return None
        wanted = show(x[0].shape[:-1]) or "nothing"
        return Misfit(
            message=f"pairs {x[0].describe()} with {x[1].describe()}, which differ "
            "before their last dimension",
            expected=f"{wanted} between N and the features",
            remedy="Connect branches that differ in their last dimension only.",
            port="input2",
        )
