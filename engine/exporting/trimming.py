"""Takes of the engine what one document's training runs, and leaves out the rest.

The functions are folded by the facts of the document; a function that then always
gives the same is a fact itself; what nothing refers to any more is not taken.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from engine.exporting.bundle import (
    Bundle,
    Definition,
    Module,
    Root,
    bundle,
    parsed,
    references,
    taken_by,
)
from engine.exporting.folding import (
    constant_of,
    fold,
    is_docstring,
    without_keywords,
    without_members,
)
from engine.exporting.knowledge import Facts

WORD = re.compile(r"[^\W\d]\w*")
_KEPT = 4096
"""Texts whose reading is kept: one export reads most of them again and again."""
ITERATED = "Event"
"""The class whose fields, and those of its subclasses, are read by iterating."""


class Trimming:
    """What `roots` need where the facts hold. `main` is the source that uses it.

    Left out are functions, methods, attributes, and the fields of dataclasses whose
    instances are made by keyword, where nothing reads them.
    """

    def __init__(self, roots: Iterable[Root], facts: Facts, main: str) -> None:
        self._roots = tuple(roots)
        self._facts = dict(facts)
        self._main = main
        self._modules: dict[str, Module] = {}
        while self._finds_constants():
            self._modules.clear()
        while self._drops():
            pass
        self.bundle: Bundle = bundle(self._roots, self._module_of)
        self.used = frozenset(self._used())
        """Every name that is read as an attribute of something."""

    def fields_of(self, name: str) -> frozenset[str]:
        """The fields that a dataclass and its bases have still."""
        texts = {defined: one.text for _, defined, one in self._taken()}
        node = ast.parse(texts[name]).body[0]
        bases = [ast.unparse(each) for each in getattr(node, "bases", [])]
        return _fields(node).union(*(self.fields_of(each) for each in bases))

    def _module_of(self, name: str) -> Module:
        """The module with its definitions folded."""
        if name not in self._modules:
            whole = parsed(name)
            definitions = {
                defined: _written(one, self._folded(one.text), name)
                for defined, one in whole.definitions.items()
            }
            self._modules[name] = replace(whole, definitions=definitions)
        return self._modules[name]

    def _folded(self, text: str) -> str:
        """A definition folded by the facts that can be about it."""
        words = _words(text)
        facts = {
            key: value for key, value in self._facts.items() if words >= _words(key)
        }
        return _fold(text, _Facts(facts)) if facts else text

    def _taken(self) -> Iterator[tuple[str, str, Definition]]:
        """What is needed now: by module and name."""
        taken, _ = taken_by(self._roots, self._module_of)
        for module, names in taken.items():
            for name in sorted(names):
                yield module, name, self._module_of(module).definitions[name]

    def _finds_constants(self) -> bool:
        """Whether functions were found that always give the same: facts, too."""
        found: dict[str, object] = {}
        for _, name, definition in self._taken():
            if f"{name}()" not in self._facts:
                try:
                    found[f"{name}()"] = constant_of(definition.text, self._facts)
                except LookupError:
                    continue
        self._facts |= found
        return bool(found)

    def _drops(self) -> bool:
        """Whether anything more was left out that nothing reads."""
        used = self._used()
        before = {(module, name): one.text for module, name, one in self._taken()}
        for (module, name), text in before.items():
            if not re.search(r"^class ", text, re.MULTILINE):
                continue
            fields = _keyword_fields(text)
            unread = fields - used - self._given(name, fields - used, before)
            kept = used | fields - unread
            self._change(module, name, without_members(text, kept, bool(fields)))
            for callers, caller in before if unread else ():
                called = self._module_of(callers).definitions[caller].text
                if f"{name}(" in called:
                    left = without_keywords(called, name, unread)
                    self._change(callers, caller, left)
        self._drop_empty_bases()
        after = {(module, name): one.text for module, name, one in self._taken()}
        return after != before

    def _drop_empty_bases(self) -> None:
        """Dataclasses do without a base that has nothing left."""
        taken = list(self._taken())
        for base in [name for _, name, one in taken if _is_empty(one.text)]:
            for module, name, one in taken:
                head = f"class {name}({base}):"
                self._change(module, name, one.text.replace(head, f"class {name}:"))

    def _change(self, module: str, name: str, text: str) -> None:
        definitions = self._module_of(module).definitions
        if text != definitions[name].text:
            folded = self._folded(text)
            definitions[name] = _written(definitions[name], folded, module)

    def _given(
        self, callee: str, fields: Collection[str], places: Iterable[tuple[str, str]]
    ) -> set[str]:
        """Those of the fields that a call gives something that has to be computed."""
        found: set[str] = set()
        for module, name in places if fields else ():
            text = self._module_of(module).definitions[name].text
            if f"{callee}(" in text:
                given = _keywords(text, callee).intersection(fields)
                left = without_keywords(text, callee, given)
                found |= _keywords(left, callee).intersection(given)
        return found

    def _used(self) -> set[str]:
        """Names read as attributes, and fields that `replace` gives anew."""
        texts = [one.text for _, _, one in self._taken()]
        return set().union(*map(_read_by, [*texts, self._main]))


@lru_cache(_KEPT)
def _read_by(text: str) -> frozenset[str]:
    """What a source reads as an attribute of something, or may."""
    used = set(_keywords(text, "replace"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            used.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            used.add(node.value)  # getattr may be given it
    return frozenset(used)


@lru_cache(_KEPT)
def _words(text: str) -> frozenset[str]:
    return frozenset(WORD.findall(text))


class _Facts(dict[str, object]):
    """Facts that can be a key; equal ones are written alike."""

    def __hash__(self) -> int:  # type: ignore[override]  # nothing changes them
        return hash(repr(self))


@lru_cache(_KEPT)
def _fold(text: str, facts: _Facts) -> str:
    return fold(text, facts)


def _written(definition: Definition, text: str, module: str) -> Definition:
    if text == definition.text:
        return definition
    return replace(definition, text=text, refers_to=_references(text, module))


@lru_cache(_KEPT)
def _references(text: str, module: str) -> frozenset[str]:
    return references(ast.parse(text).body[0], module)


@lru_cache(_KEPT)
def _keywords(text: str, callee: str) -> frozenset[str]:
    """The keywords that the calls of a name give."""
    return frozenset(
        each.arg
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == callee
        for each in node.keywords
        if each.arg is not None
    )


@lru_cache(_KEPT)
def _keyword_fields(text: str) -> frozenset[str]:
    """The fields of a dataclass that is made by keyword alone, and never iterated."""
    node = ast.parse(text).body[0]
    if not isinstance(node, ast.ClassDef) or not _is_by_keyword(node):
        return frozenset()
    if ITERATED in {node.name, *(ast.unparse(base) for base in node.bases)}:
        return frozenset()
    return _fields(node)


def _fields(node: ast.stmt) -> frozenset[str]:
    return frozenset(
        each.target.id
        for each in getattr(node, "body", [])
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
    )


def _is_by_keyword(node: ast.ClassDef) -> bool:
    return any("kw_only=True" in ast.unparse(each) for each in node.decorator_list)


@lru_cache(_KEPT)
def _is_empty(text: str) -> bool:
    node = ast.parse(text).body[0]
    return (
        isinstance(node, ast.ClassDef)
        and _is_by_keyword(node)
        and node.name != ITERATED
        and all(map(is_docstring, node.body))
    )
