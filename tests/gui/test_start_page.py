"""The start page: chosen by mouse and keyboard, searched, and on its way to a curve."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

import templates
from engine import storage
from engine.document import Document
from gui.main_window import MainWindow
from gui.sketch import sketch
from gui.start_cards import PICTURE, StartCard, wrapped
from gui.start_page import FIRST_LESSON
from gui.theme import DARK, LIGHT
from templates.progress import Progress, ProgressBook
from tests.gui.conftest import OpenWindow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.espalier"
    storage.save(templates.open_lesson("cnn-small"), path)
    return path


def card(window: MainWindow, key: str) -> StartCard:
    grids = window.start.grids
    return next(each for grid in grids for each in grid.cards if each.key == key)


def shown(window: MainWindow) -> list[str]:
    return [each.key for grid in window.start.grids for each in grid.shown]


def click(qtbot: QtBot, target: QWidget) -> None:
    qtbot.mouseClick(target, Qt.MouseButton.LeftButton)


class _Clicks(QObject):
    """Counts the presses of mouse buttons that reach widgets."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.count = 0
        self._last: object = None
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonPress
            and isinstance(watched, QWidget)
            and event.timestamp() != self._last
        ):
            self.count += 1
            self._last = event.timestamp()
        return False


def test_it_offers_what_there_is_to_begin_with(window: MainWindow) -> None:
    assert window.start.isVisible()
    assert not window.tabs.bar.isVisible()
    assert window.windowTitle() == "Espalier"
    known = templates.lessons()
    lessons = [each.id for each in known if each.kind == "lesson"]
    others = [each.id for each in known if each.kind != "lesson"]
    begin = ["first", "new", "open", "import"]
    assert shown(window) == [*begin, *lessons, *others]
    assert not window.start.files.isVisible()  # none yet


def test_lessons_stand_under_their_chapters(window: MainWindow) -> None:
    grid = window.start.lessons
    chapters = [e for e in templates.chapters() if e.lessons[0].kind == "lesson"]
    assert list(grid.captions) == [each.title for each in chapters]
    for chapter in chapters:
        caption = grid.captions[chapter.title].geometry()
        first = card(window, chapter.lessons[0].id).geometry()
        assert first.left() == caption.left()
        assert 0 < first.top() - caption.bottom() < 20


def test_what_is_found_stands_together(window: MainWindow) -> None:
    grid = window.start.lessons
    QTest.keyClicks(window.start.search, "attention")
    found = grid.shown
    assert len({each.section for each in found}) > 1
    assert len(found) <= grid.columns
    assert len({each.geometry().top() for each in found}) == 1  # one row
    assert not any(each.isVisible() for each in grid.captions.values())
    QTest.keyClick(window.start.search, Qt.Key.Key_Escape)
    assert all(each.isVisible() for each in grid.captions.values())


def test_from_the_start_to_a_growing_curve_in_three_clicks(
    qtbot: QtBot, qapp: QApplication, window: MainWindow
) -> None:
    clicks = _Clicks(qapp)
    click(qtbot, card(window, "first"))
    assert window.model.root == templates.open_lesson(FIRST_LESSON)
    qapp.processEvents()
    assert window.canvas.sight().contains(window.canvas.network.extent())
    click(qtbot, window.top.train_button)
    assert window.canvas.hasFocus(), "the keyboard stays with the network"
    panel = window.bottom.training

    def points() -> int:
        if panel.plots is None:
            return 0
        drawn = panel.plots.players["network"].raw.getData()[0]
        return 0 if drawn is None else len(drawn)

    qtbot.waitUntil(lambda: points() > 1)
    before = points()
    qtbot.waitUntil(lambda: points() > before)
    qapp.removeEventFilter(clicks)
    assert 0 < clicks.count <= 3
    assert window.training.close()


@pytest.mark.parametrize("key", ["cnn-small", "vgg-16"])
def test_a_card_opens_its_lesson_or_architecture(
    qtbot: QtBot, window: MainWindow, key: str
) -> None:
    window.start.area.ensureWidgetVisible(card(window, key))
    click(qtbot, card(window, key))
    assert window.model.root == templates.open_lesson(key)
    assert window.page.lesson_id == key
    assert not window.start.isVisible()


