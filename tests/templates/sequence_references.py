"""Published implementations of the networks for sequences, without trained weights.

Ours and theirs call the same weights differently: each reference says what theirs is
called. The published ones are built from their configuration; nothing is downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
import transformers
from torch import Tensor, nn
from torchvision.models import VisionTransformer
from transformers.pytorch_utils import Conv1D

from engine.document import Document
from tests.templates.architectures.encoders import ReaderSizes, bert_base, distilbert
from tests.templates.architectures.translators import (
    T5_SMALL,
    TRANSFORMER_BASE,
    TranslatorSizes,
    t5_small,
    transformer_base,
)
from tests.templates.architectures.vision_transformer import VitSizes, vit_b_16
from tests.templates.architectures.writers import WriterSizes, gpt_2

Inputs = tuple[Tensor, ...]


@dataclass(frozen=True, kw_only=True)
class SequenceReference:
    """A network of ours, drawn small or in full, and the published one of that size."""

    draw: Callable[[bool], Document]
    """Of its published size, or a small sibling of the same structure."""
    make: Callable[[bool], nn.Module]
    names: Sequence[tuple[str, str]]
    """Patterns and replacements that turn the name of our weight into theirs."""
    inputs: Callable[[], Inputs]
    """Samples for either size."""
    answer: Callable[[nn.Module, Inputs], Tensor]

    def copy(self, theirs: nn.Module, ours: nn.Module) -> None:
        """Copy every weight; raises KeyError for one that they do not have."""
        published = theirs.state_dict()
        weights = {}
        for name in ours.state_dict():
            their_name = name
            for pattern, replacement in self.names:
                their_name = re.sub(pattern, replacement, their_name)
            weight = published[their_name]
            module, _, kind = their_name.rpartition(".")
            if kind == "weight" and isinstance(theirs.get_submodule(module), Conv1D):
                weight = weight.T  # it keeps its inputs in the rows
            weights[name] = weight
        ours.load_state_dict(weights)


def some_tokens(length: int, most: int, filled: int = 0) -> Tensor:
    """Three samples; the first ends in `filled` zeros, which stand for nothing."""
    chance = torch.Generator().manual_seed(1)
    tokens = torch.randint(1, most, (3, length), generator=chance)
    tokens[0, length - filled :] = 0
    return tokens


SMALL = {"width": 48, "heads": 4, "layers": 2}
_READER = ReaderSizes(vocabulary=90, positions=20, length=12, **SMALL)
_WRITER = WriterSizes(vocabulary=90, positions=20, window=12, **SMALL)
_TRANSLATOR = TranslatorSizes(vocabulary=90, lengths=(12, 9), **SMALL)
_VIT = VitSizes(image=32, patch=8, **SMALL)


def _bert(full: bool) -> nn.Module:
    size = ReaderSizes() if full else _READER
    config = transformers.BertConfig(
        vocab_size=size.vocabulary,
        max_position_embeddings=size.positions,
        hidden_size=size.width,
        num_attention_heads=size.heads,
        num_hidden_layers=size.layers,
        intermediate_size=4 * size.width,
        attn_implementation="eager",
    )
    return transformers.BertModel(config)


def _distilbert(full: bool) -> nn.Module:
    size = ReaderSizes(layers=6) if full else _READER
    config = transformers.DistilBertConfig(
        vocab_size=size.vocabulary,
        max_position_embeddings=size.positions,
        dim=size.width,
        n_heads=size.heads,
        n_layers=size.layers,
        hidden_dim=4 * size.width,
        num_labels=2,
        attn_implementation="eager",
    )
    return transformers.DistilBertForSequenceClassification(config)


def _gpt_2(full: bool) -> nn.Module:
    size = WriterSizes() if full else _WRITER
    config = transformers.GPT2Config(
        vocab_size=size.vocabulary,
        n_positions=size.positions,
        n_embd=size.width,
        n_head=size.heads,
        n_layer=size.layers,
        bos_token_id=0,
        eos_token_id=0,
        attn_implementation="eager",
    )
    return transformers.GPT2LMHeadModel(config)


def _t5(full: bool) -> nn.Module:
    size = T5_SMALL if full else _TRANSLATOR
    config = transformers.T5Config(
        vocab_size=size.vocabulary,
        d_model=size.width,
        num_heads=size.heads,
        num_layers=size.layers,
        d_kv=size.width // size.heads,
        d_ff=4 * size.width,
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    return transformers.T5ForConditionalGeneration(config)


def _vit(full: bool) -> nn.Module:
    size = VitSizes() if full else _VIT
    return VisionTransformer(
        size.image,
        size.patch,
        size.layers,
        size.heads,
        size.width,
        4 * size.width,
    )


class FirstTransformer(nn.Module):
    """PyTorch's own layers in the order of Vaswani et al. 2017, figure 1.

    Without the normalization that `nn.Transformer` has behind each stack and the paper
    has not.
    """

    def __init__(self, size: TranslatorSizes) -> None:
        super().__init__()
        feed = 4 * size.width
        self.words = nn.Embedding(size.vocabulary, size.width)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(size.width, size.heads, feed, batch_first=True),
            size.layers,
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(size.width, size.heads, feed, batch_first=True),
            size.layers,
        )

    def placed(self, tokens: Tensor) -> Tensor:
        """The vectors of tokens and places, by the formulas of sections 3.4 and 3.5."""
        width = self.words.embedding_dim
        x = self.words(tokens) * width**0.5
        for place in range(tokens.shape[1]):
            for each in range(width):
                angle = torch.tensor(place / 10_000 ** (2 * (each // 2) / width))
                x[:, place, each] += torch.cos(angle) if each % 2 else torch.sin(angle)
        return x

    def forward(self, tokens: Tensor, written: Tensor) -> Tensor:
        filled = tokens == 0
        memory = self.encoder(self.placed(tokens), src_key_padding_mask=filled)
        later = torch.triu(torch.full([written.shape[1]] * 2, -torch.inf), 1)
        x = self.decoder(
            self.placed(written), memory, later, memory_key_padding_mask=filled
        )
        return x @ self.words.weight.T


_LAYER = (r"^layers\.", "encoder.layer.")
SEQUENCE_REFERENCES = {
    "vit-b-16": SequenceReference(
        draw=lambda full: vit_b_16(None if full else _VIT),
        make=_vit,
        names=[
            (r"^patches", "conv_proj"),
            (r"^positions", "encoder.pos_embedding"),
            (r"^layers\.(\d+)", r"encoder.layers.encoder_layer_\1"),
            (r"^norm", "encoder.ln"),
            (r"^head", "heads.head"),
            (r"\.norm(\d)", r".ln_\1"),
            (r"\.attention", ".self_attention"),
            (r"\.expand", ".mlp.0"),
            (r"\.contract", ".mlp.3"),
        ],
        inputs=lambda: (
            torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(1)),
        ),
        answer=lambda network, x: network(*x),
    ),
    "bert-base": SequenceReference(
        draw=lambda full: bert_base(None if full else _READER),
        make=_bert,
        names=[
            (r"^words", "embeddings.word_embeddings"),
            (r"^positions", "embeddings.position_embeddings"),
            (r"^segments", "embeddings.token_type_embeddings"),
            (r"^norm\.", "embeddings.LayerNorm."),
            (r"^pooler", "pooler.dense"),
            _LAYER,
            (r"attention\.(query|key|value)", r"attention.self.\1"),
            (r"attention\.project", "attention.output.dense"),
            (r"norm1", "attention.output.LayerNorm"),
            (r"expand", "intermediate.dense"),
            (r"contract", "output.dense"),
            (r"norm2", "output.LayerNorm"),
        ],
        inputs=lambda: (some_tokens(12, 90, filled=4),),
        answer=lambda network, x: network(x[0], (x[0] != 0).long()).pooler_output,
    ),
    "distilbert": SequenceReference(
        draw=lambda full: distilbert(None if full else _READER),
        make=_distilbert,
        names=[
            (r"^words", "distilbert.embeddings.word_embeddings"),
            (r"^positions", "distilbert.embeddings.position_embeddings"),
            (r"^norm\.", "distilbert.embeddings.LayerNorm."),
            (r"^head", "pre_classifier"),
            (r"^scores", "classifier"),
            (r"^layers\.", "distilbert.transformer.layer."),
            (r"attention\.(query|key|value|project)", r"attention.\1_lin"),
            (r"query_lin", "q_lin"),
            (r"key_lin", "k_lin"),
            (r"value_lin", "v_lin"),
            (r"project_lin", "out_lin"),
            (r"norm1", "sa_layer_norm"),
            (r"expand", "ffn.lin1"),
            (r"contract", "ffn.lin2"),
            (r"norm2", "output_layer_norm"),
        ],
        inputs=lambda: (some_tokens(12, 90, filled=4),),
        answer=lambda network, x: network(x[0], (x[0] != 0).long()).logits,
    ),
    "gpt-2": SequenceReference(
        draw=lambda full: gpt_2(None if full else _WRITER),
        make=_gpt_2,
        names=[
            (r"^words", "transformer.wte"),
            (r"^positions", "transformer.wpe"),
            (r"^norm\.", "transformer.ln_f."),
            (r"^scores", "lm_head"),
            (r"^layers\.", "transformer.h."),
            (r"\.norm(\d)", r".ln_\1"),
            (r"attention\.all_three", "attn.c_attn"),
            (r"attention\.project", "attn.c_proj"),
            (r"expand", "mlp.c_fc"),
            (r"contract", "mlp.c_proj"),
        ],
        inputs=lambda: (some_tokens(12, 90),),
        answer=lambda network, x: network(*x).logits,
    ),
    "t5-small": SequenceReference(
        draw=lambda full: t5_small(T5_SMALL if full else _TRANSLATOR),
        make=_t5,
        names=[
            (r"^words", "shared"),
            (r"^scores", "lm_head"),
            (r"^norm1", "encoder.final_layer_norm"),
            (r"^norm2", "decoder.final_layer_norm"),
            (r"^distances\.", "encoder.block.0.layer.0.SelfAttention."),
            (r"^distances_back\.", "decoder.block.0.layer.0.SelfAttention."),
            (r"^(encoder|decoder)\.(\d+)\.", r"\1.block.\2.layer."),
            (r"(encoder.*)feed_forward", r"\g<1>1.DenseReluDense"),
            (r"(encoder.*)norm2", r"\g<1>1.layer_norm"),
            (r"(decoder.*)feed_forward", r"\g<1>2.DenseReluDense"),
            (r"norm3", "2.layer_norm"),
            (r"(decoder.*)norm2", r"\g<1>1.layer_norm"),
            (r"layer\.norm1", "layer.0.layer_norm"),
            (r"cross_attention", "1.EncDecAttention"),
            (r"layer\.attention", "layer.0.SelfAttention"),
            (r"query", "q"),
            (r"key", "k"),
            (r"value", "v"),
            (r"project", "o"),
            (r"expand", "wi"),
            (r"contract", "wo"),
        ],
        # Long enough that distances share their buckets.
        inputs=lambda: (some_tokens(50, 90, filled=4), some_tokens(40, 90)),
        answer=lambda network, x: (
            network(x[0], (x[0] != 0).long(), decoder_input_ids=x[1]).logits
        ),
    ),
    "transformer-base": SequenceReference(
        draw=lambda full: transformer_base(TRANSFORMER_BASE if full else _TRANSLATOR),
        make=lambda full: FirstTransformer(TRANSFORMER_BASE if full else _TRANSLATOR),
        names=[
            (r"^scores", "words"),
            (r"^(encoder|decoder)\.", r"\1.layers."),
            (r"cross_attention", "multihead_attn"),
            (r"\.attention", ".self_attn"),
            (r"expand", "linear1"),
            (r"contract", "linear2"),
        ],
        inputs=lambda: (some_tokens(12, 90, filled=4), some_tokens(9, 90)),
        answer=lambda network, x: network(*x),
    ),
}
"""By the id of the template."""
