"""Which layer types a search finds, by name or by everyday words, and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from engine.catalog import CATALOG, Layer, TensorSpec
from gui.canvas.edge_rules import takes
from gui.texts import Texts

tr = Texts("inspector")

FAMILY_TITLES = {
    "convolution": tr.mark("Convolution"),
    "pooling": tr.mark("Pooling"),
    "dense": tr.mark("Dense"),
    "recurrent": tr.mark("Recurrent"),
    "attention": tr.mark("Attention"),
    "activation": tr.mark("Activation"),
    "normalization": tr.mark("Normalization"),
    "regularization": tr.mark("Regularization"),
    "shape": tr.mark("Shape"),
    "merge": tr.mark("Merge"),
    "math": tr.mark("Arithmetic"),
    "ends": tr.mark("Input and output"),
    "block": tr.mark("Blocks"),
}


def family_title(layer: Layer) -> str:
    """What a layer's family is called."""
    title = FAMILY_TITLES.get(layer.family)
    return tr.of(title) if title else layer.family


def reads(layer: Layer) -> str:
    """What a layer reads, in one word, where only one kind fits: image, tokens, ..."""
    if not layer.inputs:
        return "source"
    port = layer.inputs[0]
    if port.variadic:
        return "several"
    if port.dtype == "int":
        return "tokens"
    if len(port.ndim) == 1:
        return TensorSpec((1,) * port.ndim[0]).kind
    return ""


def takes_first(layer: Layer, spec: TensorSpec) -> bool:
    """Whether a layer's first input declares that it takes tensors like `spec`."""
    return bool(layer.inputs) and takes(layer.inputs[0], spec)


def matching(
    words: str,
    more: Iterable[Layer] = (),
    given: TensorSpec | None = None,
    likely: Sequence[TensorSpec] = (),
) -> list[Layer]:
    """The layers that a search finds, best first; all of them, by family, for none.

    It looks through the catalog and `more`, the blocks. Where the layer will be `given`
    something, those that take it go before others; without words the others are left
    out. Where that is open, those go first that take what is `likely`, best first.
    """
    flowing = likely if given is None else (given,)
    order = list(FAMILY_TITLES)
    layers = sorted(
        [*CATALOG.values(), *more],
        key=lambda each: (
            order.index(each.family) if each.family in order else len(order)
        ),
    )
    needle = words.strip().lower()
    if not needle:
        return [each for each in layers if given is None or takes_first(each, given)]
    ranked = [
        (
            rank(layer, needle),
            _first_taken(layer, flowing),
            layer,
        )
        for layer in layers
    ]
    ranked.sort(key=lambda row: (*row[:2], _distance(row[2], needle)))
    return [layer for place, _, layer in ranked if place < 9]


def _first_taken(layer: Layer, specs: Sequence[TensorSpec]) -> int:
    """Which of these is the first that a layer takes; how many there are for none."""
    taken = (at for at, spec in enumerate(specs) if takes_first(layer, spec))
    return next(taken, len(specs))


def _distance(layer: Layer, needle: str) -> int:
    """By how many letters a name that begins with a search is longer than it.

    Other names are all as far: their layers stay in the order of their families.
    """
    name = layer.name.lower()
    return len(name) - len(needle) if name.startswith(needle) else 1_000


def rank(layer: Layer, needle: str) -> int:
    """How well a layer answers a search: 0 best, 9 not at all."""
    name = layer.name.lower()
    names = [name, *(alias.lower() for alias in layer.aliases)]
    if needle in names:
        return 0
    if name.startswith(needle):
        return 1
    if needle in name:
        return 2
    if any(each.startswith(needle) for each in names):
        return 3
    if any(needle in each for each in names):
        return 4
    compact = needle.replace(" ", "").replace("-", "")
    if any(compact in each.replace(" ", "").replace("-", "") for each in names):
        return 5
    return 6 if needle in layer.family else 9
