"""Every layer of the catalog, from its declaration and its rows of test data alone."""

from __future__ import annotations

import importlib
import inspect
import itertools
import json
import math
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from engine.catalog import CATALOG, Layer, Setting, TensorSpec, Values, Variables
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
    wrong_values,
)
from engine.layout import lay_out
from engine.shapes import infer_layer, ports_of
from engine.training.device import runs_lstm
from gui.theme import DARK, LIGHT
from tests.engine.layer_row import Row
from tests.engine.layer_rows import ROWS

BATCH = 3
ENDS = {"Input", "Output"}
SIZES_ONLY = {
    "Parameter",
    "Constant",
    "RandomNormal",
    "Positions",
    "RelativePositionBias",
}
"""Layers that look at the size of what reaches them, and not at its numbers."""
LIBRARIES = ("torchvision", "transformers")
NOT_FORWARD = {"visible_bias"}
"""Weights that the way back uses, and `forward` does not."""
LAYERS = [pytest.param(layer, id=name) for name, layer in CATALOG.items()]
RUNNABLE = [
    pytest.param(row, id=f"{index}-{row}")
    for index, row in enumerate(ROWS)
    if row.name not in ENDS
]
SETTINGS = [
    pytest.param(layer, setting, id=f"{name}-{setting.name}")
    for name, layer in CATALOG.items()
    for setting in layer.settings
]


def a_tensor(spec: TensorSpec) -> torch.Tensor:
    """A batch of random samples of that shape and type."""
    if spec.dtype == "int64":
        return torch.randint(0, 11, (BATCH, *spec.shape))
    return torch.randn(BATCH, *spec.shape)


class Held(nn.Module):
    """A learned tensor as a module, so that all rows are built alike."""

    def __init__(self, tensor: nn.Parameter) -> None:
        super().__init__()
        self.tensor = tensor
        self.expand = tensor.expand  # all that a layer's text asks of it


def build(row: Row) -> nn.Module | None:
    """The layer object that the row's constructor text makes."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "math": math}
    call = row.layer.constructor(row.values, row.inputs)
    for library in LIBRARIES:
        if f"{library}." in str(call):
            names[library] = importlib.import_module(library)
    exec(row.layer.definition(row.values), names)
    made = names["module"] = None if call is None else eval(str(call), names)
    exec("\n".join(row.layer.completion(row.values, row.inputs, "module")), names)
    made = names["module"]
    return Held(made) if isinstance(made, nn.Parameter) else made


def run(
    row: Row,
    module: nn.Module | None,
    tensors: list[torch.Tensor],
    outputs: tuple[str | None, ...] | None = None,
    inputs: tuple[str, ...] | None = None,
) -> list[torch.Tensor | None]:
    """What the row's `forward` text makes of tensors, by output port."""
    inputs = inputs or tuple(f"x{index}" for index in range(len(tensors)))
    outputs = outputs or tuple(f"y{index}" for index in range(len(row.layer.outputs)))
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "module": module}
    names.update(zip(inputs, tensors, strict=True))
    variables = Variables("module", inputs, outputs)
    torch.manual_seed(0)  # what a layer draws is the same each time
    exec("\n".join(row.layer.forward(row.values, row.inputs, variables)), names)
    return [None if name is None else names[name] for name in outputs]


def score(outputs: list[torch.Tensor | None]) -> torch.Tensor:
    """A loss in which every output number counts differently."""
    return sum(
        (torch.rand_like(each.float()) * each.float()).sum()
        for each in outputs
        if each is not None
    )


@pytest.fixture(autouse=True)
def _same_numbers() -> None:
    torch.manual_seed(0)


# What every declaration says.


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_has_a_row(layer: Layer) -> None:
    assert any(row.name == layer.name for row in ROWS), (
        f"add a row for {layer.name} to layer_rows.py"
    )


def test_a_declaration_tells_whether_there_are_weights() -> None:
    counted = {row.name for row in ROWS if row.parameters}
    assert {name for name, layer in CATALOG.items() if layer.has_weights} == counted


