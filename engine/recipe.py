"""How a network is trained: the recipe, and the form that edits it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.ends import LOSS_NAMES, LOSSES
from engine.catalog.settings import Bool, Choice, Count, Float, Int, Setting
from engine.recipe_augmentation import AUGMENTATION_SETTINGS, Augmentation

OPTIMIZERS = (
    "SGD",
    "Adam",
    "AdamW",
    "NAdam",
    "RMSprop",
    "Adagrad",
    "Adadelta",
    "Muon",
)
SCHEDULES = ("constant", "cosine", "one_cycle", "step", "exponential", "plateau")
METHODS = (
    "supervised",
    "adversarial",
    "contrastive_divergence",
    "greedy_layers",
    "deep_stacking",
    "competitive",
)
"""Ways of learning; `engine.training.methods` declares what each of them asks for."""
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "fp32", "bf16", "fp16")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Augmentation):
    """Everything that decides how a network is trained, apart from its data."""

    method: str = "supervised"
    """How the network learns: from targets, or in a way of its own."""
    loss: str = "auto"
    """`auto` takes what fits the task: cross entropy, or mean squared error."""
    gibbs_steps: int = 1
    """For Boltzmann machines: the k of contrastive divergence CD-k."""
    layer_epochs: int = 2
    """For networks that learn part by part: how long each part but the last learns."""
    gradient_penalty: float = 0.0
    """For a discriminator: how strongly its slope at the data is held back; 0 not."""
    ridge: float = 0.001
    """For deep stacking: how strongly large upper weights are held back."""
    radius: float = 5.0
    """For self-organizing maps: how far a winner's influence reaches at first."""
    final_radius: float = 1.0
    """For self-organizing maps: how far it reaches in the end."""
    optimizer: str = "Adam"
    learning_rate: float = 0.001
    schedule: str = "constant"
    """How the learning rate changes; see `engine.training.schedule`."""
    warmup_epochs: float = 0.0
    """How long the learning rate rises at the beginning."""
    schedule_factor: float = 0.5
    """What the rate is multiplied by: for step, exponential and plateau."""
    schedule_epochs: int = 5
    """How often it is: every so many epochs, or after so many without a better one."""
    final_rate: float = 0.0
    """The share of the rate that cosine and one cycle end with."""
    weight_decay: float = 0.0
    decay: str = "all"
    """`matrices` leaves biases and the weights of normalizations undecayed."""
    momentum: float = 0.9
    """For SGD."""
    nesterov: bool = False
    """For SGD: momentum that looks ahead."""
    beta1: float = 0.9
    """For Adam: the momentum of the gradients."""
    beta2: float = 0.999
    """For Adam: the momentum of their squares."""
    epochs: int = 5
    batch_size: int = 64
    accumulation: int = 1
    """How many batches one optimizer step learns from."""
    label_smoothing: float = 0.0
    """For cross entropy: the share of a target that goes to all classes alike."""
    class_weights: str = "equal"
    """`balanced` lets rare classes count more, in training alone."""
    patience: int = 0
    """Stop after so many epochs without a better one, and take the best; 0 does not."""
    average: float = 0.0
    """How much of the weights' running mean is kept at each step; 0 keeps no mean."""
    compiled: bool = False
    """Whether PyTorch compiles the network before it trains."""
    deterministic: bool = False
    """Whether only algorithms run that give the same numbers each time, on CUDA too."""
    checkpoint_seconds: float = 10.0
    """The least time between two checkpoints."""
    clip_norm: float = 0.0
    """The largest norm of all gradients together; 0 does not clip."""
    seed: int = 0
    device: str = "auto"
    """`auto` takes CUDA where it is, else the CPU."""
    precision: str = "auto"
    """`auto` takes bf16 where the hardware multiplies it natively and it pays."""


_ADAMS = ("optimizer", ("Adam", "AdamW", "NAdam", "Muon"))

