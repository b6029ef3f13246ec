"""Pretrained models: their tables, their shapes, their code, and what goes wrong."""

from __future__ import annotations

import ast
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import torch

import engine.pretrained.providing as providing
import engine.session
from engine import storage
from engine.analysis import Analysis, analyse
from engine.catalog import CATALOG, TensorSpec, Values
from engine.catalog.image_models import (
    ADDRESS,
    IMAGE_MODELS,
    MEAN,
    STD,
    address_of,
    hash_of,
)
from engine.catalog.settings import complete
from engine.catalog.text_models import TEXT_MODELS, vocabulary_of_model
from engine.compiler import compile_document
from engine.data.source import load
from engine.document import Document
from engine.edits import Compound, MoveNodes, change_settings, insertion, removal
from engine.exporting import export
from engine.graph import Node
from engine.model_places import hugging_face_folder, snapshot_of, torch_hub_folder
from engine.pretrained.needs import needs_of
from engine.pretrained.providing import network_maker, provide
from engine.preview import Previewer
from engine.problems import Refusal
from engine.session import prepare, train_document
from engine.training import remembering
from engine.training.events import Finished, StepDone
from engine.training.fitness import FitsItsData
from engine.training.loop import train
from tests.engine.pretrained_models import (
    in_hub_cache,
    in_torch_cache,
    mini_lm,
    other_config,
    reader,
    seer,
    small_encoder,
)
from tests.engine.test_codegen import assert_clean
from tests.engine.test_freezing import losses, run_script


@pytest.fixture(autouse=True)
def _caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Caches of the test's own, and no network."""
    import huggingface_hub.constants as constants

    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(providing, "_CHECKED", set())
    yield


def whole(document: Document, data_dir: Path | None = None) -> Analysis:
    return analyse(document, [FitsItsData(data_dir)])


def told(document: Document) -> list[str]:
    return [problem.sentence() for problem in whole(document).problems]


# The tables.


def test_the_table_of_image_models_is_torchvisions_own() -> None:
    models = pytest.importorskip("torchvision").models
    for name, model in IMAGE_MODELS.items():
        offered = models.get_model_weights(name)
        for weights, (file, size) in model.files.items():
            theirs = offered[weights]
            assert theirs.url == address_of(file) == ADDRESS + file
            assert theirs.meta["_file_size"] == size
            assert theirs.meta["num_params"] == model.parameters
            assert max(theirs.meta["min_size"]) <= max(model.least, 1)
            looks = theirs.transforms()
            assert looks.crop_size == [model.side]
            assert (tuple(looks.mean), tuple(looks.std)) == (MEAN, STD)
            assert len(hash_of(file)) == 8


@pytest.mark.parametrize("name", TEXT_MODELS)
def test_a_text_models_shape_is_known_without_its_files(name: str) -> None:
    taken = "logits" if TEXT_MODELS[name].labels else "tokens"
    document = reader(model=name, taken=taken)
    analysis = analyse(document)
    assert analysis.parameters("body") == TEXT_MODELS[name].parameters
    assert vocabulary_of_model(name) == TEXT_MODELS[name].config["vocab_size"]
    about = CATALOG["PretrainedTextModel"].about(document.graph["body"].values)
    assert f"{TEXT_MODELS[name].size / 1e6:,.0f} MB" in about
    assert f"Licence: {TEXT_MODELS[name].licence}." in about


@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_an_image_model_gives_vectors_maps_and_scores(name: str) -> None:
    model = IMAGE_MODELS[name]
    shapes = {}
    for taken in ("pooled", "features", "logits"):
        document = seer(side=model.side, model=name, taken=taken)
        analysis = analyse(document)
        outputs = analysis.outputs("body")
        shapes[taken] = outputs[0].shape if outputs else None
        if taken == "logits":
            assert analysis.parameters("body") == model.parameters
            assert analysis.operations("body") > 1e7
    assert shapes["logits"] == (1_000,)
    assert shapes["pooled"] is not None and len(shapes["pooled"]) == 1
    if model.maps == "-":
        assert shapes["features"] is None
    else:
        assert shapes["features"] is not None
        assert shapes["features"][0] == shapes["pooled"][0]
    about = CATALOG["PretrainedImageModel"].about(document.graph["body"].values)
    assert f"{model.parameters:,} parameters" in about
    assert "Licence: BSD 3-Clause" in about


