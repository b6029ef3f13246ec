"""What a declaration of a way of learning says."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import ClassVar

from engine.catalog import TensorSpec
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.problems import Problem
from engine.training.goals import Learning


class Method:
    """A way of learning. The class's docstring is its help text.

    A subclass whose name begins with an underscore is a base and is not registered.
    """

    id: ClassVar[str] = ""
    """What the recipe calls it."""
    title: ClassVar[str] = ""
    source: ClassVar[str] = ""
    """The paper."""
    module: ClassVar[str] = ""
    """The module of its objective, such as `engine.training.supervised`."""
    objective: ClassVar[str] = ""
    """The objective's class there."""

    learns_from_targets: ClassVar[bool] = True
    """Whether what the data has for answers plays a part in learning."""

    @property
    def help(self) -> str:
        """What it does, in one paragraph."""
        return inspect.cleandoc(type(self).__doc__ or "")

    def problems(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> list[Problem]:
        """What keeps a network from learning so.

        `outputs` are the Output nodes with what reaches them, where that is known.
        """
        raise NotImplementedError

    def learning(
        self, document: Document, info: DataInfo, outputs: Mapping[str, TensorSpec]
    ) -> Learning:
        """Goals and players of a document without problems."""
        raise NotImplementedError

    def __init_subclass__(cls) -> None:
        if cls.__name__.startswith("_"):
            return
        if cls.id in METHODS:
            raise ValueError(f"two methods are called {cls.id}")
        METHODS[cls.id] = cls()


METHODS: dict[str, Method] = {}
"""Every method by name, in the order of the recipe's form; a test holds the two."""
