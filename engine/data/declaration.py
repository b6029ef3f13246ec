"""What a declaration of a data source says, and what follows from it.

From one declaration come the list of sources, the settings form, what the window knows
of the data before it is loaded, and the line of code that loads it. Nothing here
imports torch: the window describes data before torch is there.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from engine.catalog.layer import Call, Raw
from engine.catalog.settings import (
    Float,
    Int,
    Setting,
    Values,
    complete,
    wrong_values,
)
from engine.catalog.spec import TensorSpec
from engine.data.errors import DataError, MissingDataError
from engine.document import DataConfig
from engine.edits import SetData
from engine.figures import percent
from engine.problems import Fix, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class DataInfo:
    """What is known of data without loading it."""

    inputs: dict[str, TensorSpec]
    targets: dict[str, TensorSpec]
    task: str
    """`classification`, `regression`, `reconstruction` or `next token`."""
    classes: tuple[str, ...] = ()
    """The names of the first target's classes."""
    target_classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The names of the classes of every target that has classes."""
    counts: dict[str, int] | None = None
    """How many samples `train`, `validation` and `test` have, where that is known."""
    vocabulary_size: int | None = None
    """For tokens: every token number is below it."""
    is_vocabulary_limit: bool = False
    """Whether there may be fewer: the data are not read to count them."""
    unknown: int | None = None
    """For tokens: the number that stands for words not known, where there is one."""
    is_on_disk: bool = False
    """Whether the inputs stay there, and only batches of them are in memory."""
    shared_numbers: int | None = None
    """How many numbers all samples are views of, where they overlap: as windows do."""
    drawn_upwards: frozenset[str] = frozenset()
    """The inputs whose first row is the lowest: a spectrogram's is its lowest pitch."""
    note: str = ""
    """One sentence worth showing beside the data, such as "not downloaded yet"."""


class DataKind(StrEnum):
    """What samples are; the list of sources is divided by it, in this order."""

    PICTURES = "Pictures"
    NUMBERS = "Points and tables"
    SERIES = "Series and sounds"
    TEXTS = "Texts"


class Source:
    """A source of data. The class's docstring is its help text.

    Subclasses set the class variables and override `info`; every setting is a keyword
    argument of the loading function. A subclass whose name begins with an underscore
    is a base and is not registered.
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    kind: ClassVar[DataKind]
    licence: ClassVar[str] = ""
    """Where the data is from and under which terms."""
    settings: ClassVar[tuple[Setting, ...]] = ()
    module: ClassVar[str] = ""
    """The module of the loading function, such as `engine.data.mnist`."""
    function: ClassVar[str] = ""
    """The loading function's name; it gives `engine.data.samples.Splits`."""
    needs_data_dir: ClassVar[bool] = False
    """Whether the function's first argument is the folder of data, a `Path`."""
    downloads: ClassVar[bool] = False
    """Whether it may download, and takes `progress` (see `engine.data.download`)."""

    @property
    def help(self) -> str:
        """What the data is, in one paragraph."""
        return inspect.cleandoc(type(self).__doc__ or "")

    def setting(self, name: str) -> Setting | None:
        """The setting called `name`, if there is one."""
        return next((one for one in self.settings if one.name == name), None)

    def values(self, settings: Mapping[str, Any]) -> Values:
        """Every setting, checked; raises Refusal for the first wrong one.

        Settings the source does not have are left out: they may be another source's.
        """
        for name, why in wrong_values(self.settings, settings).items():
            setting = self.setting(name)
            label = setting.title if setting else name
            raise Refusal(
                f"{label} of the data “{self.title}” {why}.",
                "Change it in the data's settings.",
                code="wrong-data-setting",
            )
        return complete(self.settings, settings)

    def describe(
        self, settings: Mapping[str, Any], data_dir: Path | None = None
    ) -> DataInfo:
        """What the data will be; reads little or nothing. Raises Refusal."""
        values = self.values(settings)
        data_dir = data_dir or default_data_dir()
        try:
            if "path" not in values:  # not read from a file, so cheap
                return self.info(values, data_dir)
            key = (
                self.id,
                data_dir,
                *values.values(),
                *_stamps(self.files(values, data_dir)),
            )
            info = _DESCRIBED.get(key)  # several threads ask
            if info is None:
                info = self.info(values, data_dir)
                if len(_DESCRIBED) >= 32:
                    _DESCRIBED.clear()
                _DESCRIBED[key] = info
            return info
        except (DataError, OSError) as error:
            config = DataConfig(source=self.id, settings=settings)
            raise refusal(error, config) from error

    def is_quick(self, values: Values, data_dir: Path) -> bool:
        """Whether `info` takes a frame at most: it reads little, or nothing."""
        return all(map(_is_small, self.files(values, data_dir)))

    def files(self, values: Values, data_dir: Path) -> list[Path]:
        """What `info` reads, which says the same until one of them changes."""
        paths = (values.get(name) for name in ("path", "test_path"))
        return [data_dir / path for path in paths if path]

    def loading(self, settings: Mapping[str, Any]) -> Call:
        """The call of `module`.`function` that loads the data.

        Its keyword arguments are literals; its one positional argument, where
        `needs_data_dir`, is the variable `data_dir`. `progress` may be added where the
        source `downloads`. Raises Refusal for wrong settings.
        """
        where = (Raw("data_dir"),) if self.needs_data_dir else ()
        return Call.of(self.function, *where, **dict(self.values(settings)))

    def info(self, values: Values, data_dir: Path) -> DataInfo:
        """What the data will be; may raise `DataError`."""
        raise NotImplementedError

    def how_split(self, values: Values, data_dir: Path) -> str:
        """How the three parts come about, in one sentence; may raise `DataError`.

        By the settings alone: a source without a seed is cut in its order, one without
        a test share has a test part of its own.
        """
        if "split_seed" not in values:
            return (
                "Cut in its order, not by chance: the last "
                f"{percent(values.test)} tests, the {percent(values.validation)} "
                "before that is for validation, and what comes first trains."
            )
        alike = ""
        if self.info(values, data_dir).target_classes:
            alike = ", with the classes in the same proportions everywhere"
        seed = f"by chance with seed {values.split_seed}{alike}"
        tests = self.tests_with(values, data_dir)
        if not tests:
            return (
                f"{percent(values.validation)} is kept for validation and "
                f"{percent(values.test)} for the test, {seed}."
            )
        return (
            f"{tests} tests; {percent(values.validation)} of the rest is kept for "
            f"validation, {seed}."
        )

    def tests_with(self, values: Values, data_dir: Path) -> str:
        """What tests where no share is kept for it, as a sentence begins; or empty."""
        if "test" not in values:
            return "The published test part"
        tests: str = values.get("test_path", "")
        return tests

    def __init_subclass__(cls) -> None:
        if cls.__name__.startswith("_"):
            return
        if cls.id in SOURCES:
            raise ValueError(f"two data sources are called {cls.id}")
        SOURCES[cls.id] = cls()


