"""How verbs say what they found, and how they end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from engine.problems import Problem

DONE, DOCUMENT_ERRORS, WRONG_USAGE, FAILED = 0, 1, 2, 3
"""Exit codes."""


def print_json(value: object) -> None:
    """One line of JSON, at once: a program may wait for it."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[bool]
) -> None:
    """Rows under the titles of `head`; columns of `numbers` end at the right."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title, is_number in zip(head, numbers, strict=True):
        table.add_column(title, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    Console().print(table)


def print_problems(problems: Iterable[Problem]) -> None:
    """What was asked for: every problem with how severe it is, one a line."""
    for problem in problems:
        print(f"{problem.severity}: {problem.sentence()}")


def print_errors(problems: Iterable[Problem]) -> None:
    """Why a verb could not be done: the errors, one a line, beside the output."""
    for problem in problems:
        if problem.is_error:
            print(problem.sentence(), file=sys.stderr)
