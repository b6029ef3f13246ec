"""What a layer refuses: in which words, with which remedies, and whether rightly."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from engine.catalog import CATALOG, Layer, Misfit, Setting, TensorSpec, Values
from engine.catalog.layer import general_misfit
from engine.catalog.settings import (
    Bool,
    Choice,
    Dim,
    Float,
    Int,
    Shape,
    Size,
    Text,
    complete,
)
from engine.shapes import infer_layer, ports_of
from tests.engine.layer_row import Row
from tests.engine.test_catalog import build, run, score

BATCH = 7  # no size below reaches it, so that it is seen where it should not be


def misfit(
    name: str, given: dict[str, Any], *shapes: tuple[int, ...], dtype: str = "float32"
) -> Misfit:
    """Why the layer refuses those shapes; fails where it does not."""
    layer = CATALOG[name]
    specs = tuple(TensorSpec(shape, dtype) for shape in shapes)
    found = infer_layer(layer, complete(layer.settings, given), specs).misfit
    assert found is not None
    assert "PyTorch says" not in found.message
    return found


def settings_offered(found: Misfit) -> list[dict[str, Any]]:
    """What each of the suggestions would set."""
    return [dict(each.settings) for each in found.suggestions]


def test_padding_token_outside_the_vocabulary() -> None:
    given = {"num_embeddings": 10, "padding_idx": 10}
    found = misfit("Embedding", given, (5,), dtype="int64")
    assert found.message == "has padding_idx 10, and its tokens end at 9"
    assert found.remedy == "Set padding_idx to 0."


def test_tokens_are_not_read_as_numbers() -> None:
    found = misfit("LSTM", {}, (5, 3), dtype="int64")
    assert found.message == "works on real numbers, and its input holds int64"
    assert [each.before for each in found.suggestions] == ["Embedding"]
    found = misfit("Embedding", {}, (5,))
    assert found.message == (
        "reads whole numbers (tokens), and its input holds float32"
    )


@pytest.mark.parametrize(
    ("name", "shape", "message", "reshaped"),
    [
        (
            "Conv2d",
            (28, 28),
            "reads an image (N × channels × height × width), and gets a sequence",
            (1, 28, 28),
        ),
        (
            "Conv1d",
            (30,),
            "reads a signal (N × channels × length), and gets a vector",
            (1, 30),
        ),
        (
            "LSTM",
            (30,),
            "reads a sequence (N × time × features), and gets a vector",
            (30, 1),
        ),
        (
            "BatchNorm1d",
            (),
            "reads a vector (N × features) or a signal (N × channels × length), and "
            "gets one number a sample",
            (1,),
        ),
        (
            "BatchNorm2d",
            (30,),
            "reads an image (N × channels × height × width), and gets a vector",
            None,
        ),
    ],
)
def test_wrong_number_of_dimensions(
    name: str, shape: tuple[int, ...], message: str, reshaped: tuple[int, ...] | None
) -> None:
    found = misfit(name, {}, shape)
    assert found.message == message
    shapes = [each.before_settings["shape"] for each in found.suggestions]
    assert shapes == ([reshaped] if reshaped else [])


@pytest.mark.parametrize(
    ("shapes", "edge", "reshaped"),
    [
        ([(32, 8, 8), (32,)], 1, (32, 1, 1)),
        ([(16,), (20, 16)], 0, (1, 16)),
    ],
)
def test_branches_of_other_rank_are_reshaped(
    shapes: list[tuple[int, ...]], edge: int, reshaped: tuple[int, ...]
) -> None:
    found = misfit("Multiply", {}, *shapes)
    shown = " × ".join(map(str, reshaped))
    assert "dimensions" in found.message
    assert found.remedy == f"Put a Reshape to {shown} before the smaller one."
    assert found.edge == edge
    assert found.suggestions[0].before == "Reshape"
    assert found.suggestions[0].before_settings == {"shape": reshaped}
    mended = [*shapes]
    mended[edge] = reshaped
    specs = tuple(TensorSpec(shape) for shape in mended)
    layer = CATALOG["Multiply"]
    assert infer_layer(layer, layer.defaults, specs).misfit is None


# Whether rightly: random settings and shapes, against PyTorch's own word.


def small(setting: Setting) -> st.SearchStrategy[Any]:
    """Right values of a setting, small enough to run."""
    none = st.none() if setting.optional else st.nothing()
    match setting:
        case Int():
            low = max(setting.minimum or 0, -6)
            high = low + 5 if setting.maximum is None else setting.maximum
            return none | st.integers(low, min(low + 5, high))
        case Float():
            return none | st.sampled_from([setting.default, 0.25])
        case Bool():
            return st.booleans()
        case Choice():
            return st.sampled_from(setting.options)
        case Size():
            number = st.integers(setting.minimum, setting.minimum + 4)
            one = st.none() | number if setting.gaps else number
            many = st.tuples(*[one] * setting.dims)
            words = st.sampled_from(setting.words) if setting.words else st.nothing()
            return none | number | many | words
        case Shape():
            number = st.integers(setting.minimum, setting.minimum + 3)
            lists = st.lists(number, min_size=setting.least, max_size=4)
            return lists.map(tuple)
        case Dim():
            return st.integers(-4, 4).filter(bool)
        case Text(name="equation"):
            return st.sampled_from(EQUATIONS)
        case _:
            return st.just(setting.default)


EQUATIONS = ["nij,njk->nik", "ni,ni->n", "na->n", "naa->na", "nij->nji", "nij->nik"]
EQUATIONS += ["nij,jk->nik", "ni,mi->nm", "ni->i", "nab,nb,na->n", "ij->ji", "i j", ""]
KINDS = [name for name in CATALOG if name not in {"Input", "Output"}]


@st.composite
def rows(draw: st.DrawFn, name: str) -> Row:
    """A layer with settings and inputs that pass what ports ask for."""
    layer = CATALOG[name]
    count = draw(st.integers(2, 3)) if layer.inputs[0].variadic else len(layer.inputs)
    if layer.inputs[0].variadic and layer.inputs[0].at_least == 1:
        count = draw(st.integers(1, 3))
    if layer.inputs[-1].optional:
        count -= draw(st.integers(0, 1))
    shapes: list[tuple[int, ...]] = []
    for port in ports_of(layer, count):
        if shapes and draw(st.booleans()):
            shapes.append(draw(st.sampled_from(shapes)))
            continue
        ndim = draw(st.sampled_from(port.ndim or (0, 1, 2, 3, 4)))
        sizes = st.lists(st.integers(1, 6), min_size=ndim, max_size=ndim)
        shapes.append(tuple(draw(sizes)))
    dtype = "int64" if layer.inputs[0].dtype == "int" else "float32"
    specs = tuple(TensorSpec(shape, dtype) for shape in shapes)
    chosen = {each.name: draw(small(each)) for each in layer.settings}
    shape = layer.setting("shape")
    long_enough = shape and len(specs[0].shape) >= getattr(shape, "least", 0)
    if long_enough and draw(st.booleans()):
        chosen["shape"] = draw(st.permutations(specs[0].shape).map(tuple))
    row = Row(name=name, settings=chosen, inputs=specs)
    ports = ports_of(layer, count)
    assume(general_misfit(layer, row.values, specs, ports) is None)
    return row


def step(row: Row, *, learn: bool = True) -> list[torch.Tensor | None]:
    """One forward and backward pass, and one forward pass outside training.

    Without `learn` it stops after the first: the backward pass of a MaxPool whose
    window sees padding alone writes outside its memory (seen with PyTorch 2.15).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = build(row)
        tensors = [
            torch.zeros(BATCH, *spec.shape, dtype=torch.int64)
            if spec.dtype == "int64"
            else torch.randn(BATCH, *spec.shape, requires_grad=True)
            for spec in row.inputs
        ]
        outputs = run(row, module, tensors)
        if not learn:
            return outputs
        loss = score(outputs)
        if loss.requires_grad:
            loss.backward()
        if module is not None:
            module.eval()
            run(row, module, tensors)
    return outputs


