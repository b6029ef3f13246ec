"""The lessons' texts: what they count, quote and promise is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import templates
from engine.analysis import analyse
from engine.catalog import CATALOG
from engine.document import Document
from engine.edits import insertion, removal
from engine.graph import Edge, Node
from engine.recipe import RECIPE_SETTINGS
from gui.form_words import in_form_words
from templates.actions import Train
from tests.templates.course import (
    EVERY_WITH_STEPS,
    LESSONS,
    PARAMETERS,
    WITH_STEPS,
    analysis_of,
    edited,
    whole_text,
    without,
)

SECTIONS = [
    "What you will learn",
    "The idea",
    "Do it",
    "Change it",
    "Think about it",
    "Further",
]
WITH_STEPS_SECTIONS = ["The idea", "Further"]
"""What is to be done, and to think about, is then in `lesson.toml`."""


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_text_has_its_sections_and_no_more_than_markdown(lesson: str) -> None:
    text = templates.text(lesson)
    titles = re.findall(r"^# (.*)$", text, re.MULTILINE)
    assert titles == [templates.lesson(lesson).title]
    sections = re.findall(r"^## (.*)$", whole_text(lesson), re.MULTILINE)
    wanted = WITH_STEPS_SECTIONS if lesson in WITH_STEPS else SECTIONS
    assert [name for name in sections if name in SECTIONS] == wanted
    text = whole_text(lesson)
    assert not re.search(r"^####", text, re.MULTILINE)
    # Formulas stand on lines of their own, between two dollars on each side.
    prose = re.sub(r"^\$\$.+\$\$$", "", text, flags=re.MULTILINE)
    assert not re.search(r"</?[a-z]+[ >/]|\$|\\[a-z]|@@|TODO", prose)
    prose = re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)
    most = 1_400 if lesson in WITH_STEPS else 700
    assert 350 <= len(re.findall(r"[A-Za-z]{2,}", prose)) <= most


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_text_counts_every_parameter(lesson: str) -> None:
    text = templates.text(lesson)
    analysis = analyse(templates.open_lesson(lesson))
    for name in analysis.network:
        count = analysis.parameters(name)
        if count:
            assert f"`{name}`" in text
            assert f"{count:,}" in text or f"({count})" in text, name
    assert f"{PARAMETERS[lesson]:,}" in text


SUMS = {
    "digits-cnn": 4,
    "fnn-iris": 2,
    "cnn-small": 2,
    "cnn-mnist": 3,
    "cnn-mnist-deep": 5,
    "cnn-cifar10": 5,
    "rnn-sequence": 2,
    "lstm-forecast": 2,
    "lstm-sentiment": 3,
    "text-classifier": 1,
    "autoencoder": 2,
    "transformer-block": 5,
    "cnn-or-transformer": 11,
    "playground": 2,
    "neuron": 2,
    "convolution-by-hand": 1,
    "training-patterns": 2,
    "attention": 3,
}
"""How many rows of a lesson's tables show how a count comes about."""


@pytest.mark.parametrize("lesson", EVERY_WITH_STEPS)
def test_settings_are_called_what_the_window_calls_them(lesson: str) -> None:
    """Never `hidden_units`, where the field is called *Hidden units*."""
    nodes = set(templates.open_lesson(lesson).graph.nodes)
    written = set(re.findall(r"`(\w+)`", told(lesson)))
    settings = [s for layer in CATALOG.values() for s in layer.settings]
    known = {s.name for s in (*settings, *RECIPE_SETTINGS) if "_" in s.name}
    assert not (written & known) - nodes
    for setting in RECIPE_SETTINGS:
        if setting.label and "_" in setting.name:
            assert f"*{setting.name.replace('_', ' ')}*" not in told(lesson)


