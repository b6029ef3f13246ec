"""Networks of layers in a row: LeNet-5, AlexNet, VGG-16."""

from __future__ import annotations

from engine.document import DataConfig, Document
from engine.recipe import Recipe
from tests.templates.architectures.parts import IMAGENET, TRAINING
from tests.templates.architectures.sketch import Sketch, sketch


def lenet_5() -> Document:
    """LeCun et al. 1998, figure 2, with C3 fully connected and plain averages."""
    net = sketch("LeNet-5", (1, 32, 32))
    net.add("c1", "Conv2d", out_channels=6, kernel_size=5).add("tanh1", "Tanh")
    net.add("s2", "AvgPool2d")
    net.add("c3", "Conv2d", out_channels=16, kernel_size=5).add("tanh2", "Tanh")
    net.add("s4", "AvgPool2d")
    net.add("c5", "Conv2d", out_channels=120, kernel_size=5).add("tanh3", "Tanh")
    net.add("flatten", "Flatten")
    net.add("f6", "Linear", out_features=84).add("tanh4", "Tanh")
    net.add("scores", "Linear", out_features=10).add("digit", "Output")
    data = DataConfig(source="mnist", settings={"margin": 2})
    return net.finished(data, Recipe(epochs=5, batch_size=64))


def alexnet() -> Document:
    """Krizhevsky 2014, "One weird trick": one column, no response normalization."""
    net = sketch("AlexNet", (3, 224, 224))
    net.add("conv1", "Conv2d", out_channels=64, kernel_size=11, stride=4, padding=2)
    net.add("relu1", "ReLU").add("pool1", "MaxPool2d", kernel_size=3, stride=2)
    net.add("conv2", "Conv2d", out_channels=192, kernel_size=5, padding=2)
    net.add("relu2", "ReLU").add("pool2", "MaxPool2d", kernel_size=3, stride=2)
    for number, channels in ((3, 384), (4, 256), (5, 256)):
        net.add(f"conv{number}", "Conv2d", out_channels=channels, padding=1)
        net.add(f"relu{number}", "ReLU")
    net.add("pool5", "MaxPool2d", kernel_size=3, stride=2)
    net.add("avgpool", "AdaptiveAvgPool2d", output_size=6).add("flatten", "Flatten")
    net.add("dropout1", "Dropout")
    net.add("fc1", "Linear", out_features=4096).add("relu6", "ReLU")
    net.add("dropout2", "Dropout")
    net.add("fc2", "Linear", out_features=4096).add("relu7", "ReLU")
    net.add("fc3", "Linear", out_features=1000).add("logits", "Output")
    return net.finished(IMAGENET, TRAINING)


def vgg_16() -> Document:
    """Simonyan and Zisserman 2015, table 1, column D."""
    net = sketch("VGG-16", (3, 224, 224))
    _vgg_stage(net, 2)
    _vgg_stage(net, 3)
    for stage, (channels, depth) in enumerate(
        [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], start=1
    ):
        words = {2: "Two", 3: "Three"}
        net.add(f"stage{stage}", f"{words[depth]}Convolutions", channels=channels)
    net.add("avgpool", "AdaptiveAvgPool2d", output_size=7).add("flatten", "Flatten")
    for number in (1, 2):
        net.add(f"fc{number}", "Linear", out_features=4096)
        net.add(f"relu{number}", "ReLU").add(f"dropout{number}", "Dropout")
    net.add("fc3", "Linear", out_features=1000).add("logits", "Output")
    return net.finished(IMAGENET, TRAINING)


def _vgg_stage(net: Sketch, depth: int) -> None:
    word = {2: "Two", 3: "Three"}[depth]
    block = net.block(
        f"{word}Convolutions",
        {"channels": 64},
        help=f"{word} 3 × 3 convolutions, then a pooling that halves the picture.",
    )
    for number in range(1, depth + 1):
        block.add(f"conv{number}", "Conv2d", out_channels="channels", padding=1)
        block.add(f"relu{number}", "ReLU")
    block.add("pool", "MaxPool2d").add("y", "Output")
