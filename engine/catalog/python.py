"""A layer whose code the user writes.

The code is read with `ast`, which runs none of it: its ports are the arguments of its
`forward`. Whether it may run is not known here; `engine.shapes` asks.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs, Variables
from engine.catalog.settings import Text, Values

LONGEST = 50_000
"""Letters of a layer's code."""
MOST_OUTPUTS = 16

DEFAULT = '''\
class Scale(nn.Module):
    """Multiplies by a number that is learned."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.ones(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.factor * x
'''
"""What a new node begins with: ours, so that nobody has to allow it."""

_HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Letters without width, and those that turn the order of others around."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be seen of a text without running it."""

    class_name: str = ""
    inputs: tuple[Port, ...] = (Port("x", dtype="any"),)
    outputs: tuple[Port, ...] = (Port("output"),)
    trouble: str = ""
    """Why it is no layer, to follow the node's name; "" where it is one."""
    line: int = 0
    """The line of the trouble, from 1; 0 where it has none."""


@lru_cache(maxsize=1_024)
def read(code: str) -> Reading:
    """What a text declares: one class, and what its `forward` takes and gives."""
    if len(code) > LONGEST:
        return Reading(trouble=f"has code of more than {LONGEST:,} letters")
    if hidden := _HIDDEN.search(code):
        line = code.count("\n", 0, hidden.start()) + 1
        trouble = "has letters in its code that hide what it says"
        return Reading(trouble=trouble, line=line)
    try:
        with warnings.catch_warnings():  # of odd escapes in strings, say
            warnings.simplefilter("ignore")
            body = ast.parse(code).body
    except SyntaxError as error:
        return replace(
            _signature_alone(code),
            trouble=f"has a mistake in its code: {error.msg}",
            line=error.lineno or 1,
        )
    except (ValueError, RecursionError, MemoryError):
        return Reading(trouble="has code that Python cannot read")
    classes = [each for each in body if isinstance(each, ast.ClassDef)]
    other = next((each for each in body if not isinstance(each, ast.ClassDef)), None)
    if other is not None:
        return Reading(
            trouble="has code beside its class, and imports and functions belong "
            "inside it",
            line=other.lineno,
        )
    if len(classes) != 1:
        return Reading(trouble=f"has code with {len(classes)} classes, and not one")
    return _read_class(classes[0])


def _signature_alone(code: str) -> Reading:
    """The ports of code that has a mistake elsewhere: its edges stay where they are."""
    found = re.search(r"def forward\s*\([^()]*\)[^:\n]*:", code)
    try:
        made = ast.parse(f"{found[0]} ..." if found else "").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Reading()
    if not made or not isinstance(made[0], ast.FunctionDef):
        return Reading()
    inputs, outputs = _inputs(made[0].args), _outputs(made[0].returns)
    return Reading("", inputs, outputs) if inputs and outputs else Reading()


@lru_cache(maxsize=1)
def taken_names() -> frozenset[str]:
    """The names that generated code has for other things: imports, and our classes."""
    names = {"Tensor", "nn", "torch", "F", "math"}
    for name, module in list(sys.modules.items()):
        if name.startswith(__name__.rpartition(".")[0]) and name != __name__:
            for text in vars(module).values():
                if isinstance(text, str):
                    names.update(re.findall(r"^class (\w+)\(nn\.", text, re.MULTILINE))
    return frozenset(names)


def _read_class(made: ast.ClassDef) -> Reading:
    if made.name in taken_names() or not made.name.isascii():
        trouble = f"calls its class {made.name}, which is taken"
        return Reading(trouble=trouble, line=made.lineno)
    methods = {
        each.name: each for each in made.body if isinstance(each, ast.FunctionDef)
    }
    forward, init = methods.get("forward"), methods.get("__init__")
    if forward is None:
        return Reading(trouble=f"has no forward in {made.name}", line=made.lineno)
    needed = _needed(init.args)[1:] if init is not None else []
    if init is not None and needed:
        return Reading(
            trouble=f"is made without arguments, and its __init__ needs {needed[0]}",
            line=init.lineno,
        )
    inputs = _inputs(forward.args)
    if not inputs or (forward.args.vararg is None and len(_places(forward.args)) < 2):
        trouble = "has a forward that takes nothing but self"
        return Reading(trouble=trouble, line=forward.lineno)
    outputs = _outputs(forward.returns)
    if len({port.name for port in inputs}) < len(inputs) or not outputs:
        trouble = "has a forward whose inputs and outputs cannot be told"
        return Reading(trouble=trouble, line=forward.lineno)
    return Reading(made.name, inputs, outputs)