BROADCASTING = {"Add", "Multiply", "Subtract", "Divide", "Maximum", "Minimum"}
BROADCASTING |= {"CosineSimilarity", "PairwiseDistance", "MatMul"}
"""Layers whose text takes inputs of unequal rank, and then mixes samples."""


def mixes(row: Row) -> bool:
    """Whether what one sample gives depends on another one."""
    torch.manual_seed(0)
    module = build(row)
    if module is not None:
        module.eval()
    tensors = [torch.randn(BATCH, *spec.shape) for spec in row.inputs]
    before = run(row, module, tensors)
    changed = [each.clone() for each in tensors]
    for each in changed:
        each[1] *= -3
    pairs = zip(before, run(row, module, changed), strict=True)
    return any(
        len(one) != BATCH or not torch.allclose(one[2:], other[2:])
        for one, other in pairs
    )


def pads_nothing(values: Values, specs: tuple[TensorSpec, ...]) -> bool:
    """Whether the sides that are too many have no width, which PyTorch passes over."""
    sides, most = values.padding, 2 * len(specs[0].shape)
    return not any(sides) or (len(sides) > most and not any(sides[most:]))


STRICTER = {
    "Einsum": "takes an equation that does not say what it gives",
    "Clamp": "takes bounds the wrong way round and gives one number",
    "LayerNorm": "its text takes as many of the last dimensions as there are",
    "RMSNorm": "its text takes as many of the last dimensions as there are",
    "Constant": "drops what is behind the point of a whole number",
    "GaussianSample": "repeats a size of 1, and takes inputs of unequal rank",
    "GaussianDivergence": "repeats a size of 1, and takes inputs of unequal rank",
    "InverseFourierTransform": "repeats a size of 1, and takes inputs of unequal rank",
    "RelativePositionBias": "divides by zero where two steps are far apart",
    "ScaledDotProductAttention": "repeats a size of 1, on some processors",
    "Squeeze": "leaves a dimension that is not of size 1 as it is",
    "ImageNetNormalize": "makes three channels of one",
    "Chunk2": "gives parts of unequal size",
    "Chunk3": "gives parts of unequal size",
    "Chunk4": "gives parts of unequal size",
}
"""Layers that refuse what PyTorch takes, and what PyTorch makes of it."""


