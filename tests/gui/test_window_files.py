"""Opening and saving: nothing lost, everything refused in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

import templates
from engine import storage
from engine.document import Document
from engine.edits import change_settings
from gui.export_menu import TARGETS, file_name
from gui.main_window import MainWindow
from tests.gui.conftest import OpenWindow


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window(templates.open_lesson("fnn-iris"))


def edit(window: MainWindow) -> None:
    name = next(
        node.name for node in window.model.document.graph if node.layer == "Linear"
    )
    graph = window.model.document.graph
    window.model.push("Change", change_settings(graph, name, {"out_features": 9}))


def answer(button: QMessageBox.StandardButton) -> None:
    """Press a button of the question that is about to be asked."""

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        box.button(button).click()

    QTimer.singleShot(50, press)


def test_save_as_and_open_again(
    window: MainWindow,
    open_window: OpenWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "mine.espalier"
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), "")
    )
    edit(window)
    assert window.windowTitle().endswith("• – Espalier")
    assert window.top.state.text() == "not saved yet"
    window.actions_.of["save"].trigger()
    assert path.is_file()
    assert window.top.state.text() == "mine.espalier · saved"
    assert window.messages.text.text() == f"Saved to {path}."
    edit_again = window.model.document.copy()
    other = open_window(storage.load(path), path=path)
    assert other.model.document == edit_again
    assert window.files.recent == [path]


def test_what_is_opened_takes_no_place_from_what_was_edited(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [tmp_path / "other.espalier", tmp_path / "third.espalier"]
    for path, lesson in zip(paths, ("cnn-small", "digits-cnn"), strict=True):
        storage.save(templates.open_lesson(lesson), path)
    chosen = [str(path) for path in paths]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    edit(window)
    first, before = window.page, window.model.document.copy()
    window.actions_.of["open"].trigger()
    assert [page.model.path for page in window.tabs.pages] == [None, *paths]
    assert window.model.path == paths[1]
    assert window.model.document == storage.load(paths[1])
    assert window.model.undo_stack.count() == 0
    assert first.model.document == before
    assert window.files.recent == [paths[1], paths[0]]


def test_what_was_only_looked_at_gives_its_place(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "other.espalier"
    storage.save(templates.open_lesson("cnn-small"), path)
    assert window.files.open_path(path)
    assert len(window.tabs.pages) == 1
    window.files.open_lesson("cnn-small")  # a file is not let go like that
    assert len(window.tabs.pages) == 2


def test_closing_asks_and_can_be_taken_back(window: MainWindow) -> None:
    edit(window)
    answer(QMessageBox.StandardButton.Cancel)
    assert not window.close()
    assert window.isVisible()
    answer(QMessageBox.StandardButton.Discard)
    assert window.close()


@pytest.mark.parametrize("content", ["this is no JSON", '{"format": "espalier", "ver'])
def test_a_bad_file_is_refused_in_a_sentence_and_nothing_is_lost(
    window: MainWindow, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "bad.espalier"
    path.write_text(content)
    before = window.model.document.copy()
    window.files.open_path(path)
    assert window.messages.isVisible()
    assert "bad.espalier" in window.messages.text.text()
    assert "Traceback" not in window.messages.text.text()
    assert window.model.document == before


def test_a_file_that_cannot_be_written_is_said(
    window: MainWindow, tmp_path: Path
) -> None:
    edit(window)
    window.model.path = tmp_path / "no" / "such" / "folder" / "x.espalier"
    assert not window.files.save()
    assert window.messages.isVisible()
    assert "x.espalier" in window.messages.text.text()
    assert not window.files.is_saved


def test_a_lesson_opens_with_its_text(window: MainWindow) -> None:
    window.files.open_lesson("cnn-small")
    assert window.model.document == templates.open_lesson("cnn-small")
    assert window.left.lesson.text.toPlainText().strip()
    rows = window.left.lesson.list
    items = [rows.item(row) for row in range(rows.count())]
    opened = [each.data(Qt.ItemDataRole.UserRole) for each in items]
    assert [each for each in opened if each] == [e.id for e in templates.lessons()]
    headings = [each.text() for each in items if not each.flags()]
    assert headings == [each.title for each in templates.chapters()]


@pytest.mark.parametrize("kind", ["module", "png", "svg", "pdf"])
def test_export(window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    suffix = next(target.suffix for target in TARGETS if target.kind == kind)
    path = tmp_path / f"network{suffix}"
    with qtbot.waitSignal(window.exporter.exported, timeout=30_000):
        window.exporter.export(kind, path)
    assert path.stat().st_size > 300
    assert window.messages.text.text() == f"Wrote {path}."
    if kind == "module":
        assert path.read_text().startswith(("from", "import", '"""'))
        assert "class " in path.read_text()


