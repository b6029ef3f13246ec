"""The application: sets Qt up, opens the window, takes pictures of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import platformdirs
from PySide6.QtCore import QEventLoop, QLocale, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from engine import storage
from engine.allowed_code import ALLOWED, ALLOWED_FILE
from engine.data.declaration import default_data_dir
from engine.document import Document
from engine.problems import Refusal
from gui.appearance import Appearance
from gui.failures import catch_everything, log_crashes_to, log_to
from gui.garbage import MainThreadGarbage
from gui.icons import application_icon
from gui.main_window import MainWindow
from gui.texts import speak
from gui.workplace import Workplace

LESSON_PREFIX = "lesson:"
SWITCH_SECONDS = 0.0005
"""How long a thread may keep Python to itself: with Python's 5 ms a training that is
all small steps makes the window wait for several turns within one frame."""


def run(
    target: str | None = None,
    *,
    theme: str | None = None,
    data_dir: Path | None = None,
) -> int:
    """Open the window on a file, `lesson:ID` or the start page; gives the exit code."""
    app = make_application(sys.argv[:1])
    speak(app, QLocale.system())
    MainThreadGarbage(app)
    sys.setswitchinterval(SWITCH_SECONDS)
    document, path, lesson_id, problem = _opened(target)
    settings = QSettings(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, "espalier", "espalier"
    )
    logs = platformdirs.user_log_path("espalier", appauthor=False)
    log_to(logs / "window.log")
    log_crashes_to(logs / "crash.log")
    place = Workplace(
        settings=settings,
        appearance=Appearance(app, settings, theme),
        data_dir=default_data_dir(),
        given_data_dir=data_dir,
        blocks_dir=platformdirs.user_data_path("espalier", appauthor=False) / "blocks",
        state_dir=platformdirs.user_state_path("espalier", appauthor=False),
    )
    if place.state_dir is not None:
        ALLOWED.remember_in(place.state_dir / ALLOWED_FILE)
    window = make_window(document, place, path)
    restore_hooks = catch_everything(lambda text: window.messages.show_error(text))
    if lesson_id is not None:
        page = window.page
        page.expect_lesson(lesson_id)
        window.first_frame_shown.connect(lambda: page.show_lesson(lesson_id))
    if problem is not None:
        window.messages.show_error(problem)
    window.show()
    try:
        return app.exec()
    finally:
        restore_hooks()


def screenshot(
    document: Document,
    path: Path,
    size: tuple[int, int] = (1600, 1000),
    theme: str = "dark",
    lesson_id: str | None = None,
) -> None:
    """Write a picture of the window with `document` in it, shapes and all.

    `size` is width and height in pixels. Raises Refusal when it cannot be written.
    """
    from engine.analysis import load_shapes

    app = make_application(sys.argv[:1])
    load_shapes()
    with TemporaryDirectory() as folder:
        settings = QSettings(f"{folder}/window.ini", QSettings.Format.IniFormat)
        place = Workplace(
            settings=settings,
            appearance=Appearance(app, settings, theme),
            data_dir=default_data_dir(),
            runs_dir=Path(folder),
        )
        window = make_window(document, place, None)
        window.resize(*size)
        window.show()
        _settle(window)
        if lesson_id is not None:
            window.page.show_lesson(lesson_id)
            _settle(window)  # a lesson's text is measured after it is laid out
        is_written = window.grab().save(str(path))
        window.close()
        window.deleteLater()
        app.processEvents()
    if not is_written:
        raise Refusal(
            f"The picture could not be written to “{path}”.",
            "Choose a folder that exists and a name that ends in .png.",
        )


def make_application(arguments: Sequence[str]) -> QApplication:
    """The application object, set up; the present one where there is one."""
    present = QApplication.instance()
    if isinstance(present, QApplication):
        return present
    app = QApplication(list(arguments))
    app.setApplicationName("espalier")
    app.setApplicationDisplayName("Espalier")
    app.setDesktopFileName("espalier")
    app.setStyle("Fusion")
    app.setWindowIcon(application_icon())
    return app


def make_window(
    document: Document | None, place: Workplace, path: Path | None = None
) -> MainWindow:
    """The window on a document that was read from `path`, if from any.

    Without a document it shows the start page.
    """
    window = MainWindow(place)
    if document is not None:
        window.show_document(document, path)
    return window


def _opened(
    target: str | None,
) -> tuple[Document | None, Path | None, str | None, str | None]:
    """The document to begin with, its file, its lesson, and what went wrong."""
    if target is None:
        return None, None, None, None
    try:
        if target.startswith(LESSON_PREFIX):
            import templates

            lesson_id = target.removeprefix(LESSON_PREFIX)
            return templates.open_lesson(lesson_id), None, lesson_id, None
        if Path(target).is_dir():  # a lesson of a teacher's own
            import templates

            lesson_id = str(Path(target).resolve())
            return templates.open_lesson(lesson_id), None, lesson_id, None
        return storage.load(Path(target)), Path(target), None, None
    except Refusal as refusal:
        return None, None, None, str(refusal)


def _settle(window: MainWindow) -> None:
    """Run the event loop until PyTorch is there and what follows is painted."""
    with _until_ready(window) as loop:
        if not window.readiness.is_ready:
            loop.exec()
        QTimer.singleShot(700, loop.quit)  # the hardware is named after a short quiet
        loop.exec()


@contextmanager
def _until_ready(window: MainWindow) -> Iterator[QEventLoop]:
    loop = QEventLoop()
    window.readiness.ready.connect(loop.quit)
    window.readiness.failed.connect(loop.quit)
    yield loop
    window.readiness.ready.disconnect(loop.quit)
    window.readiness.failed.disconnect(loop.quit)
