"""Lessons that begin with what others have trained: without the weights, and with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import engine.pretrained.providing as providing
import templates
from engine import storage
from engine.analysis import Analysis, analyse
from engine.document import Document
from engine.edits import change_settings, removal
from engine.exporting import export
from engine.learning_edits import SetFrozen
from engine.problems import Refusal
from engine.session import prepare, train_document
from engine.training.events import Finished
from engine.training.fitness import FitsItsData
from templates.actions import Restore, changed
from templates.rehearsal import faults_of
from templates.situation import Network, Situation
from tests.engine.pretrained_models import in_torch_cache, small_encoder
from tests.engine.test_codegen import assert_clean
from tests.templates.course import WITH_WEIGHTS, edited, whole_text


@pytest.fixture(autouse=True)
def _caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Caches of the test's own, empty, and no network."""
    import huggingface_hub.constants as constants

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(providing, "_CHECKED", set())
    yield


def whole(document: Document) -> Analysis:
    return analyse(document, [FitsItsData(None)])


# The learner's own files.


def test_the_network_is_brought_back_with_the_files_that_were_chosen() -> None:
    start = templates.open_lesson("bert-embeddings")
    document = start.copy()
    settings = {"folder": "/models/mini", "taken": "mean"}
    change_settings(document.graph, "body", settings).apply(document)
    data = {**document.data.settings, "tokenizer": "/models/mini", "length": 12}
    document.data = replace(document.data, settings=data)
    removal(document.graph, ["mean"], keep_flow=True).apply(document)
    back = changed(document, [Restore()], start)
    assert back.graph["body"].settings == {
        **start.graph["body"].settings,
        "folder": "/models/mini",
    }
    assert back.data.settings == {
        **start.data.settings,
        "tokenizer": "/models/mini",  # it belongs to the model in that folder
    }
    assert "mean" in back.graph
    # Without files of one's own it is the lesson's network.
    change_settings(document.graph, "body", {"folder": ""}).apply(document)
    assert changed(document, [Restore()], start) == start


# Without the weights.


@pytest.mark.parametrize("lesson", WITH_WEIGHTS)
def test_a_lesson_opens_and_counts_without_its_weights(
    lesson: str, tmp_path: Path
) -> None:
    document = templates.open_lesson(lesson)
    analysis = whole(document)
    # All there is to say is that the weights are not here, and what to do.
    (problem,) = analysis.problems
    assert (problem.code, problem.is_error) == ("weights-missing", False)
    assert "Training downloads them from https://" in problem.sentence()
    assert "without an internet connection, " in problem.sentence()
    assert analysis.total_parameters == WITH_WEIGHTS[lesson]
    text = templates.text(lesson)
    for name in analysis.network:
        if count := analysis.parameters(name):
            assert f"`{name}`" in text and f"{count:,}" in text
    assert f"{WITH_WEIGHTS[lesson]:,}" in text
    assert "Without an internet connection, copy" in text
    path = tmp_path / "copy.espalier"
    storage.save(document, path)
    folder = templates.lesson(lesson).folder
    assert path.read_bytes() == (folder / "document.espalier").read_bytes()


@pytest.mark.parametrize("lesson", WITH_WEIGHTS)
def test_every_step_can_be_done_and_is_judged(lesson: str) -> None:
    faults = faults_of(templates.lesson(lesson).folder, whole)
    assert [fault.sentence() for fault in faults] == []
    course = templates.course(lesson)
    assert len(course.steps) >= 4 and len(course.exercises) >= 2
    assert len(course.discussions) >= 2
    text = whole_text(lesson)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["The idea", "Further"]
    prose = re.sub(r"^\|.*$", "", text, flags=re.MULTILINE)
    assert 350 <= len(re.findall(r"[A-Za-z]{2,}", prose)) <= 1_400


@pytest.mark.parametrize("lesson", WITH_WEIGHTS)
def test_the_sums_of_a_lesson_are_right(lesson: str) -> None:
    rows = re.findall(
        r"\| ([0-9,×+ ()]+\+[0-9,×+ ()]+) \| ([0-9,]+) \|", templates.text(lesson)
    )
    assert len(rows) == (lesson != "distilbert-sentiment")
    for words, total in rows:
        terms = words.replace(",", "").replace("×", "*")
        assert eval(terms) == int(total.replace(",", "")), words


def test_code_and_scripts_of_the_lessons_are_clean(tmp_path: Path) -> None:
    sources = []
    for lesson in WITH_WEIGHTS:
        for form in ("module", "script"):
            path = tmp_path / f"{lesson}.{form}.py"
            export(templates.open_lesson(lesson), form, path)
            sources.append(path.read_text(encoding="utf-8"))
    assert_clean(sources, tmp_path)
    assert sum("from_pretrained" in source for source in sources) == 6


@pytest.mark.parametrize("lesson", ["distilbert-sentiment", "attention-maps"])
def test_training_without_network_or_folder_says_what_to_do(lesson: str) -> None:
    with pytest.raises(Refusal) as refused:
        prepare(templates.open_lesson(lesson))
    text = str(refused.value)
    assert "and cannot be downloaded" in text
    assert text.endswith(
        "without an internet connection, copy the model's folder here and choose it "
        "under “Folder”, folded at the end of the node's settings."
    )


def set_on(name: str, **settings: Any) -> tuple[str, dict[str, Any]]:
    return name, settings


