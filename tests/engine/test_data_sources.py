"""Every source: its form, what it says of its data, its loading code, its data."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.data.samples import Samples, Splits
from engine.data.source import SOURCES, DataInfo, describe, load, source_of
from engine.document import DataConfig
from engine.problems import Refusal

MADE = {
    "digits": {"flatten": True},
    "digits-reconstruction": {},
    "digits-halves": {},
    "iris": {},
    "moons": {"samples": 101},
    "spirals": {"samples": 101, "turns": 2.0},
    "sine": {"horizon": 3},
    "mackey-glass": {"window": 7},
    "reviews-small": {"as_vectors": 100},
    "subjects-made-up": {},
    "pictures-made-up": {"channels": 1, "height": 9, "width": 5, "classes": 1000},
    "discs-made-up": {"height": 9, "width": 20, "samples": 37},
    "made-up-text": {"level": "words", "window": 9, "answers": "last step"},
    "made-up-dates": {"samples": 77},
}
"""Sources that need no file, each with settings other than its defaults."""
REAL: list[tuple[str, dict[str, Any]]] = [
    ("mnist", {}),
    ("mnist", {"task": "reconstruction", "flatten": True, "margin": 1}),
    ("cifar10", {}),
    ("csv-series", {"path": "timeseries/airline-passengers.csv", "window": 12}),
    ("csv-series", {"path": "timeseries/monthly-sunspots.csv", "horizon": 6}),
    ("csv-series", {"path": "timeseries/daily-min-temperatures.csv"}),
    (
        "csv-series",
        {"path": "timeseries/pollution.csv", "column": "pm2.5", "gaps": "interpolate"},
    ),
    ("csv-table", {"path": "tabular/winequality-white.csv"}),
    ("csv-table", {"path": "tabular/iris.csv"}),
    ("csv-table", {"path": "tabular/boston-housing.csv"}),
    ("csv-table", {"path": "tabular/adult-train.csv", "gaps": "fill"}),
    ("csv-table", {"path": "tabular/adult-test.csv", "gaps": "drop"}),
    ("csv-table", {"path": "tabular/abalone.csv"}),
    ("csv-table", {"path": "tabular/pima-indians-diabetes.csv"}),
    ("csv-table", {"path": "tabular/winequality-red.csv", "task": "regression"}),
    (
        "csv-table",
        {
            "path": "tabular/california-housing.csv",
            "target": "median_house_value",
            "gaps": "fill",
        },
    ),
    ("csv-table", {"path": "timeseries/daily-min-temperatures.csv"}),
    (
        "csv-series",
        {
            "path": "timeseries/pollution.csv",
            "column": "pm2.5",
            "with_columns": "DEWP, TEMP, PRES",
            "gaps": "drop",
            "horizon": 3,
        },
    ),
    (
        "csv-table",
        {
            "path": "tabular/titanic.csv",
            "target": "Survived",
            "ignore": "PassengerId, Name, Ticket, Cabin",
            "categories": "Pclass",
            "gaps": "fill",
        },
    ),
    ("reviews", {"path": "sst2/train.tsv", "test_path": "sst2/dev.tsv"}),
    ("reviews", {"path": "sst2/dev.tsv", "as_vectors": 100, "length": 30}),
    ("reviews", {"path": "rt-polarity", "encoding": "latin-1"}),
    ("text-file", {"path": "tinyshakespeare/input.txt", "vocabulary": 60}),
    ("text-file", {"path": "tinyshakespeare/input.txt", "level": "words"}),
]
LOADING_MODULES = sorted(
    path
    for path in Path(inspect.getfile(Samples)).parent.glob("*.py")
    if path.stem not in {"__init__", "declaration", "inspection", "source"}
)


def parts_of(splits: Splits) -> dict[str, Samples]:
    return {
        "train": splits.train,
        "validation": splits.validation,
        "test": splits.test,
    }


def assert_as_described(info: DataInfo, splits: Splits) -> None:
    assert (info.task, info.classes) == (splits.task, splits.classes)
    for name, part in parts_of(splits).items():
        assert len(part) > 0
        assert info.counts is None or len(part) == info.counts[name]
        for specs, fields in ((info.inputs, part.inputs), (info.targets, part.targets)):
            assert list(specs) == list(fields)
            for field, spec in specs.items():
                tensor = fields[field]
                assert tuple(tensor.shape) == (len(part), *spec.shape)
                assert str(tensor.dtype) == f"torch.{spec.dtype}"
                assert tensor.is_contiguous() or info.shared_numbers is not None
                assert not tensor.is_floating_point() or tensor.isfinite().all()
        for field, classes in info.target_classes.items():
            assert int(part.targets[field].min()) >= 0
            assert int(part.targets[field].max()) < len(classes)
        if info.vocabulary_size is not None:
            assert int(part.inputs["tokens"].max()) < info.vocabulary_size


@pytest.mark.parametrize("source", SOURCES.values(), ids=lambda source: source.id)
def test_declarations_are_complete(source: Any) -> None:
    assert source.title
    assert source.licence
    assert source.help
    for setting in source.settings:
        assert setting.help
        assert setting.problem(setting.default) is None
        assert setting.normalise(setting.default) == setting.default
    function = getattr(importlib.import_module(source.module), source.function)
    parameters = inspect.signature(function).parameters
    keywords = [
        name
        for name, one in parameters.items()
        if one.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    wanted = {setting.name for setting in source.settings}
    assert set(keywords) == wanted | ({"progress"} if source.downloads else set())
    assert ("data_dir" in parameters) is source.needs_data_dir


@pytest.mark.parametrize("changed", [False, True])
@pytest.mark.parametrize("source_id", MADE)
def test_made_sources_give_what_they_describe(source_id: str, changed: bool) -> None:
    config = DataConfig(source=source_id, settings=MADE[source_id] if changed else {})
    assert_as_described(describe(config), load(config))


@pytest.mark.parametrize(("source_id", "settings"), REAL)
def test_real_data_is_what_was_described(
    source_id: str, settings: dict[str, Any], data_dir: Path
) -> None:
    config = DataConfig(source=source_id, settings=settings)
    assert_as_described(describe(config, data_dir), load(config, data_dir))


def test_the_loading_call_is_code_that_runs(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n" + "1,a\n2,b\n" * 20)
    settings = {"path": "a.csv", "test": 0.25}
    source = SOURCES["csv-table"]
    code = str(source.loading(settings))
    assert code.startswith('load_csv_table(data_dir, path="a.csv", test_path="", ')
    names = vars(importlib.import_module(source.module)) | {"data_dir": tmp_path}
    splits = eval(code, names)
    loaded = load(DataConfig(source="csv-table", settings=settings), tmp_path)
    assert torch.equal(splits.test.inputs["features"], loaded.test.inputs["features"])
    assert (len(splits.test), splits.classes) == (10, ("a", "b"))


def test_describing_needs_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from engine.data.source import SOURCES, describe\n"
        "from engine.document import DataConfig\n"
        "for name in SOURCES:\n"
        "    if 'path' not in [one.name for one in SOURCES[name].settings]:\n"
        "        describe(DataConfig(source=name))\n"
        "print([m for m in ('torch', 'numpy', 'sklearn', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


DIGEST = """
import hashlib, sys, torch
torch.set_num_threads(int(sys.argv[1]))
from engine.data.source import load
from engine.document import DataConfig
for name in sys.argv[2:]:
    splits = load(DataConfig(source=name))
    digest = hashlib.sha256()
    for part in (splits.train, splits.validation, splits.test):
        for fields in (part.inputs, part.targets):
            for tensor in fields.values():
                digest.update(tensor.numpy().tobytes())
    print(name, digest.hexdigest())