def test_a_card_half_out_of_sight_opens_at_a_press(
    qtbot: QtBot, window: MainWindow
) -> None:
    """It stays under the pointer until the button is let go."""
    scroll, chosen = window.start.area, card(window, "cnn-small")
    bar = scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 400)  # the cards have found their places
    top = chosen.mapTo(scroll.widget(), QPoint()).y()
    bar.setValue(top + chosen.height() - 20)
    before = bar.value()
    place = chosen.rect().bottomLeft() + QPoint(20, -10)
    qtbot.mousePress(chosen, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.hasFocus()
    assert bar.value() == before
    qtbot.mouseRelease(chosen, Qt.MouseButton.LeftButton, pos=place)
    assert window.page.lesson_id == "cnn-small"


def test_enter_opens_what_is_called_as_was_searched(
    qtbot: QtBot, window: MainWindow
) -> None:
    """GPT-2 (small) stands before it, and has both words as well."""
    qtbot.keyClicks(window.start.search, "Small GPT")
    qtbot.keyClick(window.start.search, Qt.Key.Key_Return)
    assert window.page.lesson_id == "small-gpt"
    window.tabs.show_start()
    qtbot.keyClicks(window.start.search, "One neuron")
    assert shown(window) == ["neuron"], "the search before stands no more"


def test_an_empty_canvas_and_a_file_to_open(
    qtbot: QtBot, window: MainWindow, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    click(qtbot, card(window, "new"))
    assert window.model.root == Document()
    click(qtbot, window.top.home)
    assert window.start.isVisible()
    chosen = ([str(file)], "")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: chosen)
    click(qtbot, card(window, "open"))
    assert window.model.path == file


def test_the_start_page_comes_back_beside_the_documents_and_goes_again(
    qtbot: QtBot, window: MainWindow
) -> None:
    click(qtbot, card(window, "first"))
    assert not window.tabs.bar.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    assert window.start.isVisible()
    assert window.tabs.bar.isVisible()
    assert window.tabs.bar.tabText(0) == "Start"
    for name in ("save", "train", "undo", "copy"):
        assert not window.actions_.of[name].isEnabled()
    for name in ("new", "open", "quit", "next_tab"):
        assert window.actions_.of[name].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_W, Qt.KeyboardModifier.ControlModifier)
    assert not window.start.isVisible()
    assert not window.tabs.bar.isVisible()
    assert window.actions_.of["save"].isEnabled()


def test_the_start_page_comes_back_at_its_top(qtbot: QtBot, window: MainWindow) -> None:
    bar, chosen = window.start.area.verticalScrollBar(), card(window, "cnn-small")
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=5000)
    bar.setValue(bar.maximum())
    click(qtbot, chosen)
    assert not window.start.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Home, Qt.KeyboardModifier.AltModifier)
    QTest.qWait(50)
    assert window.start.isVisible()
    assert bar.value() == 0
    assert window.start.search.hasFocus()


# The search, and the keyboard.


def test_the_search_leaves_what_fits(window: MainWindow) -> None:
    assert window.start.search.hasFocus()
    QTest.keyClicks(window.start.search, "inception v3")
    assert shown(window) == ["inception-v3", "inception-v3-aux"]
    assert not window.start.begin.isVisible()
    QTest.keyClick(window.start.search, Qt.Key.Key_Return)
    assert window.page.lesson_id == "inception-v3"


def test_cards_stay_where_they_are_while_one_searches(
    qtbot: QtBot, window: MainWindow
) -> None:
    """Few of them need no scroll bar, whose room is kept."""
    before = card(window, "inception-v3").width(), window.start.search.x()
    QTest.keyClicks(window.start.search, "inception v3")
    qtbot.wait(50)
    assert (card(window, "inception-v3").width(), window.start.search.x()) == before


def test_what_is_not_there_is_said(window: MainWindow) -> None:
    QTest.keyClicks(window.start.search, "zebra")
    assert shown(window) == []
    assert window.start.nothing.isVisible()
    assert window.start.nothing.text() == (
        "Nothing here is called “zebra”. Take a shorter word."
    )
    QTest.keyClick(window.start.search, Qt.Key.Key_Return)
    assert window.start.isVisible()
    window.start.search.clear()
    assert not window.start.nothing.isVisible()