@pytest.mark.parametrize("layer", LAYERS)
def test_declaration_explains_itself(layer: Layer) -> None:
    assert layer.family in DARK.families
    assert layer.family in LIGHT.families
    assert layer.help.split("\n")[0].endswith(".")
    assert layer.aliases
    assert layer.name not in layer.aliases
    if layer.name not in ENDS:
        assert layer.formula
        assert layer.source
    for setting in layer.settings:
        assert setting.help.endswith("."), setting.name
        assert setting.problem(setting.default) is None, setting.name


@pytest.mark.parametrize("layer", LAYERS)
def test_ports_follow_ports_that_exist(layer: Layer) -> None:
    names = [port.name for port in layer.inputs]
    for port in layer.inputs:
        assert not port.follows or names.index(port.follows) < names.index(port.name)
        assert not port.optional or port is layer.inputs[-1]
    for name in layer.sequence_outputs:
        assert layer.output_index(name) is not None


@pytest.mark.parametrize("layer", LAYERS)
def test_second_line_of_the_card_is_short(layer: Layer) -> None:
    assert len(layer.telling(layer.defaults)) <= 24


@pytest.mark.parametrize(
    ("name", "settings", "telling"),
    [
        ("Conv2d", {"padding": 1}, "32, 3×3, pad 1"),
        ("Conv2d", {"kernel_size": (3, 5), "stride": 2}, "32, 3×5, stride 2"),
        ("ConvTranspose2d", {"padding": 1}, "32, 2×2, stride 2, pad 1"),
        ("MaxPool2d", {}, "2"),
        ("MaxPool2d", {"stride": 1, "padding": 1}, "2, stride 1, pad 1"),
        ("AdaptiveAvgPool2d", {"output_size": (None, 7)}, "keep×7"),
        ("AdaptiveAvgPool2d", {}, "to 1×1"),
        ("LSTM", {"num_layers": 2, "bidirectional": True}, "64, 2 layers, both ways"),
        ("MultiheadAttention", {"causal": True}, "8 heads, causal"),
        ("TransformerEncoderLayer", {}, "8 heads, 2048"),
        ("PositionalEncoding", {}, "sinusoidal"),
        ("Embedding", {}, "10,000 × 64"),
        ("Dropout", {}, "0.5"),
        ("LeakyReLU", {}, "0.01"),
        ("ELU", {}, "1"),
        ("GroupNorm", {"num_groups": 1}, "1 group"),
        ("LayerNorm", {"dims": 2}, "last 2"),
        ("Permute", {}, "2, 1"),
        ("Unflatten", {}, "1 × 8 × 8"),
        ("SelectStep", {}, "last"),
        ("SelectStep", {"step": 3}, "step 3"),
        ("Concatenate", {}, "dim 1"),
        ("DepthwiseConv2d", {}, "3×3"),
        ("DepthwiseConv2d", {"depth_multiplier": 2, "padding": 1}, "× 2, 3×3, pad 1"),
        (
            "ScaledDotProductAttention",
            {"causal": True, "scale": 1.0},
            "causal, scale 1",
        ),
        ("Scale", {"factor": 0.17, "offset": -1.0}, "× 0.17 − 1"),
        ("Slice", {"start": 1, "step": 2}, "dim 1, 1::2"),
        ("Split", {}, "1 | rest, dim 1"),
        ("Clamp", {"max": None}, "0 to ∞"),
        ("Upsample", {"size": (16, 8)}, "to 16 × 8, nearest"),
        ("Parameter", {"shape": (197, 768)}, "197 × 768"),
        ("Pad", {"mode": "reflect"}, "1, 1, 1, 1 reflect"),
        ("Roll", {"shifts": -2}, "by -2, dim 1"),
        ("Einsum", {}, "nij,njk->nik"),
        ("RestrictedBoltzmannMachine", {"hidden_units": 1500}, "1,500 hidden"),
        ("SelfOrganizingMap", {"columns": 12}, "10 × 12"),
    ],
)
def test_telling_settings(name: str, settings: dict[str, Any], telling: str) -> None:
    layer = CATALOG[name]
    assert layer.telling(complete(layer.settings, settings)) == telling


