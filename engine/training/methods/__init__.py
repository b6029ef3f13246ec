"""The ways of learning, declared: what each is called, asks for, and who learns.

Nothing here imports torch: a form shows the methods before torch is there. What a
method does with a batch is an objective, in a file of its own beside this package.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.training.goals import Learning

# Importing a declaration puts it into METHODS.
from engine.training.methods import adversarial as _adversarial  # noqa: F401
from engine.training.methods import competitive as _competitive  # noqa: F401
from engine.training.methods import (
    contrastive_divergence as _contrastive_divergence,  # noqa: F401
)
from engine.training.methods import deep_stacking as _deep_stacking  # noqa: F401
from engine.training.methods import greedy_layers as _greedy_layers  # noqa: F401
from engine.training.methods import supervised as _supervised  # noqa: F401
from engine.training.methods.freezing import frozen_modules, module_rates, stem_modules
from engine.training.methods.method import METHODS as METHODS
from engine.training.methods.method import Method as Method


def method_of(name: str) -> Method:
    """The method of that name; raises KeyError for one there is not."""
    return METHODS[name]


def learning_of(
    document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
) -> Learning:
    """What a document without problems has to learn, by whom, and what is frozen."""
    learning = method_of(document.recipe.method).learning(document, info, outputs)
    return replace(
        learning,
        frozen=tuple(frozen_modules(document, outputs)),
        rates=module_rates(document, outputs),
        stem=tuple(stem_modules(document, outputs)),
    )
