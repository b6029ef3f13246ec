"""Cuts the engine's own source into one file that needs no Espalier.

An exported script runs the very functions that the application runs: their text is
taken from the engine's files, with everything they refer to, and nothing else.
"""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from engine.exporting.folding import is_docstring
from engine.layout import WIDTH

OURS = "engine"


@dataclass(frozen=True, slots=True)
class Root:
    """A name that a bundle begins with: `Root("engine.training.loop", "train")`."""

    module: str
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """One imported name: `import module as alias`, or `from module import name`."""

    module: str
    name: str = ""
    alias: str = ""

    @property
    def bound(self) -> str:
        """The name that the importing file uses."""
        return self.alias or self.name or self.module.split(".")[0]


@dataclass(frozen=True, slots=True)
class Section:
    """What a bundle takes from one module."""

    module: str
    title: str
    """The first line of the module's docstring, up to a colon."""
    text: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """Definitions in an order in which they can be executed, and their imports."""

    sections: tuple[Section, ...]
    imports: frozenset[Import]
    names: frozenset[str]
    """Every name that the sections define."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A top-level statement of a module, with the comments above it."""

    text: str
    refers_to: frozenset[str]
    line: int


@dataclass(slots=True)
class Module:
    """What can be taken from a module, by name."""

    title: str
    definitions: dict[str, Definition] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)


Modules = Callable[[str], Module]


def bundle(roots: Iterable[Root], module_of: Modules | None = None) -> Bundle:
    """Everything that `roots` need of the engine, each definition once.

    `module_of` gives the modules as they are to be taken, by default as they are.

    Raises ValueError for source that cannot be bundled: a name that is not there, two
    definitions of one name, an import within a function, a module used as a value.
    """
    module_of = module_of or parsed
    taken, imports = taken_by(roots, module_of)
    _check_unique(taken, imports)
    sections = []
    for name in _in_order(taken, module_of):
        module = module_of(name)
        texts = {  # several names may be defined by one statement
            definition.line: definition.text
            for defined, definition in module.definitions.items()
            if defined in taken[name]
        }
        text = "\n\n\n".join(texts[line] for line in sorted(texts))
        sections.append(Section(name, module.title, text))
    names = frozenset(name for defined in taken.values() for name in defined)
    return Bundle(tuple(sections), frozenset(imports), names)


def taken_by(
    roots: Iterable[Root], module_of: Modules
) -> tuple[dict[str, set[str]], set[Import]]:
    """The names that `roots` need, by module, and what those import of others."""
    taken: dict[str, set[str]] = {}
    imports: set[Import] = set()
    for root in roots:
        _take(root, taken, imports, module_of)
    return taken, imports


def _take(
    root: Root,
    taken: dict[str, set[str]],
    imports: set[Import],
    module_of: Modules,
) -> None:
    """Take a definition with everything that it refers to."""
    module = module_of(root.module)
    if root.name in module.imports:  # handed on by the module
        origin = module.imports[root.name]
        _take(Root(origin.module, origin.name), taken, imports, module_of)
        return
    if root.name not in module.definitions:
        raise ValueError(f"{root.module} does not define {root.name}")
    if root.name in taken.setdefault(root.module, set()):
        return
    taken[root.module].add(root.name)
    for name in sorted(module.definitions[root.name].refers_to):
        if name in module.definitions:
            _take(Root(root.module, name), taken, imports, module_of)
        elif name in module.imports:
            wanted = module.imports[name]
            if wanted.module.split(".")[0] == OURS:
                if not wanted.name or wanted.alias:
                    raise ValueError(
                        f"{root.module}: import {name} by its own name to bundle it"
                    )
                _take(Root(wanted.module, wanted.name), taken, imports, module_of)
            else:
                imports.add(wanted)