# Text, with real weights.

SENTENCES = ["a wonderful film", "dull and far too long , and cold"]
TAKEN = ("mean", "first", "tokens", "layer", "attention")


@pytest.mark.parametrize("taken", TAKEN)
def test_the_code_computes_what_transformers_computes(taken: str) -> None:
    transformers = pytest.importorskip("transformers")
    folder = str(mini_lm())
    document = reader(folder=folder, taken=taken, layer=2)
    removal(document.graph, ["head"], keep_flow=True).apply(document)
    network = network_maker(document, compile_document(document).module_class)().eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    given = tokenizer(
        SENTENCES, padding="max_length", max_length=16, return_tensors="pt"
    )
    model = transformers.AutoModel.from_pretrained(
        folder, attn_implementation="eager"
    ).eval()
    with torch.no_grad():
        theirs = model(**given, output_hidden_states=True, output_attentions=True)
        ours = network(given["input_ids"])
    last, mask = theirs.last_hidden_state, given["attention_mask"][..., None]
    wanted = {
        "mean": (last * mask).sum(1) / mask.sum(1),
        "first": last[:, 0],
        "tokens": last,
        "layer": theirs.hidden_states[2],
        "attention": theirs.attentions[2],
    }[taken]
    assert float(wanted.std()) > 1e-3
    assert torch.allclose(ours, wanted, atol=2e-5)


