"""Frozen nodes and learning rates of their own: in the document, the code, training."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

import engine.session
from engine import storage
from engine.analysis import analyse
from engine.comparison import compare
from engine.compiler import compile_document
from engine.data.source import describe
from engine.document import Document
from engine.edits import Compound, Within, removal
from engine.expanding import expand
from engine.exporting import export
from engine.learning_edits import SetFrozen, SetRate
from engine.problems import Refusal
from engine.runs import FINAL
from engine.session import prepare, train_document
from engine.training import remembering
from engine.training.control import Control
from engine.training.events import EpochDone, Finished, Started
from engine.training.fitness import FitsItsData
from engine.training.methods import learning_of
from engine.training.methods.freezing import frozen_modules, module_rates
from engine.training.reporting import as_record
from tests.engine.alone import run_alone
from tests.engine.documents import chain, digits


def changed(*edits: Any, of: Document | None = None) -> Document:
    document = of or digits()
    Compound(tuple(edits)).apply(document)
    return document


def blocks() -> Document:
    """Two uses of a block with two layers; the second is repeated."""
    document = Document(name="Blocks")
    block = document.new_block("Twice", {"width": 6})
    document.put_block(block)
    inside = document.scoped("Twice").graph
    layers = [
        ("x_in", "Input", {}),
        ("lower", "Linear", {"out_features": "width"}),
        ("relu", "ReLU", {}),
        ("upper", "Linear", {"out_features": "width"}),
        ("y", "Output", {}),
    ]
    drawn = chain("Inside", layers, "digits").graph
    for node in drawn:
        inside.add_node(node)
    for edge in drawn.edges:
        inside.add_edge(edge)
    outer = chain(
        "Blocks",
        [
            ("image", "Input", {"shape": (64,)}),
            ("fc1", "Linear", {"out_features": 6}),
            ("first", "ReLU", {}),
            ("many", "ReLU", {}),
            ("fc2", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits",
        {"flatten": True},
    )
    for node in outer.graph:
        as_block = {"first": 1, "many": 2}.get(node.name)
        if as_block is None:
            document.graph.add_node(node)
        else:
            settings = {"repeat": as_block}
            document.graph.add_node(replace(node, layer="Twice", settings=settings))
    ports = {"first": ("y", "x_in"), "many": ("y", "x_in")}
    for edge in outer.graph.edges:
        out, _ = ports.get(edge.source, (edge.source_port, ""))
        _, into = ports.get(edge.target, ("", edge.target_port))
        document.graph.add_edge(edge._replace(source_port=out, target_port=into))
    document.data, document.recipe = outer.data, outer.recipe
    return document


def outputs_of(document: Document) -> dict[str, Any]:
    return {node.name: None for node in document.graph if node.layer == "Output"}


# In the document.


def test_freezing_and_rates_are_edits_that_are_undone() -> None:
    document, before = digits(), digits()
    inverse = Compound((SetFrozen("conv1", True), SetRate("fc1", 0.1))).apply(document)
    assert document.graph["conv1"].frozen
    assert document.graph["fc1"].rate == 0.1
    assert document != before
    inverse.apply(document)
    assert document == before


def test_they_are_saved_only_where_they_are_unusual() -> None:
    document = changed(SetFrozen("conv1", True), SetRate("fc1", 0.1))
    text = storage.dumps(document)
    assert storage.loads(text) == document
    rows = {row["name"]: row for row in json.loads(text)["nodes"]}
    assert rows["conv1"]["frozen"] is True
    assert rows["fc1"]["rate"] == 0.1
    assert not {"frozen", "rate"} & rows["relu1"].keys()


@pytest.mark.parametrize("rate", [0, -1, "fast", True, 1e9, None])
def test_a_rate_that_is_none_is_refused(rate: object) -> None:
    content = json.loads(storage.dumps(digits()))
    content["nodes"][1]["rate"] = rate
    with pytest.raises(Refusal) as refused:
        storage.loads(json.dumps(content), "net.espalier")
    assert refused.value.problem.message.startswith(
        "net.espalier has a node 2 whose rate must be a number above 0 of at most 1,000"
    )


def test_a_comparison_tells_what_was_frozen_and_at_which_rate_it_learns() -> None:
    text = "\n".join(
        compare(digits(), changed(SetFrozen("conv1", True), SetRate("fc1", 0.1)))
    )
    assert "frozen" in text
    assert "learning rate × 1 → × 0.1" in text
    back = "\n".join(compare(changed(SetFrozen("conv1", True)), digits()))
    assert "no longer frozen" in back


def test_what_a_frozen_block_expands_to_is_frozen_and_rates_multiply() -> None:
    document = changed(
        SetFrozen("first", True),
        SetRate("many", 0.5),
        Within("Twice", SetRate("lower", 0.2)),
        of=blocks(),
    )
    for name in ("first", "many"):
        expand(document, "", name).apply(document)
    graph = document.graph
    assert graph["first_lower"].frozen and graph["first_upper"].frozen
    assert graph["many_1_lower"].rate == pytest.approx(0.1)
    assert graph["many_1_upper"].rate == 0.5


# What is known of it.


def test_weights_that_learn_are_counted_apart() -> None:
    document = changed(SetFrozen("conv1", True))
    analysis = analyse(document)
    assert analysis.frozen("conv1") == analysis.parameters("conv1") == 80
    assert analysis.trainable_parameters == analysis.total_parameters - 80
    SetFrozen("conv1", False).apply(document)
    assert analysis.trainable_parameters == analysis.total_parameters


def test_inside_a_block_it_holds_in_every_use() -> None:
    document = blocks()
    analysis = analyse(document)
    one = 6 * 6 + 6
    edit = Within("Twice", SetFrozen("lower", True))
    edit.apply(document)
    analysis.note(edit)
    analysis.refresh()
    assert analysis.total_parameters - analysis.trainable_parameters == 3 * one
    assert (analysis.frozen("first"), analysis.frozen("many")) == (one, 2 * one)
    SetRate("many", 0.5).apply(document)
    SetRate("fc2", 0.25).apply(document)
    outputs = outputs_of(document)
    names = ["first.lower", "many.0.lower", "many.1.lower"]
    assert frozen_modules(document, outputs) == names
    assert module_rates(document, outputs) == {"many": 0.5, "fc2": 0.25}
    module = prepare(document).state.model
    learning = {n for n, w in module.named_parameters() if not w.requires_grad}
    assert learning == {f"{name}.{w}" for name in names for w in ("weight", "bias")}


def test_a_frozen_block_is_named_once_and_dropout_is_not_frozen_alone() -> None:
    document = changed(
        SetFrozen("many", True), Within("Twice", SetFrozen("lower", True)), of=blocks()
    )
    found = frozen_modules(document, outputs_of(document))
    assert found == ["first.lower", "many"]
    dropped = changed(SetFrozen("drop1", True), SetFrozen("relu1", True))
    assert "drop1" not in frozen_modules(dropped, outputs_of(dropped))


ALL_FROZEN = (
    "Every weight of the network is frozen, so there is nothing to learn. "
    "Let fc1 learn again."
)


def test_a_network_all_of_which_is_frozen_is_a_problem_with_its_remedy() -> None:
    document = changed(SetFrozen("conv1", True), SetFrozen("fc1", True))
    analysis = analyse(document, [FitsItsData()])
    (problem,) = [p for p in analysis.problems if p.is_error]
    assert problem.sentence() == ALL_FROZEN
    (fix,) = problem.fixes
    Compound(fix.edits).apply(document)
    assert [p for p in analyse(document, [FitsItsData()]).problems if p.is_error] == []


def test_training_does_not_begin_where_all_is_frozen() -> None:
    document = changed(SetFrozen("conv1", True), SetFrozen("fc1", True))
    with pytest.raises(Refusal) as refused:
        prepare(document)
    assert str(refused.value) == ALL_FROZEN


def test_the_code_says_what_is_frozen_and_how_fast_the_others_learn() -> None:
    code = analyse(changed(SetFrozen("conv1", True), SetRate("fc1", 0.1))).code
    assert "self.conv1 = nn.Conv2d(1, 8, kernel_size=3, padding=1)  # frozen" in code
    assert "self.fc1 = nn.Linear(128, 10)  # learning rate × 0.1" in code
    inside = analyse(changed(Within("Twice", SetFrozen("upper", True)), of=blocks()))
    assert "self.upper = nn.Linear(6, 6)  # frozen" in inside.code


# In training.


def trained(document: Document, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The network's state before and after."""
    state = prepare(document).state.model.state_dict()
    before = {name: each.clone() for name, each in state.items()}
    list(train_document(document, run_dir=folder))
    return before, load_file(folder / FINAL)