SOURCES: dict[str, Source] = {}
"""Every source by id, in the order a person should meet them."""


def default_data_dir() -> Path:
    """Where data is kept when nobody says otherwise: the user's data folder."""
    import platformdirs  # only needed where no folder is given

    return platformdirs.user_data_path("espalier", appauthor=False) / "data"


_DESCRIBED: dict[tuple[Any, ...], DataInfo] = {}  # any: settings' values
"""What was found in files, so that an edit elsewhere does not read them again."""


def _stamps(files: list[Path]) -> list[tuple[str, int, int]]:
    """Name, size and time of files, and of folders with what is in them.

    A folder's time changes with the names in it; two levels of folders are looked at,
    which are parts and classes.
    """
    stamps: list[tuple[str, int, int]] = []
    for path in files:
        _stamp(path, 2, stamps)
    return stamps


def _stamp(path: Path, levels: int, stamps: list[tuple[str, int, int]]) -> None:
    try:
        stat = path.stat()
    except OSError:  # whoever reads it will say so
        return
    stamps.append((str(path), stat.st_size, stat.st_mtime_ns))
    if levels and path.is_dir():
        for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
            if levels == 2 or entry.is_dir():
                _stamp(Path(entry.path), levels - 1, stamps)


QUICK_BYTES = 32_000
QUICK_ENTRIES = 100
"""Of a file, and of a folder with those in it: read within a frame."""


def _is_small(path: Path) -> bool:
    try:
        if not path.is_dir():
            return not path.exists() or path.stat().st_size <= QUICK_BYTES
        entries = 0
        for _, folders, names in os.walk(path):
            entries += len(folders) + len(names)
            if entries > QUICK_ENTRIES:
                return False
    except OSError:  # whoever reads it will say so
        pass
    return True


def refusal(error: DataError | OSError, config: DataConfig | None = None) -> Refusal:
    """What a loading function raised, as the window and the command line show it.

    With what would mend it, where it is known what was loaded: `config`.
    """
    if isinstance(error, OSError):
        where = f": {error.filename}" if error.filename else ""
        return Refusal(
            f"The data cannot be read or kept{where} ({error.strerror or error}).",
            "See that the file may be read and that the disk is not full.",
            code="data",
        )
    fixes = () if config is None else _fixes(config, error)
    code = "data-missing" if isinstance(error, MissingDataError) else "data"
    return Refusal(
        error.message, error.remedy, code=code, fixes=fixes, setting=error.setting
    )


def _fixes(config: DataConfig, error: DataError) -> tuple[Fix, ...]:
    """The settings of the data that would mend it, one click each."""
    return tuple(
        Fix(
            label=f"Set {name} to {value}",
            edits=(
                SetData(replace(config, settings={**config.settings, name: value})),
            ),
        )
        for name, values in error.mends.items()
        for value in values
    )


VALIDATION = Float(
    name="validation",
    default=0.1,
    above=0.0,
    maximum=0.5,
    advanced=True,
    label="Validation part",
    help="The share kept out of training to watch how well it generalizes.",
)
TEST = Float(
    name="test",
    default=0.2,
    above=0.0,
    maximum=0.5,
    advanced=True,
    label="Test part",
    help="The share kept for the very end; training never sees it.",
)
SPLIT_SEED = Int(
    name="split_seed",
    default=0,
    minimum=0,
    advanced=True,
    help="Which samples go to which part; the same seed gives the same parts.",
)
SPLIT: tuple[Setting, ...] = (VALIDATION, TEST, SPLIT_SEED)
"""How data without a published test part is split."""