def test_export_to_nowhere_is_refused(window: MainWindow, tmp_path: Path) -> None:
    window.exporter.export("png", tmp_path / "no" / "x.png")
    assert window.messages.text.text() == (
        f"The picture x.png could not be written to {tmp_path / 'no'}. "
        "Choose a folder that exists and that you may write to."
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A first CNN", "a_first_cnn.py"),
        ("MNIST-CNN (deeper)", "mnist_cnn_deeper.py"),
        ("Ünïcode", "ünïcode.py"),
        ("3 layers", "_3_layers.py"),
        ("Class", "_class.py"),
        ("…", "network.py"),
    ],
)
def test_the_name_proposed_for_a_python_file_can_be_imported(
    title: str, name: str
) -> None:
    assert file_name(title, ".py") == name
    assert Path(name).stem.isidentifier()
    assert file_name(title, ".onnx") == f"{title}.onnx"


def test_a_folder_of_data_sets_is_chosen_and_kept(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window = open_window(templates.open_lesson("cnn-mnist"))
    about = window.inspector.document_page.data.about
    assert "11 MB will be downloaded when training starts." in about.body.text()
    here = tmp_path / "mine"
    folder = here / "mnist"
    folder.mkdir(parents=True)
    for part, kind in (("train", 3), ("train", 1), ("t10k", 3), ("t10k", 1)):
        what = "images" if kind == 3 else "labels"
        (folder / f"{part}-{what}-idx{kind}-ubyte.gz").write_bytes(b"")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(here))
    window.actions_.of["data_folder"].trigger()
    assert window.messages.text.text() == f"Data sets are looked for in {here}."
    assert "downloaded" not in about.body.text()
    page = window.page
    page.bottom.setCurrentWidget(page.bottom.data)
    view, sweeps = page.bottom.data.open(), page.bottom.sweeps.open()
    assert view is not None and sweeps is not None
    another = tmp_path / "another"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(another))
    window.actions_.of["data_folder"].trigger()
    assert "11 MB will be downloaded" in about.body.text()
    assert {
        each._data_dir
        for each in (
            page.model.data,
            page.training,
            page.trainer.rates,
            page.bottom.look.view.source,
            page.inspector.previews,
            page.measuring,
            sweeps.controller,
            view,
        )
    } == {another}
    window.place.look_for_data_in(here)
    again = open_window(templates.open_lesson("cnn-mnist"))
    assert "downloaded" not in again.inspector.document_page.data.about.body.text()


def test_an_untitled_network_takes_the_name_of_its_file(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window = open_window(Document())
    names = [str(tmp_path / "my first"), str(tmp_path / "second")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (names.pop(0), ""))
    assert window.page.file.save()
    assert window.model.root.name == "my first"
    assert window.windowTitle() == "my first – Espalier"
    assert storage.load(tmp_path / "my first.espalier").name == "my first"
    assert window.page.file.save_as()
    assert window.model.root.name == "my first"  # a title somebody chose stays


def test_an_export_replaces_no_file_whose_ending_nobody_typed(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "mine.py"
    there.write_text("# by hand")
    chosen = str(tmp_path / "mine")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (chosen, ""))
    (target,) = [each for each in TARGETS if each.kind == "module"]
    answer(QMessageBox.StandardButton.Cancel)
    window.exporter.ask(target)
    window.exporter.wait()
    assert there.read_text() == "# by hand"
    answer(QMessageBox.StandardButton.Yes)
    window.exporter.ask(target)
    window.exporter.wait()
    assert "nn.Module" in there.read_text()
