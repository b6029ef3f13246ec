"""Networks that make something new: pictures of noise or of a code, and text."""

from __future__ import annotations

from collections.abc import Callable

from engine.document import DataConfig, Document
from engine.edits import SetShares
from engine.recipe import Recipe
from tests.templates.architectures.sketch import Sketch, sketch
from tests.templates.architectures.tokens import tokens
from tests.templates.architectures.writers import WriterSizes, decoder_layers

PIXELS = 28 * 28


def dcgan() -> Document:
    """Radford, Metz and Chintala 2016, made smaller for digits of 28 by 28 pixels."""
    net = sketch("DCGAN", (1, 28, 28))
    _generator(net)
    _discriminator(net)
    net.add("noise", "RandomNormal", after="image", shape=(32,))
    net.add("generator", "Generator", channels=32)
    net.add("made", "Output", after="generator")
    net.add("discriminator", "Discriminator", after="image", channels=32)
    net.add("real", "Output")
    net.add("discriminator_again", "Discriminator", after="generator", channels=32)
    net.add("fake", "Output")
    recipe = Recipe(
        method="adversarial",
        epochs=16,
        batch_size=64,
        learning_rate=4e-4,
        schedule="cosine",
        beta1=0.5,
        average=0.998,
        gradient_penalty=0.3,
    )
    places = {
        "image": (0.0, 64.0),
        "noise": (200.0, 0.0),
        "generator": (408.0, 0.0),
        "made": (592.0, 0.0),
        "discriminator": (200.0, 128.0),
        "real": (408.0, 128.0),
        "discriminator_again": (200.0, 272.0),
        "fake": (408.0, 272.0),
    }
    data = DataConfig(source="mnist", settings={})
    document = net.finished(data, recipe, places)
    SetShares("discriminator_again", "discriminator").apply(document)
    return document


def _generator(net: Sketch) -> None:
    block = net.block(
        "Generator",
        {"channels": 32},
        help="Makes a picture of noise: few large features first, then more and finer "
        "ones, and brightness from −1 to 1.",
    )
    block.add("features", "Linear", out_features="2 * channels * 49", bias=False)
    block.add("unflatten", "Unflatten", unflattened_size=("2 * channels", 7, 7))
    block.add("norm1", "BatchNorm2d").add("relu1", "ReLU")
    block.add("refine", "Conv2d", out_channels="2 * channels", padding=1, bias=False)
    block.add("norm_refined", "BatchNorm2d").add("relu_refined", "ReLU")
    block.add(
        "grow1",
        "ConvTranspose2d",
        out_channels="channels",
        kernel_size=4,
        stride=2,
        padding=1,
        bias=False,
    )
    block.add("norm2", "BatchNorm2d").add("relu2", "ReLU")
    block.add(
        "grow2", "ConvTranspose2d", out_channels=1, kernel_size=4, stride=2, padding=1
    )
    block.add("tanh", "Tanh").add("y", "Output")


def _discriminator(net: Sketch) -> None:
    block = net.block(
        "Discriminator",
        {"channels": 32},
        help="Says how sure it is that a picture is of the data: above 0 it believes.",
    )
    block.add(
        "conv1", "Conv2d", out_channels="channels", kernel_size=4, stride=2, padding=1
    )
    block.add("leaky1", "LeakyReLU", negative_slope=0.2)
    block.add(
        "conv2",
        "Conv2d",
        out_channels="2 * channels",
        kernel_size=4,
        stride=2,
        padding=1,
    )
    block.add("leaky2", "LeakyReLU", negative_slope=0.2)
    block.add("flatten", "Flatten")
    block.add("whole", "Linear", out_features="8 * channels")
    block.add("leaky3", "LeakyReLU", negative_slope=0.2)
    block.add("belief", "Linear", out_features=1).add("y", "Output")


