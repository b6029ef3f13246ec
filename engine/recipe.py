"""How a network is trained: the recipe, and the form that edits it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.settings import Choice, Float, Int, Setting

LOSSES = ("auto", "cross_entropy", "bce_with_logits", "mse", "l1", "smooth_l1")
OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop")
METHODS = ("supervised", "adversarial")
"""Ways of learning; `engine.training.methods` declares what each of them asks for."""
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides how a network is trained, apart from its data."""

    method: str = "supervised"
    """How the network learns: from targets, or in a way of its own."""
    loss: str = "auto"
    """`auto` takes what fits the task: cross entropy, or mean squared error."""
    optimizer: str = "Adam"
    learning_rate: float = 0.001
    weight_decay: float = 0.0
    momentum: float = 0.9
    """For SGD."""
    beta1: float = 0.9
    """For Adam: the momentum of the gradients."""
    beta2: float = 0.999
    """For Adam: the momentum of their squares."""
    epochs: int = 5
    batch_size: int = 64
    clip_norm: float = 0.0
    """The largest norm of all gradients together; 0 does not clip."""
    seed: int = 0
    device: str = "auto"
    """`auto` takes CUDA where it is, else the CPU."""
    precision: str = "auto"
    """`auto` takes bf16 where the hardware multiplies it natively and it pays."""


_ADAMS = ("optimizer", ("Adam", "AdamW"))

RECIPE_SETTINGS: tuple[Setting, ...] = (
    Choice(
        name="method",
        default="supervised",
        options=METHODS,
        help="How it learns: from the data's targets, or in a way of its own.",
    ),
    Int(
        name="epochs",
        default=5,
        minimum=1,
        maximum=100_000,
        help="Passes over the data.",
    ),
    Int(
        name="batch_size",
        default=64,
        minimum=1,
        maximum=1_000_000,
        unit="samples",
        help="How many samples one optimizer step sees.",
    ),
    Choice(
        name="optimizer", default="Adam", options=OPTIMIZERS, help="How weights step."
    ),
    Float(name="learning_rate", default=0.001, above=0.0, help="The size of a step."),
    Choice(
        name="loss",
        default="auto",
        options=LOSSES,
        only_with=("method", ("supervised",)),
        help="What is minimized; auto takes what fits the task.",
    ),
    Int(
        name="seed",
        default=0,
        minimum=0,
        maximum=2**32 - 1,
        help="The same seed gives the same losses.",
    ),
    Choice(
        name="device", default="auto", options=DEVICES, help="auto takes CUDA if there."
    ),
    Choice(
        name="precision",
        default="auto",
        options=PRECISIONS,
        help="auto takes bf16 where the hardware multiplies it natively and it pays.",
    ),
    Float(
        name="weight_decay",
        default=0.0,
        minimum=0.0,
        advanced=True,
        help="How strongly weights are pulled to zero.",
    ),
    Float(
        name="momentum",
        default=0.9,
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        only_with=("optimizer", ("SGD",)),
        help="For SGD: how much of the last step is kept.",
    ),
    Float(
        name="beta1",
        default=0.9,
        minimum=0.0,
        maximum=0.9999,
        advanced=True,
        only_with=_ADAMS,
        label="Beta 1",
        help="For Adam: how much of the gradients' running mean is kept.",
    ),
    Float(
        name="beta2",
        default=0.999,
        minimum=0.0,
        maximum=0.999999,
        advanced=True,
        only_with=_ADAMS,
        label="Beta 2",
        help="For Adam: how much of their squares' running mean is kept.",
    ),
    Float(
        name="clip_norm",
        default=0.0,
        minimum=0.0,
        advanced=True,
        help="The largest norm of all gradients together; 0 does not clip.",
    ),
)
"""The form of a recipe. A test holds it against the fields of `Recipe`."""