def _places(arguments: ast.arguments) -> list[str]:
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args)]


def _needed(arguments: ast.arguments) -> list[str]:
    """The arguments that have no default."""
    places = _places(arguments)
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [
        *places[: len(places) - len(arguments.defaults)],
        *(each.arg for each, default in named if default is None),
    ]


def _inputs(arguments: ast.arguments) -> tuple[Port, ...]:
    """A port for each tensor; the first argument with a default may stay open."""
    if any(default is None for default in arguments.kw_defaults):
        return ()
    places = _places(arguments)[1:]
    needed = len(_places(arguments)) - len(arguments.defaults) - 1
    if arguments.vararg is not None:
        # Many edges end at one port, so it has to be the only one.
        name = arguments.vararg.arg
        return () if places else (Port(name, dtype="any", variadic=True),)
    ports = [Port(name, dtype="any") for name in places[: max(needed, 0)]]
    if len(places) > needed and ports:
        ports.append(Port(places[needed], dtype="any", optional=True))
    elif not ports and places:
        ports.append(Port(places[0], dtype="any"))
    return tuple(ports)


def _outputs(returns: ast.expr | None) -> tuple[Port, ...]:
    """One output, or as many as `-> tuple[Tensor, Tensor]` has; () where unclear."""
    if not isinstance(returns, ast.Subscript):
        return (Port("output"),)
    if ast.unparse(returns.value).split(".")[-1].lower() != "tuple":
        return (Port("output"),)
    inner = returns.slice
    count = len(inner.elts) if isinstance(inner, ast.Tuple) else 1
    if count > MOST_OUTPUTS or "..." in ast.unparse(inner):
        return ()
    return tuple(Port(f"output{number}") for number in range(1, count + 1))


class Python(Layer):
    """What you write: one class that is an nn.Module, in the inspector.

    Its ports are what its forward takes; -> tuple[Tensor, Tensor] gives two outputs.
    torch, nn, F and math are there. Code that comes with a file runs only once you have
    read and allowed it.
    """

    family = "math"
    has_weights = True
    aliases = ("custom layer", "own code", "script", "lambda", "nn.Module")
    formula = "y = forward(x)"
    source = "https://docs.pytorch.org/docs/stable/generated/torch.nn.Module.html"
    settings = (
        Text(
            name="code",
            default=DEFAULT,
            kind="code",
            help="One class; forward takes what flows in. Ctrl+Enter uses it.",
        ),
    )

    def __init__(self, code: str = DEFAULT) -> None:
        self._code = code

    @property
    def _reading(self) -> Reading:
        """Read when first asked for: the catalog is being filled when it is made."""
        return read(self._code)

    def of(self, settings: Mapping[str, Any]) -> Layer:
        code = settings.get("code", DEFAULT)
        return _with_ports(code) if isinstance(code, str) else self

    @property
    def class_name(self) -> str:
        """What its code calls its class; "" where that cannot be told."""
        return self._reading.class_name

    @property
    def inputs(self) -> tuple[Port, ...]:  # type: ignore[override]  # follows the code
        return self._reading.inputs

    @property
    def outputs(self) -> tuple[Port, ...]:  # type: ignore[override]  # likewise
        return self._reading.outputs

    def telling(self, s: Values) -> str:
        return read(s.code).class_name

    def foreign_code(self, s: Values) -> str:
        return "" if s.code == DEFAULT else str(s.code)

    def definition(self, s: Values) -> str:
        return str(s.code).replace("\r\n", "\n")

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(read(s.code).class_name)

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        names = ", ".join(name or "_" for name in v.outputs)
        comma = "," if s.code and self._is_tuple_of_one else ""
        return (f"{names}{comma} = {v.module}({', '.join(v.inputs)})",)

    @property
    def _is_tuple_of_one(self) -> bool:
        return [port.name for port in self.outputs] == ["output1"]

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        reading = read(s.code)
        if not reading.trouble:
            return None
        where = f" (line {reading.line})" if reading.line else ""
        return Misfit(
            message=f"{reading.trouble}{where}",
            expected="one class with a forward",
            remedy="Mend its code in the inspector.",
            setting="code",
        )


@lru_cache(maxsize=1_024)
def _with_ports(code: str) -> Python:
    return Python(code)
