"""Layers that join every input to every output, and tables of vectors."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.remedies import setting_to
from engine.catalog.settings import Bool, Int, Values


class Linear(Layer):
    """Multiplies its input by a matrix of weights and adds a bias.

    Every output number sees every input number of the last dimension; the dimensions
    before it are kept.
    """

    family = "dense"
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


class Embedding(Layer):
    """Looks up a learned vector for each token.

    The tokens are whole numbers from 0 to num_embeddings - 1, such as the places of
    words in a vocabulary; the vectors become a new last dimension.
    """

    family = "dense"
    aliases = ("lookup table", "word vectors", "vocabulary", "token embedding")
    formula = "y = W[x], the row of W that x names"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html"
    inputs = (Port("input", dtype="int", help="Tokens: whole numbers from 0."),)
    settings = (
        Int(
            name="num_embeddings",
            default=10_000,
            minimum=1,
            maximum=10_000_000,
            unit="tokens",
            help="How many different tokens there are.",
        ),
        Int(
            name="embedding_dim",
            default=64,
            minimum=1,
            maximum=65_536,
            help="How many numbers stand for one token.",
        ),
        Int(
            name="padding_idx",
            default=None,
            optional=True,
            minimum=0,
            maximum=10_000_000,
            advanced=True,
            help="The token that fills short sentences; its vector stays zero.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.num_embeddings:,} × {s.embedding_dim}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(
            "nn.Embedding",
            s.num_embeddings,
            s.embedding_dim,
            **self.changed(s, "padding_idx"),
        )

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
