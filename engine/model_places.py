"""Where pretrained models' files lie on this machine, as their libraries keep them.

Reads names alone: needs neither torch nor the network.
"""

from __future__ import annotations

import os
from pathlib import Path


def torch_hub_folder() -> Path:
    """Where torch.hub keeps weights: `$TORCH_HOME/hub/checkpoints`.

    As https://docs.pytorch.org/docs/stable/hub.html describes it.
    """
    return _home("TORCH_HOME", "torch") / "hub" / "checkpoints"


def hugging_face_folder() -> Path:
    """Where Hugging Face keeps models: `$HF_HUB_CACHE`, else `$HF_HOME/hub`.

    As https://huggingface.co/docs/huggingface_hub/guides/manage-cache describes it.
    """
    named = os.environ.get("HF_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    return _home("HF_HOME", "huggingface") / "hub"


def snapshot_of(model: str, file: str) -> Path | None:
    """The folder in the cache that holds a model's newest files; None without `file`.

    `model` is its name on the hub, `google-bert/bert-base-uncased`.
    """
    root = hugging_face_folder() / f"models--{model.replace('/', '--')}"
    try:
        commit = (root / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = root / "snapshots" / commit
    return folder if (folder / file).is_file() else None


def _home(variable: str, name: str) -> Path:
    """What an environment variable names, else a folder of the user's cache."""
    named = os.environ.get(variable)
    if named:
        return Path(named).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(cache).expanduser() / name
