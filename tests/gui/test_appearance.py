"""The look: themes, the size of the text, and pictures that stay sharp."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, QSize, Qt
from PySide6.QtGui import QColor, QCursor, QFont, QFontDatabase, QIcon, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCompleter,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

import templates
from engine.edits import change_settings
from gui.appearance import TEXT_SIZES, Appearance
from gui.canvas.placing import Side
from gui.cards import LinkLabel
from gui.form_label import FormLabel
from gui.icons import icon
from gui.main_window import MainWindow
from gui.start_cards import StartCard
from gui.style import ICON_SIDES, RESOURCES, THEMES, mono_family, style_sheet
from gui.theme import DARK, LIGHT, high_contrast, system_theme
from gui.training.controller import TrainingState
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> Iterator[MainWindow]:
    made = open_window(templates.open_lesson("digits-cnn"))
    yield made
    made.place.appearance.resize_text(100)


class Hints:
    """The hints of a system that wants a scheme and a contrast."""

    def __init__(self, scheme: Qt.ColorScheme, contrast: Qt.ContrastPreference) -> None:
        self._scheme, self._contrast = scheme, contrast

    def styleHints(self) -> Hints:
        return self

    def accessibility(self) -> Hints:
        return self

    def colorScheme(self) -> Qt.ColorScheme:
        return self._scheme

    def contrastPreference(self) -> Qt.ContrastPreference:
        return self._contrast


# Text.


def test_what_is_written_on_the_start_page_is_read_with_any_text(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    window = open_window(None)
    appearance = window.place.appearance
    try:
        for percent in TEXT_SIZES:
            appearance.resize_text(percent)
            window.resize(1280, 800)
            qtbot.wait(50)
            for card in window.start.findChildren(StartCard):
                if card.isVisible() and card.has_picture:
                    needs = card.needed(card.width())
                    room = card.height() - card.sizeHint().height()
                    assert needs <= card.lines and room >= 0, f"{percent} {card.title}"
    finally:
        appearance.resize_text(100)


# Themes.


def test_high_contrast_is_taken_where_the_system_asks_for_it() -> None:
    wanted, plain = (
        Qt.ContrastPreference.HighContrast,
        Qt.ContrastPreference.NoPreference,
    )
    light, dark = Qt.ColorScheme.Light, Qt.ColorScheme.Dark
    assert system_theme(Hints(dark, wanted)) == high_contrast(DARK)  # type: ignore[arg-type]
    assert system_theme(Hints(light, wanted)) == high_contrast(LIGHT)  # type: ignore[arg-type]
    assert system_theme(Hints(light, plain)) == LIGHT  # type: ignore[arg-type]


def test_each_theme_is_in_the_menu_and_kept(
    window: MainWindow, qapp: QApplication
) -> None:
    appearance = window.place.appearance
    menu = window.actions_.menus["theme"]
    assert [each.text().replace("&", "") for each in menu.actions()] == [
        "As the system",
        "Dark",
        "Light",
        "Dark, high contrast",
        "Light, high contrast",
    ]
    for action, choice in zip(menu.actions()[1:], THEMES, strict=True):
        action.trigger()
        assert appearance.theme == THEMES[choice]
        assert window.palette().window().color().name() == THEMES[choice].window
        again = Appearance(qapp, window.place.settings)
        assert again.theme == THEMES[choice]
    appearance.choose("dark")


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_the_style_sheet_leaves_no_blank_open(theme: object) -> None:
    sheet = style_sheet(THEMES["dark"] if theme is None else theme)  # type: ignore[arg-type]
    assert "$" not in sheet


# The size of the text.


def test_the_text_is_resized_and_the_size_is_kept(
    window: MainWindow, qapp: QApplication
) -> None:
    before = qapp.font().pointSizeF()
    menu = window.actions_.menus["text_size"]
    titles = [each.text() for each in menu.actions()]
    assert titles == [f"{percent} %" for percent in TEXT_SIZES]
    menu.actions()[-1].trigger()
    assert qapp.font().pointSizeF() == pytest.approx(before * 1.5)
    assert window.top.train_button.font().pointSizeF() == pytest.approx(before * 1.5)
    again = Appearance(qapp, window.place.settings)
    assert again.text_percent == 150
    assert qapp.font().pointSizeF() == pytest.approx(before * 1.5)  # not once more
    menu.actions()[1].trigger()
    assert qapp.font().pointSizeF() == pytest.approx(before)


def test_a_size_that_is_not_offered_is_not_taken(
    qapp: QApplication, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "own.ini"), QSettings.Format.IniFormat)
    for stored in ("4000", "large", "-3"):
        settings.setValue("text-size", stored)
        assert Appearance(qapp, settings).text_percent == 100


def clipped(root: QWidget) -> list[str]:
    """The labels and buttons in sight that have less room than their words need."""
    found = []
    widgets = [*root.findChildren(QLabel), *root.findChildren(QAbstractButton)]
    for each in widgets:
        if each.visibleRegion().isEmpty() or not each.text():
            continue
        if isinstance(each, QLabel) and each.wordWrap():
            is_clipped = each.height() < each.heightForWidth(each.width()) - 1
        elif each.minimumWidth() == 1:
            continue  # says itself that it may shrink
        else:
            wanted, size = each.sizeHint(), each.size()
            is_clipped = (
                size.width() < wanted.width() - 1 or size.height() < wanted.height() - 1
            )
        if is_clipped:
            found.append(f"{type(each).__name__} “{each.text()[:40]}”")
    return found


@pytest.mark.parametrize("percent", [100, 130])
def test_nothing_is_clipped(window: MainWindow, qtbot: QtBot, percent: int) -> None:
    window.place.appearance.resize_text(percent)
    qtbot.waitUntil(lambda: bool(window.status.hardware.text()), timeout=30_000)
    qtbot.wait(50)  # until all is laid out with what came late
    assert (window.width(), window.height()) == (1280, 800)
    found = []
    for selected in ([], ["conv1"], ["fc1"]):
        window.canvas.select(selected)
        for tab in range(window.bottom.count()):
            window.bottom.setCurrentIndex(tab)
            window.left.setCurrentIndex(tab % window.left.count())
            for _ in range(20):  # a second, until all is laid out
                qtbot.wait(50)
                if not (cut := clipped(window)):
                    break
            found += cut
    assert found == []
    assert window.left.tabBar().width() >= window.left.tabBar().sizeHint().width()


def test_clipping_is_noticed(window: MainWindow) -> None:
    tidy_up = next(
        each
        for each in window.top.findChildren(QPushButton)
        if each.text() == "Tidy up"
    )
    tidy_up.setFixedWidth(20)
    QApplication.processEvents()
    assert clipped(window) == ["QPushButton “Tidy up”"]


def test_the_canvas_follows_the_size_of_the_text(window: MainWindow) -> None:
    canvas = window.canvas
    canvas.zoom_to(200)  # a part of it: one that is seen whole is fitted again
    before = canvas.scale_now
    window.place.appearance.resize_text(150)
    assert canvas.zoom_percent() == 200
    assert canvas.scale_now > before


def test_the_sides_have_their_widths_again_after_larger_text(
    window: MainWindow,
) -> None:
    appearance, page = window.place.appearance, window.page
    page.show_lesson("digits-cnn")
    QApplication.processEvents()
    sides = page.splitters["sides"]
    wide = sides.sizes()
    wide[1] -= 40
    wide[2] += 40  # as somebody drags it
    for chosen in (sides.sizes(), wide):
        sides.setSizes(chosen)
        appearance.resize_text(150)
        QApplication.processEvents()
        larger = sides.sizes()
        assert larger[0] > chosen[0] and larger[2] > chosen[2]
        appearance.resize_text(100)
        QApplication.processEvents()
        assert sides.sizes() == chosen


def test_a_lesson_in_large_text_leaves_the_tabs_below_the_canvas_their_room(
    window: MainWindow,
) -> None:
    page, tabs = window.page, window.bottom.tabBar()
    page.show_lesson("digits-cnn")
    QApplication.processEvents()
    usual = page.splitters["sides"].sizes()
    window.place.appearance.resize_text(150)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1280, 800)
    assert tabs.sizeHint().width() <= page.splitters["sides"].sizes()[1]
    narrow = window.left.width()
    window.resize(1600, 800)
    QApplication.processEvents()
    assert window.left.width() > narrow, (
        "where there is room, lines are as wide as ever"
    )
    window.resize(1280, 800)
    window.place.appearance.resize_text(100)
    QApplication.processEvents()
    assert page.splitters["sides"].sizes() == usual


def test_a_division_made_for_larger_text_does_not_outlive_it(
    window: MainWindow, open_window: OpenWindow
) -> None:
    usual = window.page.splitters["sides"].sizes()
    appearance = window.place.appearance
    appearance.resize_text(150)
    QApplication.processEvents()
    window.memory.note(window.page)
    window.memory.keep()
    appearance.resize_text(100)
    again = open_window(templates.open_lesson("digits-cnn"))
    assert again.page.splitters["sides"].sizes() == usual


def test_labels_stand_beside_their_fields_at_every_size(window: MainWindow) -> None:
    for percent in (100, 150, 100):
        window.place.appearance.resize_text(percent)
        QApplication.processEvents()
        labels = [
            each
            for each in window.inspector.findChildren(FormLabel)
            if not each.visibleRegion().isEmpty()
        ]
        assert len(labels) > 8
        lefts = set()
        for each in labels:
            field = each.buddy()
            middle = field.mapTo(window, field.rect().center())
            assert abs(each.mapTo(window, each.rect().center()).y() - middle.y()) <= 1
            lefts.add(field.mapTo(window, field.rect().topLeft()).x())
        assert len(lefts) == 1, f"one column of fields at {percent} %"


# Sharp pictures.


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0, 3.0])
@pytest.mark.parametrize("side", ICON_SIDES)
def test_icons_are_drawn_for_each_number_of_dots(side: int, ratio: float) -> None:
    drawn = icon("undo", "#ffffff").pixmap(QSize(side, side), ratio)
    assert drawn.width() == round(side * ratio)
    assert drawn.devicePixelRatio() == ratio


@pytest.mark.parametrize(
    "name",
    [
        *(f"align-{side}" for side in Side),
        *("distribute-across", "distribute-down"),
    ],
)
def test_icons_of_straight_lines_lie_on_whole_pixels(name: str) -> None:
    image = icon(name, "#ffffff").pixmap(QSize(16, 16), 1.0).toImage()
    found = {image.pixelColor(x, y).alpha() for x in range(16) for y in range(16)}
    assert all(each == 0 or each > 180 for each in found), found  # corners are round


@pytest.mark.parametrize("percent", TEXT_SIZES)
def test_the_title_stands_on_the_line_of_its_neighbours(
    window: MainWindow, percent: int
) -> None:
    window.place.appearance.resize_text(percent)
    top = window.top
    top.show_document("HHH", "HHH")
    QTest.qWait(80)
    image = top.grab().toImage()
    ground = image.pixelColor(1, 1)

    def foot(label: QLabel) -> int:
        """The lowest row of pixels that letters without a tail reach."""
        place = label.geometry()
        rows = range(place.top() + 1, place.bottom())
        columns = range(place.left(), place.left() + label.sizeHint().width())
        strong = [
            y
            for y in rows
            if any(
                abs(image.pixelColor(x, y).lightness() - ground.lightness()) > 60
                for x in columns
            )
        ]
        return max(strong)

    assert foot(top.title) == foot(top.state)


def test_the_icon_of_what_is_disabled_is_seen_to_be() -> None:
    def strongest(mode: QIcon.Mode) -> int:
        image = icon("align-left", "#ffffff").pixmap(QSize(16, 16), 1.0, mode).toImage()
        return max(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))

    assert strongest(QIcon.Mode.Disabled) < 0.5 * strongest(QIcon.Mode.Normal)


def test_icons_are_of_one_family() -> None:
    """Line drawings on a field of 16, in the colour of the text."""
    names = sorted(path.stem for path in (RESOURCES / "icons").glob("*.svg"))
    for name in names:
        if name == "espalier":
            continue
        text = (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        if name.startswith(
            ("check", "chevron-down", "clear", "file-")
        ):  # a style sheet's
            continue
        assert 'viewBox="0 0 16 16"' in text, name
        assert "currentColor" in text, name
        image = icon(name, "#ff0000").pixmap(QSize(16, 16)).toImage()
        assert _colors(image) <= {"#ff0000"}


def _colors(image: QImage) -> set[str]:
    solid = (
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
    )
    return {QColor(c.rgb()).name() for c in solid if c.alpha() > 250}


def test_the_command_line_offers_every_theme() -> None:
    import main

    assert tuple(THEMES) == main._THEMES


def test_an_icon_before_a_text_keeps_its_distance_from_it(qapp: QApplication) -> None:
    for name in ("undo", "plus", "tidy", "play", "copy"):
        drawn = icon(name, "#ff0000", before_text=True).pixmap(QSize(16, 16)).toImage()
        last = max(x for x in range(16) for y in range(16) if _alpha(drawn, x, y) > 64)
        assert last <= 13, name


def _alpha(image: QImage, x: int, y: int) -> int:
    return image.pixelColor(x, y).alpha()


def test_links_have_the_colour_of_the_theme_that_is_chosen_while_they_are_shown(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.canvas.select(["conv1"])
    appearance = window.place.appearance
    for choice in ("light", "dark", "light-contrast"):
        appearance.choose(choice)
        (links,) = (
            each for each in window.inspector.findChildren(LinkLabel) if each.text()
        )
        qtbot.waitUntil(links.isVisible)
        image = links.grab().toImage()
        assert THEMES[choice].focus in _colors(image), choice
    appearance.choose("dark")


def test_what_has_no_room_in_a_line_ends_in_an_ellipsis_until_one_writes_there(
    window: MainWindow, qtbot: QtBot
) -> None:
    line = window.inspector.document_page.title
    line.setText("A network with a name that no inspector has the room for")
    assert line.shown_text.endswith("…")
    width = line.fontMetrics().horizontalAdvance(line.shown_text)
    assert 0.7 * line.width() < width < line.width()
    line.setFocus()
    qtbot.waitUntil(line.hasFocus)
    assert line.shown_text == line.text()
    line.clearFocus()
    line.setText("Short")
    assert line.shown_text == "Short"


def test_code_grows_with_the_text(window: MainWindow, qtbot: QtBot) -> None:
    window.bottom.setCurrentWidget(window.bottom.code)
    editor = window.bottom.code.editor
    qtbot.waitUntil(editor.isVisible)
    before, room = editor.fontMetrics().height(), editor.viewportMargins().left()
    window.place.appearance.resize_text(150)
    assert editor.fontMetrics().height() >= 1.4 * before
    assert editor.viewportMargins().left() > room


def test_no_button_over_the_canvas_is_cut_while_a_network_trains(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1280, 800)
    top = window.top
    top.show_hardware("", "")
    qtbot.wait(50)
    top.show_hardware("CPU, fp32", "no CUDA device")
    assert top.hardware.isVisible()
    for percent in TEXT_SIZES:
        window.place.appearance.resize_text(percent)
        top.show_document("Digits CNN", "not saved yet")
        top.show_training(TrainingState.PAUSED)
        qtbot.wait(50)
        for button in top.findChildren(QAbstractButton):
            if button.isVisible():
                room = button.width() - button.sizeHint().width()
                assert room >= 0, (percent, button.text())
        assert top.epochs.width() >= top.epochs.sizeHint().width(), percent
        assert top.state.isVisible() or percent > 100
    top.show_training(TrainingState.IDLE)


def test_a_title_is_whole_where_the_bar_has_room(
    window: MainWindow, qtbot: QtBot
) -> None:
    long = "A network with a name that is rather long"
    window.place.appearance.resize_text(150)
    top = window.top
    top.show_document(long, "")
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: top.title.text().endswith("…"))
    window.resize(2560, 1440)
    qtbot.waitUntil(lambda: top.title.text() == long)
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: top.title.text().endswith("…"))


def test_what_finds_nodes_is_as_large_as_its_list_and_grows_with_the_text(
    open_window: OpenWindow,
) -> None:
    window = open_window(templates.open_lesson("fnn-iris"))
    find, over = window.find_node, window.canvas.viewport()
    find.open_over(over)
    width = find.width()
    last = find.list.visualItemRect(find.list.item(find.list.count() - 1))
    room = find.list.viewport().height() - last.bottom()
    assert 0 <= room < last.height()
    find.hide()
    window.place.appearance.resize_text(150)
    find.open_over(over)
    larger = find.width()
    find.hide()
    window.place.appearance.resize_text(100)
    assert larger >= 1.4 * width


def test_no_gap_stands_for_what_is_not_known_of_a_broken_network(
    window: MainWindow, qtbot: QtBot
) -> None:
    status = window.status
    qtbot.waitUntil(status.memory.isVisible)
    edit = change_settings(window.model.document.graph, "conv1", {"kernel_size": 33})
    window.model.push("Break", edit)
    qtbot.waitUntil(lambda: not status.memory.text())
    assert not status.memory.isVisible()
    assert not status.operations.isVisible()


def test_a_card_is_as_wide_as_its_second_line_needs(open_window: OpenWindow) -> None:
    window = open_window(templates.open_lesson("distilbert-sentiment"))
    card = window.canvas.network.nodes["body"].card
    assert card.details == ("PretrainedTextModel", "DistilBERT SST-2, logits")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_a_file_dialog_offers_has_a_ground(
    window: MainWindow, qtbot: QtBot, theme: str
) -> None:
    window.place.appearance.choose(theme)
    line = QLineEdit()
    qtbot.addWidget(line)
    offers = QCompleter(["iris.csv", "titanic.csv"], line)
    line.setCompleter(offers)
    popup = offers.popup()  # a window of Qt's own, as that of its file dialog
    line.show()
    offers.complete()
    popup.resize(200, 120)
    ground = popup.grab().toImage().pixelColor(100, 110)
    assert ground == QColor(THEMES[theme].surface)
    popup.hide()


@pytest.mark.parametrize(
    ("system", "installed", "taken"),
    [
        ("monospace", {"Consolas", "DejaVu Sans Mono"}, "DejaVu Sans Mono"),
        ("Courier New", {"Consolas"}, "Consolas"),
        ("monospace", set[str](), "monospace"),
        ("Hack", {"DejaVu Sans Mono"}, "Hack"),
    ],
)
def test_code_has_a_font_that_tells_its_letters_apart(
    system: str, installed: set[str], taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fonts:
        SystemFont = QFontDatabase.SystemFont

        @staticmethod
        def systemFont(_: QFontDatabase.SystemFont) -> QFont:
            return QFont(system)

        @staticmethod
        def hasFamily(family: str) -> bool:
            return family in installed

    monkeypatch.setattr("gui.style.QFontDatabase", Fonts)
    assert mono_family() == taken


def test_the_pointer_says_to_wait_while_the_theme_changes(window: MainWindow) -> None:
    appearance, seen = window.place.appearance, list[QCursor | None]()
    for changed in (appearance.theme_changed, appearance.text_resized):
        changed.connect(lambda _: seen.append(QApplication.overrideCursor()))
    appearance.choose("light")
    appearance.resize_text(115)
    assert [each and each.shape() for each in seen] == [Qt.CursorShape.WaitCursor] * 2
    assert QApplication.overrideCursor() is None
    appearance.resize_text(100)