# Settings.


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_settings_survive_a_save(row: Row) -> None:
    saved = json.loads(json.dumps(dict(row.values)))
    assert complete(row.layer.settings, saved) == row.values
    assert wrong_values(row.layer.settings, saved) == {}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_settings_survive_being_shown_and_read(row: Row) -> None:
    for setting in row.layer.settings:
        value = row.values[setting.name]
        read = setting.normalise(setting.parse(setting.show(value)))
        alike = {value, value[0] if isinstance(value, tuple) and value else value}
        assert read in alike, setting.name


def wrong(setting: Setting) -> list[Any]:
    """Values that a setting must refuse."""
    match setting:
        case Int():
            assert setting.minimum is not None
            assert setting.maximum is not None
            return [setting.minimum - 1, setting.maximum + 1, True, 1.5, "7"]
        case Float():
            bound = setting.maximum if setting.maximum is not None else math.inf
            lowest = setting.minimum if setting.minimum is not None else setting.above
            assert lowest is not None
            return [lowest - 1, bound + 1, math.nan, math.inf, "x", True]
        case Size():
            low, high = setting.minimum - 1, setting.maximum + 1
            many = (1,) * (setting.dims + 1)
            return [low, high, many, (low,) * setting.dims, "many", 1.5, True]
        case Shape():
            return [(setting.minimum - 1,), (setting.maximum + 1,), (1,) * 9, 3, "x"]
        case Dim():
            return [0, 1.5, "x", True]
        case Bool():
            return [0, "on"]
        case Choice():
            return ["something else", 0]
        case Text():
            return [3]
        case _:
            raise TypeError(setting)


def right(setting: Setting) -> list[float | None]:
    """Values from all over the range of a number that shapes nothing."""
    assert isinstance(setting, Float)
    low = setting.minimum if setting.minimum is not None else setting.above
    assert low is not None
    high = setting.maximum if setting.maximum is not None else low + 100.0
    inner = [low + share * (high - low) for share in (0.001, 0.3, 0.99)]
    ends = [end for end in (low, high) if setting.expectation(end) is None]
    return [*inner, *ends, *([None] if setting.optional else [])]


@pytest.mark.parametrize(("layer", "setting"), SETTINGS)
def test_wrong_values_are_refused_in_words(layer: Layer, setting: Setting) -> None:
    refused = [*wrong(setting), *([] if setting.optional else [None])]
    for value in refused:
        problem = wrong_values(layer.settings, {setting.name: value})
        text = problem.get(setting.name, "accepted")
        assert text.startswith("must be "), (setting.name, value)
        assert text.endswith(f"; got {setting.normalise(value)!r}")


def test_a_range_is_told_with_its_numbers() -> None:
    layer = CATALOG["Conv2d"]
    given = {"out_channels": 0, "kernel_size": (3, 2_000), "padding": -1}
    assert wrong_values(layer.settings, given) == {
        "out_channels": "must be a whole number from 1 to 65,536; got 0",
        "kernel_size": "must be a whole number from 1 to 1,000 or 2 of them; "
        "got (3, 2000)",
        "padding": "must be a whole number from 0 to 1,000 or 2 of them, or same, or "
        "valid; got -1",
    }


# PyTorch's own word.


@pytest.mark.parametrize("layer", LAYERS)
def test_what_the_code_leaves_out_is_the_default_of_pytorch(layer: Layer) -> None:
    row = next((row for row in ROWS if row.name == layer.name and row.inputs), None)
    call = row and layer.constructor(
        complete(layer.settings, {**row.settings, **layer.defaults}), row.inputs
    )
    if call is None or not call.callee.startswith("nn."):
        return
    base = nn.RNNBase if layer.family == "recurrent" else getattr(nn, call.callee[3:])
    names = list(inspect.signature(base).parameters.values())
    if base is nn.RNNBase:
        names = names[1:]  # its first argument is the kind of recurrent layer
    given = {names[index].name for index in range(len(call.args))}
    given |= {name for name, _ in call.kwargs}
    for parameter in names:
        setting = layer.setting(parameter.name)
        if setting is None or parameter.name in given:
            continue
        if (layer.name, setting.name) == ("Upsample", "align_corners"):
            continue  # left out only in modes that do not have it
        default = parameter.default
        default = default.__name__ if callable(default) else default
        assert setting.default == default, parameter.name


