"""Runs a network once and notes which layers and functions its values pass through.

The network's own Python runs, so that its loops and conditions are those of one sample;
what is noted is what this one run did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils import _pytree as pytree

from engine.importing.constructors import layer_class

_UNCHANGED = frozenset(
    """contiguous to float clone detach requires_grad_ cpu cuda type_as alias
    __contains__""".split()
)
"""Functions that give the same numbers: they are no step of a network."""

_VIEWED = "_viewed_parameter"
"""The attribute of a tensor that holds the parameter it is a view of."""
_VIEWS = frozenset(
    "reshape view unsqueeze squeeze flatten contiguous to __getitem__ expand".split()
)
"""Functions that leave the order of the numbers as it is."""

_IN_PLACE = frozenset(
    "__iadd__ __isub__ __imul__ __itruediv__ __ipow__ __imatmul__".split()
)


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A tensor of the run: what a step gave, or what entered a scope."""

    shape: tuple[int, ...]
    """With the batch."""
    dtype: torch.dtype
    step: Step | None
    """None for what entered the scope."""
    index: int
    """Which of the step's outputs, or of the scope's inputs."""


@dataclass(slots=True, eq=False)
class Step:
    """One call: of a layer, of a function, or of a module with steps of its own."""

    path: str
    """The module's name in the network; of a function, that of the module around it."""
    module: nn.Module | None
    function: Callable[..., Any] | None  # whatever torch calls
    args: tuple[Any, ...]  # as they were given, with `Value` for tensors of the run
    kwargs: dict[str, Any]
    outputs: list[Value] = field(default_factory=list)
    inner: Scope | None = None

    @property
    def name(self) -> str:
        """The function's name, without what says that it works in place."""
        if self.function is None:
            return type(self.module).__name__
        name = function_name(self.function)
        return name if name.startswith("__") else name.rstrip("_")


@dataclass(slots=True, eq=False)
class Scope:
    """What happens inside a module that is no layer of the catalog."""

    module: nn.Module
    path: str
    steps: list[Step] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    """What enters, as values of this scope."""
    entering: list[Value] = field(default_factory=list)
    """The same, as values of the scope around it; empty for the network itself."""
    outputs: list[Value] = field(default_factory=list)
    known: dict[int, Value] = field(default_factory=dict)
    """The tensors of the run by `id`; the recorder keeps them alive."""


def function_name(function: Callable[..., Any]) -> str:  # whatever torch calls
    """What a function of PyTorch is called; of a property, the property's name."""
    name = getattr(function, "__name__", type(function).__name__)
    owner = getattr(function, "__self__", None)
    return getattr(owner, "__name__", name) if name == "__get__" else name