@pytest.mark.parametrize("taken", ["tokens", "layer", "attention"])
def test_what_a_frozen_model_gives_is_computed_once(
    taken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(small_encoder(tmp_path / "model"))
    document = reader(length=8, folder=folder, taken=taken, recipe={"epochs": 4})
    edge = document.graph.edges_into("head")[0]
    flat = Node(name="flat", layer="Flatten")
    insertion(document.graph, flat, edge).apply(document)
    calls: list[int] = []
    original = engine.session.network_maker

    def listened(*given: Any) -> Callable[[], Any]:
        def made() -> Any:
            model = original(*given)()
            body = model.body.get_submodule("embeddings")
            body.register_forward_pre_hook(lambda *_: calls.append(1))
            return model

        return made

    monkeypatch.setattr(engine.session, "network_maker", listened)
    once = losses(document, tmp_path / "once")
    computed = len(calls)
    monkeypatch.setattr(remembering, "is_too_much", lambda *_: True)
    anew = losses(document, tmp_path / "anew")
    assert computed < (len(calls) - computed) / 2
    for one, other in zip(once, anew, strict=True):
        for name in ("train_loss", "val_loss", "test_loss"):
            if name in one:
                assert one[name] == pytest.approx(other[name], rel=1e-5)


def test_it_learns_with_a_real_models_frozen_body(tmp_path: Path) -> None:
    """Made-up reviews, and one pass of MiniLM over them: seconds."""
    folder = str(mini_lm())
    recipe = {"epochs": 60, "learning_rate": 0.05}
    document = reader(folder=folder, recipe=recipe)
    assert told(document) == []
    before = prepare(document).state.model.state_dict()
    events = list(train_document(document, run_dir=tmp_path))
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert finished.test_metrics["accuracy"] >= 0.66
    after = prepare(document).state.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_head_on_a_frozen_minilm_reads_real_reviews(
    tmp_path: Path, data_dir: Path
) -> None:
    """A sample of SST-2; all of it is in `tests/benchmarks/learning.py`."""
    lines = (data_dir / "sst2" / "train.tsv").read_text(encoding="utf-8").splitlines()
    few = tmp_path / "few.tsv"
    few.write_text("\n".join(lines[:1_200]) + "\n", encoding="utf-8")
    document = reader(
        folder=str(mini_lm()),
        length=20,
        source="reviews",
        data={"path": str(few), "header": "no"},
        recipe={"epochs": 6, "learning_rate": 0.02},
    )
    events = list(train_document(document, data_dir=data_dir, run_dir=tmp_path))
    (finished,) = (event for event in events if isinstance(event, Finished))
    assert finished.test_metrics["accuracy"] >= 0.65


def test_the_data_are_cut_by_the_models_own_tokenizer() -> None:
    folder = str(mini_lm())
    document = reader(folder=folder)
    splits = load(document.data)
    tokens = splits.train.inputs["tokens"]
    assert tokens.dtype == torch.int64
    assert (splits.vocabulary[0], len(splits.vocabulary)) == ("[PAD]", 30_522)
    assert {splits.vocabulary[int(row[0])] for row in tokens} == {"[CLS]"}


def test_without_a_tokenizer_the_data_say_where_it_is_to_be_had() -> None:
    document = reader(tokenizer="google-bert/bert-base-uncased")
    with pytest.raises(Refusal) as refused:
        load(document.data)
    assert str(refused.value) == (
        "The tokenizer “google-bert/bert-base-uncased” is not on this machine, and "
        "cannot be had from Hugging Face. See that "
        "https://huggingface.co/google-bert/bert-base-uncased can be reached, or "
        "choose a folder that holds the model."
    )


# Local folders and caches.


def test_a_model_in_hugging_faces_cache_is_found_and_trained(tmp_path: Path) -> None:
    name = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
    folder = in_hub_cache(name, classes=2)
    assert snapshot_of(name, "model.safetensors") == folder
    document = reader(model=name, tokenizer=name, taken="first")
    document.recipe = replace(document.recipe, epochs=1)
    (need,) = needs_of(document)
    assert (need.is_there, need.path) == (True, folder)
    # The published model has other sizes than this stand-in; so its head has.
    with pytest.raises(Refusal):
        list(train_document(document, run_dir=tmp_path / "run"))
    own = reader(folder=str(folder), taken="first", recipe={"epochs": 1})
    assert told(own) == []
    events = list(train_document(own, run_dir=tmp_path / "own"))
    assert any(isinstance(event, Finished) for event in events)


def test_our_places_are_those_of_the_libraries(tmp_path: Path) -> None:
    hub = pytest.importorskip("huggingface_hub")
    folder = in_hub_cache("a/b")
    assert hub.try_to_load_from_cache("a/b", "config.json") == str(
        folder / "config.json"
    )
    assert str(torch_hub_folder()) == f"{torch.hub.get_dir()}/checkpoints"
    assert hugging_face_folder() == tmp_path / "hub"


def test_class_scores_are_those_of_a_model_trained_for_them(tmp_path: Path) -> None:
    classifier = small_encoder(tmp_path / "classifier", classes=3)
    outputs = analyse(reader(folder=str(classifier), taken="logits")).outputs("body")
    assert outputs is not None
    assert outputs[0].shape == (3,)
    encoder = small_encoder(tmp_path / "encoder")
    assert told(reader(folder=str(encoder), taken="logits"))[0] == (
        "body gives no class scores: it was not trained to tell classes apart. Set "
        "taken to mean, and put a Linear behind it."
    )


MISFITS: list[tuple[Any, str]] = [
    (
        lambda: reader(length=513, model="google-bert/bert-base-uncased"),
        "body reads 512 tokens at most, and gets 513. Set the data's length to 512 or "
        "less.",
    ),
    (
        lambda: reader(taken="attention", layer=6),
        "body has 6 layers, and layer 6 is asked for. Set layer to -1.",
    ),
    (
        lambda: seer(side=31),
        "body takes pictures of 32 × 32 or more pixels (ResNet-18), and gets 31 × 31. "
        "Let the data give pictures of 224 × 224, or put an Upsample before it.",
    ),
    (
        lambda: seer(side=225, model="vit_b_16"),
        "body takes pictures of 224 × 224 pixels alone (Vision Transformer B/16), and "
        "gets 225 × 225. Let the data give pictures of 224 × 224, or put an Upsample "
        "before it.",
    ),
    (
        lambda: seer(side=224, model="vit_b_16", taken="features"),
        "body finds no feature maps in a Vision Transformer B/16. Set taken to pooled.",
    ),
    (
        lambda: seer(weights="IMAGENET1K_V2"),
        "body has no weights IMAGENET1K_V2 for ResNet-18. Set weights to "
        "IMAGENET1K_V1.",
    ),
]


@pytest.mark.parametrize(("make", "sentence"), MISFITS)
def test_what_does_not_fit_is_told_in_words(make: Any, sentence: str) -> None:
    assert told(make())[0] == sentence


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: reader(taken="attention", layer=6), "layer 6 with N × 16"),
        (lambda: seer(weights="IMAGENET1K_V2"), "weights IMAGENET1K_V2 with N × 3"),
        (
            lambda: reader(length=513, model="google-bert/bert-base-uncased"),
            "N × 513",
        ),
    ],
)
def test_a_wrong_setting_is_found_by_its_value(make: Any, found: str) -> None:
    assert whole(make()).problems[0].found.startswith(found)