def test_it_is_walked_by_keys_alone(qtbot: QtBot, window: MainWindow) -> None:
    keys, start = Qt.Key, window.start
    order = shown(window)
    last = card(window, order[-1])

    def is_laid_out() -> bool:
        """The cards have found their places: each below or right of the one before."""
        corners = [card(window, key).mapTo(start, QPoint()) for key in order[4:]]
        places = [(each.y(), each.x()) for each in corners]
        return places == sorted(set(places)) and start.lessons.columns > 1

    qtbot.waitUntil(is_laid_out)

    def now() -> str:
        focused = QApplication.focusWidget()
        return focused.key if isinstance(focused, StartCard) else ""

    def press(key: Qt.Key) -> str:
        QTest.keyClick(QApplication.focusWidget(), key)
        return now()

    assert press(keys.Key_Down) == "first"
    assert press(keys.Key_Right) == "new"
    assert press(keys.Key_Left) == "first"
    below = press(keys.Key_Down)
    assert below == order[4]  # after the four to begin with
    first, second, *_ = templates.chapters()
    assert start.lessons.columns >= len(first.lessons), "they fill one row"
    assert press(keys.Key_Down) == second.lessons[0].id
    assert press(keys.Key_Up) == below
    assert press(keys.Key_End) == order[-1]
    assert not last.visibleRegion().isEmpty()  # the page came along
    assert press(keys.Key_Home) == "first"
    assert press(keys.Key_Up) == ""
    assert start.search.hasFocus()
    press(keys.Key_Down)
    QTest.keyClicks(QApplication.focusWidget(), "x")  # goes into the search
    assert start.search.text() == "x"
    assert start.search.hasFocus()
    start.search.clear()
    press(keys.Key_Down)
    press(keys.Key_Right)
    QTest.keyClick(QApplication.focusWidget(), keys.Key_Return)
    assert window.model.root == Document()


def test_every_card_has_a_name_and_says_what_it_is(window: MainWindow) -> None:
    for grid in window.start.grids:
        for each in grid.cards:
            assert each.accessibleName() == each.title
            assert each.accessibleDescription()
            assert each.toolTip() == f"{each.title}: {each.summary}"