def test_the_default_of_nonlinearity_is_the_one_of_pytorch() -> None:
    setting = CATALOG["RNN"].setting("nonlinearity")
    assert setting is not None
    assert setting.default == nn.RNN(1, 1).nonlinearity


@pytest.mark.parametrize("row", RUNNABLE)
def test_inferred_shapes_are_the_real_ones(row: Row) -> None:
    result = infer_layer(row.layer, row.values, row.inputs)
    assert result.misfit is None
    module = build(row)
    for mode in (True, False):
        if module is not None:
            module.train(mode)
        real = run(row, module, [a_tensor(spec) for spec in row.inputs])
        assert result.outputs is not None
        assert [tuple(each.shape) for each in real] == [
            (BATCH, *spec.shape) for spec in result.outputs
        ]
        assert [str(each.dtype) for each in real] == [
            f"torch.{spec.dtype}" for spec in result.outputs
        ]
    parameters = sum(each.numel() for each in module.parameters()) if module else 0
    assert result.parameters == parameters == row.parameters


@pytest.mark.parametrize("row", RUNNABLE)
def test_settings_that_do_not_shape_leave_shapes_and_weights(row: Row) -> None:
    expected = infer_layer(row.layer, row.values, row.inputs)
    for setting in row.layer.settings:
        if setting.shaping:
            continue
        for value in right(setting):
            values = Values({**row.values, setting.name: value})
            if row.layer.misfit(values, row.inputs) is not None:
                continue  # told before anything runs
            changed = replace(row, settings=dict(values))
            module = build(changed)
            if module is not None:
                module.eval()
            real = run(changed, module, [a_tensor(spec) for spec in row.inputs])
            told = [
                TensorSpec(tuple(each.shape[1:]), str(each.dtype)[len("torch.") :])
                for each in real
                if each is not None
            ]
            assert tuple(told) == expected.outputs, (setting.name, value)
            weights = sum(w.numel() for w in module.parameters()) if module else 0
            assert weights == expected.parameters, (setting.name, value)


@pytest.mark.parametrize("row", RUNNABLE)
def test_gradients_flow(row: Row) -> None:
    module = build(row)
    tensors = [a_tensor(spec) for spec in row.inputs]
    real = [each.requires_grad_() for each in tensors if each.is_floating_point()]
    if row.name in SIZES_ONLY:
        real = []
    named = dict(module.named_parameters()) if module else {}
    weights = [each for name, each in named.items() if name not in NOT_FORWARD]
    if not real and not weights:
        return  # whole numbers that only change their shape
    score(run(row, module, tensors)).backward()
    for each in [*real, *weights]:
        assert each.grad is not None
        assert bool(each.grad.isfinite().all())
        assert bool(each.grad.any())


@pytest.mark.parametrize("row", RUNNABLE)
def test_a_bf16_step_works(row: Row) -> None:
    module = build(row)
    if isinstance(module, nn.LSTM) and not runs_lstm(torch.bfloat16):
        pytest.skip("needs a CPU that runs an LSTM in bf16: one with AVX-512")
    tensors = [a_tensor(spec) for spec in row.inputs]
    for each in tensors:
        each.requires_grad_(each.is_floating_point())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = score(run(row, module, tensors))
    assert bool(loss.isfinite())
    if loss.requires_grad:
        loss.backward()


@pytest.mark.parametrize("row", RUNNABLE)
def test_samples_of_a_batch_do_not_see_each_other(row: Row) -> None:
    module = build(row)
    if module is not None:
        module.eval()
    tensors = [a_tensor(spec) for spec in row.inputs]
    before = run(row, module, tensors)
    changed = [each.clone() for each in tensors]
    for each in changed:
        each[1] = (each[1] + 1) % 11
    after = run(row, module, changed)
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one[0::2], other[0::2])


