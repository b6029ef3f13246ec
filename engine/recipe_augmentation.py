"""What training changes of its samples by chance, and the form that edits it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from engine.catalog.settings import Bool, Float, Int, Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """What is done to every batch of a training before the network sees it.

    Each sample is changed in its own way, and anew in every epoch. Zero is off.
    """

    flip: bool = False
    """Whether pictures are mirrored left to right, half of them."""
    rotation: float = 0.0
    """The most degrees that pictures are turned by, to either side."""
    shift: int = 0
    """The most pixels that pictures are moved by, in each direction."""
    zoom: float = 0.0
    """By what share pictures grow or shrink at most."""
    brightness: float = 0.0
    """The most that pictures are made brighter or darker, as a share of the range."""
    contrast: float = 0.0
    """The most that differences within pictures are enlarged or reduced by."""
    saturation: float = 0.0
    """The same for differences between the colours of a pixel."""
    erasing: float = 0.0
    """The chance that a rectangle of a picture is covered."""
    noise: float = 0.0
    """The standard deviation of what is added to every number."""
    word_dropout: float = 0.0
    """The chance that a word is replaced by the unknown one."""
    mixup: float = 0.0
    """The alpha of mixup: how evenly two samples are blended into one."""

    @property
    def augments(self) -> bool:
        """Whether anything is changed at all."""
        return any(getattr(self, each.name) for each in fields(Augmentation))


AUGMENTATION_SETTINGS: tuple[Setting, ...] = (
    Bool(
        name="flip",
        default=False,
        advanced=True,
        help="Mirror pictures left to right, each with a chance of a half.",
    ),
    Float(
        name="rotation",
        default=0.0,
        minimum=0.0,
        maximum=180.0,
        unit="degrees",
        advanced=True,
        help="Turn pictures by up to so many degrees, to either side.",
    ),
    Int(
        name="shift",
        default=0,
        minimum=0,
        maximum=10_000,
        unit="pixels",
        advanced=True,
        help="Move pictures by up to so many pixels each way; what lies beyond their "
        "edge is mirrored.",
    ),
    Float(
        name="zoom",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        help="Let pictures grow or shrink by up to this share: with 0.2 up to 1.2 "
        "times.",
    ),
    Float(
        name="brightness",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        help="Make pictures brighter or darker by up to this share of their range.",
    ),
    Float(
        name="contrast",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        help="Enlarge or reduce what differs within a picture by up to this share.",
    ),
    Float(
        name="saturation",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        help="Make colours stronger or paler by up to this share.",
    ),
    Float(
        name="erasing",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        advanced=True,
        help="The chance that a rectangle of a picture is covered (Zhong et al. 2020).",
    ),
    Float(
        name="noise",
        default=0.0,
        minimum=0.0,
        maximum=10.0,
        advanced=True,
        help="Add normally distributed noise of this standard deviation to every "
        "number, as the network gets it.",
    ),
    Float(
        name="word_dropout",
        default=0.0,
        minimum=0.0,
        maximum=0.9,
        advanced=True,
        help="The chance that a word is replaced by the unknown one (Bowman et al. "
        "2016, section 3.1).",
    ),
    Float(
        name="mixup",
        default=0.0,
        minimum=0.0,
        maximum=10.0,
        advanced=True,
        only_with=("method", ("supervised",)),
        help="Blend samples in pairs and learn both answers in proportion (Zhang et "
        "al. 2018). 0.2 mixes a little; with 1 every share is equally likely.",
    ),
)
"""The form of an augmentation. A test holds it against the fields."""