def test_frozen_weights_and_statistics_stay_as_they_are(tmp_path: Path) -> None:
    layers = [
        ("image", "Input", {"shape": (1, 8, 8)}),
        ("conv1", "Conv2d", {"out_channels": 4}),
        ("norm1", "BatchNorm2d", {}),
        ("flatten1", "Flatten", {}),
        ("fc1", "Linear", {"out_features": 10}),
        ("digit", "Output", {}),
    ]
    document = chain("Normed", layers, "digits", epochs=1, weight_decay=0.1)
    changed(SetFrozen("conv1", True), SetFrozen("norm1", True), of=document)
    before, after = trained(document, tmp_path)
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert same == {name for name in before if not name.startswith("fc1")}
    assert {"norm1.running_mean", "norm1.weight"} <= same


def test_a_rate_multiplies_a_step(tmp_path: Path) -> None:
    def step(rate: float) -> torch.Tensor:
        document = digits(
            epochs=1, optimizer="SGD", momentum=0.0, batch_size=4096, learning_rate=0.1
        )
        changed(SetRate("fc1", rate), of=document)
        before, after = trained(document, tmp_path / f"{rate}")
        return after["fc1.weight"] - before["fc1.weight"]

    whole, tenth = step(1.0), step(0.1)
    assert float(whole.abs().max()) > 1e-4
    assert torch.allclose(tenth, whole * 0.1, rtol=1e-3, atol=1e-8)


