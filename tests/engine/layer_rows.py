"""One row or more of test data for each layer type: settings and what it is given.

The table tests of the catalog are driven from here alone; a layer without a row fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.catalog import CATALOG, Layer, Specs, TensorSpec, Values
from engine.catalog.settings import complete


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A layer with settings that fit the inputs beside them."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    inputs: Specs
    parameters: int = 0
    """How many trainable weights it must have, counted by hand."""

    @property
    def layer(self) -> Layer:
        """The layer type."""
        return CATALOG[self.name]

    @property
    def values(self) -> Values:
        """Every setting, defaults filled in."""
        return complete(self.layer.settings, self.settings)

    def __str__(self) -> str:
        settings = ",".join(f"{name}={value}" for name, value in self.settings.items())
        return f"{self.name}({settings})"


def row(name: str, *shapes: tuple[int, ...], parameters: int = 0, **given: Any) -> Row:
    """A row whose inputs hold real numbers."""
    specs = tuple(TensorSpec(shape) for shape in shapes)
    return Row(name=name, settings=given, inputs=specs, parameters=parameters)


def tokens(
    name: str, *shapes: tuple[int, ...], parameters: int = 0, **given: Any
) -> Row:
    """A row whose inputs hold whole numbers."""
    specs = tuple(TensorSpec(shape, "int64") for shape in shapes)
    return Row(name=name, settings=given, inputs=specs, parameters=parameters)


IMAGE = (3, 8, 6)
SIGNAL = (4, 9)
SEQUENCE = (7, 12)

ROWS: tuple[Row, ...] = (
    # Dense.
    row("Linear", (20,), out_features=5, parameters=105),
    row("Linear", SEQUENCE, out_features=5, bias=False, parameters=60),
    tokens("Embedding", (7,), num_embeddings=11, embedding_dim=6, parameters=66),
    tokens("Embedding", (), num_embeddings=11, padding_idx=0, parameters=704),
    # Convolution.
    row("Conv1d", SIGNAL, out_channels=6, padding="same", parameters=78),
    row(
        "Conv1d",
        SIGNAL,
        out_channels=6,
        stride=2,
        dilation=2,
        groups=2,
        padding=3,
        padding_mode="reflect",
        parameters=42,
    ),
    row("Conv2d", (1, 28, 28), parameters=320),
    row(
        "Conv2d",
        IMAGE,
        out_channels=6,
        kernel_size=(3, 5),
        stride=(2, 1),
        padding=(1, 2),
        groups=3,
        bias=False,
        padding_mode="circular",
        parameters=90,
    ),
    row("Conv2d", IMAGE, padding="valid", padding_mode="replicate", parameters=896),
    row("ConvTranspose2d", IMAGE, out_channels=5, parameters=65),
    row(
        "ConvTranspose2d",
        (4, 5, 5),
        out_channels=6,
        kernel_size=3,
        stride=1,
        padding=1,
        dilation=2,
        output_padding=1,
        groups=2,
        bias=False,
        parameters=108,
    ),
    # Pooling.
    row("MaxPool1d", SIGNAL),
    row("MaxPool1d", SIGNAL, kernel_size=3, stride=2, padding=1, dilation=2),
    row("MaxPool2d", IMAGE),
    row("MaxPool2d", IMAGE, kernel_size=(3, 2), stride=2, padding=1, ceil_mode=True),
    row("AvgPool1d", SIGNAL, kernel_size=(3,), padding=1, count_include_pad=False),
    row("AvgPool2d", IMAGE, kernel_size=3, stride=(2, 1), ceil_mode=True),
    row("AdaptiveAvgPool1d", SIGNAL, output_size=2),
    row("AdaptiveAvgPool2d", IMAGE),
    row("AdaptiveAvgPool2d", IMAGE, output_size=(None, 9)),
    # Shape.
    row("Flatten", IMAGE),
    row("Flatten", IMAGE, start_dim=2, end_dim=3),
    tokens("Flatten", (3, 4)),
    row("Unflatten", (64,)),
    row("Unflatten", (4, 12), dim=-1, unflattened_size=(3, 4)),
    row("Permute", SEQUENCE),
    row("Permute", IMAGE, dims=(2, 3, 1)),
    row("Reshape", (4, 16)),
    row("Reshape", (1,), shape=()),
    tokens("Reshape", (12,), shape=(3, 4)),
    row("Mean", SEQUENCE),
    row("Mean", IMAGE, dim=-2, keepdim=True),
    row("SelectStep", SEQUENCE),
    tokens("SelectStep", (7,), step=2),
    # Normalization and regularization.
    row("BatchNorm1d", (12,), parameters=24),
    row("BatchNorm1d", SIGNAL, momentum=0.01, eps=0.001, parameters=8),
    row("BatchNorm2d", IMAGE, parameters=6),
    row("BatchNorm2d", IMAGE, affine=False),
    row("LayerNorm", SEQUENCE, parameters=24),
    row("LayerNorm", SEQUENCE, bias=False, parameters=12),
    row("LayerNorm", IMAGE, dims=3, parameters=288),
    row("LayerNorm", IMAGE, elementwise_affine=False, bias=False),
    row("GroupNorm", (8, 4, 4), parameters=16),
    row("GroupNorm", (8,), num_groups=2, affine=False),
    row("Dropout", SEQUENCE, p=0.25),
    # Recurrent.
    row("RNN", SEQUENCE, hidden_size=5, parameters=95),
    row("RNN", SEQUENCE, hidden_size=5, nonlinearity="relu", bias=False, parameters=85),
    row("LSTM", (10, 1), hidden_size=50, parameters=10_600),
    row(
        "LSTM",
        SEQUENCE,
        hidden_size=5,
        num_layers=2,
        bidirectional=True,
        dropout=0.3,
        parameters=1_440,
    ),
    row("LSTM", SEQUENCE, hidden_size=5, dropout=0.3, parameters=380),
    row("GRU", SEQUENCE, hidden_size=5, num_layers=2, parameters=465),
    row("GRU", SEQUENCE, hidden_size=5, bidirectional=True, parameters=570),
    # Attention.
    row(
        "MultiheadAttention", SEQUENCE, SEQUENCE, SEQUENCE, num_heads=3, parameters=624
    ),
    row(
        "MultiheadAttention",
        SEQUENCE,
        (5, 8),
        (5, 6),
        num_heads=4,
        causal=True,
        dropout=0.1,
        bias=False,
        parameters=456,
    ),
    row(
        "MultiheadAttention",
        SEQUENCE,
        SEQUENCE,
        SEQUENCE,
        num_heads=4,
        causal=True,
        parameters=624,
    ),
    row("TransformerEncoderLayer", (7, 16), dim_feedforward=32, parameters=2_224),
    row(
        "TransformerEncoderLayer",
        (7, 16),
        nhead=4,
        dim_feedforward=32,
        dropout=0.0,
        activation="gelu",
        norm_first=True,
        causal=True,
        parameters=2_224,
    ),
    row("PositionalEncoding", SEQUENCE, dropout=0.1),
    row("PositionalEncoding", (4, 5)),
    row("PositionalEncoding", SEQUENCE, kind="learned", parameters=84),
    # Activation.
    row("ReLU", IMAGE),
    row("LeakyReLU", IMAGE, negative_slope=0.2),
    row("ELU", IMAGE, alpha=0.5),
    row("GELU", SEQUENCE),
    row("GELU", SEQUENCE, approximate="tanh"),
    row("SiLU", (4,)),
    row("Sigmoid", (4,)),
    row("Tanh", ()),
    row("Softmax", SEQUENCE),
    row("Softmax", IMAGE, dim=1),
    # Merge.
    row("Add", IMAGE, IMAGE),
    row("Add", IMAGE, (3, 1, 1), IMAGE),
    row("Multiply", IMAGE, (3, 1, 1)),
    tokens("Add", (4,), (4,)),
    row("Concatenate", IMAGE, (2, 8, 6)),
    row("Concatenate", SEQUENCE, (7, 3), (7, 1), dim=-1),
    # Ends: what they give and take is the document's; see test_ends.
    row("Input"),
    row("Output", (10,)),
)