UNMADE = {"PretrainedImageModel", "PretrainedTextModel"}
"""Layers that are made of files that are not here; `test_pretrained` makes them."""


def is_sound(outputs: list[torch.Tensor | None], layer: Layer) -> bool:
    """Whether every output has a row for each sample, and numbers in it."""
    return all(
        each is not None
        and each.shape[0] == BATCH
        and (layer.name not in BROADCASTING or BATCH not in each.shape[1:])
        and each.numel() > 0
        and bool(each.isfinite().all())
        for each in outputs
    )


@pytest.mark.parametrize("name", KINDS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_taken_runs_and_what_is_refused_does_not(
    name: str, data: st.DataObject
) -> None:
    row = data.draw(rows(name))
    layer, values = row.layer, row.values
    found = layer.misfit(values, row.inputs)
    if found is None:
        result = infer_layer(layer, values, row.inputs)
        assert result.misfit is None
        if name in UNMADE:
            return
        outputs = step(row)
        assert is_sound(outputs, layer)
        assert result.outputs is not None
        assert [tuple(each.shape) for each in outputs] == [
            (BATCH, *spec.shape) for spec in result.outputs
        ]
        return
    for each in found.suggestions:
        if each.settings:
            mended = Values({**values, **each.settings})
            assert layer.misfit(mended, row.inputs) is None
    if name in {*STRICTER, *UNMADE} or (
        name == "Pad" and pads_nothing(values, row.inputs)
    ):
        return  # its words are tested
    try:
        outputs = step(row, learn=False)
    except (RuntimeError, ValueError, AssertionError, IndexError, TypeError):
        return
    assert not is_sound(outputs, layer) or mixes(row), found.message
