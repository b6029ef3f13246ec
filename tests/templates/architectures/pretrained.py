"""Lessons that begin with what others have trained."""

from __future__ import annotations

from collections.abc import Callable

from engine.document import DataConfig, Document
from engine.edits import MoveNodes
from engine.learning_edits import SetFrozen, SetRate
from engine.recipe import Recipe
from tests.templates.architectures.sketch import sketch
from tests.templates.architectures.tokens import reviews, tokens

DISTILBERT = "distilbert/distilbert-base-uncased"
SENTIMENT = f"{DISTILBERT}-finetuned-sst-2-english"
BERT = "google-bert/bert-base-uncased"
COLUMN, ROW, IN_A_ROW = 184.0, 160.0, 3


def _in_rows(document: Document) -> Document:
    """The document in rows that are legible beside a lesson's text."""
    places = {}
    for count, name in enumerate(document.graph.nodes):
        row, column = divmod(count, IN_A_ROW)
        places[name] = (column * COLUMN, row * ROW)
    MoveNodes(places).apply(document)
    return document


def transfer_resnet50() -> Document:
    """The seed's transfer: ResNet-50 frozen, a new head for ten classes."""
    net = sketch("Transfer with ResNet-50", (3, 224, 224))
    net.add("normalize", "ImageNetNormalize")
    net.add("body", "PretrainedImageModel", model="resnet50", weights="IMAGENET1K_V2")
    net.add("head", "Linear", out_features=10).add("label", "Output")
    data = DataConfig(
        source="pictures-made-up",
        settings={"height": 224, "width": 224, "classes": 10, "samples": 100},
    )
    recipe = Recipe(epochs=5, batch_size=16, learning_rate=0.001)
    document = _in_rows(net.finished(data, recipe))
    SetFrozen("body", True).apply(document)
    return document


def distilbert_sentiment() -> Document:
    """The seed's classifier, fine-tuned with a rate for pretrained weights."""
    net = tokens("Sentiment with DistilBERT", 32)
    net.add("body", "PretrainedTextModel", model=SENTIMENT, taken="logits")
    net.add("label", "Output")
    data = reviews(32, tokenizer=SENTIMENT)
    recipe = Recipe(
        optimizer="AdamW", epochs=1, batch_size=16, weight_decay=0.01, clip_norm=1.0
    )
    places = {"tokens": (0.0, 0.0), "body": (184.0, 0.0), "label": (384.0, 0.0)}
    document = net.finished(data, recipe, places)
    SetRate("body", 0.02).apply(document)
    return document


def bert_embeddings() -> Document:
    """The seed's embeddings of a sentence, and what can be told from them."""
    net = tokens("Embeddings from BERT", 24)
    net.add("body", "PretrainedTextModel", model=BERT, taken="tokens")
    net.add("mean", "Mean", dim=1)
    net.add("head", "Linear", out_features=2).add("label", "Output")
    data = reviews(24, tokenizer=BERT)
    recipe = Recipe(epochs=20, batch_size=16, learning_rate=0.005)
    document = _in_rows(net.finished(data, recipe))
    SetFrozen("body", True).apply(document)
    return document


def attention_maps() -> Document:
    """Who looks at whom in a sentence, and what that alone gives away."""
    net = tokens("Attention maps", 24)
    net.add("body", "PretrainedTextModel", model=DISTILBERT, taken="attention")
    net.add("flatten", "Flatten")
    net.add("head", "Linear", out_features=2).add("label", "Output")
    data = reviews(24, tokenizer=DISTILBERT)
    recipe = Recipe(epochs=20, batch_size=16, learning_rate=0.001)
    document = _in_rows(net.finished(data, recipe))
    SetFrozen("body", True).apply(document)
    return document


PRETRAINED: dict[str, Callable[[], Document]] = {
    "transfer-resnet50": transfer_resnet50,
    "distilbert-sentiment": distilbert_sentiment,
    "bert-embeddings": bert_embeddings,
    "attention-maps": attention_maps,
}
"""By the id of the lesson."""