"""


def test_two_processes_load_the_same_bits() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", DIGEST, threads, *MADE],
            stdout=subprocess.PIPE,
            text=True,
            # Sets have another order in each process: none may reach the data.
            env={**os.environ, "PYTHONHASHSEED": threads},
        )
        for threads in ("1", "2")
    ]
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    assert outputs[0] == outputs[1]
    assert len(outputs[0].splitlines()) == len(MADE)


def test_other_seeds_give_other_data() -> None:
    for source_id, name in (("moons", "seed"), ("digits", "split_seed")):
        first = load(DataConfig(source=source_id))
        other = load(DataConfig(source=source_id, settings={name: 1}))
        field = next(iter(first.test.inputs))
        assert not torch.equal(first.test.inputs[field], other.test.inputs[field])


@pytest.mark.parametrize("path", LOADING_MODULES, ids=lambda path: path.stem)
def test_loading_modules_can_be_cut_into_a_script(path: Path) -> None:
    """Only imports a script can repeat, by name; Espalier's only from here.

    An optional package is imported where it is used: scripts run without it.
    """
    allowed = sys.stdlib_module_names | {"numpy", "torch", "sklearn", "scipy", "PIL"}
    # transformers takes seconds, and only a pretrained model's tokenizer needs it; the
    # hub comes with it.
    optional = {"pyarrow", "transformers", "huggingface_hub"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            packages = {alias.name.split(".")[0] for alias in node.names}
            if packages <= optional:
                assert node not in tree.body
                continue
            assert packages <= allowed
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module in optional:
                assert node not in tree.body
                continue
            assert node.level == 0
            assert all(alias.name != "*" for alias in node.names)
            is_ours = module.startswith("engine.data.") or module == "engine.figures"
            assert module.split(".")[0] in allowed or is_ours
            assert module not in {"engine.data.source", "engine.data.declaration"}
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            assert node in tree.body


def test_no_name_means_two_things_in_a_script() -> None:
    homes: dict[str, str] = {}
    for path in LOADING_MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names = [node.name]
            elif isinstance(node, ast.Assign):
                names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
                names = names[: len(node.targets)]
            else:
                names = []
            for name in names:
                assert homes.setdefault(name, path.stem) == path.stem


def test_halves_make_a_whole_digit() -> None:
    whole = load(DataConfig(source="digits"))
    halves = load(DataConfig(source="digits-halves"))
    joined = torch.cat(
        [halves.train.inputs["left"], halves.train.inputs["right"]], dim=3
    )
    assert torch.equal(joined, whole.train.inputs["image"])
    assert torch.equal(halves.test.targets["parity"], halves.test.targets["digit"] % 2)


def test_an_image_to_rebuild_costs_its_memory_once() -> None:
    part = load(DataConfig(source="digits-reconstruction")).train
    assert part.inputs["image"].data_ptr() == part.targets["image"].data_ptr()


def test_iris_is_normalised_by_its_training_part() -> None:
    splits = load(DataConfig(source="iris"))
    train = splits.train.inputs["features"].double()
    assert torch.allclose(train.mean(0), torch.zeros(4).double(), atol=1e-6)
    assert torch.allclose(train.std(0, correction=0), torch.ones(4).double(), atol=1e-6)
    assert splits.test.inputs["features"].mean(0).abs().max() > 1e-3
    raw = load(DataConfig(source="iris", settings={"normalise": False}))
    assert float(raw.train.inputs["features"].min()) == pytest.approx(0.1)
    assert raw.test.targets["species"].bincount().tolist() == [10, 10, 10]


def test_spirals_and_moons_lie_where_their_formulas_say() -> None:
    settings = {"noise": 0.0, "samples": 400, "turns": 1.0}
    spirals = load(DataConfig(source="spirals", settings=settings)).train
    points, labels = spirals.inputs["point"].double(), spirals.targets["label"]
    radius = points.norm(dim=1)
    angle = torch.atan2(points[:, 1], points[:, 0])
    turned = 2 * torch.pi * radius + torch.pi * labels
    assert torch.allclose(torch.cos(angle), torch.cos(turned), atol=1e-5)
    moons = load(DataConfig(source="moons", settings={"noise": 0.0})).train
    points, labels = moons.inputs["point"], moons.targets["label"]
    centre = torch.stack([labels.float(), labels * 0.5], dim=1)
    assert torch.allclose((points - centre).norm(dim=1), torch.ones(len(labels)))
    assert bool(((points[:, 1] - centre[:, 1]) * (1 - 2 * labels) >= -1e-6).all())


def test_samples_batch_and_count() -> None:
    samples = Samples(
        {"a": torch.arange(10).float(), "b": torch.arange(20).view(10, 2)},
        {"y": torch.arange(10)},
    )
    batch = samples.batch(torch.tensor([3, 1]))
    assert len(samples) == 10
    assert batch.inputs["b"].tolist() == [[6, 7], [2, 3]]
    assert batch.targets["y"].tolist() == [3, 1]
    assert samples.to("cpu").inputs["a"] is samples.inputs["a"]


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        source_of(DataConfig(source="imagenet"))
    assert str(caught.value).startswith(
        "There is no data source “imagenet”. Choose one of digits, "
    )


def test_a_wrong_setting_is_refused_by_its_label() -> None:
    with pytest.raises(Refusal) as caught:
        describe(DataConfig(source="moons", settings={"samples": 3}))
    assert str(caught.value) == (
        "Samples of the data “Two moons” must be a whole number from 20 to 1,000,000; "
        "got 3. Change it in the data's settings."
    )
    with pytest.raises(Refusal, match="CSV, Parquet” must be text; got 7"):
        load(DataConfig(source="csv-table", settings={"path": 7}))


def test_a_description_follows_its_file(tmp_path: Path) -> None:
    config = DataConfig(source="csv-table", settings={"path": "a.csv"})
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "1,a\n2,b\n" * 20)
    first = describe(config, tmp_path)
    assert describe(config, tmp_path) is first
    path.write_text("x,z,y\n" + "1,5,a\n2,6,b\n" * 20)
    assert describe(config, tmp_path).inputs["features"].shape == (2,)


def test_the_digest_of_the_digits_is_the_one_on_record() -> None:
    """A change of split or scale changes every lesson's numbers: do it on purpose."""
    splits = load(DataConfig(source="digits"))
    digest = hashlib.sha256(splits.train.inputs["image"].numpy().tobytes())
    assert digest.hexdigest()[:16] == "e2414d999f2a0976"
