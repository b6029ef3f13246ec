"""Who looks at whom, for a typed text: of PyTorch's attention, and of transformers'."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from engine.document import Document
from engine.showing.asking import ask, ways_of
from engine.showing.attention import attention_of
from engine.showing.sentence import sentence_of
from engine.showing.specimens import specimens
from engine.showing.trained import load_trained
from tests.engine.documents import chain
from tests.engine.pretrained_models import mini_lm, reader, small_encoder
from tests.engine.shown_documents import QUICK, kind_words, trained, writer
from tests.templates.architectures.sketch import Sketch

SENTENCE = "The dog chased the ball because it was excited"


def words_that_look(layer: str, **settings: Any) -> Document:
    """Reviews read by a layer of attention."""
    net = Sketch(Document(name="Looking"))
    net.add("tokens", "Input", after=(), shape=(12,), dtype="int64")
    net.add("words", "Embedding", num_embeddings=300, embedding_dim=8)
    net.add("look", layer, **settings)
    net.add("mean", "Mean", dim=1)
    net.add("scores", "Linear", out_features=2).add("label", "Output")
    first = kind_words()
    return net.finished(first.data, first.recipe)


LOOKING = [
    ("MultiheadAttention", {"num_heads": 4}, "look"),
    ("TransformerEncoderLayer", {"nhead": 4}, "look.self_attn"),
]


@pytest.mark.parametrize(("layer", "settings", "title"), LOOKING)
def test_every_head_of_a_layer_is_a_map_whose_rows_add_up(
    layer: str, settings: dict[str, Any], title: str
) -> None:
    found = load_trained(words_that_look(layer, **settings), None)
    assert ways_of(found) == ("sentence", "attention")
    asked = ask(found, sentence_of(found, "a warm film").given)
    sentence, (maps,) = attention_of(found, "a warm film")
    assert (maps.title, sentence.words) == (title, ("a", "warm", "film"))
    assert maps.shares.shape == (4, 3, 3)
    # Filled on the left; what the words take from there is not shown.
    assert sentence.places == (9, 10, 11)
    assert (maps.shares.sum(-1) <= 1 + 1e-5).all() and (maps.shares > 0).all()
    # What goes to places that fill the sentence up is told, too.
    assert np.allclose(maps.shares.sum(-1) + maps.elsewhere, 1.0, atol=1e-5)
    assert maps.elsewhere.max() > 0.005 and sentence.elsewhere == "(padding)"
    assert not np.allclose(maps.shares[0], maps.shares[1])
    assert ask(found, sentence.given) == asked  # all is as it was


def test_the_maps_are_those_that_the_layer_used() -> None:
    found = load_trained(words_that_look("MultiheadAttention", num_heads=2), None)
    sentence, (maps,) = attention_of(found, "a b c d e f g h i j k l")
    network = found.network
    words = network.words(sentence.given)  # type: ignore[operator]  # a module
    _, wanted = network.look(  # type: ignore[operator]  # likewise
        words, words, words, average_attn_weights=False
    )
    assert np.allclose(maps.shares, wanted[0].detach().numpy(), atol=1e-6)
    assert np.allclose(maps.shares.sum(-1), 1.0, atol=1e-5)


def test_a_writer_that_attends_shows_the_text_it_goes_on_with() -> None:
    net = Sketch(Document(name="Writer"))
    net.add("tokens", "Input", after=(), shape=(16,), dtype="int64")
    net.add("signs", "Embedding", num_embeddings=128, embedding_dim=8)
    net.add("look", "MultiheadAttention", num_heads=2, causal=True)
    net.add("scores", "Linear", out_features=128).add("following", "Output")
    first = writer()
    found = load_trained(net.finished(first.data, first.recipe), None)
    assert ways_of(found) == ("write", "attention")
    sentence, (maps,) = attention_of(found, "The dog")
    assert "".join(sentence.words) == "The dog"
    assert maps.shares.shape == (2, 7, 7)
    assert np.triu(maps.shares[0], 1).max() == 0.0  # nobody looks ahead


def test_without_attention_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    found = trained(kind_words(), tmp_path)
    assert ways_of(found) == ("sentence",)
    assert attention_of(found, "a warm film")[1] == ()


# Of pretrained models.


def test_a_pretrained_models_maps_are_those_of_transformers() -> None:
    """A real MiniLM, asked before any training: as it was published."""
    transformers = pytest.importorskip("transformers")
    folder = str(mini_lm())
    found = load_trained(reader(folder=folder), None)
    assert ways_of(found) == ("sentence", "attention")
    sentence, maps = attention_of(found, SENTENCE)
    assert sentence.words == (
        *("[CLS]", "the", "dog", "chased", "the", "ball"),
        *("because", "it", "was", "excited", "[SEP]"),
    )
    assert [each.title for each in maps] == [f"body, layer {n}" for n in range(6)]
    model = transformers.AutoModel.from_pretrained(
        folder, attn_implementation="eager"
    ).eval()
    given = transformers.AutoTokenizer.from_pretrained(folder)(
        SENTENCE, return_tensors="pt"
    )
    with torch.no_grad():
        theirs = model(**given, output_attentions=True).attentions
    for ours, wanted in zip(maps, theirs, strict=True):
        assert ours.shares.shape == (12, 11, 11)
        assert np.allclose(ours.shares, wanted[0].numpy(), atol=1e-5)
    # Of some head, "it" takes most from "dog", the marks aside.
    it, dog = sentence.words.index("it"), sentence.words.index("dog")
    most = {int(head[it, 1:-1].argmax()) + 1 for each in maps for head in each.shares}
    assert dog in most


@pytest.mark.parametrize("taken", ["mean", "attention", "logits"])
def test_the_maps_do_not_depend_on_what_is_taken(taken: str, tmp_path: Path) -> None:
    folder = small_encoder(tmp_path / "model", classes=2)
    document = reader(folder=str(folder), taken=taken)
    if taken == "attention":
        layers = [
            (node.name, node.layer, dict(node.settings)) for node in document.graph
        ]
        layers.insert(2, ("flatten", "Flatten", {}))
        document = chain("Maps", layers, "reviews-small", dict(document.data.settings))
    found = load_trained(document, None)
    before = ask(found, sentence_of(found, "a warm film").given)
    _, maps = attention_of(found, "the dog chased the ball")
    assert [each.shares.shape for each in maps] == [(4, 7, 7)] * 2
    assert np.allclose(maps[0].shares.sum(-1), 1.0, atol=1e-5)
    assert ask(found, sentence_of(found, "a warm film").given) == before


def test_typed_words_are_cut_by_the_models_tokenizer() -> None:
    """A sentence of the data, typed, is the very tokens that the data has."""
    found = load_trained(reader(folder=str(mini_lm())), None)
    (specimen,) = specimens(found, [3])
    assert "[CLS]" not in specimen.text and "[PAD]" not in specimen.text
    typed = sentence_of(found, specimen.text)
    assert torch.equal(typed.given[0], found.splits.test.inputs["tokens"][3])
    assert typed.unknown == ()
    assert sentence_of(found, "warm ☃").unknown == ("☃",)


def test_before_training_a_network_is_as_its_training_begins(tmp_path: Path) -> None:
    from engine.session import prepare

    document = kind_words(**QUICK)
    begun = load_trained(document, None).network.state_dict()
    wanted = prepare(document).state.model.state_dict()
    assert begun.keys() == wanted.keys()
    assert all(torch.equal(begun[name], wanted[name]) for name in wanted)
