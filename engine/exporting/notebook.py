"""A Jupyter notebook made of the same parts as the script."""

from __future__ import annotations

import hashlib
import json

from engine.document import Document
from engine.exporting.bundle import Import
from engine.exporting.parts import Closing, Part, program_of

NOTEBOOK_IMPORTS = frozenset({Import("torch"), Import("pathlib", "Path")})

AUGMENT = """
    augment=Augment(RECIPE, splits.vocabulary),"""

TRAIN = """\
splits = load_data(Path("data"))
state, hardware = begin(%(class_name)s, RECIPE, LEARNING)
plan = Plan(
    recipe=RECIPE,
    fields=FIELDS,
    learning=LEARNING,
    hardware=hardware,
    objective=%(objective)s(),%(augment)s
)
for event in train(state, splits, plan):
    line = as_text(event)
    if line:
        print(line)"""

EVALUATE = """\
state.model.eval()
few = splits.test.batch(torch.arange(min(8, len(splits.test))))
with torch.no_grad():
    answers = forward(state.model, few.to(hardware.device), plan)
for goal, answer in zip(LEARNING.goals, answers, strict=True):
    if not goal.target:
        continue
    if goal.loss == "cross_entropy":
        answer = answer.argmax(-1)
    print(goal.target, "given:", answer.cpu().flatten()[:8])
    print(goal.target, "right:", few.targets[goal.target].flatten()[:8])"""

CLOSING = Closing(
    templates=(TRAIN, EVALUATE), imports=NOTEBOOK_IMPORTS, augment=AUGMENT
)


def notebook(document: Document) -> str:
    """The notebook as JSON, nbformat 4.5. Raises Refusal."""
    program = program_of(document, CLOSING)
    train, evaluate = program.closing
    cells = [
        _markdown(
            f"# {program.title}\n\nMade with Espalier, and runs without it. Run the "
            "cells from top to bottom."
        ),
        _markdown("## Imports"),
        _code(program.head),
        _markdown("## The network"),
        _code(program.model.text),
    ]
    for heading, parts in (
        ("What was set", program.settings),
        ("Data", program.data),
        ("How it is trained", program.training),
    ):
        cells.append(_markdown(f"## {heading}"))
        cells += [_cell(part) for part in parts]
    cells += [
        _markdown("## Train"),
        _code(train),
        _markdown("## Look at a few answers"),
        _code(evaluate),
    ]
    for index, cell in enumerate(cells):  # ids are needed, and the same each time
        text = f"{index} {cell['source']}"
        cell["id"] = hashlib.sha256(text.encode()).hexdigest()[:8]
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _cell(part: Part) -> dict[str, object]:
    return _code(f"# {part.title}\n\n{part.text}")


def _markdown(text: str) -> dict[str, object]:
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def _code(text: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": _lines(text),
    }


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)
