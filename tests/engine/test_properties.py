"""What holds for every graph: Hypothesis draws them."""

from __future__ import annotations

import math
import warnings
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from engine import storage
from engine.analysis import Analysis, analyse
from engine.catalog import CATALOG, TensorSpec, Variables
from engine.compiler import compile_document
from engine.document import Document
from engine.graph import Graph
from tests.engine.random_edits import done_undone_and_redone, random_edit
from tests.engine.random_graphs import LAYERS, documents
from tests.engine.test_catalog_misfits import STRICTER, pads_nothing

BATCH = 3
calm = settings(
    max_examples=100, deadline=None, suppress_health_check=list(HealthCheck)
)


def _samples(spec: TensorSpec, batch: int = BATCH) -> Tensor:
    if spec.dtype == "int64":
        return torch.zeros(
            (batch, *spec.shape), dtype=torch.int64
        )  # a token all tables have
    return torch.randn(batch, *spec.shape)


@calm
@given(documents())
def test_what_is_called_valid_runs_with_the_shapes_inferred(document: Document) -> None:
    analysis = analyse(document)
    assume(analysis.is_valid)
    assume(analysis.total_parameters < 3_000_000)
    compiled = compile_document(document, analysis)
    torch.manual_seed(0)
    module = compiled.module_class()
    assert sum(p.numel() for p in module.parameters()) == analysis.total_parameters
    inputs = [_samples(spec) for spec in compiled.inputs.values()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        output = module(*inputs)
    spec = compiled.outputs["answer"]
    assert tuple(output.shape) == (BATCH, *spec.shape)
    assert str(output.dtype) == f"torch.{spec.dtype}"
    if output.requires_grad:
        output.float().sum().backward()
        assert any(p.grad is not None for p in module.parameters())


@calm
@given(documents())
def test_a_node_called_broken_is_at_fault(document: Document) -> None:
    analysis = analyse(document)
    problem = analysis.first_error
    assume(problem is not None and problem.code == "misfit")
    assert problem is not None and problem.node is not None
    name = problem.node
    specs = analysis.inputs(name)
    assert specs is not None, "what feeds the first broken node is known"
    assert _fails_or_mixes(document.graph, name, specs), problem.message
    assert problem.message.startswith(f"{name} ")
    assert problem.remedy


def _fails_or_mixes(graph: Graph, name: str, specs: tuple[TensorSpec, ...]) -> bool:
    """Whether PyTorch itself refuses the layer, or lets one sample see another."""
    if any(spec.dtype == "int64" for spec in specs):
        return True  # no gradient passes through whole numbers, run as they may
    if graph[name].layer in {*STRICTER, "Slice", "Roll"}:
        return True  # Slice counts dimensions round, Roll may go round the whole batch
    port = graph[name].type.inputs[0]  # type: ignore[union-attr]
    if port.dtype == "int":
        return True  # tokens are whole numbers, even where PyTorch compares others
    if port.ndim and len(specs[0].shape) not in port.ndim:
        return True  # PyTorch would take the batch for another dimension, or warn
    if graph[name].layer == "Pad" and pads_nothing(graph[name].values, specs):
        return True
    inputs = [_samples(spec, 4) for spec in specs]
    try:
        first = _run_alone(graph, name, specs, inputs)
        # The third sample stays: it is neither first nor last, for sums on the way.
        changed = [torch.cat((_other(x[:2]), x[2:3], _other(x[3:]))) for x in inputs]
        second = _run_alone(graph, name, specs, changed)
    except Exception:  # any refusal will do
        return True
    return any(
        a.dim() == 0
        or a.shape[0] != 4
        or a.numel() == 0
        or not bool(a.isfinite().all())
        or not torch.equal(a[2], b[2])
        for a, b in zip(first, second, strict=True)
    )


def _other(x: Tensor) -> Tensor:
    return 1 - x if x.dtype == torch.int64 else x + torch.randn_like(x)


def _run_alone(
    graph: Graph, name: str, specs: tuple[TensorSpec, ...], inputs: list[Tensor]
) -> list[Tensor]:
    layer, node_values = CATALOG[graph[name].layer], graph[name].values
    variables = Variables(
        "module",
        tuple(f"x{i}" for i in range(len(specs))),
        tuple(f"y{i}" for i in range(len(layer.outputs))),
    )
    names: dict[str, Any] = {"torch": torch, "nn": nn, "F": F, "math": math}
    names |= dict(zip(variables.inputs, inputs, strict=True))
    exec(layer.definition(node_values), names)
    torch.manual_seed(0)
    call = layer.constructor(node_values, specs)
    if call is not None:
        names["module"] = eval(str(call), names).eval()
    exec("\n".join(layer.forward(node_values, specs, variables)), names)
    return [names[str(variable)] for variable in variables.outputs]


@calm
@given(documents())
def test_saved_and_loaded_documents_are_equal(document: Document) -> None:
    assert storage.loads(storage.dumps(document)) == document


@calm
@given(documents(), st.data())
def test_an_analysis_that_follows_edits_equals_a_fresh_one(
    document: Document, data: st.DataObject
) -> None:
    analysis = analyse(document)
    for _ in range(data.draw(st.integers(1, 6))):
        edit = data.draw(random_edit(document))
        edit.apply(document)
        analysis.note(edit)
        analysis.refresh()
        fresh = analyse(document)
        _assert_same(document, analysis, fresh)


def _assert_same(document: Document, left: Analysis, right: Analysis) -> None:
    for name in document.graph.nodes:
        assert left.outputs(name) == right.outputs(name)
        assert left.inputs(name) == right.inputs(name)
        assert left.parameters(name) == right.parameters(name)
    assert sorted(p.message for p in left.problems) == sorted(
        p.message for p in right.problems
    )
    assert left.code == right.code
    assert left.generated.lines == right.generated.lines


@calm
@given(documents(), st.data())
def test_do_undo_redo_gives_equal_documents(
    document: Document, data: st.DataObject
) -> None:
    done_undone_and_redone(document, data, random_edit)


@pytest.mark.parametrize("layer", sorted(set(CATALOG) - {"Input", "Output"}))
def test_no_layer_is_left_out_of_the_random_graphs(layer: str) -> None:
    assert layer in LAYERS
