"""Checks as data: what each condition says of a network, of runs and of answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import templates
from engine.analysis import analyse
from engine.document import Document
from engine.edits import RenameNode
from engine.grouping import collapse
from engine.problems import Problem
from templates import network_conditions, run_conditions, steps  # noqa: F401  verbs
from templates.conditions import read_condition
from templates.lesson_runs import result
from templates.run_conditions import Predicted
from templates.situation import Answer, Network, Situation
from templates.tables import Table
from tests.templates.course import edited, without


def holds(check: dict[str, Any], situation: Situation) -> bool:
    faults: list[Problem] = []
    condition = read_condition(Table(check, "lesson.toml", faults))
    assert [fault.sentence() for fault in faults] == []
    return condition.judge(situation).holds


def seen(document: Document, **more: Any) -> Situation:
    return Situation(network=Network(document, analyse), **more)


def run(document: Document, **metrics: float) -> Any:
    return result(document, metrics, analyse)


def broken() -> Document:
    return edited("digits-cnn", ("conv1", {"kernel_size": 15}))


@pytest.mark.parametrize(
    ("check", "document", "wanted"),
    [
        ({"layer": "MaxPool2d"}, None, True),
        ({"layer": "Dropout"}, None, False),
        ({"layer": ["Dropout", "ReLU"]}, None, True),
        ({"layer": "MaxPool2d", "after": "conv1", "before": "conv2"}, None, True),
        ({"layer": "MaxPool2d", "after": "pool2"}, None, False),
        ({"layer": "MaxPool2d", "after": "nowhere"}, None, False),
        ({"layer": "MaxPool2d", "count": {"at_least": 3}}, None, False),
        ({"layer": "MaxPool2d", "count": {"equals": 2}}, None, True),
        (
            {"layer": "Conv2d", "setting": "out_channels", "at_least": 32},
            None,
            True,
        ),
        (
            {"layer": "Conv2d", "setting": "out_channels", "above": 32},
            None,
            False,
        ),
        ({"node": "conv1"}, None, True),
        ({"node": "conv1", "type": "Linear"}, None, False),
        # A kernel of 3 is 3 × 3: both are asked.
        ({"node": "conv1", "setting": "kernel_size", "equals": 3}, None, True),
        ({"node": "conv1", "setting": "kernel_size", "is_not": 3}, None, False),
        ({"edge": ["conv1", "relu1"]}, None, True),
        ({"edge": ["relu1", "conv1"]}, None, False),
        ({"edge": ["conv1.output", "relu1"]}, None, True),
        ({"edge": ["conv1.hidden", "relu1"]}, None, False),
        ({"nodes": {"equals": 12}}, None, True),
        ({"nodes": {"equals": 12}}, without("digits-cnn", "pool2"), False),
        ({"parameters": {"at_most": 13706}}, None, True),
        ({"parameters": {"below": 13706}}, None, False),
        # While it is broken nobody knows how many: neither few nor many.
        ({"parameters": {"at_most": 13706}}, broken(), False),
        ({"shape": "pool1", "equals": [16, 4, 4]}, None, True),
        ({"shape": "pool1", "equals": [16, 8, 8]}, None, False),
        ({"shape": "pool1", "equals": [16, 4, 4]}, broken(), False),
        ({"problem": "misfit", "node": "conv1"}, None, False),
        ({"problem": "misfit", "node": "conv1"}, broken(), True),
        ({"problem": "misfit", "node": "conv2"}, broken(), False),
        ({"problem": True, "mentions": "15 × 15"}, broken(), True),
        ({"problem": True, "mentions": "16 × 16"}, broken(), False),
        ({"valid": True}, None, True),
        ({"valid": True}, broken(), False),
        ({"valid": False}, broken(), True),
        ({"recipe": "epochs", "at_least": 20}, None, True),
        ({"recipe": "epochs", "above": 20}, None, False),
        ({"recipe": "optimizer", "equals": "Adam"}, None, True),
        ({"data": "digits"}, None, True),
        ({"data": "iris"}, None, False),
        ({"data": "digits", "setting": "flatten", "equals": False}, None, True),
        ({"data": "digits", "setting": "flatten", "equals": True}, None, False),
        ({"all": [{"layer": "ReLU"}, {"layer": "Dropout"}]}, None, False),
        ({"any": [{"layer": "ReLU"}, {"layer": "Dropout"}]}, None, True),
        ({"not": {"layer": "Dropout"}}, None, True),
    ],
)
def test_a_condition_on_a_network(
    check: dict[str, Any], document: Document | None, wanted: bool
) -> None:
    document = document or templates.open_lesson("digits-cnn")
    assert holds(check, seen(document)) is wanted


def _done(lesson: str, step: str, document: Document, **more: Any) -> bool:
    task = next(each for each in templates.course(lesson).tasks if each.id == step)
    return task.is_met(seen(document, **more))


def test_a_network_is_broken_and_mended_after_the_step_before() -> None:
    lesson = "convolution-by-hand"
    document = edited(lesson, ("learned", {"padding": 0}))
    assert analyse(document).problems
    assert not _done(lesson, "break", document)
    assert _done(lesson, "break", document, done=frozenset({"too-narrow"}))
    whole = templates.open_lesson(lesson)
    assert not _done(lesson, "mend", whole, done=frozenset({"too-narrow"}))


def test_a_result_is_told_of_a_run_with_the_recipe_it_came_from() -> None:
    document = templates.open_lesson("training-patterns")
    other = document.copy()
    other.recipe = replace(other.recipe, learning_rate=0.0003)
    ran = run(other, test_accuracy=0.937)
    assert not _done("training-patterns", "train", other, runs=(ran,))
    ran = run(document, test_accuracy=0.953)
    assert _done("training-patterns", "train", document, runs=(ran,))


def test_a_renamed_node_goes_by_the_name_that_the_lesson_gave_it() -> None:
    document = templates.open_lesson("digits-cnn")
    RenameNode("conv1", "edges").apply(document)
    check = {"layer": "MaxPool2d", "after": "conv1", "before": "conv2"}
    assert not holds(check, seen(document))
    named = Network(document, analyse, {"conv1": ["first", "edges"]})
    assert holds(check, Situation(network=named))


def test_a_network_put_into_a_block_is_judged_as_if_it_were_not() -> None:
    document = templates.open_lesson("digits-cnn")
    collapse(document, "", ["conv1", "relu1", "pool1"], "Stage").apply(document)
    assert "conv1" not in document.graph
    check = {"layer": "MaxPool2d", "after": "conv1", "before": "conv2"}
    assert holds(check, seen(document))
    assert holds(
        {"node": "conv1", "setting": "out_channels", "equals": 16}, seen(document)
    )


# Runs.


def test_a_number_of_the_newest_run_is_asked() -> None:
    document = templates.open_lesson("digits-cnn")
    good, bad = run(document, test_accuracy=0.98), run(document, test_accuracy=0.5)
    check = {"run": "test_accuracy", "at_least": 0.97}
    assert not holds(check, seen(document))
    assert holds(check, seen(document, runs=(bad, good)))
    assert not holds(check, seen(document, runs=(good, bad)))
    assert not holds({"run": "test_rmse", "above": 0}, seen(document, runs=(good,)))


def test_where_is_asked_of_the_network_that_was_trained() -> None:
    document = templates.open_lesson("digits-cnn")
    small = edited("digits-cnn", ("fc1", {"out_features": 8}))
    check = {"run": True, "where": {"parameters": {"at_most": 7000}}}
    assert not holds(check, seen(small, runs=(run(document),)))
    assert holds(check, seen(document, runs=(run(small),)))


def test_how_much_higher_one_number_is_than_another() -> None:
    document = templates.open_lesson("digits-cnn")
    runs = (run(document, val_loss=0.3, best_val_loss=0.1),)
    check = {"run": "val_loss", "over": "best_val_loss", "at_least": 2}
    assert holds(check, seen(document, runs=runs))
    assert not holds({**check, "at_least": 4}, seen(document, runs=runs))
    no_loss = (run(document, val_loss=0.3, best_val_loss=0.0),)
    assert not holds(check, seen(document, runs=no_loss))


def test_two_runs_are_compared() -> None:
    with_pool = templates.open_lesson("digits-cnn")
    plain = without("digits-cnn", "pool1")
    check = {
        "compare": "val_loss",
        "lower": {"layer": "MaxPool2d", "count": {"equals": 1}},
        "than": {"layer": "MaxPool2d", "count": {"equals": 2}},
    }
    runs = (run(plain, val_loss=0.1), run(with_pool, val_loss=0.3))
    assert holds(check, seen(plain, runs=runs))
    assert not holds(check, seen(plain, runs=runs[:1]))
    assert not holds({**check, "times": 4}, seen(plain, runs=runs))
    swapped = (run(plain, val_loss=0.3), run(with_pool, val_loss=0.1))
    assert not holds(check, seen(plain, runs=swapped))


def test_only_runs_that_were_made_alike_are_compared() -> None:
    two, one = templates.open_lesson("digits-cnn"), without("digits-cnn", "pool1")
    brief = two.copy()
    brief.recipe = replace(two.recipe, epochs=1)
    check = {
        "compare": "val_loss",
        "lower": {"layer": "MaxPool2d", "count": {"equals": 2}},
        "than": {"layer": "MaxPool2d", "count": {"equals": 1}},
    }
    tour, step = run(two, val_loss=0.03), run(brief, val_loss=1.89)
    wanted = run(one, val_loss=0.11)
    assert holds(check, seen(one, runs=(tour, step, wanted)))
    swapped = {**check, "lower": check["than"], "than": check["lower"]}
    assert not holds(swapped, seen(one, runs=(step, wanted)))
    other = two.copy()
    other.data = replace(two.data, settings={**two.data.settings, "validation": 0.3})
    assert not holds(check, seen(one, runs=(run(other, val_loss=0.01), wanted)))
    device = two.copy()
    device.recipe = replace(two.recipe, device="cpu")
    assert holds(check, seen(one, runs=(run(device, val_loss=0.01), wanted)))


def test_what_is_compared_may_differ() -> None:
    document = templates.open_lesson("digits-cnn")
    fast = document.copy()
    fast.recipe = replace(document.recipe, learning_rate=1.0)
    check = {
        "compare": "val_loss",
        "lower": {"recipe": "learning_rate", "at_most": 0.01},
        "than": {"recipe": "learning_rate", "at_least": 1},
    }
    runs = (run(document, val_loss=0.1), run(fast, val_loss=0.3))
    assert holds(check, seen(document, runs=runs))


def test_the_rate_of_a_node_is_asked() -> None:
    document = templates.open_lesson("digits-cnn")
    check = {"node": "conv1", "rate": {"at_most": 0.1}}
    assert not holds(check, seen(document))
    document.graph.replace_node(replace(document.graph["conv1"], rate=0.1))
    assert holds(check, seen(document))


# Answers.


def test_a_prediction_counts_only_before_the_run_that_decides_it() -> None:
    document = templates.open_lesson("digits-cnn")
    faults: list[Problem] = []
    decided = read_condition(Table({"run": "val_loss", "above": 0}, "", faults))
    check = Predicted("guess", decided)
    runs = (run(document, val_loss=0.2),)
    early = {"guess": Answer(value=1, runs_before=0)}
    late = {"guess": Answer(value=1, runs_before=1)}
    assert check.judge(seen(document, runs=runs, answers=early)).holds
    assert not check.judge(seen(document, runs=runs, answers=late)).holds
    assert not check.judge(seen(document, runs=runs)).holds
    assert check.judge(seen(document, runs=(*runs, *runs), answers=late)).holds


def test_another_step_is_waited_for() -> None:
    document = templates.open_lesson("digits-cnn")
    assert not holds({"step": "break"}, seen(document))
    assert holds({"step": "break"}, seen(document, done=frozenset({"break"})))


@pytest.mark.parametrize(
    ("check", "message", "remedy"),
    [
        ({"lair": "ReLU"}, "{ lair } is no condition.", "layer"),
        ({"layer": "Relu"}, "there is no layer “Relu”.", "Layers tab"),
        (
            {"layer": "Conv2d", "setting": "kernel", "equals": 3},
            "Conv2d has no setting “kernel”.",
            "kernel_size",
        ),
        (
            {"layer": "ReLU", "afterwards": "conv1"},
            "“afterwards” is not known here.",
            "after",
        ),
        ({"recipe": "epoch", "equals": 3}, "the recipe has no “epoch”.", "epochs"),
        ({"recipe": "epochs"}, "there is nothing to compare with", "at_least"),
        ({"run": "accuracy", "at_least": 1}, "a run has no “accuracy”.", "val_acc"),
        ({"run": "val_loss", "below": "1"}, "“below” is '1'.", "a number"),
        ({"compare": "val_loss"}, "two runs are compared by", "condition"),
        ({"shape": "fc1"}, "a shape needs equals", "Add"),
        ({"edge": ["conv1"]}, "an edge has two ends.", "conv1"),
        ({"all": []}, "“all” holds no conditions.", "Put some"),
    ],
)
def test_what_is_written_wrong_is_told_and_never_holds(
    check: dict[str, Any], message: str, remedy: str
) -> None:
    faults: list[Problem] = []
    read_condition(Table(check, "lesson.toml, step “x”", faults))
    sentences = [fault.sentence() for fault in faults]
    assert any(
        each.startswith(f"lesson.toml, step “x”: {message}") and remedy in each
        for each in sentences
    ), sentences
