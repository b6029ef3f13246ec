"""A window to take pictures of: opened, dressed, waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

import templates
from engine.document import Document
from gui.app import make_application, make_window
from gui.appearance import Appearance
from gui.main_window import MainWindow
from gui.training.controller import TrainingState
from gui.workplace import Workplace

_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How the window is dressed for a picture."""

    theme: str
    size: tuple[int, int]

    @property
    def name(self) -> str:
        """`dark-1280x800`."""
        return f"{self.theme}-{self.size[0]}x{self.size[1]}"


class Stage:
    """One window at a time, with folders of its own that all windows share."""

    def __init__(self, folder: Path, text: int = 100) -> None:
        """`text` is its size, in percent of the system's."""
        self.app = make_application(["espalier"])
        self._folder = folder
        self._settings = QSettings(
            str(folder / "window.ini"), QSettings.Format.IniFormat
        )
        self.appearance = Appearance(self.app, self._settings, "dark")
        self.appearance.resize_text(text)
        self._window: MainWindow | None = None

    @property
    def window(self) -> MainWindow:
        """The window that is open. Raises LookupError where none is."""
        if self._window is None:
            raise LookupError("no window is open")
        return self._window

    # Opening.

    def start_page(self) -> MainWindow:
        """Open a window on the start page."""
        return self._open(None)

    def lesson(self, lesson_id: str, *, is_read: bool = False) -> MainWindow:
        """Open a lesson's network; where it `is_read`, with its text beside."""
        window = self._open(templates.open_lesson(lesson_id))
        if is_read:
            window.page.show_lesson(lesson_id)
            window.left.setCurrentWidget(window.left.lesson)
        return window

    def document(self, document: Document) -> MainWindow:
        """Open a document."""
        return self._open(document)

    def trained(self, lesson_id: str, epochs: int, **recipe: object) -> MainWindow:
        """Open a lesson's network and train it to the end."""
        document = templates.open_lesson(lesson_id)
        document.recipe = replace(
            document.recipe,
            epochs=epochs,
            **recipe,  # type: ignore[arg-type]
        )
        window = self._open(document)
        window.train()
        self.until(lambda: window.training.state is TrainingState.IDLE)
        return window

    def _open(self, document: Document | None) -> MainWindow:
        self.close()
        place = Workplace(
            settings=self._settings,
            appearance=self.appearance,
            data_dir=self._folder / "data",
            runs_dir=self._folder / "runs",
            blocks_dir=self._folder / "blocks",
            state_dir=self._folder / "state",
        )
        self._window = window = make_window(document, place)
        # Where there is no screen the plot would go on saying that it has begun.
        window.resize(1280, 800)
        window.show()
        self.rest(0.2)
        if document is not None:
            self.until(lambda: window.readiness.is_ready)
            self.rest(0.7)  # the hardware is named after a short quiet
        return window

    def close(self) -> None:
        """Close the window, unasked; a training ends with it."""
        if self._window is None:
            return
        for page in self._window.tabs.pages:
            page.training.close()
            page.model.undo_stack.setClean()
        self._window.close()
        self._window.deleteLater()
        self._window = None
        # Not done by processEvents: each new look would dress the old windows, too.
        self.app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.app.processEvents()

    # Waiting.

    def rest(self, seconds: float) -> None:
        """Let the window do what it does for so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so. Raises TimeoutError after two minutes."""
        end = time.monotonic() + _PATIENCE
        while not is_so():
            if time.monotonic() > end:
                raise TimeoutError("it never came to be so")
            self.rest(0.02)

    # Pictures.

    def dress(self, look: Look) -> None:
        """Give the window a theme and a size, and what it shows its place in it."""
        self.appearance.choose(look.theme)
        self.window.resize(*look.size)
        self.app.processEvents()
        page = self.window.tabs.page
        if page is not None:
            self.window.memory.dress(page)  # as a window that began with this size
            self.app.processEvents()
            page.canvas.framing.open()

    def picture(self) -> QPixmap:
        """The window, and over it the dialogs and popups that are open."""
        whole = self.window.grab()
        painter = QPainter(whole)
        for over in self.over():
            at = over.mapToGlobal(QPoint(0, 0)) - self.window.mapToGlobal(QPoint(0, 0))
            painter.drawPixmap(at, over.grab())
            if over.windowType() is Qt.WindowType.Dialog:  # a frame, as a desktop's
                painter.setPen(QColor(self.appearance.theme.border))
                painter.drawRect(over.rect().translated(at).adjusted(-1, -1, 0, 0))
        painter.end()
        return whole

    def close_what_is_over(self) -> None:
        """Close the dialogs and popups."""
        for over in self.over():
            over.close()
        self.app.processEvents()

    def over(self) -> list[QWidget]:
        kinds = (Qt.WindowType.Popup, Qt.WindowType.Dialog)
        return [
            each
            for each in QApplication.topLevelWidgets()
            if each.isVisible()
            and each is not self.window
            and each.windowType() in kinds
        ]