def _in_order(taken: dict[str, set[str]], module_of: Modules) -> list[str]:
    """The modules, each after those it imports names of: as Python executes them."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        module = module_of(name)
        for defined in sorted(taken[name]):
            for word in sorted(module.definitions[defined].refers_to):
                origin = module.imports.get(word)
                if origin is not None and origin.module in taken:
                    visit(origin.module)
        order[name] = None

    for name in taken:
        visit(name)
    return list(order)


def _check_unique(taken: dict[str, set[str]], imports: set[Import]) -> None:
    owners: dict[str, str] = {}
    bound = [(one.bound, f"import of {one.module}") for one in sorted(imports)]
    defined = [(name, module) for module in taken for name in sorted(taken[module])]
    for name, owner in [*bound, *defined]:
        if owners.setdefault(name, owner) != owner and not (
            owners[name].startswith("import of torch") and owner.startswith("import of")
        ):
            raise ValueError(f"{owners[name]} and {owner} both define {name}")


@cache
def parsed(name: str) -> Module:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ValueError(f"there is no module {name}")
    source = Path(spec.origin).read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = source.splitlines()
    title = (ast.get_docstring(tree) or name).split("\n")[0].split(":")[0].rstrip(".")
    module = Module(title)
    body = list(tree.body)
    for index, node in enumerate(body):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                _note_imports(inner, module)
            continue
        _note_imports(node, module)
        for defined in _defined(node):
            end = node.end_lineno or node.lineno
            after = body[index + 1] if index + 1 < len(body) else None
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and is_docstring(after):
                end = after.end_lineno or end  # type: ignore[union-attr]  # just asked
            module.definitions[defined] = Definition(
                "\n".join(lines[_first_line(node, lines) - 1 : end]),
                references(node, name),
                node.lineno,
            )
    return module


def _note_imports(node: ast.stmt, module: Module) -> None:
    if isinstance(node, ast.Import):
        for one in node.names:
            found = Import(one.name, alias=one.asname or "")
            module.imports[found.bound] = found
    elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
        for one in node.names:
            alias = "" if one.asname in (None, one.name) else one.asname or ""
            found = Import(node.module or "", one.name, alias)
            module.imports[found.bound] = found


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for inner in ast.walk(target):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    yield inner.id


def _first_line(node: ast.stmt, lines: list[str]) -> int:
    """Where a definition begins, with its decorators and the comment above it."""
    first = node.lineno
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        first = min([first, *(each.lineno for each in node.decorator_list)])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def references(node: ast.stmt, module: str) -> frozenset[str]:
    names = set()
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            names.add(inner.id)
        elif isinstance(inner, (ast.Import, ast.ImportFrom)):
            origin = getattr(inner, "module", None) or inner.names[0].name
            if origin.split(".")[0] == OURS:
                raise ValueError(
                    f"{module}, line {inner.lineno}: import {origin} at the top of the "
                    "file to bundle it"
                )
    return frozenset(names)


def imports_of(source: str) -> tuple[frozenset[Import], str]:
    """The imports at the head of a source, and the rest of it."""
    tree = ast.parse(source)
    module, last = Module(""), 0
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            _note_imports(node, module)
            last = node.end_lineno or node.lineno
    rest = "\n".join(source.splitlines()[last:]).strip("\n")
    return frozenset(module.imports.values()), rest


def write_imports(imports: Iterable[Import]) -> str:
    """The imports as ruff sorts and lays them out: standard library, then others."""
    groups: dict[bool, list[str]] = {False: [], True: []}
    plain = sorted({one for one in imports if not one.name})
    for one in plain:
        alias = f" as {one.alias}" if one.alias else ""
        groups[_is_third_party(one)].append(f"import {one.module}{alias}")
    by_module: dict[str, set[tuple[str, str]]] = {}
    for one in imports:
        if one.name:
            by_module.setdefault(one.module, set()).add((one.name, one.alias))
    for module in sorted(by_module, key=str.casefold):
        names = sorted(by_module[module], key=_isort_key)
        group = groups[_is_third_party(Import(module, "x"))]
        words = [name for name, alias in names if not alias]
        line = f"from {module} import {', '.join(words)}"
        if len(line) > WIDTH:
            inner = "".join(f"    {word},\n" for word in words)
            line = f"from {module} import (\n{inner})"
        group += [line] if words else []
        group += [
            f"from {module} import {name} as {alias}" for name, alias in names if alias
        ]
    return "\n\n".join("\n".join(group) for group in groups.values() if group)


def _isort_key(name: tuple[str, str]) -> tuple[int, str, tuple[str, str]]:
    """Constants, then classes, then the rest, as isort's `order-by-type`."""
    word = name[0]
    kind = 0 if word.isupper() and len(word) > 1 else 1 if word[0].isupper() else 2
    return kind, word.casefold(), name


def _is_third_party(one: Import) -> bool:
    return one.module.split(".")[0] not in sys.stdlib_module_names
