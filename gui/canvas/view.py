"""The canvas: a view of the network that can be edited with mouse and keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.costs import Cost
from engine.graph import Edge
from gui.canvas.annotating import Annotator
from gui.canvas.arrange_bar import ArrangeBar
from gui.canvas.arranging import Arranger
from gui.canvas.block_commands import BlockCommands
from gui.canvas.chains import Chains
from gui.canvas.clipboard_commands import ClipboardCommands
from gui.canvas.editing import Editor, Inputs, Shelf
from gui.canvas.empty_hint import EmptyHint
from gui.canvas.follower import Follower
from gui.canvas.gestures.base import Pointer
from gui.canvas.gestures.drop import DropTarget
from gui.canvas.glide import Glide
from gui.canvas.hits import Hit, hit_at
from gui.canvas.keys import Keys
from gui.canvas.legend import Legend
from gui.canvas.menu import context_menu
from gui.canvas.mouse import Mouse
from gui.canvas.navigation import NavigableView
from gui.canvas.node_commands import NodeCommands
from gui.canvas.partners import Partners
from gui.canvas.requests import LayerRequests
from gui.canvas.scene import CanvasScene
from gui.canvas.scopes import Scopes
from gui.canvas.selection import Selection
from gui.canvas.selection_memory import SelectionMemory
from gui.canvas.style import Style
from gui.canvas.view_memory import ViewMemory
from gui.document_model import DocumentModel
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("canvas")

_BY_KEYS = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
}


class CanvasView(NavigableView):
    """Shows the document of a model and turns gestures into undo steps.

    The keys are described in `gui.canvas.keys.Keys`, the gestures in
    `gui.canvas.gestures`. What it can do is done by its parts: `editor`, `clipboard`,
    `arranger`, `annotator`, `nodes`, `chains`, `blocks`, `requests`; what the mouse
    does is told to `mouse`.
    """

    selection_changed = Signal(list)
    """Names of the selected nodes, in the order they were selected."""
    node_activated = Signal(str)
    """A node was opened: double click or Enter."""
    add_requested = Signal(QPointF, object)
    """A layer is to be added at a point of the scene, and what it is to follow: an
    output as (node, port), or None. Where it is to be joined to something else, an
    input or the middle of an edge, `add_layer` remembers it for this point."""
    refused = Signal(str)
    """Something cannot be done; a sentence that says why and what to do."""
    cost_chosen = Signal(object)
    """The `Cost` that cards are coloured by now, or None."""
    hovered = Signal(str)
    """The node under the pointer, "" when there is none."""

    def __init__(
        self,
        model: DocumentModel,
        theme: Theme,
        parent: QWidget | None = None,
        shelf: Shelf | None = None,
        inputs: Inputs | None = None,
    ) -> None:
        scene = CanvasScene(model, Style(theme), is_on_screen=True)
        super().__init__(scene, parent)
        self.network.setParent(self)
        self.model = model
        self.shelf = shelf
        self.inputs = inputs
        self.selection = Selection(self.network, self)
        self.editor = Editor(self)
        self.clipboard = ClipboardCommands(self)
        self.arranger = Arranger(self)
        self.annotator = Annotator(self)
        self.nodes = NodeCommands(self)
        self.chains = Chains(self)
        self.blocks = BlockCommands(self)
        self.requests = LayerRequests(self)
        self.scopes = Scopes(self)
        self.glide = Glide(self)
        self._keys = Keys(self)
        self.mouse = Mouse(self)
        self._drops = DropTarget(self)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Network canvas"))
        self.arrange_bar = ArrangeBar(self)
        self.legend = Legend(self.network.style_, self)
        self.empty_hint = EmptyHint(self)
        self._seen_before = ViewMemory(self)
        self.follower = Follower(self, self._seen_before)
        self._selected_before = SelectionMemory(self)
        self._partners = Partners(self)

    # What the window asks for.

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in other colours."""
        self.network.set_style(Style(theme))
        self.minimap.set_style(self.network.style_)
        self.legend.set_style(self.network.style_)
        self.arrange_bar.set_color(theme.text)
        self.afar.changed()
        self.viewport().update()

    def color_by(self, cost: Cost | None) -> None:
        """Colour cards by what their nodes cost, or by nothing."""
        self.network.coloring.cost = cost
        self.follower.redraw()
        if self.framing.holds and self.isVisible():  # colours compare all of it
            self.framing.fit_all()
        self.cost_chosen.emit(cost)

    def fit_selection(self) -> None:
        """Show the selected nodes as large as they go."""
        names = self.selection.names
        if names:
            self.framing.fit(self.network.extent(names))
        else:
            self.framing.fit_all()

    def lying_over(self) -> list[QWidget]:
        """With the map, the legend, the trail to the block one is in, the bar."""
        parts = (self.legend, self.scopes.trail, self.arrange_bar)
        return [*super().lying_over(), *(p for p in parts if not p.isHidden())]

    def center_on(self, name: str) -> None:
        """Bring a node into the middle."""
        if name in self.network.nodes:
            self.look_at(self.network.nodes[name].rect().center())

    def sees(self, name: str) -> bool:
        """Whether all of a node is in sight, and not behind the map."""
        rect = self.network.nodes[name].rect()
        corners = self.to_view(rect.topLeft()), self.to_view(rect.bottomRight())
        is_covered = self.minimap.isVisible() and QRectF(
            self.minimap.geometry()
        ).intersects(QRectF(*corners))
        return self.sight().contains(rect) and not is_covered

    def show_node(self, name: str) -> None:
        """Pan just as far as it takes to see a node."""
        self.bring_into_sight(self.network.nodes[name].rect())

    def select(self, names: Iterable[str]) -> None:
        """Select these nodes and nothing else."""
        self.selection.set(names)

    def select_edge(self, edge: Edge, *, adds: bool = False) -> None:
        """Select an edge, alone or with what is selected already."""
        if adds:
            self.selection.set(self.selection.names, [*self.selection.edges, edge])
        else:
            self.selection.set([], [edge])

    def select_all(self) -> None:
        """Select every node."""
        self.selection.set(self.network.nodes)

    def add_layer(
        self,
        layer_name: str,
        scene_pos: QPointF | None = None,
        source: tuple[str, str] | None = None,
    ) -> str:
        """Add a node of a layer type, as `LayerRequests.add` does; gives its name."""
        return self.requests.add(layer_name, scene_pos, source)

    # What gestures ask for.

    def pointer(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """A point of the view with the keys that are held."""
        return Pointer(position, self.to_scene(position), modifiers)

    def hit(self, point: QPointF, *, wants_port: bool = False) -> Hit:
        """What is at a point of the scene; see `hit_at`."""
        return hit_at(self.network, point, self.scale_now, wants_port=wants_port)

    def open_menu(self, pointer: Pointer) -> None:
        """Show what can be done where the pointer is."""
        menu = context_menu(self, self.hit(pointer.scene), pointer.scene)
        menu.popup(self.viewport().mapToGlobal(pointer.view.toPoint()))

    # Qt's part.

    def viewportEvent(self, event: QEvent) -> bool:
        if self.mouse.takes(event) or self._drops.takes(event):
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            # Qt would move the focus before keyPressEvent hears of it; Shift+Tab does.
            self.keyPressEvent(event)
            if event.isAccepted():
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.accept()
        if event.key() == Qt.Key.Key_Escape and self.mouse.cancel():
            return
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self.mouse.hold_space()
            return
        if not self.mouse.is_dragging and not self._keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.mouse.let_space_go()
            return
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Where keys brought the focus, a ring shows it; a click needs none."""
        super().focusInEvent(event)
        self.setProperty("ringed", event.reason() in _BY_KEYS)
        self.style().polish(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.mouse.let_space_go()
        super().focusOutEvent(event)

    def follow_text(self) -> None:
        self.legend.follow_text()
        super().follow_text()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.legend.place()
        super().resizeEvent(event)
        self.arrange_bar.place()
        self.empty_hint.place(self.network.is_empty)

    def sizeHint(self) -> QSize:
        return QSize(900, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)
