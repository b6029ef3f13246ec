"""torchvision's pretrained image models: what can be chosen, how large, whose terms.

Sizes, file names and figures as torchvision's own lists of weights have them; a test
compares them. The file's name ends in the first digits of its SHA-256.
"""

from __future__ import annotations

from dataclasses import dataclass

ADDRESS = "https://download.pytorch.org/models/"
LICENCE = (
    "BSD 3-Clause (torchvision); trained on ImageNet-1k, whose own terms allow "
    "research and teaching"
)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of each channel, 0 to 1: what all of these were trained with."""
CLASSES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageModel:
    """One of torchvision's classification models."""

    title: str
    parameters: int
    """Of the whole model, its head included."""
    head: str
    """The attribute that gives the class scores."""
    files: dict[str, tuple[str, float]]
    """By the weights' name: the file, and its size in MiB."""
    side: int = 224
    """The pictures' height and width it was trained with, in pixels."""
    least: int = 32
    """The smallest pictures it takes, in pixels."""
    is_fixed: bool = False
    """Whether it takes pictures of `side` alone."""
    maps: str = "features"
    """The attribute that gives the feature maps; "" where they are all but the last
    two of its parts, `-` where it has none."""


def _resnet(title: str, parameters: int, **files: tuple[str, float]) -> ImageModel:
    return ImageModel(
        title=title, parameters=parameters, head="fc", files=files, maps=""
    )


IMAGE_MODELS: dict[str, ImageModel] = {
    "resnet18": _resnet(
        "ResNet-18", 11_689_512, IMAGENET1K_V1=("resnet18-f37072fd.pth", 44.661)
    ),
    "resnet34": _resnet(
        "ResNet-34", 21_797_672, IMAGENET1K_V1=("resnet34-b627a593.pth", 83.275)
    ),
    "resnet50": _resnet(
        "ResNet-50",
        25_557_032,
        IMAGENET1K_V1=("resnet50-0676ba61.pth", 97.781),
        IMAGENET1K_V2=("resnet50-11ad3fa6.pth", 97.79),
    ),
    "resnet101": _resnet(
        "ResNet-101",
        44_549_160,
        IMAGENET1K_V1=("resnet101-63fe2227.pth", 170.511),
        IMAGENET1K_V2=("resnet101-cd907fc2.pth", 170.53),
    ),
    "mobilenet_v2": ImageModel(
        title="MobileNet v2",
        parameters=3_504_872,
        head="classifier",
        files={
            "IMAGENET1K_V1": ("mobilenet_v2-b0353104.pth", 13.555),
            "IMAGENET1K_V2": ("mobilenet_v2-7ebf99e0.pth", 13.598),
        },
    ),
    "mobilenet_v3_small": ImageModel(
        title="MobileNet v3 small",
        parameters=2_542_856,
        head="classifier",
        files={"IMAGENET1K_V1": ("mobilenet_v3_small-047dcff4.pth", 9.829)},
    ),
    "mobilenet_v3_large": ImageModel(
        title="MobileNet v3 large",
        parameters=5_483_032,
        head="classifier",
        files={
            "IMAGENET1K_V1": ("mobilenet_v3_large-8738ca79.pth", 21.114),
            "IMAGENET1K_V2": ("mobilenet_v3_large-5c1a4163.pth", 21.107),
        },
    ),
    "efficientnet_b0": ImageModel(
        title="EfficientNet B0",
        parameters=5_288_548,
        head="classifier",
        files={"IMAGENET1K_V1": ("efficientnet_b0_rwightman-7f5810bc.pth", 20.451)},
    ),
    "efficientnet_v2_s": ImageModel(
        title="EfficientNet v2 S",
        parameters=21_458_488,
        head="classifier",
        files={"IMAGENET1K_V1": ("efficientnet_v2_s-dd5fe13b.pth", 82.704)},
        side=384,
        least=33,
    ),
    "convnext_tiny": ImageModel(
        title="ConvNeXt tiny",
        parameters=28_589_128,
        head="classifier[2]",  # its LayerNorm before it is the body's
        files={"IMAGENET1K_V1": ("convnext_tiny-983f1562.pth", 109.119)},
    ),
    "densenet121": ImageModel(
        title="DenseNet-121",
        parameters=7_978_856,
        head="classifier",
        files={"IMAGENET1K_V1": ("densenet121-a639ec97.pth", 30.845)},
    ),
    "vit_b_16": ImageModel(
        title="Vision Transformer B/16",
        parameters=86_567_656,
        head="heads",
        files={"IMAGENET1K_V1": ("vit_b_16-c867db91.pth", 330.285)},
        least=224,
        is_fixed=True,
        maps="-",
    ),
}
"""By torchvision's own name."""


def address_of(file: str) -> str:
    """Where a file of weights is downloaded from."""
    return ADDRESS + file


def hash_of(file: str) -> str:
    """The first hexadecimal digits of the SHA-256 that a published file has."""
    return file.removesuffix(".pth").rsplit("-", 1)[1]