@pytest.mark.parametrize("size", [(960, 600), (1280, 800), (1920, 1080)])
def test_nothing_is_cut_off_at_any_size(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    QApplication.processEvents()
    for grid in window.start.grids:
        for one, other in zip(grid.shown, grid.shown[1:], strict=False):
            assert not one.geometry().intersects(other.geometry())
        for each in grid.shown:
            assert each.width() >= PICTURE.width() - 10
            right = each.mapTo(window, QPoint(each.width(), 0)).x()
            assert right <= size[0]


# Pictures, progress and recent files.


def test_pictures_are_drawn_for_what_is_in_sight(
    qtbot: QtBot, window: MainWindow
) -> None:
    first, last = window.start.lessons.cards[0], window.start.architectures.cards[-1]
    qtbot.waitUntil(lambda: first.picture is not None)
    qtbot.wait(200)
    assert last.picture is None
    window.start.area.ensureWidgetVisible(last)
    qtbot.waitUntil(lambda: last.picture is not None)
    picture = first.picture
    assert picture is not None
    dark = picture.toImage()
    window.place.appearance.choose("light")
    window.start.area.ensureWidgetVisible(first)
    qtbot.waitUntil(lambda: first.picture is not None)
    light = first.picture
    assert light is not None
    assert light.toImage() != dark


def test_a_sketch_shows_each_family_in_its_colour(qapp: QApplication) -> None:
    document = templates.open_lesson("fnn-iris")
    for theme in (DARK, LIGHT):
        image = sketch(document, theme, PICTURE)
        colors = {
            image.pixelColor(x, y).name()
            for x in range(0, image.width(), 2)
            for y in range(0, image.height(), 2)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert {theme.families["dense"], theme.families["ends"]} <= colors
    assert sketch(Document(), DARK, PICTURE).pixelColor(50, 50).alpha() == 0


def test_progress_in_a_lesson_is_shown(open_window: OpenWindow, tmp_path: Path) -> None:
    steps = templates.course("digits-cnn").steps
    book = ProgressBook(tmp_path / "state")
    book.write("digits-cnn", Progress(done=[steps[0].id]))
    window = open_window(None)
    shown_card = card(window, "digits-cnn")
    assert shown_card.progress == pytest.approx(1 / len(steps))
    told = f"1 of {len(steps)} steps"
    assert shown_card.steps == told
    assert f"{told} done." in shown_card.accessibleDescription()
    assert f"{told} done." in shown_card.toolTip()
    other = card(window, "cnn-small")
    assert other.progress is None and "steps" not in other.toolTip()
    book.write("digits-cnn", Progress(done=[step.id for step in steps]))
    window.start.refresh()
    assert shown_card.progress == 1


def test_recent_files_have_pictures_and_open(
    qtbot: QtBot, open_window: OpenWindow, file: Path, tmp_path: Path
) -> None:
    window = open_window(storage.load(file), path=file)
    window.actions_.of["save"].trigger()
    assert len(list((tmp_path / "state" / "pictures").glob("*.png"))) == 2
    window.close_page(window.page)
    (recent,) = window.start.files.shown
    assert (recent.title, recent.summary) == ("mine", str(tmp_path))
    qtbot.waitUntil(lambda: recent.picture is not None)
    click(qtbot, recent)
    assert window.model.path == file


def test_files_that_are_gone_are_not_offered_and_the_list_can_be_cleared(
    open_window: OpenWindow, file: Path, tmp_path: Path
) -> None:
    window = open_window(None)
    other = tmp_path / "other.espalier"
    storage.save(Document(), other)
    for path in (file, other):
        window.files.open_path(path)
        window.actions_.of["save"].trigger()
        window.close_page(window.page)
    assert [each.title for each in window.start.files.shown] == ["other", "mine"]
    other.unlink()
    window.start.refresh()
    assert [each.title for each in window.start.files.shown] == ["mine"]
    menu = window.actions_.menus["recent"]
    assert _texts(menu) == ["mine.espalier", "", "Clear this list"]
    menu.actions()[-1].trigger()
    assert window.files.recent == []
    assert file.is_file()
    assert not window.start.files.isVisible()
    assert _texts(menu) == ["No files yet"]
    left = list((tmp_path / "state" / "pictures").glob("*.png"))
    assert len(left) == 2  # of the file that went by itself


def _texts(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [each.text().replace("&", "") for each in menu.actions()]


def test_a_file_that_cannot_be_read_is_said_on_the_start_page(
    window: MainWindow, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.espalier"
    bad.write_text("no JSON")
    assert not window.files.open_path(bad)
    assert window.start.isVisible()
    assert window.messages.isVisible()
    assert "bad.espalier" in window.messages.text.text()


def test_text_is_broken_between_words(qapp: QApplication, window: MainWindow) -> None:
    metrics = window.fontMetrics()
    width = metrics.horizontalAdvance("one two three")
    lines = wrapped("one two three four five six seven", metrics, width, 2)
    assert lines[0] == "one two three"
    assert lines[1].endswith("…")
    assert wrapped("", metrics, width, 2) == []


# Before the first frame.

_FIRST_FRAME = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from gui.main_window import MainWindow
def stop(window):
    import templates
    heavy = {"torch", "networkx", "pyqtgraph", "engine.data.source", "gui.look.panel"}
    page = window.tabs.page
    is_lesson = page is not None and page.left.currentWidget() is page.left.lesson
    print(window.start.isVisible(), is_lesson, sorted(heavy & set(sys.modules)), opened)
    sys.stdout.flush()
    os._exit(0)
MainWindow._load_the_rest = stop
opened = []
def note(event, arguments):
    if event == "open" and "templates" in str(arguments[0]):
        name = str(arguments[0])
        if name.endswith((".espalier", ".toml", ".md")):
            opened.append(name[name.index("templates"):])
sys.addaudithook(note)
from gui.app import run
run(*sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ([], "True False [] []"),
        (
            ["lesson:digits-cnn"],
            "False True [] ['templates/lessons/digits-cnn/document.espalier']",
        ),
    ],
    ids=["start page", "lesson"],
)
def test_before_the_first_frame_nothing_is_read_that_can_wait(
    tmp_path: Path, target: list[str], told: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _FIRST_FRAME, *target],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    assert done.stdout.splitlines()[-1] == told


_BAD_TARGET = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from gui.main_window import MainWindow
def stop(window):
    print(window.start.isVisible(), window.messages.text.text())
    sys.stdout.flush()
    os._exit(0)
MainWindow._load_the_rest = stop
from gui.app import run
run("lesson:nowhere")
"""


def test_what_cannot_be_opened_is_said_on_the_start_page(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _BAD_TARGET],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    told = done.stdout.splitlines()[-1]
    assert told.startswith("True There is no lesson 'nowhere'. Take one of: ")


def test_a_search_that_found_its_lesson_is_over(
    qtbot: QtBot, window: MainWindow
) -> None:
    QTest.keyClicks(window.start.search, "smallest")
    assert shown(window) == ["cnn-small"]
    click(qtbot, card(window, "cnn-small"))
    window.tabs.show_start()
    assert window.start.isVisible()
    assert window.start.search.text() == ""
    assert "fnn-iris" in shown(window)
