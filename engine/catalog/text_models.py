"""Hugging Face's text models: what can be chosen, how large, whose terms, which shape.

The configurations are those of the published models, as far as shapes depend on them:
shapes are known before anything is downloaded. Others are read from a folder.
"""

from __future__ import annotations

import json
import keyword
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.model_places import snapshot_of

ADDRESS = "https://huggingface.co/"
CONFIG, WEIGHTS, TOKENIZER = "config.json", "model.safetensors", "tokenizer.json"
FILES = (CONFIG, WEIGHTS, TOKENIZER, "tokenizer_config.json")
"""What is fetched of a model: nothing that would have to be unpickled."""
ENCODERS = ("bert", "distilbert", "roberta", "xlm-roberta", "camembert", "electra")
"""Kinds of models whose tokens all see each other."""
KINDS = (*ENCODERS, "gpt2")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextModel:
    """One published model."""

    title: str
    licence: str
    parameters: int
    size: int
    """Of its weights, in bytes."""
    config: Mapping[str, Any]  # JSON: numbers and words
    labels: tuple[str, ...] = ()
    """What its class scores are about, where it was fine-tuned to give some."""


_DISTILBERT = {"model_type": "distilbert", "vocab_size": 30_522, "pad_token_id": 0}
TEXT_MODELS: dict[str, TextModel] = {
    "distilbert/distilbert-base-uncased": TextModel(
        title="DistilBERT",
        licence="Apache 2.0",
        parameters=66_362_880,
        size=267_954_768,
        config=_DISTILBERT,
    ),
    "distilbert/distilbert-base-uncased-finetuned-sst-2-english": TextModel(
        title="DistilBERT SST-2",
        licence="Apache 2.0",
        parameters=66_955_010,
        size=267_832_558,
        config={**_DISTILBERT, "num_labels": 2},
        labels=("NEGATIVE", "POSITIVE"),
    ),
    "google-bert/bert-base-uncased": TextModel(
        title="BERT base",
        licence="Apache 2.0",
        parameters=108_891_648,
        size=440_449_768,
        config={"model_type": "bert", "vocab_size": 30_522, "pad_token_id": 0},
    ),
    "sentence-transformers/all-MiniLM-L6-v2": TextModel(
        title="MiniLM L6",
        licence="Apache 2.0",
        parameters=22_565_376,
        size=90_868_376,
        config={
            "model_type": "bert",
            "vocab_size": 30_522,
            "hidden_size": 384,
            "intermediate_size": 1_536,
            "num_attention_heads": 12,
            "num_hidden_layers": 6,
            "pad_token_id": 0,
        },
    ),
    "FacebookAI/roberta-base": TextModel(
        title="RoBERTa base",
        licence="MIT",
        parameters=124_055_040,
        size=498_818_054,
        config={
            "model_type": "roberta",
            "vocab_size": 50_265,
            "max_position_embeddings": 514,
            "type_vocab_size": 1,
            "pad_token_id": 1,
        },
    ),
    "openai-community/gpt2": TextModel(
        title="GPT-2",
        licence="MIT",
        parameters=124_439_808,
        size=548_105_171,
        config={"model_type": "gpt2", "vocab_size": 50_257, "pad_token_id": 50_256},
    ),
}
"""By their names on the hub."""


def folder_of(model: str, folder: str) -> Path | None:
    """Where a model's files are on this machine: the folder chosen, or the cache."""
    return Path(folder).expanduser() if folder else snapshot_of(model, CONFIG)


def config_of(model: str, folder: str) -> dict[str, Any] | str:  # JSON
    """A model's configuration, or why there is none, as the end of a sentence.

    From the folder, else from the table above; nothing of it is ever executed.
    """
    if not folder:
        return dict(TEXT_MODELS[model].config)
    path = Path(folder).expanduser() / CONFIG
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return f"has no {CONFIG} in {folder}"
    except ValueError:
        return f"has a {CONFIG} in {folder} that is no JSON"
    if not isinstance(found, dict) or found.get("model_type") not in KINDS:
        kind = found.get("model_type") if isinstance(found, dict) else None
        return f"is of the kind {kind!r} in {folder}"
    labels, heads = found.get("id2label"), found.get("architectures") or []
    found.pop("num_labels", None)
    if any(_CLASSIFIER in str(head) for head in heads):
        found["num_labels"] = len(labels) if isinstance(labels, dict) else 2
    return {
        name: value
        for name, value in found.items()
        if isinstance(value, (int, float, str))
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and name not in _OF_THE_FILE
    }


_CLASSIFIER = "ForSequenceClassification"
_OF_THE_FILE = {"torch_dtype", "dtype", "transformers_version", "attn_implementation"}
"""What a configuration says of how it was saved, and not of the network."""


def vocabulary_of_model(name: str) -> int | None:
    """How many tokens a model tells apart, by its name or folder, where known."""
    if name in TEXT_MODELS:
        return int(TEXT_MODELS[name].config["vocab_size"])
    config = config_of("", name)
    return None if isinstance(config, str) else config.get("vocab_size")


def longest(config: Mapping[str, Any]) -> int:
    """How many tokens a model reads at most, by its table of positions."""
    kind = config["model_type"]
    if kind == "gpt2":
        return int(config.get("n_positions", 1_024))
    positions = int(config.get("max_position_embeddings", 512))
    # RoBERTa's kin count positions from behind the padding token.
    offset = kind in ("roberta", "xlm-roberta", "camembert")
    return positions - 2 if offset else positions


def layers_of(config: Mapping[str, Any]) -> int:
    """How many layers of attention a model has."""
    names = {"distilbert": ("n_layers", 6), "gpt2": ("n_layer", 12)}
    name, usual = names.get(config["model_type"], ("num_hidden_layers", 12))
    return int(config.get(name, usual))


def padding_of(config: Mapping[str, Any]) -> int:
    """The token that fills short sentences; GPT-2 has none, and takes its last."""
    usual = {"gpt2": int(config.get("vocab_size", 50_257)) - 1, "roberta": 1}
    return int(config.get("pad_token_id", usual.get(config["model_type"], 0)))
