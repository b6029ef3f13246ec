"""Gives names of a program's own parts way to those of the network.

A block may be called as something is that the training program defines or imports. The
network keeps its name, as the Code tab shows it; ours gets an underscore behind it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from engine.exporting.bundle import Import

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def defined_in(source: str) -> set[str]:
    """What a source's own lines define."""
    return set(_bound(ast.parse(source)))


def way_for(source: str, ours: Iterable[str]) -> dict[str, str]:
    """New names for those of `ours` that a network's source defines as well."""
    theirs = defined_in(source)
    taken = theirs | set(ours)
    names = {}
    for name in sorted(theirs & set(ours)):
        new = f"{name}_"
        while new in taken:
            new += "_"
        names[name] = new
        taken.add(new)
    return names


def renamed(source: str, names: Mapping[str, str]) -> str:
    """A source in which the module's own `names` are others.

    Arguments, variables of functions, attributes and keywords that are called the same
    stay as they are.
    """
    if not names:
        return source
    lines = [line.encode() for line in source.split("\n")]
    places = sorted(_places(ast.parse(source), source, frozenset(names)), reverse=True)
    for line, column, name in places:  # offsets count bytes
        text = lines[line - 1]
        end = column + len(name.encode())
        lines[line - 1] = text[:column] + names[name].encode() + text[end:]
    return "\n".join(line.decode() for line in lines)


def aliased(imports: Iterable[Import], names: Mapping[str, str]) -> frozenset[Import]:
    """Imports that bind the new names."""
    return frozenset(
        replace(one, alias=names[one.bound]) if one.bound in names else one
        for one in imports
    )


def _places(
    node: ast.AST,
    source: str,
    names: frozenset[str],
    here: frozenset[str] | None = None,
) -> Iterator[tuple[int, int, str]]:
    """Where names of the module stand: line from 1, byte in the line, and the name.

    `here` are those not hidden where the node stands: a class hides what its body binds
    from its own lines, though not from those of its methods.
    """
    here = names if here is None else here
    if isinstance(node, ast.Name) and node.id in here:
        yield node.lineno, node.col_offset, node.id
    if isinstance(node, _DEFINITIONS) and node.name in here:
        line = source.split("\n")[node.lineno - 1]
        keyword = "class " if isinstance(node, ast.ClassDef) else "def "
        column = line.index(keyword) + len(keyword)
        yield node.lineno, len(line[:column].encode()), node.name
    inside, inside_here = names, here
    if isinstance(node, _FUNCTIONS):
        inside = inside_here = names - set(_bound(node))
    elif isinstance(node, ast.ClassDef):
        inside_here = names - set(_bound(node))
    body = {id(each) for each in _body(node)}
    for child in ast.iter_child_nodes(node):
        if id(child) in body:
            yield from _places(child, source, inside, inside_here)
        else:
            yield from _places(child, source, names, here)


def _body(node: ast.AST) -> list[ast.AST]:
    body = getattr(node, "body", [])
    return body if isinstance(body, list) else [body]


def _bound(scope: ast.AST) -> Iterator[str]:
    """The names that a function or a class makes its own."""
    if isinstance(scope, _FUNCTIONS):
        arguments = scope.args
        listed = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        for each in (*listed, arguments.vararg, arguments.kwarg):
            if each is not None:
                yield each.arg
    waiting = list(_body(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            yield node.name
            continue  # what is bound inside is its own
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        waiting += ast.iter_child_nodes(node)