def vae() -> Document:
    """Kingma and Welling 2014, with a code of two numbers: a plane to walk through."""
    net = sketch("Variational autoencoder", (1, 28, 28))
    encoder = net.block(
        "Encoder",
        {"channels": 32},
        help="From a picture to the features that its code is computed of.",
    )
    for number, channels in ((1, "channels"), (2, "2 * channels")):
        encoder.add(
            f"conv{number}", "Conv2d", out_channels=channels, stride=2, padding=1
        )
        encoder.add(f"relu{number}", "ReLU")
    encoder.add("flatten", "Flatten").add("features", "Linear", out_features=128)
    encoder.add("relu3", "ReLU").add("y", "Output")
    decoder = net.block(
        "Decoder",
        {"channels": 32},
        help="From a code to a picture: the encoder's way, turned around.",
    )
    decoder.add("features", "Linear", out_features=128).add("relu1", "ReLU")
    decoder.add("spread", "Linear", out_features="2 * channels * 49")
    decoder.add("relu2", "ReLU")
    decoder.add("unflatten", "Unflatten", unflattened_size=("2 * channels", 7, 7))
    decoder.add(
        "grow1", "ConvTranspose2d", out_channels="channels", kernel_size=2, stride=2
    )
    decoder.add("relu3", "ReLU")
    decoder.add("grow2", "ConvTranspose2d", out_channels=1, kernel_size=2, stride=2)
    decoder.add("y", "Output")
    net.add("encoder", "Encoder", channels=32)
    net.add("mean", "Linear", after="encoder", out_features=2)
    net.add("log_variance", "Linear", after="encoder", out_features=2)
    net.add("code", "GaussianSample", after=("mean", "log_variance"))
    net.add("decoder", "Decoder", channels=32).add("rebuilt", "Output")
    net.add("distance", "GaussianDivergence", after=("mean", "log_variance"))
    # The loss of the picture is a mean over its pixels; so the sum of both is the
    # paper's bound, divided by the number of pixels.
    net.add("divergence", "Output", loss="itself", loss_weight=1 / PIXELS)
    data = DataConfig(source="mnist", settings={"task": "reconstruction"})
    recipe = Recipe(loss="bce_with_logits", epochs=10, batch_size=64)
    places = {
        "image": (0.0, 56.0),
        "encoder": (184.0, 56.0),
        "mean": (384.0, 0.0),
        "log_variance": (384.0, 120.0),
        "code": (584.0, 0.0),
        "distance": (584.0, 120.0),
        "decoder": (768.0, 0.0),
        "divergence": (768.0, 120.0),
        "rebuilt": (768.0, 256.0),
    }
    return net.finished(data, recipe, places)


def char_lstm() -> Document:
    """Graves 2013, section 2, and Karpathy 2015: letters, one after the other."""
    net = tokens("Character LSTM", 64)
    net.add("letters", "Embedding", num_embeddings=128, embedding_dim=32)
    net.add("lstm", "LSTM", hidden_size=256)
    net.add("scores", "Linear", out_features=128).add("following", "Output")
    recipe = Recipe(
        optimizer="AdamW", learning_rate=4e-3, epochs=4, batch_size=32, clip_norm=1.0
    )
    places = {
        "tokens": (0.0, 0.0),
        "letters": (184.0, 0.0),
        "lstm": (368.0, 0.0),
        "scores": (0.0, 168.0),
        "following": (184.0, 168.0),
    }
    return net.finished(_letters(64), recipe, places)


def small_gpt() -> Document:
    """GPT-2 (Radford et al. 2019) at a size that learns letters on two cores."""
    size = WriterSizes(
        vocabulary=128, positions=128, width=96, heads=4, layers=4, window=64
    )
    net = tokens("Small GPT", size.window)
    decoder_layers(net, size)
    net.add(
        "letters", "Embedding", num_embeddings=128, embedding_dim=size.width, std=0.02
    )
    net.add("places", "Positions", after="tokens")
    net.add(
        "positions", "Embedding", num_embeddings=128, embedding_dim=size.width, std=0.02
    )
    net.add("embedded", "Add", after=("letters", "positions"))
    net.add(
        "layers",
        "DecoderLayer",
        width=size.width,
        heads=size.heads,
        repeat=size.layers,
    )
    net.add("norm", "LayerNorm").add("scores", "Linear", out_features=128, bias=False)
    net.add("following", "Output")
    recipe = Recipe(
        optimizer="AdamW",
        learning_rate=1e-3,
        weight_decay=0.1,
        decay="matrices",
        schedule="cosine",
        warmup_epochs=0.2,
        epochs=4,
        batch_size=32,
        clip_norm=1.0,
    )
    places = {
        "tokens": (0.0, 56.0),
        "letters": (200.0, 0.0),
        "places": (200.0, 120.0),
        "positions": (384.0, 120.0),
        "embedded": (568.0, 56.0),
        "layers": (0.0, 280.0),
        "norm": (200.0, 280.0),
        "scores": (384.0, 280.0),
        "following": (568.0, 280.0),
    }
    return net.finished(_letters(size.window), recipe, places)


def _letters(window: int) -> DataConfig:
    """Windows of made-up text, of letters; enough to learn its words in minutes."""
    settings = {"window": window, "level": "characters", "sentences": 6_000}
    return DataConfig(source="made-up-text", settings=settings)


GENERATIVE: dict[str, Callable[[], Document]] = {
    "dcgan": dcgan,
    "vae": vae,
    "char-lstm": char_lstm,
    "small-gpt": small_gpt,
}
"""By the id of the template."""
