"""Functions that give the same numbers another shape, or take some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.catalog import CATALOG
from engine.importing.declared import Unlike
from engine.importing.pieces import (
    NoLayer,
    Piece,
    Pieces,
    arg,
    chain,
    dim_of,
    one,
    rest,
    value_of,
)
from engine.importing.recording import Step, Value


def _reshaped(step: Step) -> Pieces:
    value, wanted = value_of(step), step.outputs[0].shape
    before = value.shape
    if not wanted or wanted[0] != before[0]:
        raise Unlike(
            f"joins the batch with another dimension ({step.name} to "
            f"{tuple(wanted)}), and the batch stays by itself here"
        )
    if wanted == before:
        return chain(value)
    if len(wanted) == 2 and len(before) > 2:
        return one("Flatten", value)
    merged = len(before) - len(wanted) + 1
    for start in range(1, len(wanted)):
        end = start + merged
        if merged > 1 and before[:start] + before[end:] == (
            wanted[:start] + wanted[start + 1 :]
        ):
            last = -1 if end == len(before) else end - 1
            return one("Flatten", value, start_dim=start, end_dim=last)
    return one("Reshape", value, shape=tuple(wanted[1:]))


def _permuted(step: Step) -> Pieces:
    value = value_of(step)
    ndim = len(value.shape)
    order = rest(step) or tuple(step.kwargs.get("dims", ()))
    order = tuple(dim % ndim for dim in order)
    if order[:1] != (0,):
        raise Unlike("moves the batch from the first dimension")
    return one("Permute", value, dims=order[1:])


def _transposed(step: Step) -> Pieces:
    value = value_of(step)
    if step.name in {"mT", "mH"}:
        first, second = -2, -1
    else:
        first, second = arg(step, 1, "dim0"), arg(step, 2, "dim1")
    ndim = len(value.shape)
    if 0 in {first % ndim, second % ndim}:
        raise Unlike("moves the batch from the first dimension")
    return one("Transpose", value, dim0=first, dim1=second)


def _squeezed(step: Step) -> Pieces:
    value, wanted = value_of(step), step.outputs[0].shape
    gone = [place for place in range(1, len(value.shape)) if value.shape[place] == 1]
    dim = arg(step, 1, "dim")
    if dim is not None:
        dims = dim if isinstance(dim, tuple | list) else (dim,)
        gone = [p for p in gone if p in {d % len(value.shape) for d in dims}]
    if len(value.shape) - len(wanted) != len(gone):
        raise NoLayer
    return chain(value, *(("Squeeze", {"dim": place}) for place in reversed(gone)))


def _unsqueezed(step: Step) -> Pieces:
    value = value_of(step)
    dim = arg(step, 1, "dim")
    if dim % (len(value.shape) + 1) == 0:
        raise Unlike("puts a dimension before the batch")
    return one("Unsqueeze", value, dim=dim)


def _joined(layer: str) -> Callable[[Step], Pieces]:
    def draw(step: Step) -> Pieces:
        parts = tuple(arg(step, 0, "tensors"))
        if len(parts) == 1 and layer == "Concatenate":
            return chain(parts[0])
        dim = arg(step, 1, "dim", 0)
        of = next(each for each in parts if isinstance(each, Value))
        ndim = len(of.shape) + (layer == "Stack")
        if dim % ndim == 0:
            raise Unlike(f"works along the batch ({step.name}, dimension 0)")
        return one(layer, *parts, dim=dim)

    return draw


def _indexed(step: Step) -> Pieces:
    """`x[:, -1]`, `x[:, :, 2:5]`, `x[:, None]`: one piece for each index."""
    value, index = value_of(step), step.args[1]
    index = index if isinstance(index, tuple) else (index,)
    if any(not _is_index(each) for each in index):
        raise NoLayer
    if Ellipsis in index:
        place = index.index(Ellipsis)
        given = sum(each is not None and each is not Ellipsis for each in index)
        full = (slice(None),) * (len(value.shape) - given)
        index = (*index[:place], *full, *index[place + 1 :])
    if not index or index[0] != slice(None):
        raise Unlike("takes single samples out of the batch")
    pieces: list[tuple[str, dict[str, Any]]] = []
    dim = 1
    for each in index[1:]:
        if each is None:
            pieces.append(("Unsqueeze", {"dim": dim}))
        elif isinstance(each, int):
            if dim == 1:
                pieces.append(("SelectStep", {"step": each}))
            else:
                stop = each + 1 if each != -1 else None
                cut = {"dim": dim, "start": each, "stop": stop}
                pieces += [("Slice", cut), ("Squeeze", {"dim": dim})]
            continue
        elif each != slice(None):
            start, stop, pace = each.start or 0, each.stop, each.step or 1
            cut = {"dim": dim, "start": start, "stop": stop, "step": pace}
            pieces.append(("Slice", cut))
        dim += 1
    return chain(value, *pieces)


def _is_index(each: object) -> bool:
    if each is None or each is Ellipsis:
        return True
    if isinstance(each, slice):
        parts = (each.start, each.stop, each.step)
        return all(part is None or isinstance(part, int) for part in parts)
    return isinstance(each, int) and not isinstance(each, bool)


def _parted(step: Step) -> Pieces:
    """`chunk`, `split` and `unbind`: a Slice for each part."""
    value = value_of(step)
    place = 1 if step.name == "unbind" else 2
    dim = dim_of(step, arg(step, place, "dim", 0)) % len(value.shape)
    pieces: list[Piece] = []
    ends: list[tuple[int, str]] = []
    start = 0
    count = len(step.outputs)
    sizes = [1 if step.name == "unbind" else each.shape[dim] for each in step.outputs]
    if step.name != "unbind" and len(set(sizes)) == 1 and count in {2, 3, 4}:
        layer = f"Chunk{count}"
        ports = [port.name for port in CATALOG[layer].outputs]
        chunk = Piece(layer, {"dim": dim}, (value,))
        return Pieces((chunk,), tuple((0, port) for port in ports))
    for size in sizes:
        cut = {"dim": dim, "start": start, "stop": start + size}
        pieces.append(Piece("Slice", cut, (value,)))
        if step.name == "unbind":
            pieces.append(Piece("Squeeze", {"dim": dim}, (len(pieces) - 1,)))
        ends.append((len(pieces) - 1, "output"))
        start += size
    return Pieces(tuple(pieces), tuple(ends))


SHAPING: Mapping[str, Callable[[Step], Pieces]] = {
    **dict.fromkeys(
        ["view", "reshape", "flatten", "unflatten", "ravel", "view_as", "reshape_as"],
        _reshaped,
    ),
    "permute": _permuted,
    **dict.fromkeys(["transpose", "swapaxes", "swapdims", "mT"], _transposed),
    "squeeze": _squeezed,
    "unsqueeze": _unsqueezed,
    **dict.fromkeys(["cat", "concat", "concatenate"], _joined("Concatenate")),
    "stack": _joined("Stack"),
    "__getitem__": _indexed,
    **dict.fromkeys(["chunk", "split", "unbind", "tensor_split"], _parted),
}
"""By the function's name, what it becomes."""
