"""Networks that learn in their own way: without targets, or part by part."""

from __future__ import annotations

from collections.abc import Callable

from engine.document import DataConfig, Document
from engine.recipe import Recipe
from tests.templates.architectures.sketch import sketch


def _in_a_row(*names: str, y: float = 0.0) -> dict[str, tuple[float, float]]:
    """Places with room for the long name of a Boltzmann machine."""
    places, x = {}, 0.0
    for name in names:
        places[name] = (x, y)
        x += 240.0 if name.startswith("rbm") else 184.0
    return places


def rbm() -> Document:
    """Hinton 2012: a restricted Boltzmann machine on pictures from 0 to 1."""
    net = sketch("Boltzmann machine on digits", (784,))
    net.add("rbm", "RestrictedBoltzmannMachine", hidden_units=128)
    net.add("hidden", "Output")
    data = DataConfig(
        source="mnist", settings={"task": "reconstruction", "flatten": True}
    )
    recipe = Recipe(method="contrastive_divergence", epochs=5, batch_size=64)
    return net.finished(data, recipe, _in_a_row("image", "rbm", "hidden"))


def dbn() -> Document:
    """Hinton, Osindero and Teh 2006, its two lower machines of 500 units."""
    net = sketch("Deep belief network", (784,))
    net.add("chances", "Scale", factor=0.5, offset=0.5)
    for number in (1, 2):
        net.add(f"rbm{number}", "RestrictedBoltzmannMachine", hidden_units=500)
    net.add("scores", "Linear", out_features=10).add("digit", "Output")
    data = DataConfig(source="mnist", settings={"flatten": True})
    recipe = Recipe(method="greedy_layers", epochs=10, layer_epochs=2, batch_size=64)
    places = _in_a_row("image", "chances", "rbm1")
    places |= _in_a_row("rbm2", "scores", "digit", y=160.0)
    return net.finished(data, recipe, places)


def deep_stacking() -> Document:
    """Deng and Yu 2011: three modules, each of which sees the answers before it."""
    net = sketch("Deep stacking network", (784,))
    block = net.block(
        "StackingModule",
        {"hidden": 300},
        help="A network with one hidden layer; its upper weights are computed.",
    )
    block.add("lower", "Linear", out_features="hidden").add("sigmoid", "Sigmoid")
    block.add("upper", "Linear", out_features=10).add("y", "Output")
    net.add("chances", "Scale", factor=0.5, offset=0.5)
    answers: list[str] = []
    for number in (1, 2, 3):
        if answers:
            net.add(f"joined{number}", "Concatenate", after=["chances", *answers])
        net.add(f"module{number}", "StackingModule", hidden=300)
        answers.append(f"module{number}")
    net.add("digit", "Output")
    data = DataConfig(source="mnist", settings={"flatten": True})
    recipe = Recipe(
        method="deep_stacking",
        epochs=9,
        layer_epochs=3,
        batch_size=1000,
        learning_rate=0.01,
    )
    return net.finished(data, recipe, _stacked())


def _stacked() -> dict[str, tuple[float, float]]:
    """Modules at the left, what they read at the right: no two edges on one track."""
    return {
        "image": (0.0, 104.0),
        "chances": (184.0, 104.0),
        "module1": (368.0, 0.0),
        "joined2": (608.0, 104.0),
        "module2": (184.0, 216.0),
        "joined3": (608.0, 296.0),
        "module3": (184.0, 400.0),
        "digit": (368.0, 400.0),
    }


def som() -> Document:
    """Kohonen 1982: a map of ten by ten prototypes, on the embedded digits."""
    net = sketch("Map of digits", (64,))
    net.add("units", "SelfOrganizingMap", rows=10, columns=10).add("places", "Output")
    data = DataConfig(source="digits", settings={"flatten": True})
    recipe = Recipe(
        method="competitive",
        epochs=30,
        batch_size=16,
        optimizer="SGD",
        momentum=0.0,
        learning_rate=0.5,
    )
    return net.finished(data, recipe, _in_a_row("image", "units", "places"))


OWN_WAYS: dict[str, Callable[[], Document]] = {
    "rbm-mnist": rbm,
    "dbn-mnist": dbn,
    "deep-stacking": deep_stacking,
    "som-digits": som,
}
"""By the id of the template."""
