"""The small search that opens where a layer is to be put."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from engine.catalog import TensorSpec
from gui.cards import label
from gui.layer_list import LayerList, SearchLine
from gui.text_scale import scaled
from gui.texts import Texts
from gui.theme import Theme
from gui.whole_rows import end_with_whole_row

tr = Texts("inspector")

_WIDTH, _HEIGHT = 280, 340


class AddSearch(QFrame):
    """Filters the layers as one types; Enter adds the one it stands on."""

    layer_chosen = Signal(str, QPointF)
    """The layer type and the scene position."""
    closed = Signal()
    """It is not seen any more, whether something was chosen or not."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.setProperty("kind", "window")
        self.setAccessibleName(tr("Add a layer"))
        self._position = QPointF()
        self.list = LayerList(theme, self)
        self.list.setDragEnabled(False)
        self.list.picks_by_click = True
        self.list.layers.folds = True
        self.search = SearchLine(self.list, self)
        self.caption = label("", "caption", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.caption)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.list.layer_chosen.connect(self._choose)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.list.set_theme(theme)

    def open_at(
        self,
        corner: QPoint,
        position: QPointF,
        joins: bool = False,
        given: TensorSpec | None = None,
        likely: Sequence[TensorSpec] = (),
    ) -> None:
        """Open with the upper left corner at `corner` (on the screen).

        What is chosen goes to `position` on the canvas; `joins` tells whether the
        canvas will join it to the port or edge it was asked for at. Where it will be
        `given` something, layers that take it are listed, and found first; else those
        are found first that take what is `likely`.
        """
        self._position = position
        self.list.layers.given, self.list.layers.likely = given, likely
        self.caption.setText(_caption(joins, given))
        self.search.clear()
        self.list.search("")
        self.list.setCurrentIndex(self.list.layers.index(self.list.layers.first_row()))
        self.list.scrollToTop()
        self.resize(scaled(_WIDTH), scaled(_HEIGHT))
        screen = QGuiApplication.screenAt(corner) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        self.move(
            max(room.left(), min(corner.x(), room.right() - self.width())),
            max(room.top(), min(corner.y(), room.bottom() - self.height())),
        )
        self.show()
        end_with_whole_row(self, self.list)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    def _choose(self, layer_name: str) -> None:
        self.hide()
        self.layer_chosen.emit(layer_name, self._position)


def _caption(joins: bool, given: TensorSpec | None) -> str:
    if given is not None:
        return tr(
            "Layers that take {given}; type a name for any other layer",
            given=given.describe(),
        )
    if joins:
        return tr("Add a layer here, joined to the edge")
    return tr("Add a layer: type its name")
