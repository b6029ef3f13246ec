"""Makes a network of Python code: of a file's definitions, or of an installed package.

Of a file only imports, classes, functions and plain constants run. Most files of
networks train when they are run; that part is left out.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import sys
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import nn

from engine.problems import Refusal

_DEFINING = (
    ast.Import,
    ast.ImportFrom,
    ast.ClassDef,
    ast.FunctionDef,
    ast.AsyncFunctionDef,
)
LONGEST = 2_000_000
"""Letters of a file."""


def read_code(path: Path) -> str:
    """A Python file's text; raises Refusal in plain words."""
    try:
        code = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Refusal(
            f"{path.name} cannot be read: {error.strerror or error}.",
            "Choose a Python file.",
        ) from None
    except UnicodeDecodeError:
        raise Refusal(
            f"{path.name} is not text.", "Choose a Python file in UTF-8."
        ) from None
    if len(code) > LONGEST:
        raise Refusal(f"{path.name} is too long.", "Put the network in its own file.")
    _parsed(code, path.name)
    return code


def _parsed(code: str, name: str) -> ast.Module:
    try:
        return ast.parse(code, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) else ""
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        raise Refusal(
            f"{name}{line} is no Python: {what}.", "Mend the line, and try again."
        ) from None


def _kept(statement: ast.stmt) -> bool:
    """Whether a statement defines something and does nothing else."""
    if isinstance(statement, _DEFINING):
        return True
    if isinstance(statement, ast.Assign):
        return not any(isinstance(part, ast.Call) for part in ast.walk(statement.value))
    return (
        isinstance(statement, ast.AnnAssign)
        and statement.value is not None
        and (not any(isinstance(part, ast.Call) for part in ast.walk(statement.value)))
    )


def classes_in(code: str, name: str) -> dict[str, list[str]]:
    """The classes of a file that look like networks, read without running it.

    With each the arguments its constructor cannot do without. The last one stands
    first: the parts of a network are defined before it.
    """
    found: dict[str, list[str]] = {}
    body = _parsed(code, name).body
    known = {"Module"}
    for statement in body:
        if not isinstance(statement, ast.ClassDef):
            continue
        bases = {ast.unparse(base).rpartition(".")[2] for base in statement.bases}
        if bases & known or "Sequential" in bases:
            known.add(statement.name)
            found[statement.name] = _needed(statement)
    return dict(reversed(found.items()))


def _needed(statement: ast.ClassDef) -> list[str]:
    for each in statement.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            names = [arg.arg for arg in [*each.args.posonlyargs, *each.args.args]][1:]
            given = len(each.args.defaults)
            needed = names[: len(names) - given] if given else names
            pairs = zip(each.args.kwonlyargs, each.args.kw_defaults, strict=True)
            return needed + [arg.arg for arg, default in pairs if default is None]
    return []


def arguments_from(text: str) -> tuple[list[Any], dict[str, Any]]:
    """The arguments that a text such as `10, depth=3` holds; only literals."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(call, ast.Call) or not all(key.arg for key in call.keywords):
            raise ValueError(text)
        args = [ast.literal_eval(each) for each in call.args]
        kwargs = {str(key.arg): ast.literal_eval(key.value) for key in call.keywords}
    except (SyntaxError, ValueError):
        raise Refusal(
            f"The arguments {text!r} cannot be read.",
            "Write them as in Python, numbers and texts alone: 10, depth=3.",
        ) from None
    return args, kwargs


@contextmanager
def found_beside(path: Path) -> Iterator[None]:
    """A file's imports find the modules beside it, as when Python runs the file."""
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def network_of_file(code: str, name: str, network: str, arguments: str) -> nn.Module:
    """The network that a file's class or function makes. Its definitions run.

    `network` is a name in the file; empty takes the last network's. Raises Refusal.
    """
    tree = _parsed(code, name)
    if not network:
        found = list(classes_in(code, name))
        if not found:
            raise Refusal(
                f"{name} defines no class that is an nn.Module.",
                "Choose the file that defines the network.",
            )
        network = found[0]
    tree.body = [each for each in tree.body if _kept(each)]
    space = types.ModuleType(f"espalier_imported_{Path(name).stem}")
    space.__dict__["__file__"] = name
    # What looks classes up by their module (dataclasses, pickle) finds it here.
    sys.modules[space.__name__] = space
    lines = code.splitlines(keepends=True)
    linecache.cache[name] = (len(code), None, lines, name)
    try:
        exec(compile(tree, name, "exec"), space.__dict__)  # noqa: S102  allowed above
    except ModuleNotFoundError as error:
        raise Refusal(
            f"{name} imports {error.name}, which is not installed here.",
            f"Install {error.name}, or take the import out of the file.",
        ) from None
    except Exception as error:
        raise Refusal(*_trouble(error, name, "could not be read")) from None
    return _made(space.__dict__, name, network, arguments)


def network_of_package(target: str, arguments: str) -> nn.Module:
    """The network of an installed package, as `torchvision.models:resnet18`."""
    module_name, _, network = target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Refusal(
            f"{module_name} cannot be imported: {error}.",
            "Name a Python file, or a package as torchvision.models:resnet18.",
        ) from None
    return _made(vars(module), module_name, network, arguments)


def _made(
    space: Mapping[str, Any], name: str, network: str, arguments: str
) -> nn.Module:
    maker = space.get(network)
    if isinstance(maker, nn.Module):
        return maker
    if not callable(maker):
        raise Refusal(
            f"{name} has no network called {network!r}.",
            "Name one of its classes or functions.",
        )
    args, kwargs = arguments_from(arguments)
    try:
        inspect.signature(maker).bind(*args, **kwargs)
    except TypeError as error:
        raise Refusal(
            f"{network} cannot be made of these arguments: {error}.",
            "Give its arguments as in Python: 10, depth=3.",
        ) from None
    except ValueError:
        pass  # a maker without a signature is asked itself
    try:
        made = maker(*args, **kwargs)
    except Exception as error:
        raise Refusal(*_trouble(error, name, f"could not make {network}")) from None
    if not isinstance(made, nn.Module):
        raise Refusal(
            f"{network} makes a {type(made).__name__}, which is no nn.Module.",
            "Name the class of the network, or a function that returns one.",
        )
    return made


def _trouble(error: Exception, name: str, what: str) -> tuple[str, str]:
    line = line_in(error, name)
    where = f"{name}, line {line}," if line else name
    said = str(error).split("\n")[0].rstrip(".")
    if isinstance(error, NameError) and error.name:
        return (
            f"{where} {what}: {error.name} is not defined.",
            "Only definitions of the file run: give the value a plain constant, or "
            "put it inside the class.",
        )
    kind = type(error).__name__
    return f"{where} {what}: {said or kind}.", "Mend it there, and try again."


def line_in(error: BaseException, name: str) -> int:
    """The last line of the file `name` that an error came through; 0 for none."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == name:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