RECIPE_SETTINGS: tuple[Setting, ...] = (
    Choice(
        name="method",
        default="supervised",
        options=METHODS,
        names=(
            "supervised",
            "adversarial",
            "contrastive (CD-k)",
            "layer by layer",
            "deep stacking",
            "competitive",
        ),
        help="How it learns: from the data's targets, or in a way of its own.",
    ),
    Count(
        name="epochs",
        default=5,
        minimum=1,
        maximum=100_000,
        help="Passes over the data.",
    ),
    Count(
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
        name="schedule",
        default="constant",
        options=SCHEDULES,
        names=tuple(each.replace("_", " ") for each in SCHEDULES),
        help="How the learning rate changes from the first step to the last.",
    ),
    Float(
        name="warmup_epochs",
        default=0.0,
        minimum=0.0,
        maximum=100_000.0,
        unit="epochs",
        of_zero="off",
        advanced=True,
        label="Warm-up",
        help="How long the learning rate rises at the beginning; 0 begins at full.",
    ),
    Float(
        name="schedule_factor",
        default=0.5,
        above=0.0,
        maximum=1.0,
        only_with=("schedule", ("step", "exponential", "plateau")),
        label="Rate times",
        help="What the learning rate is multiplied by.",
    ),
    Count(
        name="schedule_epochs",
        default=5,
        minimum=1,
        maximum=100_000,
        unit="epochs",
        only_with=("schedule", ("step", "exponential", "plateau")),
        label="Every",
        help="How often it is; on a plateau, after so many epochs without a lower "
        "validation loss.",
    ),
    Float(
        name="final_rate",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        only_with=("schedule", ("cosine", "one_cycle")),
        label="Ends at",
        help="The share of the learning rate that is left in the end.",
    ),
    Count(
        name="patience",
        default=0,
        minimum=0,
        maximum=100_000,
        unit="epochs",
        of_zero="off",
        help="Stop after so many epochs without a lower validation loss, and take the "
        "weights of the best; 0 trains to the end.",
    ),
    Choice(
        name="loss",
        default="auto",
        options=LOSSES,
        names=tuple(LOSS_NAMES.values()),
        only_with=("method", ("supervised",)),
        help="What is minimized; auto takes what fits the task.",
    ),
    Count(
        name="gibbs_steps",
        default=1,
        minimum=1,
        maximum=1_000,
        only_with=("method", ("contrastive_divergence", "greedy_layers")),
        help="How often hidden and visible units are drawn anew from each other before "
        "the dream is compared with the data: the k of CD-k.",
    ),
    Count(
        name="layer_epochs",
        default=2,
        minimum=1,
        maximum=100_000,
        unit="epochs",
        only_with=("method", ("greedy_layers", "deep_stacking")),
        help="How long each part learns before the next one does; the last part has "
        "the epochs that are left.",
    ),
    Float(
        name="gradient_penalty",
        default=0.0,
        minimum=0.0,
        maximum=1e6,
        only_with=("method", ("adversarial",)),
        help="How strongly the discriminator is kept from answering steeply around the "
        "data (R1, Mescheder et al. 2018): a strong one then teaches the generator "
        "instead of beating it. 0 does not; not beside batch normalization.",
    ),
    Float(
        name="ridge",
        default=0.001,
        minimum=1e-6,
        maximum=1e3,
        only_with=("method", ("deep_stacking",)),
        help="How strongly large upper weights are held back when they are computed.",
    ),
    Float(
        name="radius",
        default=5.0,
        above=0.0,
        maximum=256.0,
        unit="units",
        only_with=("method", ("competitive",)),
        help="How far on the grid a winner takes its neighbours along at first; half "
        "the map is a good beginning.",
    ),
    Float(
        name="final_radius",
        default=1.0,
        above=0.0,
        maximum=256.0,
        unit="units",
        only_with=("method", ("competitive",)),
        help="How far in the end. Small ones fit the samples, large ones keep the map "
        "smooth.",
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
    Choice(
        name="decay",
        default="all",
        options=("all", "matrices"),
        advanced=True,
        label="Decayed weights",
        help="matrices leaves biases and normalizations undecayed.",
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
    Bool(
        name="nesterov",
        default=False,
        advanced=True,
        only_with=("optimizer", ("SGD",)),
        help="For SGD: momentum that looks ahead (Sutskever et al. 2013).",
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
    Count(
        name="accumulation",
        default=1,
        minimum=1,
        maximum=10_000,
        unit="batches",
        advanced=True,
        help="How many batches one optimizer step learns from: large steps in little "
        "memory.",
    ),
    Float(
        name="label_smoothing",
        default=0.0,
        minimum=0.0,
        maximum=0.9,
        advanced=True,
        only_with=("method", ("supervised",)),
        help="For classes: the share of a target that goes to all of them alike "
        "(Szegedy et al. 2016, section 7).",
    ),
    Choice(
        name="class_weights",
        default="equal",
        options=("equal", "balanced"),
        advanced=True,
        only_with=("method", ("supervised",)),
        help="balanced lets a rare class count as much as a frequent one.",
    ),
    Float(
        name="average",
        default=0.0,
        minimum=0.0,
        maximum=0.99999,
        advanced=True,
        label="Mean of weights",
        help="How much of the weights' running mean is kept at each step, such as "
        "0.999; the mean is what is tested and kept. 0 keeps no mean.",
    ),
    Bool(
        name="compiled",
        default=False,
        advanced=True,
        label="Compile",
        help="Let PyTorch compile the network first: slow to start, often faster then. "
        "Needs a C++ compiler.",
    ),
    Bool(
        name="deterministic",
        default=False,
        advanced=True,
        help="Take only algorithms that give the same numbers each time, on CUDA too.",
    ),
    Float(
        name="checkpoint_seconds",
        default=10.0,
        minimum=0.0,
        maximum=86_400.0,
        unit="s",
        advanced=True,
        label="Checkpoint every",
        help="The least time between two checkpoints: a run that is cut off goes on "
        "from the last.",
    ),
    *AUGMENTATION_SETTINGS,
)
"""The form of a recipe. A test holds it against the fields of `Recipe`."""