def told(lesson: str) -> str:
    """What a learner reads before a step is done."""
    tasks = templates.course(lesson).tasks
    return "\n\n".join(
        [templates.text(lesson), *(f"{each.text}\n\n{each.hint}" for each in tasks)]
    )


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_sums_in_a_text_are_right(lesson: str) -> None:
    """Rows such as `| fc1 | 4 × 8 + 8 | 40 |`."""
    rows = re.findall(
        r"\| ([0-9,×+ ()]+\+[0-9,×+ ()]+) \| ([0-9,]+) \|", templates.text(lesson)
    )
    for words, total in rows:
        terms = words.replace(",", "").replace("×", "*")
        assert eval(terms) == int(total.replace(",", "")), words
    assert len(rows) == SUMS.get(lesson, 0)


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_text_is_shown_without_a_leftover_mark(
    lesson: str, request: pytest.FixtureRequest
) -> None:
    gui = pytest.importorskip("PySide6.QtGui", reason="needs Qt to lay a text out")
    request.getfixturevalue("qapp")
    page = gui.QTextDocument()
    text = re.sub(r"^\$\$.+\$\$$", "", whole_text(lesson), flags=re.MULTILINE)
    page.setMarkdown(text)
    shown = page.toPlainText()
    assert not re.search(r"\*\*|##|`|\|", shown)
    assert shown.startswith(templates.lesson(lesson).title)


def with_softmax() -> Document:
    document = templates.open_lesson("cnn-mnist")
    graph = document.graph
    node = Node(name=graph.free_name("softmax"), layer="Softmax")
    insertion(graph, node, graph.edges_out_of("fc2")[0]).apply(document)
    return document


def set_on(name: str, **settings: Any) -> tuple[str, dict[str, Any]]:
    return name, settings


def case(lesson: str, *changes: tuple[str, dict[str, Any]]) -> tuple[str, Document]:
    return lesson, edited(lesson, *changes)


MESSAGES = {
    "conv1 has a 15 × 15 kernel that does not fit an 8 × 8 image padded to 10 × 10.": (
        case("digits-cnn", set_on("conv1", kernel_size=15))
    ),
    "digit gets 5 numbers a sample, and “digit” has 10 classes.": (
        case("digits-cnn", set_on("fc2", out_features=5))
    ),
    "species gets 2 numbers a sample, and “species” has 3 classes.": (
        case("fnn-iris", set_on("fc2", out_features=2))
    ),
    "conv1 has a 29 × 29 kernel that does not fit a 28 × 28 image.": (
        case("cnn-small", set_on("conv1", kernel_size=29))
    ),
    "digit gets 16 × 13 × 10 numbers a sample; to choose a class of “digit” it needs "
    "10, one number a class.": ("cnn-small", without("cnn-small", "flatten")),
    "softmax1 (Softmax) turns numbers into shares already, and the loss cross entropy "
    "does so itself: the network learns slowly.": ("cnn-mnist", with_softmax()),
    "conv3 has a 6 × 6 kernel that does not fit a 5 × 5 image. Set padding to 1, or "
    "set kernel size to 5.": case("cnn-mnist-deep", set_on("conv3", kernel_size=6)),
    "image takes 1 × 32 × 32 float32, and the data's “image” gives 3 × 32 × 32 "
    "float32.": case("cnn-cifar10", set_on("image", shape=(1, 32, 32))),
    "forecast gets 1 number a sample, and “next” has 5.": (
        case("rnn-sequence", set_on("data", horizon=5))
    ),
    "The loss cross entropy does not fit the data, whose targets are numbers; what "
    "fits is taken instead.": (
        case("lstm-forecast", set_on("recipe", loss="cross_entropy"))
    ),
    "words takes 24 × 100 float32, and the data's “vectors” gives 24 × 300 float32.": (
        case("lstm-sentiment", set_on("data", as_vectors=300))
    ),
    "embedding has 5,000 vectors, and the data has 10,000 different tokens.": (
        case("text-classifier", set_on("embedding", num_embeddings=5000))
    ),
    "lstm reads a sequence (N × time × features), and gets a vector.": (
        "text-classifier",
        without("text-classifier", "embedding"),
    ),
    "sigmoid (Sigmoid) turns numbers into chances already, and the loss "
    "binary cross entropy does so itself: the network learns slowly.": (
        case("autoencoder", set_on("recipe", loss="bce_with_logits"))
    ),
    "rebuilt gets 783 numbers a sample, and “image” has 784.": (
        case("autoencoder", set_on("decoder", out_features=783))
    ),
    "attention has 7 heads, which do not divide its 256 features evenly. Set num heads "
    "to 8.": case("transformer-block", set_on("attention", num_heads=7)),
    "add2 adds N × 24 × 128 and N × 24 × 256, which differ in dimension 2: 128 and "
    "256.": case("transformer-block", set_on("shrink", out_features=128)),
}
"""What a text quotes, with the lesson and the edit that it asks for."""


