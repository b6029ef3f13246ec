"""The form: every kind of setting shown, edited and refused in words."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
)
from pytestqt.qtbot import QtBot

from engine.catalog import CATALOG
from engine.catalog.settings import (
    Bool,
    Choice,
    Count,
    Dim,
    Float,
    Int,
    Setting,
    Shape,
    Size,
    Text,
)
from engine.recipe import RECIPE_SETTINGS
from gui.choice_box import ChoiceBox
from gui.eliding_line import ElidingLine
from gui.settings_form import SettingsForm
from gui.stepping import stepped

SETTINGS: tuple[Setting, ...] = (
    Int(name="count", default=4, minimum=1, maximum=9, unit="pieces"),
    Float(name="rate", default=0.001, above=0.0),
    Bool(name="bias", default=True),
    Choice(name="mode", default="a", options=("a", "b")),
    Size(name="kernel", default=3, maximum=99, dims=2, words=("same",)),
    Shape(name="shape", default=(1, 8, 8), least=1),
    Dim(name="dim", default=-1),
    Text(name="field", default="", advanced=True),
)


@pytest.fixture
def form(qtbot: QtBot) -> SettingsForm:
    made = SettingsForm(SETTINGS)
    qtbot.addWidget(made)
    made.show_values({})
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def changes(form: SettingsForm) -> list[tuple[str, Any]]:
    noted: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: noted.append((name, value)))
    return noted


def line(form: SettingsForm, name: str) -> QLineEdit:
    editor = form.fields[name].editor
    assert isinstance(editor, QLineEdit)
    return editor


def write(form: SettingsForm, name: str, text: str) -> None:
    editor = line(form, name)
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_defaults_are_shown_as_a_person_writes_them(form: SettingsForm) -> None:
    assert line(form, "shape").text() == "1 × 8 × 8"
    assert line(form, "rate").text() == "0.001"
    assert line(form, "kernel").text() == "3"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("count", "7", 7),
        ("rate", "0.5", 0.5),
        ("kernel", "3 x 5", (3, 5)),
        ("kernel", "same", "same"),
        ("shape", "3, 32, 32", (3, 32, 32)),
        ("dim", "-2", -2),
    ],
)
def test_right_text_becomes_a_value(
    form: SettingsForm, changes: list[Any], name: str, text: str, value: object
) -> None:
    write(form, name, text)
    assert changes[-1] == (name, value)
    assert form.fields[name].problem == ""


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (
            "count",
            "x",
            "Count must be a whole number from 1 to 9; found “x”. It stays 4.",
        ),
        ("rate", "x", "Rate must be a number above 0; found “x”. It stays 0.001."),
        (
            "kernel",
            "x",
            "Kernel must be a whole number from 1 to 99 or 2 of them, or same; "
            "found “x”. It stays 3.",
        ),
        (
            "dim",
            "0",
            "Dim must be a dimension other than 0, the batch: 1, 2, ... or -1 for the "
            "last; found “0”. It stays -1.",
        ),
    ],
)
def test_wrong_text_is_marked_and_changes_nothing(
    form: SettingsForm, changes: list[Any], name: str, text: str, sentence: str
) -> None:
    write(form, name, text)
    assert changes == []
    assert form.fields[name].problem == sentence
    assert line(form, name).property("wrong")
    QTest.keyClick(line(form, name), Qt.Key.Key_Escape)
    assert form.fields[name].problem == ""
    assert line(form, name).text() == form.fields[name].setting.show(
        form.fields[name].setting.default
    )


def test_a_wrong_value_of_a_file_is_shown_and_marked(form: SettingsForm) -> None:
    form.show_values({"count": "many"})
    assert line(form, "count").text() == "many"
    assert "must be a whole number" in form.fields["count"].problem


def test_one_is_said_to_be_one(form: SettingsForm) -> None:
    for count, unit in ((4, "pieces"), (1, "piece"), (2, "pieces")):
        form.show_values({"count": count})
        said = [each.text() for each in form.fields["count"].findChildren(QLabel)]
        assert unit in said
    units = {"pixels": "pixel", "batches": "batch", "s": "s", "": ""}
    for many, one in units.items():
        assert Int(name="count", default=1, unit=many).unit_of_one == one


def test_all_fields_end_at_one_place(form: SettingsForm) -> None:
    form.resize(300, 400)
    QApplication.processEvents()
    names = ("count", "rate", "mode", "kernel", "shape")
    editors = [form.fields[name].editor for name in names]
    ends = {each.mapTo(form, each.rect().topRight()).x() for each in editors}
    assert len(ends) == 1
    unit = next(each for each in line(form, "count").findChildren(QLabel))
    assert unit.isVisible()
    written = line(form, "count").textMargins().right()
    assert written >= unit.width(), "what is written ends before its unit"


def test_a_unit_makes_way_for_what_an_empty_line_means(qtbot: QtBot) -> None:
    size = Int(name="size", default=None, optional=True, unit="steps", empty="all")
    form = SettingsForm((size,))
    qtbot.addWidget(form)
    form.show_values({})
    form.show()
    (unit,) = line(form, "size").findChildren(QLabel)
    assert not unit.isVisible()
    assert line(form, "size").placeholderText() == "all"
    form.show_values({"size": 3})
    assert unit.isVisible()


def test_a_long_number_is_shown_with_fewer_digits(qtbot: QtBot) -> None:
    form = SettingsForm((Float(name="rate", default=0.001, above=0.0),))
    qtbot.addWidget(form)
    form.show_values({"rate": 0.00023487})
    field = line(form, "rate")
    field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    form.show()
    assert isinstance(field, ElidingLine)
    assert field.shown_text == "0.00023487"
    beside = field.width() - field.shown_room + 2
    field.setFixedWidth(beside + field.fontMetrics().horizontalAdvance("0.000235"))
    QApplication.processEvents()
    assert field.shown_text == "0.000235"
    assert field.text() == "0.00023487", "the value is the same"


@pytest.mark.parametrize(
    ("name", "typed", "value", "shown"),
    [
        ("count", "2*3", 6, "6"),
        ("count", "(9-1)/2+1", 5, "5"),
        ("rate", "0.1/4", 0.025, "0.025"),
        ("kernel", "4*8", 32, "32"),
    ],
)
def test_a_sum_is_worked_out(
    form: SettingsForm,
    changes: list[Any],
    name: str,
    typed: str,
    value: float,
    shown: str,
) -> None:
    write(form, name, typed)
    QTest.keyClick(line(form, name), Qt.Key.Key_Return)
    assert changes[-1] == (name, value)
    assert line(form, name).text() == shown
    assert not form.fields[name].problem


@pytest.mark.parametrize("typed", ["3*4", "7/2", "2*", "2**2", "two*2", "1/0"])
def test_a_sum_that_is_no_right_number_is_refused_in_words(
    form: SettingsForm, typed: str
) -> None:
    write(form, "count", typed)
    QTest.keyClick(line(form, "count"), Qt.Key.Key_Return)
    assert form.fields["count"].problem == (
        f"Count must be a whole number from 1 to 9; found “{typed}”. It stays 4."
    )


def test_arrow_keys_step_in_one_gesture(form: SettingsForm, changes: list[Any]) -> None:
    key = form.merge_key("count")
    for _ in range(3):
        QTest.keyClick(line(form, "count"), Qt.Key.Key_Up)
    assert [value for _, value in changes] == [5, 6, 7]
    assert form.merge_key("count") == key
    QTest.keyClick(line(form, "count"), Qt.Key.Key_Return)
    assert form.merge_key("count") != key
    for _ in range(5):  # never out of its range
        QTest.keyClick(line(form, "count"), Qt.Key.Key_Up)
    assert changes[-1] == ("count", 9)


def test_a_double_click_takes_the_whole_number(qtbot: QtBot) -> None:
    form = SettingsForm((Float(name="rate", default=0.002, above=0.0),))
    qtbot.addWidget(form)
    form.show_values({"rate": 0.002})
    form.show()
    field = line(form, "rate")
    QTest.mouseDClick(field, Qt.MouseButton.LeftButton)
    assert field.selectedText() == "0.002"
    QTest.keyClicks(field, "0.01")
    assert field.text() == "0.01"


@pytest.mark.parametrize(
    ("value", "steps", "expected"),
    [(0.001, 1, 0.002), (0.002, 1, 0.005), (0.005, 1, 0.01), (0.001, -1, 0.0005)],
)
def test_rates_step_through_one_two_five(
    value: float, steps: int, expected: float
) -> None:
    setting = Float(name="rate", default=0.001, above=0.0)
    assert stepped(setting, value, steps, False) == pytest.approx(expected)


def test_choice_and_switch(form: SettingsForm, changes: list[Any]) -> None:
    box = form.fields["mode"].editor
    assert isinstance(box, QComboBox)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    switch = form.fields["bias"].editor
    assert isinstance(switch, QCheckBox)
    switch.setFocus()
    QTest.keyClick(switch, Qt.Key.Key_Space)
    assert changes == [("mode", "b"), ("bias", False)]
    assert form.merge_key("bias") == ""  # two switches are two undo steps


def test_advanced_settings_are_folded(qtbot: QtBot) -> None:
    spare = Int(name="spare", default=0, advanced=True)
    form = SettingsForm((*SETTINGS, spare))
    qtbot.addWidget(form)
    form.show()
    assert not form.fields["field"].isVisible()
    QTest.mouseClick(form.more, Qt.MouseButton.LeftButton)
    assert form.fields["field"].isVisible()


def test_one_advanced_setting_alone_is_not_folded(form: SettingsForm) -> None:
    assert form.fields["field"].isVisible()
    assert not form.more.isVisible()


def test_differing_values_of_several_nodes(form: SettingsForm) -> None:
    form.show_mixed(["count", "bias"])
    assert line(form, "count").text() == ""
    assert line(form, "count").placeholderText() == "several values"


@pytest.mark.parametrize("layer", sorted(CATALOG))
def test_every_layer_has_a_form_that_shows_its_defaults(
    qtbot: QtBot, layer: str
) -> None:
    form = SettingsForm(CATALOG[layer].settings)
    qtbot.addWidget(form)
    form.show_values(CATALOG[layer].defaults)
    assert set(form.fields) == {setting.name for setting in CATALOG[layer].settings}
    assert [field.problem for field in form.fields.values() if field.problem] == []
    for field in form.fields.values():
        assert field.editor.accessibleName() == field.setting.title


def test_the_recipe_has_a_form(qtbot: QtBot) -> None:
    form = SettingsForm(RECIPE_SETTINGS)
    qtbot.addWidget(form)
    form.show_values({})
    assert [field.problem for field in form.fields.values() if field.problem] == []


@pytest.mark.parametrize(
    ("kind", "asks", "told"),
    [
        ("path", "getOpenFileName", "Choose a file for Source"),
        ("folder", "getExistingDirectory", "Choose a folder for Source"),
    ],
)
def test_a_file_or_a_folder_is_chosen_with_a_button(
    kind: str, asks: str, told: str, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer: Any = ("/some/where", "") if kind == "path" else "/some/where"
    monkeypatch.setattr(QFileDialog, asks, lambda *_: answer)
    form = SettingsForm((Text(name="source", default="", kind=kind),))
    qtbot.addWidget(form)
    form.show_values({})
    form.show()
    noted: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: noted.append((name, value)))
    buttons = [
        one for one in form.findChildren(QPushButton) if one.accessibleName() == told
    ]
    QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
    assert noted == [("source", "/some/where")]
    assert line(form, "source").text() == "/some/where"


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_a_folder_that_is_typed_is_looked_into_once(key: Qt.Key, qtbot: QtBot) -> None:
    settings = (
        Text(name="folder", default="", kind="folder"),
        Text(name="other", default=""),
    )
    form = SettingsForm(settings)
    qtbot.addWidget(form)
    form.show_values({})
    form.show()
    form.activateWindow()
    noted: list[tuple[str, Any]] = []
    form.changed.connect(lambda name, value: noted.append((name, value)))
    editor = line(form, "folder")
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    QTest.keyClicks(editor, "/data/pics")
    assert noted == []  # not "/", which may hold a million files
    form.show_values({})
    assert editor.text() == "/data/pics"
    QTest.keyClick(editor, key)
    assert noted == [("folder", "/data/pics")]
    form.show_values({"folder": "/elsewhere"})
    assert editor.text() == "/elsewhere"
    assert editor.cursorPosition() == len("/elsewhere")  # its end says most


def test_home_and_end_go_to_a_choice_past_the_headings(qtbot: QtBot) -> None:
    box = ChoiceBox()
    qtbot.addWidget(box)
    for kind, choices in {"Pictures": "ab", "Tables": "cd", "None yet": ""}.items():
        box.add_heading(kind)
        box.addItems(list(choices))
    box.setCurrentText("c")
    box.show()
    chosen: list[str] = []
    box.textActivated.connect(chosen.append)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        box.showPopup()
        QTest.keyClick(box.view(), key)
        QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert chosen == ["a", "d"]


def test_a_choice_that_is_too_long_ends_in_dots(qtbot: QtBot) -> None:
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItems(["Small digits, to be rebuilt", "Iris"])
    box.setFixedWidth(110)
    box.show()
    assert box.shown_text().endswith("…")
    assert box.currentText() == "Small digits, to be rebuilt"
    box.setCurrentText("Iris")
    assert box.shown_text() == "Iris"
    box.grab()


def test_the_fold_names_whole_settings_alone(qtbot: QtBot) -> None:
    form = SettingsForm(RECIPE_SETTINGS)
    qtbot.addWidget(form)
    form.show()
    titles = [each.title.lower() for each in RECIPE_SETTINGS if each.advanced]
    form.resize(3000, 400)
    QApplication.processEvents()
    assert form.more.text().lower() == ", ".join(titles)
    for width in (150, 240, 360, 500):
        form.resize(width, 400)
        QApplication.processEvents()
        said, metrics = form.more.text(), form.more.fontMetrics()
        assert metrics.horizontalAdvance(said) < form.more.width()
        if said != "More settings":
            named, _, count = said.removesuffix(" more").rpartition(" and ")
            assert named.lower().split(", ") == titles[: len(titles) - int(count)]


@pytest.mark.parametrize("layer", sorted(CATALOG))
def test_an_empty_field_says_faintly_what_it_means(layer: str, qtbot: QtBot) -> None:
    form = SettingsForm(CATALOG[layer].settings)
    qtbot.addWidget(form)
    for name, field in form.fields.items():
        if field.setting.empty:
            nothing = None if field.setting.optional else ""
            form.show_values({**CATALOG[layer].defaults, name: nothing})
            assert line(form, name).text() == ""
            assert line(form, name).placeholderText() == field.setting.empty


@pytest.mark.parametrize("method", ["supervised", "adversarial"])
def test_a_fold_counts_what_it_holds_for_these_values(
    qtbot: QtBot, method: str
) -> None:
    form = SettingsForm(RECIPE_SETTINGS)
    qtbot.addWidget(form)
    form.resize(250, 900)
    form.show_values({"method": method})
    form.show()
    form.more.setChecked(True)
    seen = [
        setting.title.lower()
        for setting in RECIPE_SETTINGS
        if setting.advanced and form.fields[setting.name].isVisible()
    ]
    assert 1 < len(seen) < sum(setting.advanced for setting in RECIPE_SETTINGS)
    assert form.more.accessibleName() == f"More settings: {', '.join(seen)}"


def test_a_count_is_read_with_its_thousands_apart_and_typed_in_any_way(
    qtbot: QtBot,
) -> None:
    count = Count(name="epochs", default=2_000, minimum=1, maximum=100_000)
    form = SettingsForm((count, Int(name="seed", default=2_000)))
    qtbot.addWidget(form)
    form.show_values({})
    form.show()
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    field, seed = line(form, "epochs"), line(form, "seed")
    assert field.text() == "2,000"
    assert seed.text() == "2000", "a name more than a number of things"
    values: list[Any] = []
    form.changed.connect(lambda _, value: values.append(value))
    for typed in ("12345", "12,345", "12_345", "12 345"):
        write(form, "epochs", "1")
        write(form, "epochs", typed)
        assert field.text() == typed, "nothing moves under the hands"
        seed.setFocus()
        assert field.text() == "12,345"
        assert values[-1] == 12_345
    write(form, "epochs", "none")
    seed.setFocus()
    assert field.text() == "none", "what is wrong stays to be mended"
    assert "It stays 12,345." in form.fields["epochs"].problem


@pytest.mark.parametrize("typed", ["12.345", "1e3", "12 34", "1 2"])
def test_what_may_be_no_count_is_refused_in_words(typed: str, qtbot: QtBot) -> None:
    form = SettingsForm((Count(name="epochs", default=2_000, minimum=1),))
    qtbot.addWidget(form)
    form.show_values({})
    form.show()
    write(form, "epochs", typed)
    expected = f"of at least 1; found “{typed}”. It stays 2,000."
    assert expected in form.fields["epochs"].problem


@pytest.mark.parametrize(
    ("typed", "shown", "value"),
    [
        ("1e-3", "0.001", 0.001),
        ("0,5", "0.5", 0.5),
        ("1e-5", "1e-05", 1e-5),
        ("0.12345678", "0.12345678", 0.12345678),
    ],
)
def test_a_number_is_written_as_all_are_unless_that_says_less_of_it(
    form: SettingsForm, changes: list[Any], typed: str, shown: str, value: float
) -> None:
    write(form, "rate", typed)
    line(form, "count").setFocus()
    assert line(form, "rate").text() == shown
    assert changes[-1] == ("rate", value)
    QTest.keyClick(line(form, "rate"), Qt.Key.Key_Return)
    assert line(form, "rate").text() == shown
    assert changes[-1] == ("rate", value)


_SIZE = Int(name="size", default=3, optional=True)
_NO_SIZE = Int(name="size", default=None, optional=True)
_WORD = Text(name="word", default="one")
_FOLDER = Text(name="folder", default="one", kind="folder")


@pytest.mark.parametrize(
    ("setting", "key"),
    [
        *((each, Qt.Key.Key_Return) for each in (_SIZE, _NO_SIZE, _WORD, _FOLDER)),
        *((each, Qt.Key.Key_Up) for each in (_NO_SIZE, _WORD, _FOLDER)),
        *((each, Qt.Key.Key_Tab) for each in (_SIZE, _NO_SIZE, _WORD, _FOLDER)),
    ],
)
def test_a_key_in_an_empty_field_of_differing_values_decides_nothing(
    setting: Setting, key: Qt.Key, qtbot: QtBot
) -> None:
    form = SettingsForm((setting, Bool(name="after", default=True)))
    qtbot.addWidget(form)
    form.show_values({})
    form.show_mixed([setting.name])
    form.show()
    form.activateWindow()
    values: list[Any] = []
    form.changed.connect(lambda _, value: values.append(value))
    field = line(form, setting.name)
    field.setFocus()
    QTest.keyClick(field, key)
    field.clearFocus()
    assert field.text() == ""
    assert not values
