"""What is wrong with a document, as values, and what would mend it.

A user's mistake is never an exception while a document is being edited: it is a
`Problem` beside the node it concerns. Where an action cannot go on at all (a file that
cannot be read, data that cannot be found), `Refusal` carries the same value upwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol


class Severity(StrEnum):
    """How bad a problem is: an error keeps the network from running."""

    ERROR = "error"
    WARNING = "warning"


class Edit(Protocol):
    """A change that can be applied to a document; `engine.edits` defines them all."""

    def apply(self, document: Any) -> Edit:  # Any: documents live above this module
        """Change `document` and return the edit that undoes the change."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One way to mend a problem with one click: the button's text and its edits."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong: where, what was found, what was expected, what to do."""

    message: str
    """One sentence for the user, naming the node and what is the matter."""
    remedy: str
    """One thing to do about it, as a sentence."""
    code: str
    """A stable identifier of the kind of problem, such as `shape-mismatch`."""
    severity: Severity = Severity.ERROR
    node: str | None = None
    port: str | None = None
    scope: str = ""
    """The graph that holds the node: empty for the main one, else a block's name."""
    found: str = ""
    expected: str = ""
    setting: str = ""
    """The setting of the data whose value is wrong, where it is one."""
    fixes: tuple[Fix, ...] = field(default=(), compare=False)
    asks_to_run: str = ""
    """Python code of the document that a person has to read and allow by hand."""

    @property
    def as_shown(self) -> tuple[Problem, tuple[Fix, ...]]:
        """What differs where a person would see another one: with its fixes, too.

        They take no part in comparing problems, and an edit may change them alone.
        """
        return self, self.fixes

    @property
    def is_error(self) -> bool:
        """Whether the network cannot run until this is mended."""
        return self.severity is Severity.ERROR

    def sentence(self) -> str:
        """The message with what to do, as one line of plain text."""
        return f"{self.message} {self.remedy}".strip()

    def as_json(self) -> dict[str, object]:
        """The problem as the command line prints it with `--json`."""
        return {
            "severity": str(self.severity),
            "code": self.code,
            "node": self.node,
            "port": self.port,
            "scope": self.scope,
            "message": self.message,
            "found": self.found,
            "expected": self.expected,
            "remedy": self.remedy,
            "fixes": [fix.label for fix in self.fixes],
        }


class Refusal(Exception):  # noqa: N818  a refusal is no error of ours
    """An action that cannot go on, with the problem to show to the user."""

    def __init__(
        self,
        message: str,
        remedy: str = "",
        *,
        code: str = "refused",
        fixes: tuple[Fix, ...] = (),
        setting: str = "",
    ) -> None:
        self.problem = Problem(
            message=message, remedy=remedy, code=code, fixes=fixes, setting=setting
        )
        super().__init__(self.problem.sentence())


def errors(problems: Sequence[Problem]) -> list[Problem]:
    """Those of `problems` that keep the network from running."""
    return [problem for problem in problems if problem.is_error]
