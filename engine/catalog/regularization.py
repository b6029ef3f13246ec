"""Layers that keep a network from learning its examples by heart."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Port, Specs
from engine.catalog.settings import Float, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch.nn."


def _share(what: str) -> Float:
    return Float(
        name="p",
        label="Share",
        default=0.5,
        minimum=0.0,
        maximum=1.0,
        help=f"The share of {what} that are dropped; 0.2 to 0.5 is usual.",
    )


class _Dropout(Layer):
    """What the dropouts share."""

    family = "regularization"
    formula = "y = x m / (1 − p), m = 0 with probability p, else 1"
    settings = (_share("channels"),)

    def telling(self, s: Values) -> str:
        return f"{s.p:g}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of(f"nn.{self.name}", s.p)


class Dropout(_Dropout):
    """Makes a share of the numbers zero at random while training.

    No unit can rely on another one being there. What stays is scaled up so that sums
    keep their size; outside training everything passes unchanged.
    """

    aliases = ("regularization", "noise")
    source = "Srivastava et al. 2014, section 4; " + f"{_DOCS}Dropout.html"
    settings = (_share("numbers"),)


class Dropout1d(_Dropout):
    """Makes whole channels of a signal zero at random while training.

    Neighbouring steps hold much the same, so that single zeros would hide little.
    """

    aliases = ("SpatialDropout1D", "channel dropout", "regularization")
    source = "Tompson et al. 2015, section 3.2; " + f"{_DOCS}Dropout1d.html"
    inputs = (Port("input", ndim=(2,), channels_first=True),)


class Dropout2d(_Dropout):
    """Makes whole channels of an image zero at random while training.

    Neighbouring pixels hold much the same, so that single zeros would hide little.
    """

    aliases = ("SpatialDropout2D", "channel dropout", "regularization")
    source = "Tompson et al. 2015, section 3.2; " + f"{_DOCS}Dropout2d.html"
    inputs = (Port("input", ndim=(3,)),)


class Dropout3d(_Dropout):
    """Makes whole channels of a volume zero at random while training."""

    aliases = ("SpatialDropout3D", "channel dropout", "regularization")
    source = "Tompson et al. 2015, section 3.2; " + f"{_DOCS}Dropout3d.html"
    inputs = (Port("input", ndim=(4,)),)


class AlphaDropout(_Dropout):
    """Dropout for SELU: keeps mean 0 and variance 1 where numbers have them.

    What is dropped becomes SELU's lowest value rather than zero.
    """

    aliases = ("self-normalizing dropout", "SELU dropout", "regularization")
    formula = "y = a (x m + α' (1 − m)) + b, so that mean and variance stay"
    source = "Klambauer et al. 2017, section 3; " + f"{_DOCS}AlphaDropout.html"
    settings = (_share("numbers"),)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels at a time."""

    aliases = ("channel alpha dropout", "SELU dropout", "regularization")
    formula = "y = a (x m + α' (1 − m)) + b, m the same in all of a channel"
    source = "Klambauer et al. 2017, section 3; " + f"{_DOCS}FeatureAlphaDropout.html"
    inputs = (Port("input", ndim=(2, 3, 4), channels_first=True),)


_STOCHASTIC_DEPTH = '''\
class StochasticDepth(nn.Module):
    """Drops whole samples while training (Huang et al. 2016, equation 2)."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        ones = [1] * (x.ndim - 1)
        keep = torch.rand(x.shape[0], *ones, device=x.device) >= self.p
        return x * keep / (1.0 - self.p)
'''


class StochasticDepth(_Dropout):
    """Makes everything of some samples zero at random while training.

    At the end of a residual branch it takes the whole branch out for these samples, so
    that deep networks train like shallow ones.
    """

    aliases = ("DropPath", "drop path", "drop connect", "regularization")
    formula = "y = x m / (1 − p), one m for each sample"
    source = "Huang et al. 2016, equation 2"
    settings = (
        Float(
            name="p",
            label="Share",
            default=0.1,
            minimum=0.0,
            maximum=0.99,
            help="The share of samples that are dropped; 0.1 to 0.5 is usual.",
        ),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("StochasticDepth", s.p)

    def definition(self, s: Values) -> str:
        return _STOCHASTIC_DEPTH