@pytest.mark.parametrize("name", IMAGE_MODELS)
def test_weights_of_another_model_are_told_in_words(name: str) -> None:
    """Whatever is chosen, torchvision is never asked for what it does not have."""
    layer, model = CATALOG["PretrainedImageModel"], IMAGE_MODELS[name]
    specs = (TensorSpec((3, model.side, model.side)),)
    enum = pytest.importorskip("torchvision").models.get_model_weights(name)
    for weights in ("IMAGENET1K_V1", "IMAGENET1K_V2"):
        values = complete(layer.settings, {"model": name, "weights": weights})
        found = layer.misfit(values, specs)
        assert (found is None) == (weights in enum.__members__)
        if found is not None:
            assert found.message == f"has no weights {weights} for {model.title}"
            (mended,) = (each.settings for each in found.suggestions)
            assert layer.misfit(Values({**values, **mended}), specs) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"model_type": "vicuna"}, "body is of the kind 'vicuna' in "),
        (None, "body has a config.json in "),
    ],
)
def test_a_folder_without_a_model_that_is_known_is_refused(
    changes: dict[str, Any] | None, reason: str, tmp_path: Path
) -> None:
    folder = small_encoder(tmp_path / "model")
    if changes is None:
        (folder / "config.json").write_text("{", encoding="utf-8")
    else:
        other_config(folder, **changes)
    document = reader(weights="none", folder=str(folder))
    assert told(document)[0].startswith(reason)
    empty = reader(folder=str(tmp_path / "nothing"))
    assert told(empty)[0].startswith("body has no config.json in ")


def test_a_configuration_cannot_put_code_into_the_networks(tmp_path: Path) -> None:
    folder = small_encoder(tmp_path / "model")
    other_config(
        folder,
        **{"n); import os; (": 1, "_x": 2, "dim_note": '"); import os; ("'},
        auto_map={"AutoModel": "evil.Model"},
    )
    document = reader(folder=str(folder), weights="none")
    analysis = analyse(document)
    assert analysis.outputs("body") is not None
    names = {
        node.id
        for node in ast.walk(ast.parse(analysis.code))
        if isinstance(node, ast.Name)
    }
    assert "os" not in names
    network_maker(document, compile_document(document).module_class)()


# Missing, damaged, or somebody else's.


def test_missing_weights_are_told_with_their_address_and_what_to_do() -> None:
    (sentence,) = told(seer(model="resnet50", weights="IMAGENET1K_V2"))
    assert sentence == (
        "body needs the weights of ResNet-50 (103 MB), and they are not on this "
        "machine. Training downloads them from "
        "https://download.pytorch.org/models/resnet50-11ad3fa6.pth; without an "
        f"internet connection, put that file into {torch_hub_folder()}, or "
        "choose it under “Weights file”, folded at the end of the node's settings."
    )
    (sentence,) = told(
        reader(
            model="google-bert/bert-base-uncased",
            tokenizer="google-bert/bert-base-uncased",
        )
    )
    assert sentence == (
        "body needs the weights of BERT base (440 MB), and they are not on this "
        "machine. Training downloads them from "
        "https://huggingface.co/google-bert/bert-base-uncased; without an internet "
        "connection, copy the model's folder here and choose it under “Folder”, "
        "folded at the end of the node's settings."
    )


