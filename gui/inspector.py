"""The right side of the window: what is selected, and everything that can be set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QStackedWidget, QWidget

from gui.block_page import BlockPage
from gui.canvas.marks import FrameMark, Mark
from gui.document_model import DocumentModel
from gui.document_page import DocumentPage
from gui.frame_page import FramePage
from gui.node_page import NodePage
from gui.preview_source import PreviewSource
from gui.several_page import SeveralPage
from gui.texts import Texts
from gui.training.controller import TrainingController, TrainingState

tr = Texts("inspector")


class Inspector(QScrollArea):
    """Shows the page of the selected node, of several, or of the document."""

    left = Signal()
    """Escape was pressed: the keyboard goes back to the canvas."""

    def __init__(
        self,
        model: DocumentModel,
        data_dir: Path,
        training: TrainingController,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.names: tuple[str, ...] = ()
        self._scope = model.scope
        """The graph whose nodes `names` are."""
        self.previews = PreviewSource(model, data_dir, training, self)
        training.state_changed.connect(self._look_again)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its room is kept: no field jumps, and no text wraps only because of it.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(tr("Inspector"))
        self._stack = _CurrentStack(self)
        self.setWidget(self._stack)
        self.document_page = DocumentPage(model, self._stack)
        self._stack.addWidget(self.document_page)
        self.block_page = BlockPage(model, self._stack)
        self._stack.addWidget(self.block_page)
        self._page: NodePage | SeveralPage | FramePage | None = None
        model.analysed.connect(self._refresh)
        model.node_renamed.connect(self._follow_name)
        model.replaced.connect(lambda: self.show_selection([]))
        model.scope_changed.connect(self._on_scope)

    def _look_again(self, state: TrainingState) -> None:
        """What a training had to download is there once it runs."""
        if state is TrainingState.RUNNING and self._model.data is not None:
            self._model.data.look_again()

    @property
    def page(self) -> QWidget:
        """The page that is shown."""
        return self._page or self._own_page

    @property
    def least_width(self) -> int:
        """Pixels in which no field is cut: the network's own page has the widest."""
        widest = self.document_page.minimumSizeHint().width()
        return widest + self.verticalScrollBar().sizeHint().width()

    @property
    def _own_page(self) -> QWidget:
        """The page of the graph that is shown, where no node is selected."""
        return self.block_page if self._model.scope else self.document_page

    def _on_scope(self) -> None:
        if self.names and self._scope == self._model.scope:
            return  # the canvas heard of it first, and has chosen the block one left
        self.names = ()
        self._show(None)

    def show_selection(self, names: list[str]) -> None:
        """Show the page for the nodes called `names`."""
        graph = self._model.document.graph
        known = tuple(name for name in names if name in graph)
        has_page = isinstance(self._page, NodePage | SeveralPage)
        if known == self.names and has_page == bool(known):
            return
        self.names, self._scope = known, self._model.scope
        if not known:
            self._show(None)
        elif len(known) == 1:
            self._show(self._page_of(known[0]))
        else:
            self._show(SeveralPage(self._model, known, self._stack))

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show the page of a frame that is selected alone; after `show_selection`."""
        if self.names:
            return
        frame = marks[0] if len(marks) == 1 else None
        if isinstance(frame, FrameMark):
            self._show(FramePage(self._model, frame.name, self._stack))
        elif isinstance(self._page, FramePage):
            self._show(None)

    def _page_of(self, name: str) -> NodePage:
        page = NodePage(self._model, name, self.previews, self._stack)
        page.mended.connect(self.left)
        page.named.connect(self.left)
        return page

    def focus_settings(self) -> None:
        """Put the keyboard into the first setting of the selected node, or its name."""
        page = self._page
        if isinstance(page, FramePage):
            page.title.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        first = (
            next(iter(page.form.fields.values()), None) if page is not None else None
        )
        if first is None or not first.isVisible():
            self.focus_name()
            return
        first.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(first.editor, QLineEdit):
            first.editor.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focus_name(self) -> None:
        """Put the keyboard into the name field of the selected node."""
        if isinstance(self._page, NodePage):
            self._page.name_field.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._page.name_field.line.selectAll()

    def _show(self, page: NodePage | SeveralPage | FramePage | None) -> None:
        old, self._page = self._page, page
        if page is not None:
            self._stack.addWidget(page)
            self._stack.setCurrentWidget(page)
        else:
            self._stack.setCurrentWidget(self._own_page)
        if old is not None:
            focused = old.focusWidget()
            if focused is not None and focused.hasFocus():
                self.setFocus()  # what was being typed is finished, not lost
            self._stack.removeWidget(old)
            old.deleteLater()
        self._stack.updateGeometry()
        self.verticalScrollBar().setValue(0)

    def _refresh(self) -> None:
        graph = self._model.document.graph
        known = [name for name in self.names if name in graph]
        if len(known) != len(self.names):
            self.show_selection(known)
        elif isinstance(self._page, NodePage) and (
            graph[self._page.name].layer != self._page.layer_name
            or self._page.is_outdated
        ):
            self._show(self._page_of(self._page.name))
        elif isinstance(self._page, FramePage) and not self._page.is_there:
            self._show(None)
        elif self._page is not None:
            self._page.refresh()

    def _follow_name(self, old: str, new: str) -> None:
        self.names = tuple(new if name == old else name for name in self.names)
        if isinstance(self._page, NodePage) and self._page.name == old:
            self._page.name = new
        elif isinstance(self._page, SeveralPage):
            self._page.names = self.names


class _CurrentStack(QStackedWidget):
    """A stack that is as high as the page on top, not as the highest one."""

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.sizeHint() if page is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return page.minimumSizeHint() if page is not None else super().sizeHint()

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        return page.heightForWidth(width) if page is not None else -1