@pytest.mark.parametrize("row", RUNNABLE)
def test_variables_may_be_reused_and_outputs_left_unused(row: Row) -> None:
    module = build(row)
    if module is not None:
        module.eval()
    tensors = [a_tensor(spec) for spec in row.inputs]
    whole = run(row, module, tensors)
    inputs = tuple(f"x{index}" for index in range(len(tensors)))
    ports = range(len(row.layer.outputs))
    for used in itertools.product((True, False), repeat=len(ports)):
        if not any(used):
            continue
        first = used.index(True)
        for reused in inputs:
            names = tuple(
                (reused if port == first else f"y{port}") if used[port] else None
                for port in ports
            )
            some = run(row, module, tensors, names)
            for port in ports:
                if used[port]:
                    torch.testing.assert_close(some[port], whole[port])


@pytest.mark.parametrize("row", [row.values[0] for row in RUNNABLE], ids=str)
def test_one_variable_may_feed_every_port(row: Row) -> None:
    if len(row.inputs) < 2 or len({*row.inputs}) > 1:
        return
    module = build(row)
    if module is not None:
        module.eval()
    tensor = a_tensor(row.inputs[0])
    tensors = [tensor] * len(row.inputs)
    whole = run(row, module, tensors)
    same = run(
        row, module, tensors, ("x",) + ("y",) * (len(whole) - 1), ("x",) * len(tensors)
    )
    torch.testing.assert_close(same[0], whole[0])


# The text.


@pytest.mark.parametrize(
    ("name", "settings", "shape", "code"),
    [
        ("Conv2d", {}, (1, 28, 28), "nn.Conv2d(1, 32, kernel_size=3)"),
        (
            "Conv2d",
            {"padding": "same", "bias": False},
            (1, 8, 8),
            'nn.Conv2d(1, 32, kernel_size=3, padding="same", bias=False)',
        ),
        (
            "ConvTranspose2d",
            {},
            (8, 4, 4),
            "nn.ConvTranspose2d(8, 32, kernel_size=2, stride=2)",
        ),
        (
            "ConvTranspose2d",
            {"stride": 1},
            (8, 4, 4),
            "nn.ConvTranspose2d(8, 32, kernel_size=2)",
        ),
        ("MaxPool2d", {}, (1, 8, 8), "nn.MaxPool2d(2)"),
        ("AvgPool1d", {"stride": 1}, (1, 8), "nn.AvgPool1d(2, stride=1)"),
        ("AdaptiveAvgPool2d", {}, (1, 8, 8), "nn.AdaptiveAvgPool2d(1)"),
        ("Flatten", {}, (1, 8, 8), "nn.Flatten()"),
        ("Unflatten", {}, (64,), "nn.Unflatten(1, (1, 8, 8))"),
        ("BatchNorm2d", {}, (7, 8, 8), "nn.BatchNorm2d(7)"),
        ("LayerNorm", {}, (10, 256), "nn.LayerNorm(256)"),
        ("LayerNorm", {"dims": 2}, (10, 256), "nn.LayerNorm((10, 256))"),
        ("GroupNorm", {}, (16, 8, 8), "nn.GroupNorm(8, 16)"),
        ("Dropout", {}, (4,), "nn.Dropout(0.5)"),
        ("Softmax", {}, (4,), "nn.Softmax(dim=-1)"),
        ("LSTM", {}, (20, 1), "nn.LSTM(1, 64, batch_first=True)"),
        ("LSTM", {"dropout": 0.2}, (20, 1), "nn.LSTM(1, 64, batch_first=True)"),
        (
            "LSTM",
            {"num_layers": 2, "dropout": 0.2},
            (20, 1),
            "nn.LSTM(1, 64, num_layers=2, batch_first=True, dropout=0.2)",
        ),
        (
            "PositionalEncoding",
            {},
            (20, 64),
            "SinusoidalPositionalEncoding(64, 20)",
        ),
        (
            "TransformerEncoderLayer",
            {},
            (20, 64),
            "nn.TransformerEncoderLayer(64, 8, batch_first=True)",
        ),
        (
            "DepthwiseConv2d",
            {"padding": 1, "bias": False},
            (32, 8, 8),
            "nn.Conv2d(32, 32, kernel_size=3, padding=1, groups=32, bias=False)",
        ),
        (
            "ConvTranspose1d",
            {},
            (8, 4),
            "nn.ConvTranspose1d(8, 32, kernel_size=2, stride=2)",
        ),
        ("RMSNorm", {"eps": 1e-6}, (10, 512), "nn.RMSNorm(512, eps=1e-06)"),
        ("LocalResponseNorm", {"k": 2.0}, (64, 8, 8), "nn.LocalResponseNorm(5, k=2.0)"),
        ("PReLU", {"per_channel": True}, (64, 8, 8), "nn.PReLU(64)"),
        ("Upsample", {}, (3, 8, 8), "nn.Upsample(scale_factor=2.0)"),
        (
            "Upsample",
            {"mode": "bilinear", "size": (16, 16)},
            (3, 8, 8),
            'nn.Upsample(size=(16, 16), mode="bilinear", align_corners=False)',
        ),
        (
            "Parameter",
            {"shape": (1, 768)},
            (3, 224, 224),
            "nn.Parameter(torch.zeros(1, 1, 768))",
        ),
        (
            "Parameter",
            {"shape": (197, 768), "init": "normal"},
            (197, 768),
            "nn.Parameter(torch.empty(1, 197, 768).normal_(std=0.02))",
        ),
    ],
)
def test_constructor_reads_as_written_by_hand(
    name: str, settings: dict[str, Any], shape: tuple[int, ...], code: str
) -> None:
    layer = CATALOG[name]
    values = complete(layer.settings, settings)
    assert str(layer.constructor(values, (TensorSpec(shape),))) == code


