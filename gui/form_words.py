"""Problems in the words of the forms: `kernel size`, where PyTorch says `kernel_size`.

What the engine says of a setting calls it as the code does. In the window a person sees
its field, and has to know it again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from engine.catalog import CATALOG
from engine.catalog.settings import Setting
from engine.document import Document
from engine.problems import Fix, Problem
from engine.recipe import RECIPE_SETTINGS

_NAME = re.compile(r"\b\w+_\w+\b|(?:(?<=\b[Ss]et )|(?<=\bWrite )|(?<=: ))\w+\b")
"""A name that no other word is written like, or one where a setting is spoken of."""

_MARKS = ("_", "Set ", " set ", "Write ")
"""What is in every text that speaks of a setting; quickly looked for."""


def in_form_words(document: Document, problem: Problem) -> Problem:
    """`problem` with the settings of its node, and of all else, as their forms say.

    Cheap where none is named: a broken document has thousands of problems.
    """
    is_of_value = problem.code.startswith("bad-")
    texts = f"{problem.message} {problem.remedy} {problem.found} {problem.expected}"
    if not is_of_value and not any(mark in texts for mark in _MARKS):
        return problem
    block = document.blocks.get(problem.scope)
    graph = document.graph if block is None else block.block.graph
    at = problem.node
    node = graph[at] if at is not None and at in graph else None

    def title(found: re.Match[str]) -> str:
        name = found[0]
        own = node.type.setting(name) if node is not None and node.type else None
        if name in graph:
            return name
        return _in_a_sentence(own) if own is not None else _everywhere().get(name, name)

    # Of a wrong value, what was found is what somebody wrote: a block's formula, say.
    quoted = problem.found if is_of_value else ""

    def said(text: str) -> str:
        parts = text.split(quoted) if quoted else [text]
        return quoted.join(_NAME.sub(title, part) for part in parts)

    return replace(
        problem,
        message=said(problem.message),
        remedy=said(problem.remedy),
        found=said(problem.found),
        expected=_NAME.sub(title, problem.expected),
        fixes=tuple(
            Fix(label=_NAME.sub(title, fix.label), edits=fix.edits)
            for fix in problem.fixes
        ),
    )


def sentence_in_form_words(problem: Problem) -> str:
    """What is wrong and what to do, where nobody knows of which node it is."""
    known = _everywhere()
    return _NAME.sub(lambda found: known.get(found[0], found[0]), problem.sentence())


def _in_a_sentence(setting: Setting) -> str:
    """What the form calls a setting, as it is written within a sentence."""
    return setting.title[:1].lower() + setting.title[1:]


@lru_cache(maxsize=1)
def _everywhere() -> dict[str, str]:
    """The settings that are called alike wherever they are: those of two words."""
    from engine.data.source import SOURCES  # after the first frame, as problems are

    owners = (*CATALOG.values(), *SOURCES.values())
    known = [*RECIPE_SETTINGS, *(each for owner in owners for each in owner.settings)]
    return {each.name: _in_a_sentence(each) for each in known if "_" in each.name}
