"""What a declaration of a layer type says, and what follows from it.

A layer type is one class here in the catalog. The constructor call and the lines of
`forward` are text: `engine.shapes` runs that text on the meta device, `engine.codegen`
writes the same text down. No second description of a layer's behaviour exists.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from engine.catalog.settings import Dim, Setting, Values, complete
from engine.catalog.spec import TensorSpec

Specs = tuple[TensorSpec, ...]
"""What reaches a layer: one spec for each edge, in the order of its input ports."""


@dataclass(frozen=True, slots=True)
class Port:
    """One place of a node where edges begin or end."""

    name: str
    help: str = ""
    ndim: tuple[int, ...] = ()
    """How many dimensions one sample may have here (batch not counted); () is any."""
    dtype: str = "float"
    """`float`, `int` or `any`: which element types are taken."""
    variadic: bool = False
    """Whether many edges may end here; they are taken in the order they were drawn."""
    at_least: int = 1
    """How many edges a variadic port needs."""
    channels_first: bool = False
    """Whether a sample's two dimensions are channels and length, not time and features.
    """
    follows: str = ""
    """An input left open takes what the port of this name takes; "" makes it needed."""
    optional: bool = False
    """Whether it may stay open and then gives the layer no spec and no variable. Only
    the last input may be, so that specs tell which ports they are of."""


class Raw(str):
    """An argument that is written into code as it stands, instead of its `repr`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A constructor call as data: `nn.Conv2d(1, 32, kernel_size=3)`."""

    callee: str
    args: tuple[Any, ...] = ()  # any literal: numbers, strings, tuples of them
    kwargs: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, callee: str, *args: Any, **kwargs: Any) -> Call:
        """The call `callee(*args, **kwargs)`."""
        return cls(callee, args, tuple(kwargs.items()))

    def arguments(self) -> list[str]:
        """Each argument as source text."""
        return [
            *(_literal(value) for value in self.args),
            *(f"{name}={_literal(value)}" for name, value in self.kwargs),
        ]

    def __str__(self) -> str:
        return f"{self.callee}({', '.join(self.arguments())})"


def _literal(value: object) -> str:
    return str(value) if isinstance(value, Raw) else literal(value)


def literal(value: object) -> str:
    """`value` as source text, strings in double quotes as formatters write them."""
    if isinstance(value, str):
        text = repr(value)
        if text[0] == "'" and '"' not in text:
            return f'"{text[1:-1]}"'
        return text
    if isinstance(value, tuple):
        inner = ", ".join(map(literal, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value)


@dataclass(frozen=True, slots=True)
class Variables:
    """The names that the lines of one node use in `forward`."""

    module: str
    """The attribute that holds the layer: `self.conv1`."""
    inputs: tuple[str, ...]
    """One variable for each spec the layer is given."""
    outputs: tuple[str | None, ...]
    """One variable for each output port; None where nobody uses the output."""

    @property
    def input(self) -> str:
        """The first input's variable."""
        return self.inputs[0]

    @property
    def output(self) -> str:
        """The variable of the first output that is used."""
        return next((name for name in self.outputs if name is not None), "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A change a layer proposes for itself; the graph's words are added later.

    Exactly one of the three is given: settings to change, a layer to put in front of
    the port, or a dimension order to permute to.
    """

    label: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    before: str = ""
    """A layer type to insert on the edge that ends at the port."""
    before_settings: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    """What speaks for it, told in the remedy: a button has no room for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misfit:
    """Why a layer cannot take what reaches it, in plain words."""

    message: str
    """What is the matter, to follow the node's name: `needs an image of ...`."""
    expected: str = ""
    remedy: str
    port: str = ""
    edge: int = 0
    """Which of the port's edges is at fault, where the port takes many."""
    setting: str = ""
    is_of_sizes: bool = False
    """Whether branches differ in height or width: padding before them may mend it."""
    suggestions: tuple[Suggestion, ...] = ()
    asks_to_run: str = ""
    """Code that a person has to read and allow before the layer can run."""


CATALOG: dict[str, Layer] = {}
"""Every layer type by name, filled as the families are imported."""


class Layer:
    """A layer type. The class's docstring is its help text.

    Subclasses in the family files set the class variables and override `constructor`
    (for what has weights or state), `forward` (for what is written otherwise than as
    `y = self.layer(x)`) and `misfit` (for preconditions that deserve plain words).
    A subclass whose name begins with an underscore is a base and is not registered.
    """

    family: ClassVar[str] = ""
    has_weights: ClassVar[bool] = False
    """Whether it has weights that learn, with some of its settings at least."""
    aliases: ClassVar[tuple[str, ...]] = ()
    """Everyday names the palette also finds it by: "Dense", "fully connected"."""
    formula: ClassVar[str] = ""
    source: ClassVar[str] = ""
    """Where the formula stands: a paper and equation, or a documentation page."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("output"),)
    steps_dim: ClassVar[int | None] = None
    """The dimension of the first input that is time, for layers whose meta run is
    unrolled step by step: shapes are inferred with one step, the length put back."""
    sequence_outputs: ClassVar[tuple[str, ...]] = ()
    """The outputs that keep the time dimension `steps_dim`."""

    @property
    def name(self) -> str:
        """PyTorch's own name of the layer type."""
        return type(self).__name__

    @property
    def help(self) -> str:
        """What the layer does, in one paragraph."""
        return inspect.cleandoc(type(self).__doc__ or "")

    @property
    def defaults(self) -> Values:
        """Every setting at its default."""
        return complete(self.settings, {})

    def input_port(self, name: str) -> Port | None:
        """The input port called `name`, if there is one."""
        return next((port for port in self.inputs if port.name == name), None)

    def output_index(self, name: str) -> int | None:
        """The position of the output port called `name`, if there is one."""
        for index, port in enumerate(self.outputs):
            if port.name == name:
                return index
        return None

    def setting(self, name: str) -> Setting | None:
        """The setting called `name`, if there is one."""
        return next((one for one in self.settings if one.name == name), None)

    def telling(self, s: Values) -> str:
        """The settings worth a card's second line: `32, 3×3`."""
        return ""

    def constructor(self, s: Values, x: Specs) -> Call | None:
        """The call that makes the layer, or None where `forward` needs no object."""
        return None

    def completion(self, s: Values, x: Specs, module: str) -> tuple[str, ...]:
        """Lines that finish what the constructor made and `module` holds."""
        return ()

    def sketch(self, s: Values, x: Specs) -> str:
        """Lines that put into `module` the same layer without its weights.

        For layers whose constructor reads weights from files: shapes are inferred from
        the sketch. Empty where the constructor itself will do.
        """
        return ""

    def about(self, s: Values) -> str:
        """What is worth knowing of what was chosen: its size, its licence."""
        return ""

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        """The lines that compute `v.outputs` from `v.inputs`, without indentation."""
        return (f"{v.output} = {v.module}({', '.join(v.inputs)})",)

    def definition(self, s: Values) -> str:
        """Source of a class that generated code defines before it uses the layer."""
        return ""

    def foreign_code(self, s: Values) -> str:
        """Code in the settings that a person wrote and must allow before it runs."""
        return ""

    def of(self, settings: Mapping[str, Any]) -> Layer:
        """The layer type as a node with these settings has it: ports may follow them.

        The settings are as a file holds them: not checked.
        """
        return self

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        """Why this layer cannot take `x`; None where PyTorch may be asked."""
        return None

    def padding_that_keeps(self, s: Values) -> tuple[int, ...] | None:
        """The padding, one number a dimension, with which it keeps the size.

        None where none does, and for layers that do not pad.
        """
        return None

    def changed(self, s: Values, *names: str) -> dict[str, Any]:
        """Those settings that differ from the declared default, as keyword arguments.

        For settings whose default here is PyTorch's default too: code stays short. One
        that varies between the uses of a block is there in all of them, so that they
        are calls of one class.
        """
        defaults = self.defaults
        return {
            name: s[name]
            for name in names
            if s.varies(name) or s[name] != defaults[name]
        }

    def __init_subclass__(cls, register: bool = True) -> None:
        if not register or cls.__name__.startswith("_"):
            return
        if cls.__name__ in CATALOG:
            raise ValueError(f"two layer types are called {cls.__name__}")
        CATALOG[cls.__name__] = cls()


def general_misfit(
    layer: Layer, s: Values, x: Specs, ports: tuple[Port, ...]
) -> Misfit | None:
    """Preconditions that follow from the declaration of ports and `Dim` settings."""
    for port, spec in zip(ports, x, strict=True):
        if port.ndim and len(spec.shape) not in port.ndim:
            return _wrong_rank(port, spec)
        if port.dtype == "float" and not spec.dtype.startswith(("float", "bfloat")):
            return Misfit(
                message=f"works on real numbers, and its input holds {spec.dtype}",
                expected="float32",
                remedy="Put an Embedding before it to turn tokens into vectors.",
                port=port.name,
                suggestions=(Suggestion(label="Insert Embedding", before="Embedding"),),
            )
        if port.dtype == "int" and spec.dtype != "int64":
            return Misfit(
                message=f"reads whole numbers (tokens), and its input holds "
                f"{spec.dtype}",
                expected="int64",
                remedy="Feed it from an Input whose dtype is int64.",
                port=port.name,
            )
    for setting in layer.settings:
        if isinstance(setting, Dim) and x and s[setting.name] is not None:
            ndim = len(x[0].shape) + 1
            if not 0 < s[setting.name] % ndim < ndim or abs(s[setting.name]) > ndim:
                return _wrong_dim(setting, s[setting.name], ndim)
    return None


_LAYOUTS = {
    0: "one number a sample (N)",
    1: "a vector (N × features)",
    2: "a sequence (N × time × features)",
    3: "an image (N × channels × height × width)",
    4: "a volume (N × channels × depth × height × width)",
}

_CHANNELS_FIRST = {2: "a signal (N × channels × length)"}


def _wrong_rank(port: Port, spec: TensorSpec) -> Misfit:
    layouts = _LAYOUTS | _CHANNELS_FIRST if port.channels_first else _LAYOUTS
    wanted = " or ".join(layouts.get(n, f"{n + 1} dimensions") for n in port.ndim)
    given = _LAYOUTS.get(len(spec.shape), f"a {len(spec.shape)}-d tensor").split(" (")[
        0
    ]
    suggestions: tuple[Suggestion, ...] = ()
    remedy = "Connect it to a node that gives one, or take it out."
    if max(port.ndim) < len(spec.shape) and 1 in port.ndim:
        remedy = "Put a Flatten before it."
        suggestions = (Suggestion(label="Insert Flatten", before="Flatten"),)
    elif min(port.ndim) == len(spec.shape) + 1:
        front = port.channels_first or min(port.ndim) > 2
        shape = (1, *spec.shape) if front else (*spec.shape, 1)
        remedy = f"Put a Reshape to {' × '.join(map(str, shape))} before it."
        suggestions = (
            Suggestion(
                label=f"Reshape to {' × '.join(map(str, shape))}",
                before="Reshape",
                before_settings={"shape": shape},
            ),
        )
    return Misfit(
        message=f"reads {wanted}, and gets {given}",
        expected=wanted,
        remedy=remedy,
        port=port.name,
        suggestions=suggestions,
    )


def _wrong_dim(setting: Dim, dim: int, ndim: int) -> Misfit:
    if ndim == 1:
        return Misfit(
            message=f"works along {setting.name} {dim}, and its input is one number "
            "a sample",
            expected="at least a vector (N × features)",
            remedy="Connect it to a node that gives a vector, or take it out.",
        )
    batch = dim == -ndim
    matter = "is the batch" if batch else f"is not among its {ndim} dimensions"
    why = " and would mix samples" if batch else ""
    return Misfit(
        message=f"has {setting.name} {dim}, which {matter}{why}",
        expected=f"1 to {ndim - 1}, or -1 for the last",
        remedy=f"Set {setting.name} to -1 for the last dimension.",
        setting=setting.name,
        suggestions=(
            Suggestion(label=f"Set {setting.name} to -1", settings={setting.name: -1}),
        ),
    )