def unnormalized() -> Document:
    document = templates.open_lesson("transfer-resnet50")
    removal(document.graph, ["normalize"], keep_flow=True).apply(document)
    return document


BASE = "distilbert/distilbert-base-uncased"
MESSAGES = {
    "body was trained with normalized pictures, and gets them as the data gives them: "
    "it will know little of what it sees.": ("transfer-resnet50", unnormalized),
    "body has no weights IMAGENET1K_V2 for ResNet-18.": (
        "transfer-resnet50",
        lambda: edited("transfer-resnet50", set_on("body", model="resnet18")),
    ),
    f"body reads the tokens of {BASE}-finetuned-sst-2-english, and the data gives its "
    "own.": (
        "distilbert-sentiment",
        lambda: edited("distilbert-sentiment", set_on("data", tokenizer="")),
    ),
    "body gives no class scores: it was not trained to tell classes apart.": (
        "distilbert-sentiment",
        lambda: edited("distilbert-sentiment", set_on("body", model=BASE)),
    ),
    "body reads 512 tokens at most, and gets 600.": (
        "bert-embeddings",
        lambda: edited(
            "bert-embeddings",
            set_on("data", length=600),
            set_on("tokens", shape=(600,)),
        ),
    ),
    "body has 6 layers, and layer 6 is asked for.": (
        "attention-maps",
        lambda: edited("attention-maps", set_on("body", layer=6)),
    ),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_a_quoted_message_is_what_the_learner_reads(message: str) -> None:
    lesson, make = MESSAGES[message]
    assert f"*{message}*" in whole_text(lesson)
    said = [problem.sentence() for problem in whole(make()).problems]
    assert any(each.startswith(message) for each in said), said


def test_no_quoted_message_goes_unchecked() -> None:
    quotes = {
        quote
        for lesson in WITH_WEIGHTS
        for quote in re.findall(
            r"(?<!\*)\*(body \w+ [^*]{20,}?\.)\*", whole_text(lesson)
        )
    }
    assert quotes == set(MESSAGES)


def test_what_the_lessons_tell_of_bodies_is_so() -> None:
    small = edited(
        "transfer-resnet50",
        set_on("body", model="resnet18", weights="IMAGENET1K_V1"),
    )
    first, second = (
        analyse(each) for each in (templates.open_lesson("transfer-resnet50"), small)
    )
    assert first.operations("body") > 2 * second.operations("body")
    assert second.total_parameters == 11_181_642


# With weights in a folder.


def here(lesson: str, folder: Path) -> Document:
    """The lesson with small random weights from this machine in place of the hub's."""
    document = templates.open_lesson(lesson)
    if lesson == "transfer-resnet50":
        path, _ = in_torch_cache("resnet18", "mine.pth")
        document = edited(
            lesson,
            set_on("body", model="resnet18", weights="IMAGENET1K_V1", file=str(path)),
            set_on("image", shape=(3, 32, 32)),
            set_on("data", height=32, width=32),
        )
    else:
        kind = "bert" if lesson == "bert-embeddings" else "distilbert"
        classes = 2 if lesson == "distilbert-sentiment" else 0
        model = str(small_encoder(folder / "model", classes, kind))
        change_settings(document.graph, "body", {"folder": model}).apply(document)
        settings = {**document.data.settings, "tokenizer": model}
        document.data = replace(document.data, settings=settings)
    fixed = {"epochs": 1, "device": "cpu", "precision": "fp32"}
    document.recipe = replace(document.recipe, **fixed)
    return document


@pytest.mark.parametrize("lesson", WITH_WEIGHTS)
def test_a_lesson_trains_with_a_folder_of_this_machine(
    lesson: str, tmp_path: Path
) -> None:
    document = here(lesson, tmp_path)
    assert [problem.sentence() for problem in whole(document).problems] == []
    prepared = prepare(document).state.model
    before = {name: each.clone() for name, each in prepared.state_dict().items()}
    events = list(train_document(document, run_dir=tmp_path / "run"))
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert 0.0 < finished.test_loss < 10.0
    from safetensors.torch import load_file

    after = load_file(tmp_path / "run" / "final.safetensors")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    if document.graph["body"].frozen:
        assert changed == {"head.weight", "head.bias"}
    else:  # all of it learns
        assert len(changed) > 10 and all(name.startswith("body.") for name in changed)


def test_an_exercise_lets_the_body_learn(tmp_path: Path) -> None:
    document = here("bert-embeddings", tmp_path)
    SetFrozen("body", False).apply(document)
    events = list(train_document(document, run_dir=tmp_path / "run"))
    assert any(isinstance(event, Finished) for event in events)


def test_a_smaller_model_from_a_folder_will_do(tmp_path: Path) -> None:
    # Its vectors are of another width, and its layers are others in number.
    steps = {each.id: each for each in templates.course("bert-embeddings").tasks}
    document = here("bert-embeddings", tmp_path)
    assert not steps["words-only"].is_met(Situation(network=Network(document, whole)))
    change_settings(document.graph, "body", {"taken": "mean"}).apply(document)
    removal(document.graph, ["mean"], keep_flow=True).apply(document)
    assert steps["words-only"].is_met(Situation(network=Network(document, whole)))

    steps = {each.id: each for each in templates.course("attention-maps").tasks}
    document = here("attention-maps", tmp_path)
    change_settings(document.graph, "body", {"layer": 2}).apply(document)
    assert steps["sixth"].is_met(Situation(network=Network(document, whole)))
