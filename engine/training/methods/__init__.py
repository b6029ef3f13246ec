"""The ways of learning, declared: what each is called, asks for, and who learns.

Nothing here imports torch: a form shows the methods before torch is there. What a
method does with a batch is an objective, in a file of its own beside this package.
"""

from __future__ import annotations

# Importing a declaration puts it into METHODS.
from engine.training.methods import adversarial as _adversarial  # noqa: F401
from engine.training.methods import supervised as _supervised  # noqa: F401
from engine.training.methods.method import METHODS as METHODS
from engine.training.methods.method import Learning as Learning
from engine.training.methods.method import Method as Method


def method_of(name: str) -> Method:
    """The method of that name; raises KeyError for one there is not."""
    return METHODS[name]