def forward(
    name: str,
    settings: dict[str, Any],
    shapes: list[tuple[int, ...]],
    outputs: tuple[str | None, ...],
    inputs: tuple[str, ...] = ("x",),
) -> list[str]:
    """The lines of `forward` for shapes and variables."""
    layer = CATALOG[name]
    specs = tuple(TensorSpec(shape) for shape in shapes)
    variables = Variables("self.layer", inputs, outputs)
    return [*layer.forward(complete(layer.settings, settings), specs, variables)]


def test_recurrent_lines_say_only_what_is_used() -> None:
    def lines(name: str, *outputs: str | None, **settings: Any) -> list[str]:
        return forward(name, settings, [(20, 8)], outputs)

    assert lines("LSTM", "x", None, None) == ["x, _ = self.layer(x)"]
    assert lines("LSTM", None, "x", None) == ["x, _ = self.layer(x)", "x = x[:, -1]"]
    assert lines("LSTM", None, None, "x") == ["_, (x, _) = self.layer(x)", "x = x[-1]"]
    assert lines("GRU", None, None, "x") == ["_, x = self.layer(x)", "x = x[-1]"]
    assert lines("LSTM", None, None, "x", bidirectional=True) == [
        "_, (x, _) = self.layer(x)",
        "x = torch.cat((x[-2], x[-1]), dim=1)",
    ]
    assert lines("RNN", "s", "z", "h") == [
        "s, h = self.layer(x)",
        "z = s[:, -1]",
        "h = h[-1]",
    ]


def test_attention_computes_weights_only_where_they_are_used() -> None:
    shapes, three = [(5, 8)] * 3, ("x", "x", "x")
    assert forward("MultiheadAttention", {}, shapes, ("x", None), three) == [
        "x, _ = self.layer(x, x, x, need_weights=False)"
    ]
    assert forward("MultiheadAttention", {}, shapes, ("x", "w"), three) == [
        "x, w = self.layer(x, x, x)"
    ]


