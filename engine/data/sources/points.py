"""Points of a few numbers: iris, two moons, two spirals."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from engine.catalog.settings import Bool, Count, Float, Int, Setting, Values
from engine.catalog.spec import TensorSpec
from engine.data.declaration import SPLIT, DataInfo, DataKind, Source
from engine.data.parts import part_counts

SEED = Int(name="seed", default=0, minimum=0, help="The same seed gives the same data.")
NORMALISE = Bool(
    name="normalise",
    label="Normalize",
    default=True,
    help="Bring numbers to mean 0 and standard deviation 1, by the training part's "
    "figures.",
)


class Iris(Source):
    """Four measures of 150 iris flowers of three species, from Fisher's paper of 1936.

    Small enough to train in a second: the first data set of many lessons.
    """

    id = "iris"
    title = "Iris flowers"
    kind = DataKind.NUMBERS
    licence = (
        "R. A. Fisher, 1936; comes with scikit-learn; free to use (CC BY 4.0, UCI)."
    )
    settings: ClassVar[tuple[Setting, ...]] = (NORMALISE, *SPLIT)
    module = "engine.data.points"
    function = "load_iris_flowers"

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        classes = ("setosa", "versicolor", "virginica")
        return DataInfo(
            inputs={"features": TensorSpec((4,))},
            targets={"species": TensorSpec((), "int64")},
            task="classification",
            classes=classes,
            target_classes={"species": classes},
            counts=part_counts(150, values.validation, values.test),
        )


class _Plane(Source):
    """Points in the plane, made by formula, in two classes."""

    licence = "Made by formula; nobody's data."
    module = "engine.data.points"
    names: ClassVar[tuple[str, ...]] = ()

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        return DataInfo(
            inputs={"point": TensorSpec((2,))},
            targets={"label": TensorSpec((), "int64")},
            task="classification",
            classes=self.names,
            target_classes={"label": self.names},
            counts=part_counts(values.samples, values.validation, values.test),
        )


SAMPLES = Count(
    name="samples", default=1000, minimum=20, maximum=1_000_000, help="How many points."
)


class Moons(_Plane):
    """Two half circles that reach into each other: no straight line parts them."""

    id = "moons"
    title = "Two moons"
    kind = DataKind.NUMBERS
    settings = (
        SAMPLES,
        Float(
            name="noise",
            default=0.1,
            minimum=0.0,
            maximum=10.0,
            help="How far points stray from the half circles (standard deviation).",
        ),
        SEED,
        *SPLIT,
    )
    function = "load_moons"
    names = ("upper", "lower")


class Spirals(_Plane):
    """Two arms that wind around each other: needs a few layers to part."""

    id = "spirals"
    title = "Two spirals"
    kind = DataKind.NUMBERS
    settings = (
        SAMPLES,
        Float(
            name="noise",
            default=0.02,
            minimum=0.0,
            maximum=10.0,
            help="How far points stray from the arms (standard deviation).",
        ),
        Float(
            name="turns",
            default=1.5,
            above=0.0,
            maximum=10.0,
            help="How often an arm goes round.",
        ),
        SEED,
        *SPLIT,
    )
    function = "load_spirals"
    names = ("first", "second")
