"""The architectures for sequences, and those that read pictures as sequences."""

from __future__ import annotations

from collections.abc import Callable

from engine.document import Document
from tests.templates.architectures.encoders import bert_base, distilbert
from tests.templates.architectures.recurrent import (
    bilstm_classifier,
    gru_classifier,
    rnn_classifier,
    seq2seq_attention,
)
from tests.templates.architectures.translators import t5_small, transformer_base
from tests.templates.architectures.vision_transformer import vit_b_16
from tests.templates.architectures.writers import gpt_2

SEQUENCE_ARCHITECTURES: dict[str, Callable[[], Document]] = {
    "rnn-classifier": rnn_classifier,
    "gru-classifier": gru_classifier,
    "bilstm-classifier": bilstm_classifier,
    "seq2seq-attention": seq2seq_attention,
    "transformer-base": transformer_base,
    "bert-base": bert_base,
    "distilbert": distilbert,
    "gpt-2": gpt_2,
    "t5-small": t5_small,
    "vit-b-16": vit_b_16,
}
"""By the id of the template, in the order in which they should be met."""