@pytest.mark.parametrize("message", MESSAGES)
def test_a_quoted_message_is_what_the_learner_will_read(
    message: str, tmp_path: Path
) -> None:
    lesson, document = MESSAGES[message]
    assert f"*{message}*" in whole_text(lesson)
    found = analysis_of(document, tmp_path).problems
    problems = [in_form_words(document, problem) for problem in found]
    assert any(problem.sentence().startswith(message) for problem in problems)


def test_no_quoted_message_goes_unchecked() -> None:
    quotes = {
        quote
        for lesson in LESSONS
        for quote in re.findall(r"(?<!\*)\*(\w+ [^*]{30,}?\.)\*", whole_text(lesson))
        if re.search(r" (gets|has|takes|reads|adds|does not fit|turns) ", quote)
    }
    assert quotes == set(MESSAGES)


SIZES = [
    ("digits-cnn", without("digits-cnn", "pool2"), 38_282),
    ("fnn-iris", edited("fnn-iris", set_on("fc1", out_features=64)), 515),
    ("cnn-small", edited("cnn-small", set_on("conv1", kernel_size=15)), 11_466),
    ("cnn-small", edited("cnn-small", set_on("conv1", out_channels=32)), 54_410),
    ("cnn-small", edited("cnn-small", set_on("pool", kernel_size=4)), 5_930),
    ("cnn-mnist", without("cnn-mnist", "conv1", "relu1", "pool1"), 50_890),
    ("cnn-mnist", edited("cnn-mnist", set_on("conv1", stride=2)), 74_762),
    ("cnn-mnist-deep", without("cnn-mnist-deep", "pool2"), 388_234),
    ("cnn-mnist-deep", without("cnn-mnist-deep", "conv3", "relu3"), 121_930),
    (
        "cnn-three-conv",
        edited("cnn-three-conv", *(set_on(f"conv{n}", padding=0) for n in (1, 2, 3))),
        128_266,
    ),
    (
        "cnn-three-conv",
        edited("cnn-three-conv", set_on("fc1", out_features=2048)),
        2_474_506,
    ),
    (
        "cnn-cifar10",
        edited("cnn-cifar10", *(set_on(f"conv{n}", padding=1) for n in (1, 2, 3))),
        319_178,
    ),
    ("rnn-sequence", edited("rnn-sequence", set_on("rnn", hidden_size=64)), 4_353),
    (
        "lstm-sentiment",
        edited("lstm-sentiment", set_on("lstm", num_layers=1)),
        367_106,
    ),
    (
        "lstm-sentiment",
        edited("lstm-sentiment", set_on("words", shape=(24, 300))),
        1_098_242,
    ),
    (
        "lstm-sentiment",
        edited("lstm-sentiment", set_on("lstm", bidirectional=True)),
        2_311_170,
    ),
    (
        "text-classifier",
        edited("text-classifier", set_on("embedding", num_embeddings=1000)),
        834_210,
    ),
    (
        "text-classifier",
        edited("text-classifier", set_on("lstm", bidirectional=False)),
        1_367_106,
    ),
    ("autoencoder", edited("autoencoder", set_on("encoder", out_features=8)), 13_336),
    ("autoencoder", edited("autoencoder", set_on("encoder", out_features=2)), 3_922),
    (
        "autoencoder",
        edited("autoencoder", set_on("encoder", out_features=784)),
        1_230_880,
    ),
    ("playground", edited("playground", set_on("fc1", out_features=32)), 162),
    (
        "lstm-forecast",
        edited("lstm-forecast", set_on("lstm", num_layers=2)),
        31_051,
    ),
]
"""Exercises that tell how many parameters will be left."""


