"""Networks whose answer is a picture: U-Net and the convolutional autoencoder."""

from __future__ import annotations

from engine.document import DataConfig, Document
from engine.recipe import Recipe
from tests.templates.architectures.sketch import Sketch, sketch


def unet() -> Document:
    """Ronneberger et al. 2015, figure 1; padded, and with a quarter of the channels."""
    net = sketch("U-Net", (1, 64, 64))
    _two_convolutions(net)
    down = net.block(
        "Down",
        {"channels": 32},
        help="Halves height and width, then two convolutions: one level deeper.",
    )
    down.add("pool", "MaxPool2d")
    down.add("convs", "TwoConvolutions", channels="channels").add("y", "Output")
    up = net.block(
        "Up",
        {"channels": 16},
        help="Doubles height and width, puts what the way down saw at this size beside "
        "it, then two convolutions.",
    )
    up.add("skip", "Input", after=())
    up.add(
        "grow",
        "ConvTranspose2d",
        after="x_in",
        out_channels="channels",
        kernel_size=2,
        stride=2,
    )
    up.add("joined", "Concatenate", after=("skip", "grow"))
    up.add("convs", "TwoConvolutions", channels="channels").add("y", "Output")
    net.add("level1", "TwoConvolutions", channels=16)
    for level, channels in ((2, 32), (3, 64), (4, 128), (5, 256)):
        net.add(f"level{level}", "Down", channels=channels)
    below = "level5"
    for level, channels in ((4, 128), (3, 64), (2, 32), (1, 16)):
        skip = f"level{level}"
        net.add(f"up{level}", "Up", after=(below, skip), channels=channels)
        below = f"up{level}"
    net.add("scores", "Conv2d", out_channels=1, kernel_size=1).add("mask", "Output")
    data = DataConfig(source="discs-made-up", settings={})
    recipe = Recipe(loss="bce_with_logits", epochs=5, batch_size=16)
    return net.finished(data, recipe, _the_letter_u())


def _the_letter_u() -> dict[str, tuple[float, float]]:
    """Places that look like the paper's figure: down on the left, up on the right."""
    down, up, row = 120.0, 208.0, 144.0
    places = {"image": (0.0, 0.0), "scores": (1800.0, 0.0), "mask": (2008.0, 0.0)}
    for level in range(1, 5):
        places[f"level{level}"] = (80 + down * level, row * (level - 1))
        places[f"up{level}"] = (1800 - up * level, row * (level - 1))
    places["level5"] = (760.0, row * 4)
    return places


def _two_convolutions(net: Sketch) -> None:
    block = net.block(
        "TwoConvolutions",
        {"channels": 16},
        help="Two 3 × 3 convolutions that keep the size, each followed by ReLU.",
    )
    for number in (1, 2):
        block.add(f"conv{number}", "Conv2d", out_channels="channels", padding=1)
        block.add(f"relu{number}", "ReLU")
    block.add("y", "Output")


def conv_autoencoder() -> Document:
    """After Masci et al. 2011: convolutions down to a code, and back up from it."""
    net = sketch("Convolutional autoencoder", (1, 28, 28))
    encoder = net.block(
        "Encoder",
        {"code": 32},
        help="From a picture to a few numbers: each convolution halves the size.",
    )
    for number, channels in ((1, 16), (2, 32)):
        encoder.add(
            f"conv{number}", "Conv2d", out_channels=channels, stride=2, padding=1
        )
        encoder.add(f"relu{number}", "ReLU")
    encoder.add("flatten", "Flatten")
    encoder.add("to_code", "Linear", out_features="code").add("y", "Output")
    decoder = net.block(
        "Decoder",
        help="From the code back to a picture: the encoder's way, turned around.",
    )
    decoder.add("from_code", "Linear", out_features=32 * 7 * 7).add("relu1", "ReLU")
    decoder.add("unflatten", "Unflatten", unflattened_size=(32, 7, 7))
    decoder.add(
        "grow1", "ConvTranspose2d", out_channels=16, kernel_size=2, stride=2
    ).add("relu2", "ReLU")
    decoder.add("grow2", "ConvTranspose2d", out_channels=1, kernel_size=2, stride=2)
    decoder.add("sigmoid", "Sigmoid").add("y", "Output")
    net.add("encoder", "Encoder", code=32).add("decoder", "Decoder")
    net.add("rebuilt", "Output")
    data = DataConfig(source="mnist", settings={"task": "reconstruction"})
    return net.finished(data, Recipe(epochs=5, batch_size=64))