def test_looking_at_a_card_downloads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even where there is a network: weights come when somebody trains."""
    reached: list[object] = []
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", reached.append)
    document = seer(weights="IMAGENET1K_V1")
    with pytest.raises(Refusal) as refused:
        Previewer().look(document, [], "body")
    assert str(refused.value) == (
        "body needs the weights of ResNet-18 (47 MB), and they are not on this "
        "machine. Train to get them."
    )
    assert reached == []


def test_weights_that_cannot_be_downloaded_are_one_clear_refusal(
    tmp_path: Path,
) -> None:
    name = "distilbert/distilbert-base-uncased"
    with pytest.raises(Refusal) as refused:
        prepare(reader(model=name, tokenizer=name))
    text = str(refused.value)
    assert text.startswith(
        "body needs the weights of DistilBERT (268 MB), and they are not on this "
        "machine, and cannot be downloaded: huggingface.co is not reached. They are to "
    )
    assert f"They are to be had from https://huggingface.co/{name}" in text


def test_weights_in_torchs_cache_are_loaded_as_torchvision_loads_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    document = seer(recipe={"epochs": 1})
    path, begins = in_torch_cache("resnet18", "resnet18-f37072fd.pth")
    assert [p for p in told(document) if "not on this machine" in p] == []
    with pytest.raises(Refusal) as refused:
        prepare(document)
    assert str(refused.value) == (
        f"{path} is not the published file of ResNet-18: its SHA-256 does not begin "
        "with f37072fd. Delete it to download it anew; if it is yours, choose it "
        "under “Weights file”, folded at the end of the node's settings."
    )
    monkeypatch.setattr("engine.pretrained.needs.hash_of", lambda file: begins)
    state = prepare(document).state.model.state_dict()
    saved = torch.load(path, weights_only=True)
    body = {k.removeprefix("body."): v for k, v in state.items() if "body." in k}
    assert body.keys() == {name for name in saved if not name.startswith("fc.")}
    assert all(torch.equal(body[name], saved[name]) for name in body)
    assert state["head.weight"].shape == (3, 512)
    events = list(train_document(document, run_dir=tmp_path / "run"))
    assert any(isinstance(event, Finished) for event in events)


def test_a_weights_file_of_ones_own_is_loaded_and_nothing_else_is_unpickled(
    tmp_path: Path,
) -> None:
    path, _ = in_torch_cache("resnet18", "mine.pth")
    document = seer(file=str(path))
    assert prepare(document).state.model.state_dict()["head.weight"].shape == (3, 512)
    evil = tmp_path / "evil.pth"
    torch.save({"conv1.weight": Evil()}, evil)
    with pytest.raises(Refusal) as refused:
        prepare(seer(file=str(evil)))
    assert str(refused.value) == (
        f"{evil} holds no weights of ResNet-18: it is cut off, or holds more than "
        "tensors. Choose another one under “Weights file”, folded at the end of the "
        "node's settings."
    )
    assert not Evil.has_run
    other = tmp_path / "other.pth"
    torch.save({"conv1.weight": torch.zeros(1)}, other)
    with pytest.raises(Refusal, match=r"conv1\.weight does not fit"):
        prepare(seer(file=str(other)))
    with pytest.raises(Refusal, match="where there is no such file"):
        prepare(seer(file=str(tmp_path / "absent.pth")))


class Evil:
    """Says so when it is unpickled."""

    has_run = False

    def __reduce__(self) -> tuple[Any, ...]:
        return (_run, ())


def _run() -> None:
    Evil.has_run = True


def test_a_model_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    folder = small_encoder(tmp_path / "model")
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(Refusal) as refused:
        prepare(reader(folder=str(folder)))
    assert str(refused.value) == (
        f"{path} holds no weights of model: it is cut off or no safetensors file. "
        "Choose another one under “Folder”, folded at the end of the node's settings."
    )


def test_pickled_weights_beside_are_never_taken(tmp_path: Path) -> None:
    folder = small_encoder(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    torch.save({"x": Evil()}, folder / "pytorch_model.bin")
    with pytest.raises(Refusal, match="no such folder with a model's files"):
        prepare(reader(folder=str(folder)))
    assert not Evil.has_run


# Tokenizers and image processors travel with the node.


def test_other_tokens_than_the_models_are_mended_with_one_click(
    tmp_path: Path,
) -> None:
    folder = str(small_encoder(tmp_path / "model"))
    document = reader(folder=folder, tokenizer="")
    (problem,) = whole(document).problems
    assert problem.is_error
    assert problem.sentence() == (
        f"body reads the tokens of {folder}, and the data gives its own. Set the "
        "data's tokenizer to the same model."
    )
    Compound(problem.fixes[0].edits).apply(document)
    assert document.data.settings["tokenizer"] == folder
    assert told(document) == []


def test_pictures_that_are_not_normalized_are_told_and_mended() -> None:
    document = seer(weights="none")
    removal(document.graph, ["normal"], keep_flow=True).apply(document)
    assert told(document) == []  # new weights know nothing of ImageNet
    change_settings(document.graph, "body", {"weights": "IMAGENET1K_V1"}).apply(
        document
    )
    MoveNodes({"body": (400.0, 0.0)}).apply(document)
    problem = next(p for p in whole(document).problems if p.code == "not-normalized")
    assert problem.sentence() == (
        "body was trained with normalized pictures, and gets them as the data gives "
        "them: it will know little of what it sees. Put an ImageNetNormalize before "
        "it."
    )
    Compound(problem.fixes[0].edits).apply(document)
    assert document.graph.edges_into("body")[0].source == "normalize1"
    assert document.graph["normalize1"].position == (200.0, 0.0), "over no other card"


def test_normalized_pictures_are_as_torchvision_normalizes_them() -> None:
    transforms = pytest.importorskip("torchvision").transforms.functional
    pictures = torch.rand(2, 3, 4, 4)
    for given, shown in (("0 to 1", pictures), ("-1 to 1", 2 * pictures - 1)):
        layer = CATALOG["ImageNetNormalize"]
        names: dict[str, Any] = {"torch": torch, "nn": torch.nn}
        values = complete(layer.settings, {"given": given})
        exec(layer.definition(values), names)
        made = eval(str(layer.constructor(values, ())), names)
        wanted = transforms.normalize(pictures, list(MEAN), list(STD))
        assert torch.allclose(made(shown), wanted, atol=1e-5)
        assert made.state_dict() == {}


# In code and on the way.


def test_code_and_scripts_are_clean_and_survive_a_save(tmp_path: Path) -> None:
    folder = str(small_encoder(tmp_path / "model"))
    documents = [reader(folder=folder, taken=taken) for taken in TAKEN]
    documents += [seer(taken=taken) for taken in ("pooled", "features", "logits")]
    documents += [seer(file="/somewhere/else/resnet18.pth"), seer(weights="none")]
    assert_clean([analyse(each).code for each in documents], tmp_path)
    for each in documents:
        assert storage.loads(storage.dumps(each)) == each


def test_an_exported_script_gives_the_same_losses(tmp_path: Path) -> None:
    document = reader(length=8, folder=str(mini_lm()), recipe={"epochs": 2})
    expected = losses(document, tmp_path / "run")
    path = tmp_path / "program.py"
    export(document, "script", path)
    source = path.read_text(encoding="utf-8")
    assert 'frozen=("body",), stem=("body",)' in " ".join(source.split())
    assert "Needs NumPy and PyTorch and Transformers" in " ".join(source.split())
    assert_clean([source], tmp_path)
    assert run_script(path) == expected


def test_downloads_go_on_where_they_broke_off_and_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, begins = in_torch_cache("resnet18", "resnet18-f37072fd.pth")
    served = tmp_path / "served"
    served.mkdir()
    shutil.move(path, served / path.name)
    handler = partial(Quiet, directory=str(served))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        (need,) = needs_of(seer())
        address = f"http://127.0.0.1:{server.server_address[1]}/{path.name}"
        need = replace(need, address=address, sha256=begins)
        seen: list[tuple[int, int, str]] = []
        found = provide(need, lambda *news: seen.append(news))
        assert found == path and path.is_file()
        assert seen[-1][0] == seen[-1][1] == path.stat().st_size
        path.unlink()
        with pytest.raises(Refusal, match="arrived damaged, try again"):
            provide(replace(need, sha256="00000000"))
        assert not path.exists()
        with pytest.raises(
            Refusal, match="and cannot be downloaded: the server says 404"
        ):
            provide(replace(need, address=address + ".absent"))
    finally:
        server.shutdown()
        server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        """Keeps the test's output clean."""


def test_a_frozen_body_is_gone_through_once(tmp_path: Path) -> None:
    folder = str(small_encoder(tmp_path / "model"))
    document = reader(folder=folder, recipe={"epochs": 2})
    events = list(prepare_and_train(document, tmp_path))
    quiet = [e for e in events if isinstance(e, StepDone) and not e.players]
    # 229 sentences train and 27 watch, at 64 a time.
    assert len(quiet) == 5


def prepare_and_train(document: Document, folder: Path) -> Iterator[Any]:
    prepared = prepare(document)
    yield from train(prepared.state, prepared.splits, prepared.plan)


def test_the_size_of_weights_is_one_and_the_same_everywhere() -> None:
    document = seer(model="resnet50", weights="IMAGENET1K_V2")
    (sentence,) = told(document)
    body = document.graph["body"]
    assert "(103 MB)" in sentence
    assert ", 103 MB." in body.type.about(body.values)
