"""The parts of a training program: what a script and a notebook are both made of."""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any

from engine.catalog.layer import literal
from engine.compiler import compile_document
from engine.data.source import describe, source_of
from engine.document import Document
from engine.exporting.bundle import (
    Bundle,
    Import,
    Root,
    bundle,
    imports_of,
    write_imports,
)
from engine.layout import lay_out
from engine.problems import Refusal, errors
from engine.recipe import Recipe
from engine.training.assignment import fields_of
from engine.training.fitness import training_problems
from engine.training.goals import Goal, Learning
from engine.training.methods import learning_of, method_of

SETTINGS_ROOTS = (
    Root("engine.recipe", "Recipe"),
    Root("engine.training.goals", "Goal"),
    Root("engine.training.goals", "Learning"),
)
TRAINING_ROOTS = (
    Root("engine.training.objective", "Plan"),
    Root("engine.training.loop", "begin"),
    Root("engine.training.loop", "train"),
)
AUGMENTING_ROOTS = (Root("engine.training.augmentation", "Augment"),)
REPORTING_ROOTS = (
    Root("engine.training.reporting", "as_json"),
    Root("engine.training.reporting", "as_text"),
)
ERROR_ROOTS = (
    Root("engine.data.errors", "DataError"),
    Root("engine.training.device", "HardwareError"),
    Root("engine.training.events", "Diverged"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a program: a heading and its source."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A whole training program but for its `main`."""

    title: str
    class_name: str
    model: Part
    settings: tuple[Part, ...]
    """What was set in Espalier: the recipe, the goals, the data that inputs take."""
    data: tuple[Part, ...]
    training: tuple[Part, ...]
    imports: frozenset[Import]
    objective: str
    """The class of the objective."""
    augments: bool
    """Whether the batches of the training are changed by chance."""
    needs_data_dir: bool
    recipe: Recipe


def program_of(document: Document) -> Program:
    """The parts of the program that trains a document. Raises Refusal."""
    compiled = compile_document(document)
    info = describe(document.data)
    problems = errors(
        training_problems(document, info, list(compiled.inputs), compiled.outputs)
    )
    if problems:
        raise Refusal(problems[0].message, problems[0].remedy, code=problems[0].code)
    source = source_of(document.data)
    call = source.loading(document.data.settings)
    loader = Root(source.module, source.function)
    method = method_of(document.recipe.method)
    objective = Root(method.module, method.objective)
    roots = (objective, *TRAINING_ROOTS, *REPORTING_ROOTS, *ERROR_ROOTS)
    changing = AUGMENTING_ROOTS if document.recipe.augments else ()
    cut = bundle([*SETTINGS_ROOTS, loader, *roots, *changing])
    imports, model = imports_of(compiled.code.source)
    class_name = compiled.code.class_name
    if class_name in cut.names | {one.bound for one in cut.imports}:
        # A document may be called as something that the program needs is.
        model = model.replace(f"class {class_name}(", f"class {class_name}Network(")
        class_name += "Network"
    _refuse_twice(model, cut)
    taken = fields_of(document.graph, compiled.inputs, info)
    settings = _settings(
        document.recipe,
        tuple(field for field in taken.values() if field is not None),
        learning_of(document, info, compiled.outputs),
    )
    load = "\n".join(
        [
            "def load_data(data_dir: Path) -> Splits:",
            f'    """{source.title}."""',
            *lay_out(f"return {call}", 4),
        ]
    )
    return Program(
        title=plain(document.name),
        class_name=class_name,
        model=Part("The network", model),
        settings=(
            *_parts(cut, ("engine.recipe", "engine.training.goals")),
            Part("What was set in Espalier", settings),
        ),
        data=(*_parts(cut, ("engine.data",)), Part("The data", load)),
        training=tuple(
            part
            for part in _parts(cut, ("engine.training",))
            if part not in _parts(cut, ("engine.training.goals",))
        ),
        imports=imports | cut.imports | {Import("pathlib", "Path")},
        objective=method.objective,
        augments=document.recipe.augments,
        needs_data_dir=source.needs_data_dir,
        recipe=document.recipe,
    )


def _refuse_twice(model: str, cut: Bundle) -> None:
    """Raise Refusal where a block's or a Python layer's class is called as ours is."""
    ours = cut.names | {one.bound for one in cut.imports}
    for name in re.findall(r"^class (\w+)", model, re.MULTILINE):
        if name in ours:
            raise Refusal(
                f"The program has a {name} of its own, and so has the network.",
                f"Rename the block {name}, or the class {name} in its node's code.",
                code="class-twice",
            )


def _parts(cut: Bundle, prefixes: tuple[str, ...]) -> tuple[Part, ...]:
    return tuple(
        Part(section.title, section.text)
        for section in cut.sections
        if section.module.startswith(prefixes)
    )


def _settings(recipe: Recipe, inputs: tuple[str, ...], learning: Learning) -> str:
    """The document's values as constants."""
    return "\n".join(
        [
            *lay_out(f"RECIPE = {_written(recipe)}", 0),
            *lay_out(f"FIELDS = {_written(inputs)}", 0),
            *lay_out(f"LEARNING = {_written(learning)}", 0),
        ]
    )


def _written(value: object) -> str:
    """A value as code makes it; what is as a class has it by default is left out."""
    if isinstance(value, tuple):
        inner = ", ".join(map(_written, value))
        return f"({inner}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        each = (f"{_written(key)}: {_written(item)}" for key, item in value.items())
        return f"{{{', '.join(each)}}}"
    if not isinstance(value, (Recipe, Goal, Learning)):
        return literal(value)
    changed = (
        f"{field.name}={_written(here)}"
        for field in fields(value)
        if (here := getattr(value, field.name)) != _default(field)
    )
    return f"{type(value).__name__}({', '.join(changed)})"


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def plain(title: str) -> str:
    """A title as it may stand in a docstring: one line, nothing that could end it."""
    kept = "".join(c for c in title if c.isprintable() and c not in '"\\\\')
    return " ".join(kept.split())[:50] or "Untitled"


def head_of(program: Program, more: set[Import]) -> str:
    """The import block of the program, with those that its `main` needs besides."""
    return "from __future__ import annotations\n\n" + write_imports(
        program.imports | more
    )
