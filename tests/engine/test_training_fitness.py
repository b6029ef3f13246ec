"""What is said of a network that does not fit its data, and that its fixes mend it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.analysis import analyse
from engine.document import DataConfig, Document
from engine.edits import MoveNodes, SetRecipe, change_settings
from engine.graph import Edge, Node
from engine.problems import Problem, Refusal, Severity
from engine.recipe import Recipe
from engine.session import prepare
from engine.training.fitness import FitsItsData
from tests.engine.documents import chain, digits, forecast, halves, iris, rebuild


def problems_of(document: Document) -> list[Problem]:
    return analyse(document, [FitsItsData()]).problems


def only(document: Document) -> Problem:
    problems = problems_of(document)
    assert len(problems) == 1, [problem.sentence() for problem in problems]
    return problems[0]


def mend(document: Document, problem: Problem) -> None:
    for edit in problem.fixes[0].edits:
        edit.apply(document)
    assert problems_of(document) == []


def changed(document: Document, node: str, **settings: Any) -> Document:
    change_settings(document.graph, node, settings).apply(document)
    return document


@pytest.mark.parametrize("make", [digits, iris, forecast, rebuild, halves])
def test_what_fits_has_no_problems(make: Any) -> None:
    assert problems_of(make()) == []


def test_too_few_answers_for_the_classes() -> None:
    document = changed(digits(), "fc1", out_features=8)
    problem = only(document)
    assert problem.is_error and problem.node == "digit"
    assert problem.sentence() == (
        "digit gets 8 numbers a sample, and “digit” has 10 classes. "
        "Set out_features of fc1 to 10."
    )
    with pytest.raises(Refusal, match="has 10 classes"):
        prepare(document)
    mend(document, problem)


def test_more_answers_than_classes_is_a_warning() -> None:
    document = changed(digits(), "fc1", out_features=12)
    problem = only(document)
    assert problem.severity is Severity.WARNING
    assert problem.message == (
        "digit gets 12 numbers a sample, and “digit” has 10 classes. "
        "The numbers left over can only be wrong."
    )
    mend(document, problem)


def test_an_image_as_answer_to_a_class() -> None:
    document = chain(
        "Bare",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("conv1", "Conv2d", {"out_channels": 10, "padding": 1}),
            ("digit", "Output", {}),
        ],
        "digits",
    )
    problem = only(document)
    assert problem.sentence() == (
        "digit gets 10 × 8 × 8 numbers a sample; to choose a class of “digit” it needs "
        "10, one number a class. Put a Flatten and a Linear before it."
    )
    (fix,) = problem.fixes
    assert fix.label == "Insert Flatten and Linear before digit"
    mend(document, problem)
    assert layers_before(document, "digit") == ["Linear", "Flatten", "Conv2d", "Input"]


def test_what_is_put_in_between_lies_over_no_card() -> None:
    document = chain(
        "Row",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("conv1", "Conv2d", {}),
            ("digit", "Output", {}),
        ],
        "digits",
    )
    places = {"image": (0.0, 0.0), "conv1": (200.0, 0.0), "digit": (400.0, 0.0)}
    MoveNodes(places).apply(document)
    mend(document, only(document))
    found = sorted(node.position for node in document.graph)
    assert found == [(200 * column, 0) for column in range(5)]
    assert document.graph["digit"].position == (800, 0)


def test_a_flatten_that_lacks_goes_before_the_first_linear() -> None:
    document = chain(
        "Bare",
        [
            ("image", "Input", {"shape": (1, 8, 8)}),
            ("conv1", "Conv2d", {"out_channels": 4}),
            ("fc1", "Linear", {"out_features": 32}),
            ("relu1", "ReLU", {}),
            ("fc2", "Linear", {"out_features": 10}),
            ("out", "Output", {}),
        ],
        "digits",
    )
    problem = only(document)
    assert [fix.label for fix in problem.fixes] == ["Insert Flatten before fc1"]
    mend(document, problem)
    before = layers_before(document, "out")
    assert before == ["Linear", "ReLU", "Linear", "Flatten", "Conv2d", "Input"]


def layers_before(document: Document, name: str) -> list[str]:
    """The layers of a chain, from the last to the first."""
    graph, found = document.graph, []
    while edges := graph.edges_into(name):
        name = edges[0].source
        found.append(graph[name].layer)
    return found


def test_the_wrong_number_of_numbers() -> None:
    document = changed(forecast(), "fc2", out_features=3)
    problem = only(document)
    assert problem.sentence() == (
        "ahead gets 3 numbers a sample, and “next” has 1. Set out_features of fc2 to 1."
    )
    mend(document, problem)


def test_an_input_that_differs_from_the_data() -> None:
    document = changed(iris(), "measures", shape=(5,))
    problem = only(document)
    assert problem.node == "measures" and problem.code == "input-differs"
    assert problem.sentence() == (
        "measures takes 5 float32, and the data's “features” gives 4 float32. "
        "Set its shape to 4."
    )
    mend(document, problem)


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"dtype": "int64"}, "Set its dtype to float32."),
        (
            {"shape": (5,), "dtype": "int64"},
            "Set its shape to 4 and its dtype to float32.",
        ),
    ],
)
def test_only_what_differs_from_the_data_is_to_be_set(
    settings: dict[str, object], remedy: str
) -> None:
    problems = problems_of(changed(iris(), "measures", **settings))
    assert remedy in [problem.remedy for problem in problems]


def test_softmax_before_cross_entropy_is_taken_out() -> None:
    document = iris()
    graph = document.graph
    graph.add_node(Node(name="soft", layer="Softmax"))
    graph.remove_edge(Edge("fc2", "output", "species", "input"))
    graph.add_edge(Edge("fc2", "output", "soft", "input"))
    graph.add_edge(Edge("soft", "output", "species", "input"))
    problem = only(document)
    assert problem.severity is Severity.WARNING and problem.node == "soft"
    assert problem.sentence() == (
        "soft (Softmax) turns numbers into shares already, and the loss cross entropy "
        "does so itself: the network learns slowly. Remove soft."
    )
    mend(document, problem)
    assert "soft" not in graph


@pytest.mark.parametrize(
    ("layer", "settings", "sentence"),
    [
        ("ReLU", {}, "soft (ReLU) lets no number below 0, and"),
        ("Tanh", {}, "soft (Tanh) keeps all numbers between -1 and 1, and"),
    ],
)
def test_what_limits_the_numbers_before_cross_entropy_is_taken_out(
    layer: str, settings: dict[str, object], sentence: str
) -> None:
    document = ending_with(layer, settings)
    problem = only(document)
    assert problem.severity is Severity.WARNING
    assert problem.sentence() == (
        f"{sentence} the loss cross entropy needs any number: no class can be ruled "
        "out. Remove soft."
    )
    mend(document, problem)
    assert "soft" not in document.graph


def test_what_limits_numbers_may_end_a_network_that_answers_with_numbers() -> None:
    document = rebuild()
    last = document.graph.edges_into(
        next(node.name for node in document.graph if node.layer == "Output")
    )[0]
    put_between(document, last, Node(name="soft", layer="ReLU"))
    assert problems_of(document) == []


def test_shares_of_one_number_say_nothing() -> None:
    document = changed(ending_with("Softmax", {}), "fc2", out_features=1)
    assert "soft (Softmax) gives 1 whatever it gets, of one number." in [
        problem.message for problem in problems_of(document)
    ]


def ending_with(layer: str, settings: dict[str, object]) -> Document:
    """The network for irises with one more layer before its Output."""
    document = iris()
    node = Node(name="soft", layer=layer, settings=settings)
    put_between(document, Edge("fc2", "output", "species", "input"), node)
    return document


def put_between(document: Document, edge: Edge, node: Node) -> None:
    graph = document.graph
    graph.add_node(node)
    graph.remove_edge(edge)
    graph.add_edge(Edge(edge.source, edge.source_port, node.name, "input"))
    graph.add_edge(Edge(node.name, "output", edge.target, edge.target_port))


def test_an_input_too_many() -> None:
    document = iris()
    graph = document.graph
    graph.add_node(Node(name="more", layer="Input", settings={"shape": (8,)}))
    graph.add_node(Node(name="add1", layer="Add"))
    graph.remove_edge(Edge("relu1", "output", "fc2", "input"))
    port = graph["add1"].type.inputs[0].name  # type: ignore[union-attr]
    graph.add_edge(Edge("relu1", "output", "add1", port))
    graph.add_edge(Edge("more", "output", "add1", port))
    graph.add_edge(Edge("add1", "output", "fc2", "input"))
    assert only(document).sentence() == (
        "more is left without an input field: the data has 1 input field, “features”, "
        "and every one is taken. Remove more, or let two share one in its settings."
    )


def test_fields_and_targets_that_are_not_there() -> None:
    document = changed(iris(), "measures", field="petals")
    problem = next(p for p in problems_of(document) if p.is_error)
    assert problem.sentence() == (
        "measures asks for the input field “petals”, and the data has “features”. "
        "Choose “features”."
    )
    mend(document, problem)
    document = changed(halves(), "odd", target="evenness")
    problem = only(document)
    assert problem.sentence() == (
        "odd asks for the target “evenness”, and the data has “digit”, “parity”. "
        "Choose one of “digit”, “parity”."
    )


def test_a_field_that_nobody_takes() -> None:
    document = chain(
        "Left only",
        [
            ("left", "Input", {"shape": (1, 8, 4)}),
            ("flat", "Flatten", {}),
            ("fc1", "Linear", {"out_features": 10}),
            ("digit", "Output", {}),
        ],
        "digits-halves",
    )
    problem = only(document)
    assert problem.severity is Severity.WARNING
    assert problem.sentence() == (
        "The data's “right” (1 × 8 × 4) is used by no Input. "
        "Add an Input for it, or leave it."
    )


def test_a_loss_that_fits_nothing() -> None:
    document = iris(loss="mse")
    problem = only(document)
    assert problem.severity is Severity.WARNING
    assert problem.sentence() == (
        "The loss mean squared error does not fit the data, whose targets are classes; "
        "what fits is taken instead. Set the loss to auto."
    )
    mend(document, problem)
    assert document.recipe.loss == "auto"
    only(forecast(loss="cross_entropy"))
    assert problems_of(forecast(loss="l1")) == []


def test_yes_or_no_by_two_numbers() -> None:
    document = halves()
    SetRecipe(Recipe(loss="bce_with_logits")).apply(document)
    problem = only(document)
    assert problem.message == (
        "digit gets 10 numbers a sample, and with the loss bce_with_logits it "
        "takes 1, yes or no."
    )


def test_too_small_a_table_of_tokens(data_dir: Path) -> None:
    check = FitsItsData(data_dir)
    config = DataConfig(source="reviews-small")
    info = check.info(config)
    assert not isinstance(info, Problem) and info.vocabulary_size is not None
    (field,) = info.inputs.values()
    document = chain(
        "Words",
        [
            ("words", "Input", {"shape": field.shape, "dtype": "int64"}),
            ("embed", "Embedding", {"num_embeddings": 10, "embedding_dim": 4}),
            ("mean", "Mean", {"dim": 1}),
            ("fc1", "Linear", {"out_features": 2}),
            ("answer", "Output", {}),
        ],
        "reviews-small",
    )
    problem = only(document)
    assert problem.node == "embed"
    assert problem.sentence() == (
        f"embed has 10 vectors, and the data has {info.vocabulary_size:,} different "
        f"tokens. Set num_embeddings to {info.vocabulary_size:,}."
    )
    mend(document, problem)


def test_nothing_to_learn_and_no_such_data() -> None:
    document = chain(
        "Nothing",
        [
            ("image", "Input", {"shape": (64,)}),
            ("relu1", "ReLU", {}),
            ("out", "Output", {}),
        ],
        "digits-reconstruction",
        {"flatten": True},
    )
    assert only(document).sentence() == (
        "The network has no weights, so there is nothing to learn. "
        "Add a layer with weights, such as Linear."
    )
    document.data = DataConfig(source="nowhere")
    assert "There is no data source “nowhere”" in only(document).message


def test_whole_numbers_cannot_be_answers() -> None:
    document = chain(
        "Tokens",
        [
            ("words", "Input", {"shape": (4,), "dtype": "int64"}),
            ("out", "Output", {}),
        ],
        "iris",
    )
    messages = [problem.message for problem in problems_of(document)]
    assert "out gets whole numbers (int64), which cannot be learned." in messages


def test_the_data_are_described_once(monkeypatch: pytest.MonkeyPatch) -> None:
    check = FitsItsData()
    calls = []
    real = check.__class__.__call__.__globals__["describe"]

    def counted(*args: Any) -> Any:
        calls.append(args)
        return real(*args)

    monkeypatch.setattr("engine.training.fitness.describe", counted)
    config = digits().data
    check.info(config)
    check.info(config)
    assert len(calls) == 1
    check.info(iris().data)
    assert len(calls) == 2


def _writer(**settings: Any) -> Document:
    """A network that foretells the next letter at every step."""
    return chain(
        "Writer",
        [
            ("tokens", "Input", {"shape": (64,), "dtype": "int64"}),
            ("letters", "Embedding", {"num_embeddings": 40, "embedding_dim": 8}),
            ("gru", "GRU", {"hidden_size": 8}),
            ("scores", "Linear", {"out_features": 40, **settings}),
            ("following", "Output", {}),
        ],
        "made-up-text",
    )


def test_a_vocabulary_may_be_larger_than_what_the_text_uses() -> None:
    assert problems_of(_writer()) == []


def test_too_few_scores_for_the_tokens() -> None:
    document = _writer(out_features=20)
    problem = only(document)
    assert problem.is_error
    assert problem.sentence() == (
        "following gets 20 numbers to choose a token by, and “following” has 31 "
        "different ones. Set out_features of scores to 31."
    )
    mend(document, problem)


def test_one_answer_where_every_step_has_one_and_the_other_way_round() -> None:
    document = _writer()
    graph = document.graph
    graph.remove_edge(Edge("gru", "sequence", "scores", "input"))
    graph.add_edge(Edge("gru", "last", "scores", "input"))
    assert only(document).sentence() == (
        "following gets 40 numbers a sample; to choose each token of “following” it "
        "needs 64 × 31, one number for each. Put a Linear behind the whole sequence."
    )
    document.data = DataConfig(source="made-up-text", settings={"answers": "last step"})
    assert problems_of(document) == []
    graph.remove_edge(Edge("gru", "last", "scores", "input"))
    graph.add_edge(Edge("gru", "sequence", "scores", "input"))
    assert only(document).sentence() == (
        "following gets 64 × 40 numbers a sample; to choose the token of “following” "
        "it needs 31, one number for each. Choose one step of it with SelectStep."
    )
    (fix,) = only(document).fixes
    assert fix.label == "Insert SelectStep before scores"
    mend(document, only(document))


def test_a_linear_that_lacks_is_offered() -> None:
    document = chain(
        "Bare", [("flower", "Input", {"shape": (4,)}), ("kind", "Output", {})], "iris"
    )
    classes = next(each for each in problems_of(document) if each.code == "classes")
    (fix,) = classes.fixes
    assert fix.label == "Insert Linear before kind"
    mend(document, classes)
    assert layers_before(document, "kind") == ["Linear", "Input"]
