"""Layers that draw random numbers."""

from __future__ import annotations

from engine.catalog.layer import Call, Layer, Misfit, Port, Specs
from engine.catalog.settings import Float, Values

_NOISE = '''\
class GaussianNoise(nn.Module):
    """Adds normal noise while training (Bishop 1995, section 2)."""

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x
'''
_SAMPLE = '''\
class GaussianSample(nn.Module):
    """Draws from a normal distribution (Kingma and Welling 2014, section 2.4)."""

    def forward(self, mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return mean
        return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
'''

_DIVERGENCE = '''\
class GaussianDivergence(nn.Module):
    """How far from a standard normal one (Kingma and Welling 2014, appendix B)."""

    def forward(self, mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
        each = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
        return each.reshape(len(each), -1).sum(1)
'''


class GaussianNoise(Layer):
    """Adds normal noise to every number while training.

    Small changes of the input shall not change the answer; denoising autoencoders
    learn to take it away again. Outside training everything passes unchanged.
    """

    family = "regularization"
    aliases = ("noise", "jitter", "denoising", "regularization")
    formula = "y = x + σ ε, ε drawn from a standard normal distribution"
    source = "Bishop 1995, section 2; Vincent et al. 2008, section 2.3"
    settings = (
        Float(
            name="std",
            default=0.1,
            minimum=0.0,
            maximum=1e3,
            help="The standard deviation σ of the noise.",
        ),
    )

    def telling(self, s: Values) -> str:
        return f"{s.std:g}"

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("GaussianNoise", s.std)

    def definition(self, s: Values) -> str:
        return _NOISE


class GaussianSample(Layer):
    """Draws numbers from normal distributions whose mean and spread were computed.

    The heart of a variational autoencoder: gradients flow through the drawing. Outside
    training it gives the mean.
    """

    family = "merge"
    aliases = ("reparameterization", "Sampling", "VAE", "latent")
    formula = "y = μ + e^(v / 2) ε, ε drawn from a standard normal distribution"
    source = "Kingma and Welling 2014, section 2.4"
    inputs = (
        Port("mean", help="The means μ."),
        Port("log_variance", help="The logarithms v of the variances."),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("GaussianSample")

    def definition(self, s: Values) -> str:
        return _SAMPLE

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return _unlike(x)


class GaussianDivergence(Layer):
    """Measures how far normal distributions are from the standard one.

    The Kullback-Leibler divergence, one number a sample: the second half of a
    variational autoencoder's loss. An Output with the loss `itself` makes it smaller,
    and the codes stay where new ones can be drawn.
    """

    family = "merge"
    aliases = ("KL divergence", "Kullback-Leibler", "VAE", "regularizer", "prior")
    formula = "y = ½ Σ (μ² + eᵛ − 1 − v)"
    source = "Kingma and Welling 2014, appendix B"
    inputs = (
        Port("mean", help="The means μ."),
        Port("log_variance", help="The logarithms v of the variances."),
    )

    def constructor(self, s: Values, x: Specs) -> Call:
        return Call.of("GaussianDivergence")

    def definition(self, s: Values) -> str:
        return _DIVERGENCE

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        return _unlike(x)


def _unlike(x: Specs) -> Misfit | None:
    if x[0].shape == x[1].shape:
        return None
    return Misfit(
        message=f"gets means of {x[0].describe()} and log_variances of "
        f"{x[1].describe()}",
        expected=f"{x[0].describe()} at both",
        remedy="Give the two layers before it equal settings.",
        port="log_variance",
    )
