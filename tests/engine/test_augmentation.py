"""Augmentation: what each one does to a batch, that it fits, resumes and exports."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.data.samples import Mixed, Samples
from engine.data.source import SOURCES, describe, load
from engine.document import DataConfig, Document
from engine.exporting import export
from engine.recipe import Recipe
from engine.recipe_augmentation import AUGMENTATION_SETTINGS, Augmentation
from engine.session import prepare, train_document
from engine.training.augmentation import Augment, erased, mixed, warped
from engine.training.augmentation_fit import augmentation_problems, chosen, offered
from engine.training.control import Control
from engine.training.events import EpochDone, Finished, StepDone
from engine.training.losses import total_loss
from engine.training.objective import Turn
from engine.training.reporting import as_record
from tests.engine.alone import run_alone
from tests.engine.documents import digits, forecast, halves, iris, rebuild
from tests.engine.test_exporting import without_times

ON: dict[str, Any] = {
    "flip": True,
    "rotation": 20.0,
    "shift": 1,
    "zoom": 0.2,
    "brightness": 0.3,
    "contrast": 0.3,
    "saturation": 0.5,
    "erasing": 0.9,
    "noise": 0.1,
    "word_dropout": 0.3,
    "mixup": 1.0,
}
"""Every augmentation, switched on."""
IN_RANGE = [name for name in ON if name not in ("noise", "word_dropout")]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from two threads; sums are as in the scripts."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def pictures(count: int = 12) -> Samples:
    """Real digits, 8 × 8, from 0 to 1."""
    return load(DataConfig(source="digits")).train.batch(torch.arange(count))


def colored(count: int = 6) -> Samples:
    x = torch.rand(count, 3, 10, 14)
    return Samples({"image": x}, {"label": torch.arange(count)})


def test_the_form_is_that_of_the_fields() -> None:
    names = [each.name for each in fields(Augmentation)]
    assert [each.name for each in AUGMENTATION_SETTINGS] == names == list(ON)
    assert all(getattr(Recipe(), s.name) == s.default for s in AUGMENTATION_SETTINGS)
    assert not Recipe().augments
    for name, value in ON.items():
        assert Recipe(**{name: value}).augments


# What happens to a batch.


@pytest.mark.parametrize("name", ON)
@pytest.mark.parametrize("make", [pictures, colored])
def test_shapes_types_ranges_and_layouts_stay(
    name: str, make: Callable[[], Samples]
) -> None:
    batch = make()
    layout = torch.channels_last
    inputs = {k: v.contiguous(memory_format=layout) for k, v in batch.inputs.items()}
    before = {k: v.clone() for k, v in inputs.items()}
    changed = Augment(Recipe(**{name: ON[name]}))(Samples(inputs, batch.targets))
    (x,), (old,) = changed.inputs.values(), inputs.values()
    assert torch.equal(old, *before.values())  # the data itself is left alone
    assert (x.shape, x.dtype, x.device) == (old.shape, old.dtype, old.device)
    assert x.is_contiguous(memory_format=layout)
    for key, target in batch.targets.items():
        assert torch.equal(changed.targets[key], target)
    if name in IN_RANGE:
        assert x.min() >= old.min() - 1e-5 and x.max() <= old.max() + 1e-5
    does_nothing = name == "word_dropout" or (name == "saturation" and x.shape[1] == 1)
    assert torch.equal(x, old) is does_nothing


def test_a_flip_is_a_flip_for_half_of_the_pictures() -> None:
    batch = pictures(400)
    x = batch.inputs["image"]
    changed = Augment(Recipe(flip=True))(batch).inputs["image"]
    mirrored = [torch.equal(a, b.flip(-1)) for a, b in zip(changed, x, strict=True)]
    same = [torch.equal(a, b) for a, b in zip(changed, x, strict=True)]
    assert all(m or s for m, s in zip(mirrored, same, strict=True))
    assert 160 < sum(mirrored) < 240


def test_turning_by_whole_quarters_moves_pixels_to_pixels() -> None:
    def one(degrees: float, x: Tensor) -> Tensor:
        angle = torch.tensor([math.radians(degrees)])
        return warped(x, angle, torch.ones(1), torch.zeros(2, 1, dtype=torch.long))

    square, broad = torch.rand(1, 2, 6, 6), torch.rand(1, 1, 4, 10)
    torch.testing.assert_close(one(90, square), square.rot90(-1, (2, 3)))
    torch.testing.assert_close(one(180, broad), broad.flip(2, 3))
    torch.testing.assert_close(one(0, broad), broad)
    # Turned without being squeezed: a dot keeps its distance from the middle.
    dot = torch.zeros(1, 1, 11, 21)
    dot[0, 0, 5, 14] = 1.0
    assert one(90, dot)[0, 0].argmax() == 9 * 21 + 10


def test_a_shift_moves_each_picture_by_its_own_and_mirrors_the_edge() -> None:
    x = torch.rand(2, 1, 5, 7)
    moved = warped(x, torch.zeros(2), torch.ones(2), torch.tensor([[2, 0], [0, -1]]))
    torch.testing.assert_close(moved[0, 0, :, 2:], x[0, 0, :, :-2])
    torch.testing.assert_close(moved[0, 0, :, :2], x[0, 0, :, :2].flip(-1))
    torch.testing.assert_close(moved[1, 0, :-1], x[1, 0, 1:])


def test_zoom_by_two_shows_the_middle() -> None:
    x = torch.zeros(1, 1, 8, 8)
    x[0, 0, 2:6, 2:6] = 1.0
    size = torch.full((1,), 2.0)
    large = warped(x, torch.zeros(1), size, torch.zeros(2, 1, dtype=torch.long))
    assert large[0, 0, 1:7, 1:7].min() == 1.0
    assert 50 < large.sum() < 64


def test_every_sample_goes_its_own_way_and_its_pictures_go_together() -> None:
    x = torch.rand(1, 1, 8, 8).expand(20, 1, 8, 8).contiguous()
    batch = Samples({"left": x, "right": x.clone()}, {"rebuilt": x.clone()})
    recipe = Recipe(flip=True, rotation=30.0, shift=2, zoom=0.3)
    changed = Augment(recipe)(batch)
    left = changed.inputs["left"]
    assert torch.equal(left, changed.inputs["right"])
    assert torch.equal(left, changed.targets["rebuilt"])
    assert len({tuple(each.flatten().tolist()) for each in left}) == 20


def test_what_is_to_be_rebuilt_keeps_its_colours_and_has_no_noise() -> None:
    x = torch.rand(8, 1, 8, 8)
    batch = Samples({"image": x}, {"image": x})
    changed = Augment(Recipe(noise=0.5, erasing=1.0, brightness=0.5))(batch)
    assert torch.equal(changed.targets["image"], x)
    assert not torch.equal(changed.inputs["image"], x)


def test_a_rectangle_is_covered_of_as_many_as_are_wanted() -> None:
    x = torch.rand(500, 2, 20, 20)
    covered = erased(x, 0.4)
    differs = (covered != x).any(1)
    assert 160 < differs.any((1, 2)).sum() < 240
    for picture in differs[differs.any((1, 2))][:50]:
        rows, columns = picture.any(1).nonzero(), picture.any(0).nonzero()
        assert picture.sum() == len(rows) * len(columns)  # a rectangle, whole
        assert rows[-1] - rows[0] == len(rows) - 1
        assert 0.01 < float(picture.float().mean()) < 0.36
    assert torch.equal(erased(x, 0.0), x)


def test_noise_has_the_deviation_it_should_have() -> None:
    batch = Samples({"window": torch.zeros(500, 20, 2)}, {"next": torch.zeros(500, 1)})
    changed = Augment(Recipe(noise=0.25))(batch)
    assert float(changed.inputs["window"].std()) == pytest.approx(0.25, rel=0.03)
    assert changed.targets["next"].abs().sum() == 0


def test_words_are_dropped_and_padding_never_is() -> None:
    config = DataConfig(source="reviews-small")
    splits = load(config)
    assert splits.vocabulary[:2] == ("<padding>", "<unknown>")
    tokens = splits.train.inputs["tokens"]
    changed = Augment(Recipe(word_dropout=0.25), splits.vocabulary)(splits.train)
    new = changed.inputs["tokens"]
    assert new.dtype == torch.int64
    is_padding = tokens == 0
    assert is_padding.any() and torch.equal(new == 0, is_padding)
    differs = new != tokens
    assert bool((new[differs] == 1).all())
    words = ~is_padding & (tokens != 1)
    share = float(differs.sum() / words.sum())
    assert share == pytest.approx(0.25, abs=0.02)


def test_the_unknown_word_is_the_one_of_the_data() -> None:
    splits = load(DataConfig(source="made-up-text", settings={"level": "words"}))
    assert splits.vocabulary[0] == "<unknown>"
    changed = Augment(Recipe(word_dropout=0.5), splits.vocabulary)(splits.train)
    differs = changed.inputs["tokens"] != splits.train.inputs["tokens"]
    assert 0.4 < float(differs.float().mean()) < 0.55
    assert bool((changed.inputs["tokens"][differs] == 0).all())
    assert torch.equal(changed.targets["following"], splits.train.targets["following"])


@pytest.mark.parametrize(
    "source", [name for name in SOURCES if not SOURCES[name].needs_data_dir]
)
def test_what_is_said_of_the_unknown_word_is_true(source: str) -> None:
    config = DataConfig(source=source)
    info = describe(config)
    words = load(config).vocabulary
    found = words.index("<unknown>") if "<unknown>" in words else None
    assert info.unknown == found


def test_mixup_blends_pairs_and_keeps_both_answers() -> None:
    batch = Samples({"x": torch.arange(6.0).reshape(6, 1)}, {"y": 10 * torch.arange(6)})
    shares = []
    for _ in range(200):
        blend = mixed(batch, 0.4)
        assert torch.equal(blend.targets["y"], batch.targets["y"])
        expected = blend.share * batch.inputs["x"][:, 0] + (1 - blend.share) * (
            blend.others["y"] / 10
        )
        torch.testing.assert_close(blend.inputs["x"][:, 0], expected)
        assert sorted(blend.others["y"].tolist()) == sorted(batch.targets["y"].tolist())
        shares.append(blend.share)
    assert min(shares) >= 0.5 and max(shares) <= 1.0
    # |2 λ - 1| of Beta(0.4, 0.4) is 0.69 in the mean, by numerical integration.
    assert sum(2 * share - 1 for share in shares) / 200 == pytest.approx(0.69, abs=0.06)


def test_the_loss_of_a_blend_is_the_blend_of_the_losses() -> None:
    prepared = prepare(digits(mixup=1.0, label_smoothing=0.1))
    plan, model = prepared.plan, prepared.state.model.eval()
    assert plan.augment is not None
    blend = plan.augment(pictures(30))
    assert isinstance(blend, Mixed)
    turn = Turn(player="network", epoch=1, share=0.0)
    found = plan.objective.outcome(turn, model, blend, plan)
    answers = (model(blend.inputs["image"]),)
    own, other = (
        total_loss(plan.goals, answers, targets, 0.1)
        for targets in (blend.targets, blend.others)
    )
    expected = blend.share * own + (1 - blend.share) * other
    torch.testing.assert_close(found.loss, expected)
    assert abs((own - other).item()) > 1e-3


# What fits.


def names(document: Document) -> list[str]:
    return [each.name for each in offered(document, describe(document.data))]


def of(source: str, settings: dict[str, Any] | None = None) -> Document:
    document = digits()
    document.data = DataConfig(source=source, settings=settings or {})
    return document


def test_only_what_fits_the_data_is_offered() -> None:
    shape = ["flip", "rotation", "shift", "zoom", "brightness", "contrast"]
    assert names(digits()) == [*shape, "erasing", "noise", "mixup"]
    colours = [*shape, "saturation", "erasing", "noise", "mixup"]
    assert names(of("pictures-made-up")) == colours
    assert names(iris()) == names(forecast()) == ["noise", "mixup"]
    assert names(rebuild()) == ["noise"]
    assert names(halves()) == [*shape, "erasing", "noise", "mixup"]
    assert names(of("reviews-small")) == ["word_dropout"]
    assert names(of("reviews-small", {"as_vectors": 8})) == ["noise", "mixup"]
    assert names(of("made-up-text")) == ["word_dropout"]
    assert names(of("made-up-dates")) == []
    assert "mixup" not in names(digits(method="competitive"))


@pytest.mark.parametrize(
    ("make", "recipe", "sentence"),
    [
        (iris, {"flip": True}, "The augmentation flip is for pictures, and the data gives none. Turn flip off."),  # noqa: E501
        (digits, {"saturation": 0.5}, "The augmentation saturation is for colours, and the pictures are grey. Turn saturation off."),  # noqa: E501
        (digits, {"word_dropout": 0.1}, "The augmentation word dropout is for words, and the data gives none. Turn word dropout off."),  # noqa: E501
        (lambda **kw: of_with("made-up-dates", kw), {"word_dropout": 0.1}, "The augmentation word dropout replaces words by the unknown one, and the data has no such word. Turn word dropout off."),  # noqa: E501
        (lambda **kw: of_with("reviews-small", kw), {"noise": 0.1}, "The augmentation noise is for numbers, and the data gives words. Turn noise off."),  # noqa: E501
        (lambda **kw: of_with("reviews-small", kw), {"mixup": 0.1}, "The augmentation mixup blends samples, and words cannot be blended. Turn mixup off."),  # noqa: E501
        (rebuild, {"mixup": 0.1}, "The augmentation mixup blends two answers, and the task is reconstruction. Turn mixup off."),  # noqa: E501
        (lambda **kw: digits(method="competitive", **kw), {"mixup": 0.1}, "The augmentation mixup blends the answers of two samples, and the method competitive learns without it. Turn mixup off."),  # noqa: E501
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_mended(
    make: Any, recipe: dict[str, Any], sentence: str
) -> None:
    document = make(**recipe)
    (problem,) = augmentation_problems(document, describe(document.data))
    assert problem.sentence() == sentence
    assert problem.is_error is ("mixup" in recipe)
    assert chosen(document) == [next(iter(recipe)).replace("_", " ")]
    (fix,) = problem.fixes
    for edit in fix.edits:
        edit.apply(document)
    assert augmentation_problems(document, describe(document.data)) == []
    assert chosen(document) == []


def of_with(source: str, recipe: dict[str, Any]) -> Document:
    document = of(source)
    document.recipe = replace(document.recipe, **recipe)
    return document


def test_pictures_as_rows_cannot_be_turned() -> None:
    flat = of("digits", {"flatten": True})
    assert names(flat) == ["noise", "mixup"]


# In a training.


def events_of(document: Document, folder: Path, **options: Any) -> list[Any]:
    return [
        without_times(as_record(event))
        for event in train_document(document, run_dir=folder, **options)
        if isinstance(event, (EpochDone, Finished))
    ]


PICTURES: dict[str, Any] = {
    **{name: ON[name] for name in ON if name not in ("saturation", "word_dropout")},
    "batch_size": 100,
}


def test_a_run_stopped_within_an_epoch_goes_on_to_the_same_losses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.training.loop.FETCH_SECONDS", -1.0)  # tell every step
    document = digits(**PICTURES, epochs=3, checkpoint_seconds=0.0, accumulation=2)
    whole = events_of(document, tmp_path / "whole")
    control = Control()
    steps = 0
    for event in train_document(document, run_dir=tmp_path / "cut", control=control):
        steps += isinstance(event, StepDone)
        if steps == 10:
            control.stop()
    assert steps == 10  # in the second of three epochs, of seven steps each
    again = events_of(document, tmp_path / "cut", resume=True)
    assert again == whole[-len(again) :] and len(again) == 3
    plain = digits(batch_size=100, epochs=3, accumulation=2)
    assert events_of(plain, tmp_path / "plain")[0] != whole[0]


def test_nothing_is_changed_in_judging_nor_where_all_is_off(tmp_path: Path) -> None:
    assert prepare(digits()).plan.augment is None
    # A network that cannot learn is judged the same with augmentation and without.
    still = {"learning_rate": 1e-30, "epochs": 1}
    one = events_of(digits(**still), tmp_path / "a")[0]
    other = events_of(digits(**still, **PICTURES), tmp_path / "b")[0]
    assert one["val_loss"] == other["val_loss"]
    assert one["train_loss"] != other["train_loss"]


@pytest.mark.parametrize("form", ["script", "notebook"])
def test_exports_change_the_samples_in_the_same_way(form: str, tmp_path: Path) -> None:
    document = digits(**PICTURES, seed=3)
    expected = events_of(document, tmp_path / "run")
    folder = tmp_path / "alone"
    folder.mkdir()
    if form == "script":
        export(document, "script", folder / "train.py")
        done = run_alone(folder / "train.py", "--json")
        records = [json.loads(line) for line in done.stdout.splitlines()]
        found = [without_times(record) for record in records[1:]]
        assert found == expected, done.stderr
        return
    export(document, "notebook", folder / "train.ipynb")
    cells = json.loads((folder / "train.ipynb").read_text())["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    assert "augment=Augment(RECIPE, splits.vocabulary)" in "\n".join(code)
    (folder / "train.py").write_text("\n\n".join(code))
    done = run_alone(folder / "train.py")
    assert done.returncode == 0, done.stderr
    assert f"{expected[-1]['test_loss']:.4f}" in done.stdout


def test_a_script_without_augmentation_does_not_carry_it(tmp_path: Path) -> None:
    export(digits(), "script", tmp_path / "plain.py")
    assert "Augment(" not in (tmp_path / "plain.py").read_text()


def test_words_are_dropped_in_the_script_too(tmp_path: Path) -> None:
    from tests.engine.documents import chain

    document = chain(
        "Words",
        [
            ("tokens", "Input", {"shape": (12,), "dtype": "int64"}),
            ("embed", "Embedding", {"num_embeddings": 200, "embedding_dim": 4}),
            ("flatten1", "Flatten", {}),
            ("fc1", "Linear", {"out_features": 2}),
            ("kind", "Output", {}),
        ],
        "reviews-small",
        {"length": 12, "vocabulary": 200},
        word_dropout=0.3,
    )
    expected = events_of(document, tmp_path / "run")
    folder = tmp_path / "alone"
    folder.mkdir()
    export(document, "script", folder / "train.py")
    done = run_alone(folder / "train.py", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [without_times(record) for record in records[1:]] == expected


def test_turned_digits_of_mnist_stay_digits(data_dir: Path) -> None:
    """A picture turned by little is still nearest to itself among others."""
    splits = load(DataConfig(source="mnist"), data_dir)
    batch = splits.train.batch(torch.arange(200))
    x = batch.inputs["image"]
    turned = Augment(Recipe(rotation=10.0))(batch).inputs["image"]
    assert (turned.shape, turned.dtype) == (x.shape, x.dtype)
    assert turned.min() >= x.min() - 1e-5 and turned.max() <= x.max() + 1e-5
    nearest = torch.cdist(turned.flatten(1), x.flatten(1)).argmin(1)
    assert float((nearest == torch.arange(200)).float().mean()) > 0.8
