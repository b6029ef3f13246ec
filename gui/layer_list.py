"""The palette: every layer type by family, found by name or by everyday words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QDrag, QFont, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from engine.catalog import Layer, TensorSpec
from gui.canvas.gestures.drop import PALETTE_MIME
from gui.layer_folds import Rest, Row, folded
from gui.layer_search import FAMILY_TITLES, matching, reads
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("inspector")

_Index = QModelIndex | QPersistentModelIndex


class LayerListModel(QAbstractListModel):
    """Layer types under headings of their families; a search has no headings."""

    layer_role = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[Row] = []
        self.more: Callable[[], Iterable[Layer]] = tuple
        """Gives the blocks that are to be found beside the catalog's layers."""
        self.given: TensorSpec | None = None
        """What the layer that is looked for will be given, where that is known."""
        self.likely: Sequence[TensorSpec] = ()
        """What it may be given, most likely first, where that is not known."""
        self.folds = False
        """Whether, where nothing is looked for, only the usual layers are shown."""
        self._opened: set[str] = set()
        self.search("")

    def search(self, words: str) -> None:
        """Show what a search finds."""
        self.beginResetModel()
        self.rows = list(self.rows_for(words))
        self.endResetModel()

    def toggle(self, rest: Rest) -> None:
        """Show the other layers of a family, or fold them away again."""
        self._opened ^= {rest.family}
        self.search("")

    def rows_for(self, words: str) -> Sequence[Row]:
        """The rows of a search: layers, and headings where it looks for nothing."""
        found = matching(words, self.more(), self.given, self.likely)
        if self.folds and not words.strip():
            titles = {family: tr.of(title) for family, title in FAMILY_TITLES.items()}
            return folded(found, titles, self._opened)
        rows: list[Row] = []
        family = None
        for layer in found:
            if not words.strip() and layer.family != family:
                family = layer.family
                title = FAMILY_TITLES.get(family)
                rows.append(tr.of(title) if title else family.capitalize())
            rows.append(layer)
        return rows

    def first_row(self) -> int:
        """The first row that is a layer; -1 where there is none."""
        return next(
            (row for row, each in enumerate(self.rows) if isinstance(each, Layer)), -1
        )

    def row_of(self, layer_name: str) -> int:
        """The row of a layer type; -1 where it is not shown."""
        for row, each in enumerate(self.rows):
            if isinstance(each, Layer) and each.name == layer_name:
                return row
        return -1

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        each = self.rows[index.row()]
        if role == self.layer_role:
            return each
        if isinstance(each, str | Rest):
            said = each if isinstance(each, str) else each.text
            return said if role == Qt.ItemDataRole.DisplayRole else None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return each.name
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = [" ".join(each.help.split())]
            if each.formula:
                lines.append(each.formula)
            if each.aliases:
                lines.append(
                    tr("Also called {aliases}.", aliases=", ".join(each.aliases))
                )
            return "\n\n".join(lines)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        row = self.rows[index.row()] if index.isValid() else ""
        if isinstance(row, Rest):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if isinstance(row, Layer):
            return (
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsSelectable
                | Qt.ItemFlag.ItemIsDragEnabled
                | Qt.ItemFlag.ItemNeverHasChildren
            )
        return Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:
        return [PALETTE_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        for index in indexes:
            each = self.rows[index.row()]
            if isinstance(each, Layer):
                mime.setData(PALETTE_MIME, each.name.encode())
                mime.setText(each.name)
        return mime


class LayerDelegate(QStyledItemDelegate):
    """Draws a row: the family's strip, the name, what the layer reads."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def strip(self, layer: Layer) -> QPixmap:
        """A small picture of a layer: its family's colour."""
        strip = QPixmap(4, 14)
        strip.fill(QColor(self.theme.families.get(layer.family, self.theme.muted)))
        return strip

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        is_layer = not isinstance(index.data(LayerListModel.layer_role), str)
        height = option.fontMetrics.height()
        return QSize(120, height + (8 if is_layer else 12))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        each = index.data(LayerListModel.layer_role)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(each, Layer):
            self._paint_layer(painter, option, each)
        elif isinstance(each, Rest):
            self._paint_rest(painter, option, each)
        else:
            self._paint_heading(painter, option, str(each))
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, title: str
    ) -> None:
        painter.setFont(heading_font(option.font))
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(
            option.rect.adjusted(4, 0, 0, -2),
            Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft,
            title.upper(),
        )

    def _paint_rest(
        self, painter: QPainter, option: QStyleOptionViewItem, rest: Rest
    ) -> None:
        self._paint_ground(painter, option)
        painter.setFont(_smaller(option.font))
        painter.setPen(QColor(self.theme.muted))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(option.rect.adjusted(22, 0, -8, 0), middle, rest.text)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected or option.state & QStyle.StateFlag.State_MouseOver:
            is_ringed = is_selected and self.theme.is_high_contrast
            ring = QColor(self.theme.focus if is_ringed else self.theme.raised)
            painter.setPen(ring)
            painter.setBrush(QColor(self.theme.raised))
            ground = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(ground, 5, 5)

    def _paint_layer(
        self, painter: QPainter, option: QStyleOptionViewItem, layer: Layer
    ) -> None:
        rect = QRect(option.rect)
        self._paint_ground(painter, option)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(
            QColor(self.theme.families.get(layer.family, self.theme.muted))
        )
        strip = QRectF(rect.left() + 8, rect.top() + 5, 4, rect.height() - 10)
        painter.drawRoundedRect(strip, 2, 2)
        painter.setPen(QColor(self.theme.text))
        painter.setFont(option.font)
        middle = Qt.AlignmentFlag.AlignVCenter
        text = rect.adjusted(22, 0, -8, 0)
        painter.drawText(text, middle | Qt.AlignmentFlag.AlignLeft, layer.name)
        word = reads(layer)
        metrics = option.fontMetrics
        free = text.width() - metrics.horizontalAdvance(layer.name) - 10
        if word and metrics.horizontalAdvance(word) <= free:
            painter.setFont(_smaller(option.font))
            painter.setPen(QColor(self.theme.muted))
            painter.drawText(text, middle | Qt.AlignmentFlag.AlignRight, word)