def test_expressions() -> None:
    image = [(3, 8, 8)]
    assert forward("Add", {}, image * 2, ("x",), ("x", "skip")) == ["x = x + skip"]
    assert forward("Multiply", {}, image * 2, ("x",), ("x", "x")) == ["x = x * x"]
    assert forward("Concatenate", {}, image * 2, ("x",), ("a", "b")) == [
        "x = torch.cat((a, b), dim=1)"
    ]
    assert forward("Permute", {}, [(4, 5)], ("x",)) == ["x = x.permute(0, 2, 1)"]
    assert forward("Reshape", {}, [(64,)], ("x",)) == ["x = x.reshape(-1, 1, 8, 8)"]
    assert forward("Mean", {}, [(4, 5)], ("x",)) == ["x = x.mean(dim=1)"]
    assert forward("SelectStep", {}, [(4, 5)], ("x",)) == ["x = x[:, -1]"]
    assert forward("Scale", {"factor": 0.17}, image, ("x",)) == ["x = x * 0.17"]
    assert forward("Slice", {"start": 1}, [(4, 5)], ("x",)) == ["x = x[:, 1:]"]
    assert forward("Slice", {"dim": -1, "stop": 3}, image, ("x",)) == ["x = x[..., :3]"]
    assert forward("Chunk3", {}, [(4, 6)], ("q", "k", None)) == [
        "q, k, _ = x.chunk(3, dim=-1)"
    ]
    assert forward("Parameter", {}, image, ("token",)) == [
        "token = self.layer.expand(x.shape[0], -1, -1)"
    ]
    assert forward("Pad", {"padding": (0, 1, 0, 1)}, image, ("x",)) == [
        "x = F.pad(x, (0, 1, 0, 1))"
    ]
    assert forward("FourierTransform", {}, [(9,)], ("x", None, None)) == [
        "x = torch.fft.rfft(x.float(), dim=-1)",
        "x = x.abs()",
    ]


def test_an_open_bias_gives_the_layer_no_variable() -> None:
    heads = [(2, 5, 4)] * 3
    names = ("q", "k", "v")
    assert forward("ScaledDotProductAttention", {}, heads, ("x",), names) == [
        "x = F.scaled_dot_product_attention(q, k, v)"
    ]
    assert forward(
        "ScaledDotProductAttention", {}, [*heads, (1, 1, 5)], ("x",), (*names, "bias")
    ) == ["x = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)"]


@pytest.mark.parametrize("causal", [False, True])
def test_causal_steps_do_not_see_what_comes_after(causal: bool) -> None:
    for name in ("MultiheadAttention", "TransformerEncoderLayer"):
        count = sum(not port.optional for port in CATALOG[name].inputs)
        row = Row(
            name=name,
            settings={"causal": causal},
            inputs=(TensorSpec((6, 16)),) * count,
        )
        module = build(row).eval()
        for outputs in (None, ("y", None))[: len(row.layer.outputs)]:
            tensor = torch.randn(BATCH, 6, 16)
            later = tensor.clone()
            later[:, 4:] += 1
            before = run(row, module, [tensor] * count, outputs)[0]
            after = run(row, module, [later] * count, outputs)[0]
            assert torch.allclose(before[:, :4], after[:, :4], atol=1e-6) is causal
            assert not torch.allclose(before[:, 4:], after[:, 4:])