class Recorder(TorchFunctionMode):
    """Notes the calls of one run, layer by layer and function by function."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self._paths = {module: path for path, module in network.named_modules()}
        self._scopes: list[Scope] = []
        self._kept: list[Tensor] = []
        self._is_inside_layer = False

    def run(self, network: nn.Module, inputs: Sequence[Tensor]) -> Scope:
        """What happens when `network` reads `inputs`, N first; runs its own code."""
        scope = Scope(network, "")
        for index, tensor in enumerate(inputs):
            scope.inputs.append(self._know(scope, tensor, None, index))
        self._scopes = [scope]
        with self._called_modules(), self:
            result = network(*inputs)
        self._leave(scope, result)
        return scope

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """PyTorch asks here before each of its functions."""
        kwargs = kwargs or {}
        if self._is_inside_layer:
            return func(*args, **kwargs)
        result = func(*args, **kwargs)
        tensors = _tensors(result)
        if not tensors:  # a size, say: no step, and our own bookkeeping asks for some
            return result
        given = self._noted((args, kwargs))
        values = [each for each in pytree.tree_leaves(given) if isinstance(each, Value)]
        name = function_name(func)
        if not values:
            self._kept += tensors
            _note_view(name, args, tensors[0])
            return result
        is_same_type = tensors[0].dtype == values[0].dtype
        if name in _UNCHANGED and len(tensors) == 1 and is_same_type:
            self._kept += tensors
            self._scopes[-1].known[id(tensors[0])] = values[0]
            return result
        in_place = (
            (name.endswith("_") and not name.startswith("__"))
            or name in _IN_PLACE
            or kwargs.get("inplace") is True
        )
        step = Step(self._scopes[-1].path, None, func, *given)
        return self._note(step, result, in_place)

    def _called_modules(self) -> Any:
        return _called_through(self._call)

    def _call(
        self,
        call: Callable[..., Any],
        module: nn.Module,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """One call of a module, noted."""
        is_open = type(module) in {nn.Sequential, nn.Identity}
        if self._is_inside_layer or is_open or module is self._scopes[0].module:
            return call(module, *args, **kwargs)
        path = self._paths.get(module, "")
        if layer_class(module) is not None:
            given = self._noted((args, kwargs))
            self._is_inside_layer = True
            try:
                result = call(module, *args, **kwargs)
            finally:
                self._is_inside_layer = False
            in_place = getattr(module, "inplace", False) is True
            return self._note(Step(path, module, None, *given), result, in_place)
        return self._call_scope(call, module, path, args, kwargs)

    def _call_scope(
        self,
        call: Callable[..., Any],
        module: nn.Module,
        path: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        outer, inner = self._scopes[-1], Scope(module, path)
        given = self._noted((args, kwargs))
        self._scopes.append(inner)
        for tensor in _tensors((args, kwargs)):
            if id(tensor) in outer.known and id(tensor) not in inner.known:
                self._enter(inner, outer.known[id(tensor)], tensor)
        try:
            result = call(module, *args, **kwargs)
        finally:
            self._scopes.pop()
        self._leave(inner, result)
        step = Step(path, module, None, given[0], given[1], inner=inner)
        kept = []
        for tensor, value in zip(_tensors(result), inner.outputs, strict=True):
            if value.step is None:  # it gave back what it was given
                outer.known[id(tensor)] = inner.entering[value.index]
                continue
            kept.append(value)
            step.outputs.append(self._know(outer, tensor, step, len(kept) - 1))
        inner.outputs = kept
        if kept:
            outer.steps.append(step)
        return result

    def _enter(self, inner: Scope, value: Value, tensor: Tensor) -> Value:
        inner.entering.append(value)
        found = self._know(inner, tensor, None, len(inner.inputs))
        inner.inputs.append(found)
        return found

    def _leave(self, scope: Scope, result: Any) -> None:
        for tensor in _tensors(result):
            value = self._find(tensor, [*self._scopes, scope])
            if value is None:
                raise Untraceable(scope.path)
            scope.outputs.append(value)

    def _know(
        self, scope: Scope, tensor: Tensor, step: Step | None, index: int
    ) -> Value:
        value = Value(tuple(tensor.shape), tensor.dtype, step, index)
        scope.known[id(tensor)] = value
        self._kept.append(tensor)
        return value

    def _find(
        self, tensor: Tensor, scopes: Sequence[Scope] | None = None
    ) -> Value | None:
        """The value that a tensor is in the innermost scope; None where it is none.

        What a module uses without having been given it enters by a further input.
        """
        scopes = self._scopes if scopes is None else scopes
        depth = len(scopes) - 1
        while depth >= 0 and id(tensor) not in scopes[depth].known:
            depth -= 1
        if depth < 0:
            return None
        value = scopes[depth].known[id(tensor)]
        for scope in scopes[depth + 1 :]:
            value = self._enter(scope, value, tensor)
        return value

    def _noted(self, given: Any) -> Any:
        def note(leaf: object) -> object:
            if not isinstance(leaf, Tensor):
                return leaf
            value = self._find(leaf)
            return leaf if value is None else value

        return pytree.tree_map(note, given)

    def _note(self, step: Step, result: Any, in_place: bool) -> Any:
        scope = self._scopes[-1]
        scope.steps.append(step)

        def fresh(leaf: object) -> object:
            # What gives its input back (Dropout in evaluation) is a step all the same,
            # and the input may be used again.
            if not isinstance(leaf, Tensor):
                return leaf
            if not in_place and id(leaf) in scope.known:
                with torch._C.DisableTorchFunction():
                    leaf = leaf.view_as(leaf)
            step.outputs.append(self._know(scope, leaf, step, len(step.outputs)))
            return leaf

        return pytree.tree_map(fresh, result)


def parameter_of(tensor: Tensor) -> Tensor:
    """The parameter that a tensor is another view of, or the tensor itself."""
    found: Tensor = getattr(tensor, _VIEWED, tensor)
    return found


def _note_view(name: str, args: tuple[Any, ...], tensor: Tensor) -> None:
    """Remember of what parameter a tensor has all numbers, in their order."""
    source = args[0] if args and isinstance(args[0], Tensor) else None
    parameter = None if source is None else parameter_of(source)
    if source is None or not isinstance(parameter, nn.Parameter):
        return
    is_whole = name in _VIEWS and tensor.numel() == parameter.numel()
    is_repeated = name.startswith("expand") and (
        tensor[:1].numel() == parameter.numel()
    )
    if is_whole or is_repeated:
        setattr(tensor, _VIEWED, parameter)


class Untraceable(Exception):  # noqa: N818  told as a Refusal further up
    """A module gave something that does not come from what it was given."""


@contextmanager
def _called_through(
    note: Callable[[Callable[..., Any], nn.Module, Any, Any], Any],
) -> Iterator[None]:
    """Every call of a module inside goes through `note`."""
    plain, thread = nn.Module.__call__, get_ident()

    def call(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        if get_ident() != thread:  # another network may be training meanwhile
            return plain(self, *args, **kwargs)
        return note(plain, self, args, kwargs)

    nn.Module.__call__ = call  # type: ignore[method-assign]
    try:
        yield
    finally:
        nn.Module.__call__ = plain  # type: ignore[method-assign]


def _tensors(tree: object) -> list[Tensor]:
    return [leaf for leaf in pytree.tree_leaves(tree) if isinstance(leaf, Tensor)]
