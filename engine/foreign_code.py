"""The Python code that a document carries: where it stands, and whether it may run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.allowed_code import ALLOWED
from engine.block_edits import MAIN, and_list, scopes
from engine.catalog.python import DEFAULT, Python
from engine.document import Document
from engine.problems import Problem, Refusal


@dataclass(frozen=True, slots=True)
class Carried:
    """The code of one node."""

    scope: str
    """The graph that holds the node: empty for the main one, else a block's name."""
    node: str
    code: str
    class_name: str

    @property
    def place(self) -> str:
        """The node's name, and the block it is in."""
        return self.node if self.scope == MAIN else f"{self.node} in {self.scope}"

    @property
    def may_run(self) -> bool:
        """Whether it was allowed, or is what every new node begins with."""
        return self.code == DEFAULT or ALLOWED.allows(self.code)


def carried(document: Document) -> Iterator[Carried]:
    """The code of every Python layer of a document, in all its graphs."""
    for scope, graph in scopes(document):
        for node in graph:
            # By its name first: this is asked of every node at every edit.
            if node.layer == Python.__name__ and isinstance(layer := node.type, Python):
                code = node.settings.get("code", DEFAULT)
                if isinstance(code, str):
                    yield Carried(scope, node.name, code, layer.class_name)


def clashes(document: Document) -> list[Problem]:
    """Nodes whose code calls its class as another's does, and is not the same."""
    first: dict[str, Carried] = {}
    problems = []
    for each in carried(document):
        if not each.class_name:
            continue  # what is the matter with it is its own problem
        other = first.setdefault(each.class_name, each)
        if other.code != each.code:
            problems.append(
                Problem(
                    code="class-twice",
                    node=each.node,
                    scope=each.scope,
                    message=f"{each.place} calls its class {each.class_name}, as "
                    f"{other.place} does with other code.",
                    expected="a name of its own for each class",
                    remedy="Rename the class in one of them, or give both the same "
                    "code.",
                )
            )
    return problems


def refuse_to_run(document: Document, name: str, allow: bool) -> None:
    """Raise Refusal where a document carries code that was not allowed.

    `name` is what the message calls the document. With `allow` its code is allowed for
    this process instead.
    """
    waiting = [each for each in carried(document) if not each.may_run]
    if allow:
        for each in waiting:
            ALLOWED.allow(each.code)
    elif waiting:
        raise Refusal(
            f"{name} carries Python code, in {and_list([w.place for w in waiting])}.",
            "Read it, and add --allow-code if you trust it.",
            code="code-not-allowed",
        )
