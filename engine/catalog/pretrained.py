"""Image models that others have trained, from torchvision.

In the code they are made as torchvision's own pages make them. Shapes are inferred from
the same models without weights, so that nothing is read or downloaded for them.
"""

from __future__ import annotations

from engine.catalog.image_models import (
    IMAGE_MODELS,
    LICENCE,
    MEAN,
    STD,
    ImageModel,
)
from engine.catalog.layer import Call, Layer, Misfit, Port, Raw, Specs
from engine.catalog.remedies import setting_to, show
from engine.catalog.settings import Choice, Text, Values

_NORMALIZE = '''\
class ImageNetNormalize(nn.Module):
    """Brings each channel to the mean 0 and the deviation 1 it was trained with."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        for name, figures in (("mean", mean), ("std", std)):
            column = torch.tensor(figures).reshape(-1, 1, 1)
            self.register_buffer(name, column, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return (x - self.mean) / self.std
'''
NONE = "none"
"""Weights that are drawn anew: the model's shape alone is taken."""


class PretrainedImageModel(Layer):
    """A classification model that has seen a million photographs, from torchvision.

    Take the vector before its head, freeze it, and put a new head behind it for your
    own classes. It reads colour pictures, and an ImageNetNormalize before it brings
    them to the numbers it was trained with.
    """

    family = "convolution"
    has_weights = True
    aliases = (
        "transfer learning",
        "backbone",
        "pretrained",
        "ResNet",
        "MobileNet",
        "EfficientNet",
        "ConvNeXt",
        "ViT",
        "torchvision",
    )
    formula = "y = body(x), without the head it was trained with"
    source = "https://docs.pytorch.org/vision/stable/models.html"
    inputs = (Port("input", ndim=(3,), help="Pictures: N × 3 × height × width."),)
    settings = (
        Choice(
            name="model",
            default="resnet18",
            options=tuple(IMAGE_MODELS),
            help="Which of torchvision's models.",
        ),
        Choice(
            name="weights",
            default="IMAGENET1K_V1",
            options=("IMAGENET1K_V1", "IMAGENET1K_V2", NONE),
            help="Trained on ImageNet-1k, by torchvision's first or newer recipe; or "
            "none, to begin with new ones.",
        ),
        Choice(
            name="taken",
            default="pooled",
            options=("pooled", "features", "logits"),
            help="The vector before the head, the feature maps before that, or the "
            "scores of ImageNet's 1,000 classes.",
        ),
        Text(
            name="file",
            default="",
            kind="path",
            advanced=True,
            label="Weights file",
            empty="the published weights",
            help="A state dict of this model saved by torch.save, in place of the "
            "published weights.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.model}, {s.taken}"

    def about(self, s: Values) -> str:
        model = IMAGE_MODELS[s.model]
        size = ""
        if s.weights in model.files and not s.file:
            size = f", {model.files[s.weights][1] * 1024**2 / 1e6:,.0f} MB"
        return (
            f"{model.title}: {model.parameters:,} parameters{size}. Trained on "
            f"pictures of {model.side} × {model.side}. Licence: {LICENCE}."
        )

    def constructor(self, s: Values, x: Specs) -> Call:
        given = {} if s.file or s.weights == NONE else {"weights": s.weights}
        return Call.of(f"torchvision.models.{s.model}", **given)

    def completion(self, s: Values, x: Specs, module: str) -> tuple[str, ...]:
        lines: list[str] = []
        if s.file:
            options = {"map_location": "cpu", "weights_only": True}
            weights = Raw(Call.of("torch.load", s.file, **options))
            lines.append(str(Call.of(f"{module}.load_state_dict", weights)))
        return (*lines, *_beheaded(IMAGE_MODELS[s.model], s.taken, module))

    def sketch(self, s: Values, x: Specs) -> str:
        lines = _beheaded(IMAGE_MODELS[s.model], s.taken, "module")
        return "\n".join([f"module = torchvision.models.{s.model}()", *lines])

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        model, (channels, *sides) = IMAGE_MODELS[s.model], x[0].shape
        if channels != 3:
            return Misfit(
                message=f"reads colour pictures of 3 channels, and gets {channels}",
                expected="N × 3 × height × width",
                remedy="Let the data give colour pictures, or put a Conv2d to 3 "
                "channels before it.",
            )
        if model.is_fixed and sides != [model.side] * 2:
            alone = f"{model.side} × {model.side} pixels alone"
            return _wrong_side(model, alone, sides)
        if min(sides) < model.least:
            least = f"{model.least} × {model.least} or more pixels"
            return _wrong_side(model, least, sides)
        if s.weights != NONE and s.weights not in model.files and not s.file:
            (newest,) = list(model.files)[-1:]
            return Misfit(
                message=f"has no weights {s.weights} for {model.title}",
                expected=", ".join(model.files),
                remedy=f"Set weights to {newest}.",
                setting="weights",
                suggestions=(setting_to("weights", newest),),
            )
        if s.taken == "features" and model.maps == "-":
            return Misfit(
                message=f"finds no feature maps in a {model.title}",
                expected="pooled or logits",
                remedy="Set taken to pooled.",
                setting="taken",
                suggestions=(setting_to("taken", "pooled"),),
            )
        return None


def _beheaded(model: ImageModel, taken: str, module: str) -> tuple[str, ...]:
    """The lines that leave of a model what is taken."""
    if taken == "logits":
        return ()
    if taken == "pooled":
        return (f"{module}.{model.head} = nn.Identity()",)
    if model.maps:
        return (f"{module} = {module}.{model.maps}",)
    # A ResNet's last two parts pool the maps and give the scores.
    return (f"{module} = nn.Sequential(*list({module}.children())[:-2])",)


def _wrong_side(model: ImageModel, wanted: str, sides: list[int]) -> Misfit:
    return Misfit(
        message=f"takes pictures of {wanted} ({model.title}), and gets "
        f"{show(tuple(sides))}",
        expected=wanted,
        remedy=f"Let the data give pictures of {model.side} × {model.side}, or put an "
        "Upsample before it.",
    )


class ImageNetNormalize(Layer):
    """Brings pictures to the numbers that pretrained models were trained with.

    Each channel loses ImageNet's mean and is divided by its standard deviation.
    """

    family = "normalization"
    aliases = ("preprocessing", "image processor", "ImageNet mean", "standardize")
    formula = "y = (x − μ) / σ, for each channel"
    source = "https://docs.pytorch.org/vision/stable/models.html"
    inputs = (Port("input", ndim=(3,), help="Pictures: N × 3 × height × width."),)
    settings = (
        Choice(
            name="given",
            default="-1 to 1",
            options=("-1 to 1", "0 to 1"),
            names=("−1 to 1", "0 to 1"),
            help="The range of the pictures it gets; Espalier's data gives −1 to 1.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"takes {s.given.replace('-', '−')}"

    def constructor(self, s: Values, x: Specs) -> Call:
        mean, std = MEAN, STD
        if s.given == "-1 to 1":
            mean = tuple(round(2 * each - 1, 3) for each in MEAN)  # type: ignore[assignment]  # three, as before
            std = tuple(round(2 * each, 3) for each in STD)  # type: ignore[assignment]  # likewise
        return Call.of("ImageNetNormalize", mean, std)

    def definition(self, s: Values) -> str:
        return _NORMALIZE

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        if x[0].shape[0] == len(MEAN):
            return None
        return Misfit(
            message=f"has a mean for each of 3 channels, and gets {x[0].shape[0]}",
            expected="N × 3 × height × width",
            remedy="Let the data give colour pictures.",
        )