def heading_font(font: QFont) -> QFont:
    """The font of the heading of a part of a list."""
    small = QFont(font)
    small.setPointSizeF(max(small.pointSizeF() * 0.85, 6.0))
    return small


def _smaller(font: QFont) -> QFont:
    """The font of what stands beside a name."""
    small = QFont(font)
    small.setPointSizeF(max(small.pointSizeF() * 0.88, 6.0))
    return small


_STRIP_AWAY = 12
"""Pixels between the pointer and what is dragged."""
EDGE = 6
"""Pixels beside the search and the list, where no bar takes them."""


class LayerList(QListView):
    """The list itself, to be dragged from."""

    layer_chosen = Signal(str)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        layers: LayerListModel | None = None,
    ) -> None:
        super().__init__(parent)
        self.layers = layers or LayerListModel(self)
        self._delegate = LayerDelegate(theme, self)
        self.setModel(self.layers)
        self.setItemDelegate(self._delegate)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(tr("Layers"))
        self.edge = 0
        """Pixels left free at the right where no bar stands there."""
        self.verticalScrollBar().rangeChanged.connect(self._keep_edge)
        self.picks_by_click = False
        """Whether one click takes a layer; it takes two otherwise."""
        self.doubleClicked.connect(self._choose)
        self.clicked.connect(self._click)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self._delegate.theme = theme
        self.viewport().update()

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803  Qt's
        """Drag a strip of the family's colour: a whole row would hide the canvas.

        Over that, the card to come is seen.
        """
        index = self.currentIndex()
        layer = index.data(LayerListModel.layer_role) if index.isValid() else None
        if not isinstance(layer, Layer):
            return
        drag = QDrag(self)
        drag.setMimeData(self.layers.mimeData([index]))
        drag.setPixmap(self._delegate.strip(layer))
        drag.setHotSpot(QPoint(-_STRIP_AWAY, 0))
        drag.exec(supportedActions, Qt.DropAction.CopyAction)

    def _keep_edge(self, _: int, end: int) -> None:
        self.setViewportMargins(0, 0, 0 if end else self.edge, 0)

    def search(self, words: str) -> None:
        """Show what a search finds and stand on the first."""
        self.layers.search(words)
        row = self.layers.first_row()
        if words.strip() and row >= 0:
            self.setCurrentIndex(self.layers.index(row))

    def choose_current(self) -> None:
        """Take the row the list stands on, or unfold what it stands for."""
        if not self._unfold(self.currentIndex()):
            self._choose(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.choose_current()
        else:
            super().keyPressEvent(event)

    def _click(self, index: QModelIndex) -> None:
        if not self._unfold(index) and self.picks_by_click:
            self._choose(index)

    def _unfold(self, index: QModelIndex) -> bool:
        """Show or fold away what a row stands for; whether it stands for any."""
        rest = index.data(LayerListModel.layer_role) if index.isValid() else None
        if not isinstance(rest, Rest):
            return False
        self.layers.toggle(rest)
        # The row that was pressed is gone, or has gone down: stay where it was.
        last = self.layers.rowCount() - 1
        self.setCurrentIndex(self.layers.index(min(index.row(), last)))
        return True

    def _choose(self, index: QModelIndex) -> None:
        layer = index.data(LayerListModel.layer_role) if index.isValid() else None
        if isinstance(layer, Layer):
            self.layer_chosen.emit(layer.name)


class SearchLine(QLineEdit):
    """A search field that moves through its list without losing the keyboard."""

    def __init__(self, target: LayerList, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._target = target
        self.setClearButtonEnabled(False)
        self.setPlaceholderText(tr("Search layers…"))
        self.setAccessibleName(tr("Search layers"))
        self.textChanged.connect(target.search)
        self.returnPressed.connect(target.choose_current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Down,
            Qt.Key.Key_Up,
            Qt.Key.Key_PageDown,
            Qt.Key.Key_PageUp,
        }
        if Qt.Key(event.key()) in moves:
            self._target.keyPressEvent(event)
        else:
            super().keyPressEvent(event)


class LayerPanel(QWidget):
    """The Layers tab: a search field over the list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = LayerList(theme, self)
        self.list.layers.folds = True
        self.list.edge = EDGE
        self.list.search("")
        self.search = SearchLine(self.list, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 2, 6)  # the list's bar stands at the edge
        column.setSpacing(4)
        self._top = QVBoxLayout()
        self._top.setContentsMargins(0, 0, EDGE, 0)
        self._top.addWidget(self.search)
        column.addLayout(self._top)
        column.addWidget(self.list, 1)

    def stack_above(self, widget: QWidget) -> None:
        """Put a widget above the search."""
        self._top.insertWidget(0, widget)