@pytest.mark.parametrize(("lesson", "document", "count"), SIZES)
def test_an_exercise_ends_with_the_parameters_it_tells(
    lesson: str, document: Document, count: int
) -> None:
    assert f"{count:,}" in whole_text(lesson)
    assert analyse(document).total_parameters == count


@pytest.mark.parametrize(("layer", "count"), [("RNN", 2_701), ("GRU", 8_001)])
def test_another_recurrent_layer_takes_the_place_of_the_lstm(
    layer: str, count: int
) -> None:
    document = templates.open_lesson("lstm-forecast")
    graph = document.graph
    edges = [edge for edge in graph.edges if "lstm" in (edge.source, edge.target)]
    removal(graph, ["lstm"]).apply(document)
    graph.add_node(Node(name="lstm", layer=layer, settings={"hidden_size": 50}))
    for edge in edges:
        graph.add_edge(edge)
    analysis = analyse(document)
    assert analysis.problems == []
    assert analysis.total_parameters == count
    assert f"{count:,}" in whole_text("lstm-forecast")


def test_one_encoder_layer_is_the_block_that_was_joined_by_hand() -> None:
    document = templates.open_lesson("transformer-block")
    graph = document.graph
    names = list(graph.nodes)
    inside = names[names.index("attention") : names.index("dropout2") + 1]
    removal(graph, inside).apply(document)
    settings = {"dim_feedforward": 1024}
    graph.add_node(
        Node(name="block", layer="TransformerEncoderLayer", settings=settings)
    )
    graph.add_edge(Edge("position", "output", "block", "input"))
    graph.add_edge(Edge("block", "output", "mean", "input"))
    analysis = analyse(document)
    assert analysis.problems == []
    assert analysis.parameters("block") == 789_760
    assert analysis.total_parameters == PARAMETERS["transformer-block"]


_DIGITS = {"two": 2, "three": 3, "four": 4}
_ASKED = re.compile(r"\b(two|three|four) (digits|decimals)\b")


def test_a_number_is_taken_as_exactly_as_it_is_asked_for() -> None:
    """Of 0.665 "with three digits", 0.667 is another number."""
    count = 0
    for lesson in templates.lessons():
        for step in templates.course(lesson.id).tasks:
            question = step.question
            asked = _ASKED.search(question.text) if question else None
            if question is None or asked is None or not question.is_number:
                continue
            count += 1
            half = 0.5 * 10.0 ** -_DIGITS[asked[1]]
            assert question.answered.tolerance == pytest.approx(half), step.id
    assert count == 7


def test_no_mistake_is_taken_as_the_answer() -> None:
    for lesson in templates.lessons():
        for step in templates.course(lesson.id).tasks:
            question = step.question
            for mistake in question.mistakes if question is not None else ():
                assert question is not None
                assert not question.answered.is_right(mistake.number), step.id
                assert question.mistake(mistake.number) == mistake, step.id


_TOLD = re.compile(r"With seed 0 it read (about )?(\d+(?:\.\d)?) %")


def test_what_is_told_of_a_training_is_what_it_came_to() -> None:
    """The share that a text gives is the one that was measured beside it."""
    count = 0
    for lesson in templates.lessons():
        for step in templates.course(lesson.id).tasks:
            told = _TOLD.search(step.done)
            runs = [each for each in step.show if isinstance(each, Train)]
            if told is None or not runs:
                continue
            count += 1
            measured = 100 * runs[-1].expect["test_accuracy"]
            where = f"{lesson.id}, {step.id}"
            off = 0.51 if told[1] else 0.051  # points
            assert float(told[2]) == pytest.approx(measured, abs=off), where
    assert count > 3