def test_going_on_with_other_nodes_frozen_is_refused(tmp_path: Path) -> None:
    document = digits(epochs=3)
    control = Control()
    for event in train_document(document, run_dir=tmp_path, control=control):
        if isinstance(event, EpochDone):
            control.stop()
    other = changed(SetFrozen("conv1", True), of=digits(epochs=3))
    with pytest.raises(Refusal) as refused:
        list(train_document(other, run_dir=tmp_path, resume=True))
    assert str(refused.value) == (
        "The checkpoint was made while other weights were frozen, or learned at rates "
        "of their own. Freeze the same nodes again to go on, or train anew."
    )
    assert any(
        isinstance(event, Finished)
        for event in train_document(document, run_dir=tmp_path, resume=True)
    )


def frozen_block(**recipe: Any) -> Document:
    document = blocks()
    for edit in (SetFrozen("first", True), SetFrozen("fc1", True)):
        edit.apply(document)
    document.recipe = replace(document.recipe, **recipe)
    return document


def body_first(**recipe: Any) -> Document:
    """A frozen block right behind the data."""
    document = blocks()
    removal(document.graph, ["fc1", "many"], keep_flow=True).apply(document)
    SetFrozen("first", True).apply(document)
    document.recipe = replace(document.recipe, **recipe)
    return document


def learning(document: Document) -> Any:
    compiled = compile_document(document)
    return learning_of(document, describe(document.data), compiled.outputs)


def test_only_frozen_blocks_that_see_the_data_alone_are_computed_once() -> None:
    assert learning(body_first()).stem == ("first",)
    assert learning(body_first(method="supervised")).frozen == ("first",)
    behind = frozen_block()
    assert learning(behind).stem == ()
    plain = changed(SetFrozen("conv1", True))
    assert learning(plain).stem == ()


def losses(document: Document, folder: Path, **more: Any) -> list[dict[str, Any]]:
    kept = []
    for event in train_document(document, run_dir=folder, **more):
        if isinstance(event, (EpochDone, Finished)):
            record = as_record(event)
            for time in ("seconds", "samples_per_second"):
                record.pop(time, None)
            kept.append(record)
    return kept


def test_what_is_computed_once_gives_what_computing_it_anew_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    document = body_first(epochs=5)

    def counting(make: Callable[[], Any]) -> Callable[[], Any]:
        def made() -> Any:
            model = make()
            model.first.register_forward_pre_hook(lambda *_: calls.append(1))
            model.first.lower.register_forward_pre_hook(lambda *_: calls.append(2))
            return model

        return made

    original = engine.session.network_maker
    monkeypatch.setattr(
        engine.session, "network_maker", lambda d, m, p=None: counting(original(d, m))
    )
    once = losses(document, tmp_path / "once")
    computed = calls.count(2)
    calls.clear()
    monkeypatch.setattr(remembering, "is_too_much", lambda *_: True)
    anew = losses(document, tmp_path / "anew")
    assert computed < calls.count(2) / 2
    for one, other in zip(once, anew, strict=True):
        for name in ("train_loss", "val_loss", "test_loss"):
            if name in one:
                assert one[name] == pytest.approx(other[name], rel=1e-5)


def test_it_is_told_and_a_run_taken_up_again_ends_alike(tmp_path: Path) -> None:
    document = body_first(epochs=3)
    whole = losses(document, tmp_path / "whole")
    control, half = Control(), []
    for event in train_document(document, run_dir=tmp_path / "half", control=control):
        if isinstance(event, Started):
            told = "what first gives of the data is computed once, as it is frozen"
            assert event.reason.endswith(told)
        if isinstance(event, EpochDone):
            half.append(event)
            control.stop()
    assert len(half) == 1
    rest = losses(document, tmp_path / "half", resume=True)
    assert rest == whole[1:]


def test_an_exported_script_freezes_by_the_same_functions(tmp_path: Path) -> None:
    document = body_first(epochs=2)
    SetRate("fc2", 2.0).apply(document)
    expected = losses(document, tmp_path / "run")
    path = tmp_path / "program.py"
    export(document, "script", path)
    source = path.read_text(encoding="utf-8")
    assert 'frozen=("first",)' in source
    assert 'rates={"fc2": 2.0}' in source
    assert run_script(path) == expected


def run_script(path: Path) -> list[dict[str, Any]]:
    """What an exported script tells of its epochs and its end, without times."""
    done = run_alone(path, "--json")
    assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    found = [each for each in records if each["event"] in ("epoch", "finished")]
    for record in found:
        for time in ("seconds", "samples_per_second"):
            record.pop(time, None)
    return found