def test_sinusoidal_positions_follow_the_formula() -> None:
    spec = TensorSpec((9, 5))
    module = build(Row(name="PositionalEncoding", inputs=(spec,)))
    given = module(torch.zeros(1, 9, 5))[0]
    for position, index in itertools.product(range(9), range(5)):
        angle = position / 10_000 ** (index // 2 * 2 / 5)
        wanted = math.cos(angle) if index % 2 else math.sin(angle)
        assert given[position, index].item() == pytest.approx(wanted, abs=1e-5)


def _returned(outputs: tuple[str, ...]) -> str:
    return f"return {', '.join(outputs)}"


def source_of_all_rows(stem: str) -> str:
    """One module that uses every row, with variables called after `stem`."""
    values = [row.values[0] for row in RUNNABLE]
    definitions = dict.fromkeys(row.layer.definition(row.values) for row in values)
    text = ["import math", "", "import torch", "import torch.nn.functional as F"]
    text += ["import torchvision", "import transformers", "from torch import nn"]
    text += [f"\n\n{each.strip()}" for each in definitions if each]
    for number, row in enumerate(values):
        inputs = tuple(f"{stem}{index}" for index in range(len(row.inputs)))
        outputs = tuple(f"{stem}_{port.name}" for port in row.layer.outputs)
        call = row.layer.constructor(row.values, row.inputs)
        text += ["", "", f"class Row{number}(nn.Module):"]
        text += ["    def __init__(self) -> None:", "        super().__init__()"]
        text += lay_out(f"self.{stem} = {call}", 8) if call else []
        for line in row.layer.completion(row.values, row.inputs, f"self.{stem}"):
            text += lay_out(line, 8)
        text += ["", "    def forward(", "        self,"]
        text += [f"        {name}: torch.Tensor," for name in inputs]
        text += ["    ) -> torch.Tensor | tuple[torch.Tensor, ...]:"]
        variables = Variables(f"self.{stem}", inputs, outputs)
        for line in row.layer.forward(row.values, row.inputs, variables):
            text += lay_out(line, 8)
        text += lay_out(_returned(outputs), 8)
    return "\n".join(text) + "\n"


@pytest.mark.parametrize("stem", ["x", "image_branch", "state_of_the_encoder"])
def test_code_is_formatted_and_free_of_lint(stem: str) -> None:
    source = source_of_all_rows(stem)

    def ruff(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--isolated", "-"],
            input=source,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ruff("format").stdout == source
    # F is what everyone calls torch.nn.functional.
    found = ruff("check", "--select", "E,F,W,I,UP,B,N,C4", "--ignore", "N812")
    assert found.returncode == 0, found.stdout


def test_definitions_are_free_of_lint_by_the_projects_own_rules() -> None:
    rows = [row.values[0] for row in RUNNABLE]
    definitions = dict.fromkeys(row.layer.definition(row.values) for row in rows)
    source = "\n\n\n".join(
        [
            "import math\n\nimport torch\nimport torch.nn.functional as F\n"
            "from torch import nn",
            *(each.strip() for each in definitions if each),
        ]
    )
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "-"],
            input=f"{source}\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


# The lessons' parameters.


@pytest.mark.parametrize(
    ("name", "settings", "shape", "parameters"),
    [
        ("LSTM", {"hidden_size": 50}, (30, 1), 10_600),
        ("LSTM", {"hidden_size": 256, "num_layers": 2}, (40, 100), 892_928),
        ("LSTM", {"hidden_size": 256, "bidirectional": True}, (40, 100), 733_184),
        ("Conv2d", {"out_channels": 128, "padding": 1}, (64, 7, 7), 73_856),
        ("TransformerEncoderLayer", {"dim_feedforward": 1_024}, (16, 256), 789_760),
    ],
)
def test_parameters_of_the_lessons(
    name: str, settings: dict[str, Any], shape: tuple[int, ...], parameters: int
) -> None:
    layer = CATALOG[name]
    values = complete(layer.settings, settings)
    result = infer_layer(layer, values, (TensorSpec(shape),))
    assert result.parameters == parameters


@pytest.mark.parametrize("row", RUNNABLE)
def test_a_row_fits(row: Row) -> None:
    ports = ports_of(row.layer, len(row.inputs))
    assert general_misfit(row.layer, row.values, row.inputs, ports) is None
    assert row.layer.misfit(Values(dict(row.values)), row.inputs) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("0,0005", 0.0005), ("1,5", 1.5), (" 2.5 ", 2.5), ("1e-3", 1e-3)],
)
def test_a_comma_may_stand_for_the_point(text: str, number: float) -> None:
    assert Float(name="share", default=0.0, help="").parse(text) == number


@pytest.mark.parametrize("text", ["2000", "2,000", "2_000", " 2 000 ", "2\u202f000"])
def test_thousands_of_a_whole_number_may_stand_apart(text: str) -> None:
    assert Int(name="samples", default=1).parse(text) == 2_000


@pytest.mark.parametrize("text", ["2.000", "2 0", "2 0000", "3 5", "1e3"])
def test_what_may_be_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        Int(name="samples", default=1).parse(text)


@pytest.mark.parametrize("text", ["1,500", "1,2,3", "1,5.5"])
def test_what_a_comma_may_mean_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="could not convert"):
        Float(name="share", default=0.0, help="").parse(text)
