"""Small documents of each kind that shows something, and their runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.document import DataConfig, Document
from engine.edits import SetShares
from engine.recipe import Recipe
from engine.runs import FINAL
from engine.session import train_document
from engine.showing.trained import Trained, load_trained
from tests.engine.documents import chain
from tests.templates.architectures.sketch import Sketch, sketch

QUICK: dict[str, Any] = {
    "epochs": 1,
    "device": "cpu",
    "precision": "fp32",
    "batch_size": 64,
}


def plane_of_digits(**recipe: Any) -> Document:
    """A variational autoencoder of the embedded digits with a code of two numbers."""
    net = sketch("Plane", (1, 8, 8))
    net.add("flatten", "Flatten").add("fc1", "Linear", out_features=24)
    net.add("relu", "ReLU")
    net.add("mean", "Linear", after="relu", out_features=2)
    net.add("log_variance", "Linear", after="relu", out_features=2)
    net.add("code", "GaussianSample", after=("mean", "log_variance"))
    net.add("fc2", "Linear", out_features=64)
    net.add("picture", "Unflatten", unflattened_size=(1, 8, 8))
    net.add("rebuilt", "Output")
    net.add("distance", "GaussianDivergence", after=("mean", "log_variance"))
    net.add("divergence", "Output", loss="itself", loss_weight=1 / 64)
    data = DataConfig(source="digits-reconstruction", settings={})
    given = {"loss": "bce_with_logits", "learning_rate": 0.01, **QUICK, **recipe}
    return net.finished(data, Recipe(**given))


def generator(**recipe: Any) -> Document:
    """A generator against a discriminator, both of one layer or two."""
    net = sketch("Opponents", (1, 8, 8))
    made = net.block("Maker", help="Makes a digit of noise.")
    made.add("fc", "Linear", out_features=64).add("tanh", "Sigmoid")
    made.add("picture", "Unflatten", unflattened_size=(1, 8, 8)).add("y", "Output")
    judge = net.block("Judge", help="Tells the made ones apart.")
    judge.add("flatten", "Flatten").add("fc", "Linear", out_features=1)
    judge.add("y", "Output")
    net.add("noise", "RandomNormal", after="image", shape=(8,))
    net.add("maker", "Maker").add("made", "Output")
    net.add("judge", "Judge", after="image").add("real", "Output")
    net.add("judge_again", "Judge", after="maker").add("fake", "Output")
    data = DataConfig(source="digits", settings={})
    given = {"method": "adversarial", **QUICK, **recipe}
    document = net.finished(data, Recipe(**given))
    SetShares("judge_again", "judge").apply(document)
    return document


def writer(level: str = "characters", **recipe: Any) -> Document:
    """A small recurrent network that continues the made-up text."""
    net = Sketch(Document(name="Writer"))
    net.add("tokens", "Input", after=(), shape=(16,), dtype="int64")
    net.add("signs", "Embedding", num_embeddings=128, embedding_dim=8)
    net.add("gru", "GRU", hidden_size=16)
    net.add("scores", "Linear", out_features=128).add("following", "Output")
    settings = {"window": 16, "sentences": 60, "level": level, "vocabulary": 100}
    data = DataConfig(source="made-up-text", settings=settings)
    return net.finished(data, Recipe(**{"learning_rate": 0.02, **QUICK, **recipe}))


def flat_writer(**recipe: Any) -> Document:
    """A writer that reads whole windows and no shorter text."""
    layers = [
        ("tokens", "Input", {"shape": (8,), "dtype": "int64"}),
        ("signs", "Embedding", {"num_embeddings": 64, "embedding_dim": 4}),
        ("flatten", "Flatten", {}),
        ("scores", "Linear", {"out_features": 64}),
        ("following", "Output", {}),
    ]
    settings = {"window": 8, "sentences": 60, "answers": "last step"}
    return chain("Flat", layers, "made-up-text", settings, **{**QUICK, **recipe})


def kind_words(**recipe: Any) -> Document:
    """Tells kind reviews from unkind ones."""
    layers = [
        ("tokens", "Input", {"shape": (12,), "dtype": "int64"}),
        ("words", "Embedding", {"num_embeddings": 300, "embedding_dim": 8}),
        ("mean", "Mean", {"dim": 1}),
        ("scores", "Linear", {"out_features": 2}),
        ("label", "Output", {}),
    ]
    settings = {"length": 12, "vocabulary": 300}
    return chain("Reviews", layers, "reviews-small", settings, **{**QUICK, **recipe})


def trained(document: Document, folder: Path, data_dir: Path | None = None) -> Trained:
    """The network of a document after it was trained, its run kept in `folder`."""
    for _ in train_document(document, run_dir=folder, data_dir=data_dir):
        pass
    return load_trained(document, folder / FINAL, data_dir)
