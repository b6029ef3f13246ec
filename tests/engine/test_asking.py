"""Asking a trained network: drawings, sentences, rows, texts, codes, noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from engine.analysis import analyse
from engine.data.inspection import parts_by_name
from engine.data.sentences import words_of
from engine.data.source import describe, load
from engine.document import DataConfig, Document
from engine.edits import SetData
from engine.problems import Refusal
from engine.runs import FINAL
from engine.showing.asking import (
    ask,
    decode,
    make_again,
    plane_of,
    truth_of,
    ways_of,
    write_on,
)
from engine.showing.columns import (
    Column,
    columns_behind,
    columns_of,
    encoded_row,
    told_row,
)
from engine.showing.drawing import digit_of, drawn_input, file_input
from engine.showing.sentence import sentence_of
from engine.showing.specimens import specimens
from engine.showing.trained import KEPT, load_trained
from engine.showing.uses import uses_of
from engine.showing.writing import text_of
from tests.engine.documents import chain, digits, forecast, halves, iris, rebuild
from tests.engine.own_way_documents import kohonen, machine
from tests.engine.shown_documents import (
    QUICK,
    flat_writer,
    generator,
    kind_words,
    plane_of_digits,
    trained,
    writer,
)

TABLE = """town,rooms,built,garden,price
Ulm,3,2001-05-01,yes,100
Bonn,4,1999-01-31,no,150
Ulm,5,2010-12-24,yes,210
Kiel,2,1987-07-07,no,90
"""


def strokes() -> NDArray[np.float64]:
    """A one, drawn off the middle."""
    ink = np.zeros((200, 200))
    ink[40:120, 150:160] = 1.0
    return ink


# Weights.


def test_asking_gives_what_training_ended_with(tmp_path: Path) -> None:
    document = iris(epochs=2)
    found = trained(document, tmp_path)
    given = found.splits.test.inputs["features"][:3]
    (answer,) = ask(found, given[:1])
    (raw,) = found.answers(found.splits.test.batch(torch.arange(1)))
    assert [name for name, _ in answer.chances] == ["setosa", "versicolor", "virginica"]
    shares = [share for _, share in answer.chances]
    assert shares == pytest.approx(raw.softmax(-1)[0].tolist())
    assert sum(shares) == pytest.approx(1.0)


def test_loading_draws_nothing_that_a_training_would_miss(tmp_path: Path) -> None:
    for _ in (trained(writer(), tmp_path),):
        before = torch.get_rng_state()
        found = load_trained(writer(), tmp_path / FINAL)
        list(write_on(found, "the", 5, temperature=1.0, seed=3))
        assert torch.equal(torch.get_rng_state(), before)


def test_most_of_the_training_part_is_not_kept(tmp_path: Path) -> None:
    found = trained(digits(epochs=1), tmp_path)
    assert len(found.splits.train) == KEPT
    assert len(found.splits.test) == 359


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda path: path.unlink(), "are not there any more. Train the network"),
        (lambda path: path.write_bytes(b"no weights"), "the file is damaged."),
    ],
)
def test_weights_that_cannot_be_had(
    tmp_path: Path, spoil: object, sentence: str
) -> None:
    document = iris(epochs=1)
    trained(document, tmp_path)
    spoil(tmp_path / FINAL)  # type: ignore[operator]
    with pytest.raises(Refusal, match=sentence):
        load_trained(document, tmp_path / FINAL)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    trained(iris(epochs=1), tmp_path)
    with pytest.raises(Refusal) as caught:
        load_trained(digits(), tmp_path / FINAL)
    assert str(caught.value) == (
        "The weights of this run are those of another network. Train the network "
        "again, or choose another run."
    )


# Ways.


@pytest.mark.parametrize(
    ("make", "ways"),
    [
        (digits, ("draw",)),
        (iris, ("row",)),
        (rebuild, ("draw",)),
        (plane_of_digits, ("draw", "plane")),
        (generator, ("make",)),
        (writer, ("write",)),
        (kind_words, ("sentence",)),
        (forecast, ()),
        (halves, ()),
        (machine, ()),
        (kohonen, ()),
    ],
)
def test_how_a_network_can_be_tried(
    make: object, ways: tuple[str, ...], tmp_path: Path
) -> None:
    document = make(epochs=1)  # type: ignore[operator]
    assert ways_of(trained(document, tmp_path)) == ways
    uses = uses_of(document, analyse(document), describe(document.data))
    assert uses.is_tried == bool(ways), "known before its weights are loaded"


@pytest.mark.parametrize(
    ("make", "is_evaluated"),
    [
        (digits, True),
        (forecast, True),
        (writer, True),
        (rebuild, True),
        (generator, False),
        (machine, False),
        (kohonen, False),
    ],
)
def test_what_answers_no_target_is_not_evaluated(
    make: object, is_evaluated: bool
) -> None:
    document = make()  # type: ignore[operator]
    uses = uses_of(document, analyse(document), describe(document.data))
    assert uses.is_evaluated is is_evaluated


# Drawings.


def test_a_drawing_is_centred_by_its_mass_in_a_box_of_twenty() -> None:
    digit = digit_of(strokes(), 28, 20)
    assert digit.shape == (28, 28)
    rows, columns = np.nonzero(digit > 0.05)
    assert rows.max() - rows.min() + 1 == 20
    assert columns.max() - columns.min() + 1 in (2, 3)  # an 8th as wide as high
    total = digit.sum()
    middle = [
        (digit.sum(axis) * (np.arange(28) + 0.5)).sum() / total for axis in (1, 0)
    ]
    assert middle == pytest.approx([14, 14], abs=0.5)


def test_a_heavy_foot_moves_a_drawing_up() -> None:
    ink = np.zeros((100, 100))
    ink[0:100, 48:52] = 1.0
    ink[80:100, 20:80] = 1.0
    digit = digit_of(ink, 28, 20)
    rows = np.nonzero(digit.sum(1) > 0.05)[0]
    assert rows.min() < 4  # the box's middle is 14, its upper edge 4
    assert rows.max() - rows.min() + 1 == 20


def test_an_empty_sheet_is_an_empty_picture() -> None:
    assert not digit_of(np.zeros((50, 50)), 28, 20).any()


def test_a_dot_becomes_a_large_dot_that_fits() -> None:
    ink = np.zeros((50, 50))
    ink[49, 49] = 1.0
    digit = digit_of(ink, 28, 20)
    assert digit.shape == (28, 28) and digit.sum() == 400


def test_a_drawing_has_the_range_of_the_data(tmp_path: Path) -> None:
    found = trained(digits(epochs=1), tmp_path)
    given = drawn_input(found, "image", strokes())
    assert given.shape == (1, 1, 8, 8)
    assert (given.min(), given.max()) == (0.0, 1.0)
    assert len(np.nonzero(given[0, 0].sum(1).numpy())[0]) == 8  # fills its pixels
    (answer,) = ask(found, given)
    assert [name for name, _ in answer.chances] == list("0123456789")


def test_a_flat_drawing_is_given_back_as_a_picture(tmp_path: Path) -> None:
    found = trained(rebuild(epochs=1), tmp_path)
    given = drawn_input(found, "image", strokes())
    assert given.shape == (1, 64)
    (answer,) = ask(found, given)
    assert answer.picture is not None and answer.picture.shape == (8, 8, 3)
    assert answer.chances == ()


def test_mnist_is_from_minus_one_to_one(tmp_path: Path, data_dir: Path) -> None:
    layers = [
        ("image", "Input", {"shape": (784,)}),
        ("fc1", "Linear", {"out_features": 10}),
        ("digit", "Output", {}),
    ]
    document = chain("M", layers, "mnist", {"flatten": True}, **QUICK)  # type: ignore[arg-type]
    found = trained(document, tmp_path, data_dir)
    given = drawn_input(found, "image", strokes()).reshape(28, 28)
    assert (given.min(), given.max()) == (-1.0, 1.0)
    rows = np.nonzero((given > -0.9).any(1).numpy())[0]
    assert rows.max() - rows.min() + 1 == 20


def test_a_picture_file_is_asked_about(tmp_path: Path) -> None:
    found = trained(digits(epochs=1), tmp_path / "run")
    path = tmp_path / "four.png"
    Image.new("L", (40, 30), 255).save(path)
    assert file_input(found, "image", path).unique().tolist() == [1.0]
    assert file_input(found, "image", path, inverted=True).unique().tolist() == [0.0]
    path.write_bytes(b"no picture")
    with pytest.raises(Refusal, match=r"cannot be read.*Choose another file\."):
        file_input(found, "image", path)


# Rows.


def test_a_flower_is_asked_by_its_measures(tmp_path: Path) -> None:
    found = trained(iris(epochs=1), tmp_path)
    columns = columns_behind(found, "features")
    assert [each.name for each in columns][:2] == [
        "sepal length (cm)",
        "sepal width (cm)",
    ]
    row = found.splits.test.inputs["features"][4]
    cells = dict(told_row(columns, row))
    assert float(cells["sepal length (cm)"]) < 8
    assert encoded_row(columns, cells)[0].tolist() == pytest.approx(
        row.tolist(), abs=1e-2
    )


def table_document(tmp_path: Path, target: str = "price") -> Document:
    """A table with words, dates and numbers, many times over."""
    head, *rows = TABLE.strip().split("\n")
    (tmp_path / "homes.csv").write_text("\n".join([head, *rows * 10]))
    settings = {"path": "homes.csv", "target": target, "task": "regression"}
    layers = [
        ("features", "Input", {"shape": (3 + 1 + 4 + 2,)}),
        ("fc1", "Linear", {"out_features": 1}),
        ("price", "Output", {}),
    ]
    return chain("Homes", layers, "csv-table", settings, **QUICK)  # type: ignore[arg-type]


def test_every_cell_of_a_table_goes_there_and_back(tmp_path: Path) -> None:
    found = trained(table_document(tmp_path), tmp_path / "run", tmp_path)
    assert ways_of(found) == ("row",)
    columns = columns_behind(found, "features")
    assert [each.name for each in columns] == ["town", "rooms", "built", "garden"]
    assert columns[0].words == ("Bonn", "Kiel", "Ulm")
    assert (columns[1].low, columns[1].high) == (2, 5)
    for row in found.splits.test.inputs["features"]:
        cells = dict(told_row(columns, row))
        assert ",".join([*cells.values()]) in TABLE
        assert torch.allclose(encoded_row(columns, cells)[0], row, atol=1e-5)
    (answer,) = ask(found, found.splits.test.inputs["features"][:1])
    mean, std = found.splits.scales["target"]
    (raw,) = found.answers(found.splits.test.batch(torch.arange(1)))
    assert answer.numbers == pytest.approx([float(raw) * std + mean])


@pytest.mark.parametrize("normalise", [True, False])
def test_a_gap_that_is_filled_goes_there_and_back_as_one(
    normalise: bool, tmp_path: Path
) -> None:
    text = "w,day,y\n" + "1,2001-01-01,a\n3,2003-03-03,b\n,,a\n2,2002-02-02,b\n" * 20
    (tmp_path / "a.csv").write_text(text)
    settings = {"path": "a.csv", "gaps": "fill", "normalise": normalise}
    config = DataConfig(source="csv-table", settings=settings)
    splits = load(config, tmp_path)
    columns = columns_of(config, splits.train, "features", tmp_path)
    gaps = 0
    for part, samples in parts_by_name(splits).items():
        for index, row in enumerate(samples.inputs["features"]):
            cells = dict(told_row(columns, row, (part, index)))
            assert "{w},{day},".format(**cells).replace("(missing)", "") in text
            gaps += cells["w"] == "(missing)"
            # 2 is the mean of the column as well, and stands in the file.
            for missing in ("(missing)", "", "NA"):
                typed = {n: c.replace("(missing)", missing) for n, c in cells.items()}
                assert torch.allclose(encoded_row(columns, typed)[0], row, atol=1e-3)
    assert gaps == 20


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ({"rooms": ""}, "rooms needs a number; received “”. In the training part"),
        ({"rooms": "many"}, "rooms needs a number; received “many”. In the training "),
        ({"town": "Rome"}, "town has no “Rome”. Choose one of “Bonn”, “Kiel”, “Ulm”."),
        ({"built": "then"}, "built needs a date; received “then”. Write it as in"),
    ],
)
def test_a_wrong_cell_is_named(
    tmp_path: Path, cell: dict[str, str], sentence: str
) -> None:
    found = trained(table_document(tmp_path), tmp_path / "run", tmp_path)
    columns = columns_behind(found, "features")
    cells = {"town": "Ulm", "rooms": "3", "built": "2001-05-01", "garden": "yes"}
    with pytest.raises(Refusal) as caught:
        encoded_row(columns, {**cells, **cell})
    assert str(caught.value).startswith(sentence)


def test_the_truth_of_a_sample_is_told_in_its_own_unit(tmp_path: Path) -> None:
    flowers = trained(iris(**QUICK), tmp_path / "iris")
    assert truth_of(flowers, 0) in ("setosa", "versicolor", "virginica")
    ahead = load_trained(forecast(), None)
    mean, std = ahead.splits.scales["next"]
    wanted = float(ahead.splits.test.targets["next"][4]) * std + mean
    assert float(truth_of(ahead, 4)) == pytest.approx(wanted, rel=1e-3)
    assert truth_of(load_trained(rebuild(), None), 0) == ""  # a picture


def test_a_zero_that_was_normalised_is_told_as_zero() -> None:
    column = Column(name="acid", scales=((0.27, 0.19),))
    (read,) = torch.tensor(column.encoded("0"), dtype=torch.float32).tolist()
    assert column.told([read]) == "0"
    assert column.told(column.encoded("0.002")) == "0.002"


def test_a_table_that_is_gone_is_told(tmp_path: Path) -> None:
    found = trained(table_document(tmp_path), tmp_path / "run", tmp_path)
    (tmp_path / "homes.csv").unlink()
    with pytest.raises(Refusal, match="The table cannot be read any more"):
        columns_behind(found, "features")


def test_points_have_an_x_and_a_y(tmp_path: Path) -> None:
    document = iris(epochs=1)
    SetData(DataConfig(source="moons", settings={"samples": 60})).apply(document)
    layers = [
        ("point", "Input", {"shape": (2,)}),
        ("fc1", "Linear", {"out_features": 2}),
        ("label", "Output", {}),
    ]
    moons = chain("Moons", layers, "moons", {"samples": 60}, **QUICK)  # type: ignore[arg-type]
    columns = columns_behind(trained(moons, tmp_path), "point")
    assert [each.name for each in columns] == ["x", "y"]
    assert columns[0].low < 0 < 1 < columns[0].high


# Texts.


def test_a_sentence_is_read_as_the_data_was(tmp_path: Path) -> None:
    found = trained(kind_words(), tmp_path)
    sample = found.splits.test.inputs["tokens"][2]
    (specimen,) = specimens(found, [2])
    assert len(words_of(specimen.text)) == int((sample != 0).sum())
    if "<unknown>" not in specimen.text:
        assert torch.equal(sentence_of(found, specimen.text).given[0], sample)
    (answer,) = ask(found, sentence_of(found, "A warm film.").given)
    assert len(answer.chances) == 2


def test_a_sentence_of_vectors_too(tmp_path: Path) -> None:
    layers = [
        ("words", "Input", {"shape": (12, 16)}),
        ("mean", "Mean", {"dim": 1}),
        ("scores", "Linear", {"out_features": 2}),
        ("label", "Output", {}),
    ]
    settings = {"length": 12, "as_vectors": 16, "min_count": 1}
    document = chain("V", layers, "reviews-small", settings, **QUICK)  # type: ignore[arg-type]
    found = trained(document, tmp_path)
    assert ways_of(found) == ("sentence",)
    known = next(
        each
        for each in specimens(found, range(20))
        if "<unknown>" not in each.text and each.text
    )
    given = found.splits.test.inputs["vectors"][known.index]
    assert torch.allclose(sentence_of(found, known.text).given[0], given)


@pytest.mark.parametrize("make", [writer, flat_writer])
def test_a_text_is_continued_token_by_token(make: object, tmp_path: Path) -> None:
    found = trained(make(), tmp_path)  # type: ignore[operator]
    first = list(write_on(found, "The b", 20, temperature=0.8, seed=1))
    again = list(write_on(found, "The b", 20, temperature=0.8, seed=1))
    other = list(write_on(found, "The b", 20, temperature=0.8, seed=2))
    assert first == again != other
    assert len(text_of(first, found.splits.vocabulary)) == 20
    assert len(list(write_on(found, "", 3, temperature=0.0, seed=1))) == 3


def test_a_network_that_reads_whole_windows_gets_them(tmp_path: Path) -> None:
    found = trained(flat_writer(), tmp_path)
    list(write_on(found, "a", 1, temperature=0.0, seed=1))
    assert found.kept["takes short"] is False
    found = trained(writer(), tmp_path)
    list(write_on(found, "a", 1, temperature=0.0, seed=1))
    assert found.kept["takes short"] is True


# Codes and noise.


def test_a_place_in_the_plane_is_decoded(tmp_path: Path) -> None:
    found = trained(plane_of_digits(), tmp_path)
    plane = plane_of(found)
    assert plane.node == "code"
    assert plane.codes.shape == (512, 2)
    inside = (plane.codes > plane.low).all(1) & (plane.codes < plane.high).all(1)
    assert 0.9 < inside.mean() < 1
    # The code of a sample is decoded to what the network gives back of it.
    sample = found.splits.validation.inputs["image"][:1]
    (answer, *_) = ask(found, sample)
    picture = decode(found, *map(float, plane.codes[0]))
    assert answer.picture is not None and picture is not None
    difference = answer.picture.astype(int) - picture.astype(int)
    assert np.abs(difference).max() <= 2


def test_a_generator_draws_again(tmp_path: Path) -> None:
    found = trained(generator(), tmp_path)
    first, again, other = (make_again(found, seed) for seed in (1, 1, 2))
    assert first is not None and first.shape == (4, 10, 8, 8, 3)
    assert np.array_equal(first, again)  # type: ignore[arg-type]
    assert not np.array_equal(first, other)  # type: ignore[arg-type]
