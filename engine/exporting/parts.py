"""The parts of a training program: what a script and a notebook are both made of."""

from __future__ import annotations

from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import Any

from engine.catalog.layer import literal
from engine.compiler import Compiled, compile_document
from engine.data.declaration import DataInfo, Source
from engine.data.source import describe, source_of
from engine.document import DataConfig, Document
from engine.exporting.bundle import (
    Bundle,
    Import,
    Root,
    imports_of,
    write_imports,
)
from engine.exporting.facts import facts_of
from engine.exporting.formatting import formatted
from engine.exporting.renaming import aliased, defined_in, renamed, way_for
from engine.exporting.trimming import Trimming
from engine.layout import lay_out
from engine.problems import Refusal, errors
from engine.recipe import Recipe
from engine.training.assignment import fields_of
from engine.training.fitness import training_problems
from engine.training.goals import Goal, Learning
from engine.training.methods import learning_of, method_of
from engine.training.methods.method import Method

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
SETTINGS = ("engine.recipe", "engine.training.goals")
NETWORK = "_network_"
"""Stands for the network's class, which may be called as something of ours is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a program: a heading and its source."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """How a program ends: templates of its last parts, and what those need.

    Filled in are `class_name`, `objective`, `data_help`, and `augment` where batches
    are changed.
    """

    templates: tuple[str, ...]
    imports: frozenset[Import]
    augment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A whole training program."""

    title: str
    model: Part
    settings: tuple[Part, ...]
    """What was set in Espalier: the recipe, the goals, the data that inputs take."""
    data: tuple[Part, ...]
    training: tuple[Part, ...]
    closing: tuple[str, ...]
    imports: frozenset[Import]

    @property
    def head(self) -> str:
        """The import block."""
        return "from __future__ import annotations\n\n" + write_imports(self.imports)


def program_of(document: Document, closing: Closing) -> Program:
    """The parts of the program that trains a document. Raises Refusal.

    The network's part is the source that the Code tab shows, whatever its blocks are
    called.
    """
    info = describe(document.data)
    compiled = trainable(document, info)
    source, method = source_of(document.data), method_of(document.recipe.method)
    last = _closing(document, closing, source, method)
    learning = learning_of(document, info, compiled.outputs)
    trimming = Trimming(
        _roots(document.recipe, source, method),
        facts_of(document.recipe, learning, info),
        "\n".join(last),
    )
    cut = formed(trimming.bundle)
    imports, model = imports_of(compiled.code.source)
    taken = fields_of(document.graph, compiled.inputs, info).values()
    inputs = tuple(field for field in taken if field is not None)
    settings = _settings(document.recipe, inputs, learning, trimming)
    load = loading(source, document.data)
    needed = cut.imports | closing.imports | {Import("pathlib", "Path")}
    ours = {one.bound for one in needed} | cut.names
    ours = ours.union(*map(defined_in, (settings, load, *last)))
    names = way_for(model, ours)

    def fitting(part: Part) -> Part:
        return Part(part.title, renamed(part.text, names))

    return Program(
        title=plain(document.name),
        model=Part("The network", model),
        settings=(
            *map(fitting, sections(cut, SETTINGS)),
            fitting(Part("What was set in Espalier", settings)),
        ),
        data=(
            *map(fitting, sections(cut, ("engine.figures", "engine.data"))),
            fitting(Part("The data", load)),
        ),
        training=tuple(
            fitting(part)
            for part in sections(cut, ("engine.training",))
            if part not in sections(cut, SETTINGS)
        ),
        closing=tuple(
            renamed(text, names).replace(NETWORK, compiled.code.class_name)
            for text in last
        ),
        imports=imports | aliased(needed, names),
    )


def trainable(document: Document, info: DataInfo) -> Compiled:
    """The network, where it can be trained with the data. Raises Refusal."""
    compiled = compile_document(document)
    found = training_problems(document, info, list(compiled.inputs), compiled.outputs)
    for problem in errors(found):
        raise Refusal(problem.message, problem.remedy, code=problem.code)
    return compiled


def _closing(
    document: Document, closing: Closing, source: Source, method: Method
) -> list[str]:
    """The last parts, filled in."""
    filling = {
        "class_name": NETWORK,
        "objective": method.objective,
        "augment": closing.augment if document.recipe.augments else "",
        "data_help": "where the data set is, or is downloaded to"
        if source.needs_data_dir
        else "not needed: the data set needs no files",
    }
    return [template % filling for template in closing.templates]


def _roots(recipe: Recipe, source: Source, method: Method) -> list[Root]:
    """What the program needs of the engine."""
    return [
        *SETTINGS_ROOTS,
        Root(source.module, source.function),
        Root(method.module, method.objective),
        *TRAINING_ROOTS,
        *REPORTING_ROOTS,
        *ERROR_ROOTS,
        *(AUGMENTING_ROOTS if recipe.augments else ()),
    ]


def formed(cut: Bundle) -> Bundle:
    """The sections as ruff lays them out: what was folded may fit on fewer lines."""
    mark = "# ---- next section ----"
    text = f"\n\n\n{mark}\n".join(section.text for section in cut.sections)
    texts = formatted(text).split(mark)
    sections = (
        replace(section, text=text.strip("\n"))
        for section, text in zip(cut.sections, texts, strict=True)
    )
    return replace(cut, sections=tuple(sections))


def loading(source: Source, data: DataConfig) -> str:
    """The function that reads the data."""
    lines = [
        "def load_data(data_dir: Path) -> Splits:",
        f'    """{source.title}."""',
        *lay_out(f"return {source.loading(data.settings)}", 4),
    ]
    return "\n".join(lines)


def sections(cut: Bundle, prefixes: tuple[str, ...]) -> tuple[Part, ...]:
    return tuple(
        Part(section.title, section.text)
        for section in cut.sections
        if section.module.startswith(prefixes)
    )


def _settings(
    recipe: Recipe, inputs: tuple[str, ...], learning: Learning, trimming: Trimming
) -> str:
    """The document's values as constants."""
    return "\n".join(
        [
            *lay_out(f"RECIPE = {written(recipe, trimming)}", 0),
            *lay_out(f"FIELDS = {written(inputs, trimming)}", 0),
            *lay_out(f"LEARNING = {written(learning, trimming)}", 0),
        ]
    )


def written(value: object, trimming: Trimming) -> str:
    """A value as code makes it; what is as a class has it by default is left out."""
    if isinstance(value, tuple):
        inner = ", ".join(written(each, trimming) for each in value)
        return f"({inner}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        each = (
            f"{written(key, trimming)}: {written(item, trimming)}"
            for key, item in value.items()
        )
        return f"{{{', '.join(each)}}}"
    if not isinstance(value, (Recipe, Goal, Learning)):
        return literal(value)
    kind = type(value).__name__
    there = trimming.fields_of(kind)
    changed = (
        f"{field.name}={written(here, trimming)}"
        for field in fields(value)
        if field.name in there
        and (here := getattr(value, field.name)) != _default(field)
    )
    return f"{kind}({', '.join(changed)})"


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def plain(title: str) -> str:
    """A title as it may stand in a docstring: one line, nothing that could end it."""
    kept = "".join(c for c in title if c.isprintable() and c not in '"\\\\')
    return " ".join(kept.split())[:50] or "Untitled"
