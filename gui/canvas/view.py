"""The canvas: a view of the network that can be edited with mouse and keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QWidget

from engine.edits import Compound
from engine.graph import Edge
from gui.canvas.block_commands import BlockCommands
from gui.canvas.border_scroll import BorderScroll
from gui.canvas.card import PORT_Y, describe
from gui.canvas.edge_rules import End
from gui.canvas.editing import Editor, Onto, Shelf
from gui.canvas.gestures.base import Gesture, Pointer
from gui.canvas.gestures.choice import gesture_for
from gui.canvas.gestures.drop import PALETTE_MIME, PaletteDrop
from gui.canvas.glide import Glide
from gui.canvas.hits import Hit, edge_at, hit_at
from gui.canvas.hover import Hover
from gui.canvas.keys import Keys
from gui.canvas.menu import context_menu
from gui.canvas.navigation import NavigableView
from gui.canvas.placing import GAP
from gui.canvas.render import paint_network
from gui.canvas.scene import CanvasScene, Pair
from gui.canvas.scopes import Scopes
from gui.canvas.selection import Selection
from gui.canvas.style import Style
from gui.document_model import DocumentModel
from gui.theme import Theme


class CanvasView(NavigableView):
    """Shows the document of a model and turns gestures into undo steps.

    The keys are described in `gui.canvas.keys.Keys`.
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
    hovered = Signal(str)
    """The node under the pointer, "" when there is none."""

    def __init__(
        self,
        model: DocumentModel,
        theme: Theme,
        parent: QWidget | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        scene = CanvasScene(model, Style(theme), is_on_screen=True)
        super().__init__(scene, parent)
        self.network.setParent(self)
        self.model = model
        self.shelf = shelf
        self.selection = Selection(self.network, self)
        self.selection.changed.connect(self._on_selection)
        self.editor = Editor(self)
        self.blocks = BlockCommands(self)
        self.scopes = Scopes(self)
        self._keys = Keys(self)
        self._hover = Hover(self)
        self._gesture: Gesture | None = None
        self._button = Qt.MouseButton.NoButton
        self._drop: PaletteDrop | None = None
        self._requested: tuple[QPointF, Onto] | None = None
        self._holds_space = False
        self._glide = Glide(self)
        self._border_scroll = BorderScroll(self)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Network canvas")
        self._describe()
        self._follow_model()

    # The contract with the window.

    def set_theme(self, theme: Theme) -> None:
        """Draw everything in other colours."""
        self.network.set_style(Style(theme))
        self.minimap.set_style(self.network.style_)
        self.overview_changed()
        self.viewport().update()

    def fit_selection(self) -> None:
        """Show the selected nodes as large as they go."""
        names = self.selection.names
        self.fit(self.network.extent(names)) if names else self.fit_all()

    def center_on(self, name: str) -> None:
        """Bring a node into the middle."""
        if name in self.network.nodes:
            self.look_at(self.network.nodes[name].rect().center())

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

    def selected_names(self) -> list[str]:
        """The selected nodes, in the order they were selected."""
        return self.selection.names

    def selected_edges(self) -> list[Edge]:
        """The selected edges."""
        return self.selection.edges

    def delete_selected(self, keep_flow: bool = False) -> None:
        """Remove what is selected; `keep_flow` joins what the nodes lay between."""
        self.editor.delete(keep_flow=keep_flow)

    def copy_selected(self) -> None:
        """Put the selected nodes on the clipboard."""
        self.editor.copy()

    def cut_selected(self) -> None:
        """Put the selected nodes on the clipboard and remove them."""
        self.editor.cut()

    def paste(self) -> None:
        """Add the nodes that are on the clipboard."""
        self.editor.paste()

    def duplicate_selected(self) -> None:
        """Add copies of the selected nodes."""
        self.editor.duplicate()

    def tidy_up(self) -> None:
        """Lay out the selected nodes, or all of them."""
        self.editor.tidy_up()

    def add_layer(
        self,
        layer_name: str,
        scene_pos: QPointF | None = None,
        source: tuple[str, str] | None = None,
    ) -> str:
        """Add a node of a layer type and select it; gives its name.

        It follows `source`, an output as (node, port). At the point of the last
        `add_requested` it is joined to what was meant there. Without a point it goes
        to the right of the selected node and follows that.
        """
        onto: Onto = End(*source, True) if source is not None else None
        requested, self._requested = self._requested, None
        if onto is None and requested is not None and scene_pos == requested[0]:
            onto = requested[1]
        place = None
        if scene_pos is not None:
            place = self.editor.place_for(layer_name, scene_pos, onto)
        return self.editor.add(layer_name, place, onto)

    def render_image(self, size: QSize, theme: Theme) -> QImage:
        """A picture of the whole network in a size of pixels."""
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        pair = Pair(self.model.document, self.model.analysis)
        paint_network(pair, theme, image)
        return image

    # What gestures ask for.

    def pointer(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        """A point of the view with the keys that are held."""
        return Pointer(position, self.to_scene(position), modifiers)

    def hit(self, point: QPointF) -> Hit:
        """What is at a point of the scene."""
        return hit_at(self.network, point, self.scale_now)

    def edge_near(self, rect: QRectF) -> Edge | None:
        """The edge that passes through a rectangle of the scene."""
        return edge_at(self.network, rect)

    def request_layer(self, point: QPointF, onto: Onto) -> None:
        """Ask the window for a layer to add at a point of the scene."""
        self._requested = (point, onto)
        source = None
        if isinstance(onto, End) and onto.is_output:
            source = (onto.node, onto.port)
        self.add_requested.emit(point, source)

    def request_layer_at_pointer(self) -> None:
        """Ask for a layer to add: after the selected node, else at the pointer."""
        at = QPointF(self.viewport().mapFromGlobal(QCursor.pos()))
        if not QRectF(self.viewport().rect()).contains(at):
            at = QPointF(self.viewport().rect().center())
        names = self.selection.names
        if len(names) == 1:
            item = self.network.nodes[names[0]]
            place = item.rect().topRight() + QPointF(GAP, PORT_Y)
            self.request_layer(place, self.editor.after(names[0]))
        else:
            self.request_layer(self.to_scene(at), None)

    def apply_fix(self, index: int) -> None:
        """Mend the first error in the way its note offers."""
        callout = self.network.callout
        if callout is not None and index < len(callout.problem.fixes):
            fix = callout.problem.fixes[index]
            edit = Compound(fix.edits)  # type: ignore[arg-type]
            self.model.push(fix.label, edit, scope=callout.problem.scope)

    def open_menu(self, pointer: Pointer) -> None:
        """Show what can be done where the pointer is."""
        menu = context_menu(self, self.hit(pointer.scene), pointer.scene)
        menu.popup(self.viewport().mapToGlobal(pointer.view.toPoint()))

    def glide_next(self) -> None:
        """Let the cards glide to where the next change puts them."""
        self._glide.arm()

    # Following the model.

    def _follow_model(self) -> None:
        model, network = self.model, self.network
        model.node_added.connect(network.note_node)
        model.node_removed.connect(network.note_node)
        model.node_changed.connect(network.note_node)
        model.nodes_moved.connect(network.note_nodes)
        model.node_renamed.connect(self._on_renamed)
        model.edge_added.connect(network.note_edge)
        model.edge_removed.connect(network.note_edge)
        model.replaced.connect(self.start_anew)
        model.analysed.connect(self._on_analysed)

    def _on_renamed(self, old: str, new: str) -> None:
        self.selection.rename(old, new)
        self.network.note_renamed(old, new)

    def start_anew(self) -> None:
        """Show the graph that the model shows now."""
        self.cancel_gesture()
        self.blocks.entry.close_quietly()
        self.selection.set([])
        self.network.rebuild()
        self.overview_changed()
        self.fit_soon()

    def _on_analysed(self) -> None:
        if self.network.has_notes:  # what the gesture is about may be gone
            self.cancel_gesture()
        before = self._glide.places()
        self.network.follow()
        self._glide.start(before)
        self.selection.prune()
        self._hover.forget()
        self.overview_changed()
        self._describe()

    def _on_selection(self, names: list[str]) -> None:
        self.overview_changed()
        self._describe()
        self.selection_changed.emit(names)

    def _describe(self) -> None:
        """Tell a screen reader what is selected."""
        graph, names = self.model.document.graph, self.selection.names
        text = f"{len(graph)} nodes, {len(graph.edges)} edges."
        if len(names) == 1 and names[0] in graph:
            card = self.network.card(names[0])
            shapes = ", ".join(row.shape for row in card.rows if row.shape)
            text = (
                f"{names[0]}: {describe(graph[names[0]])}. Shape {shapes}. {card.tip}"
            )
        elif names:
            text = f"{len(names)} of {text}"
        self.setAccessibleDescription(text.strip())
        if QAccessible.isActive():
            event = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)

    # The mouse.

    def cancel_gesture(self) -> bool:
        """Let go of a running gesture without a trace; gives whether there was one."""
        gesture, self._gesture = self._gesture, None
        self._border_scroll.stop()
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._gesture is not None:
            self.cancel_gesture()  # another button while one is held: never mind
            return
        self._glide.finish()
        self._hover.leave()
        self._gesture = gesture_for(self, event, holds_space=self._holds_space)
        self._button = event.button()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()
        pointer = self.pointer(event.position(), event.modifiers())
        if self._gesture is None:
            if not event.buttons():
                self._hover.move(pointer)
            return
        self._gesture.move(pointer)
        if self._gesture is not None and self._gesture.is_dragging:
            self._border_scroll.follow(self._gesture, pointer)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if self._gesture is None or event.button() != self._button:
            return
        gesture, self._gesture = self._gesture, None
        self._border_scroll.stop()
        pointer = self.pointer(event.position(), event.modifiers())
        gesture.release(pointer)
        self._hover.move(pointer)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        point = self.to_scene(event.position())
        hit = self.hit(point)
        if hit.node:
            self.select([hit.node])
            if not self.scopes.enter(hit.node):
                self.node_activated.emit(hit.node)
        elif not hit.is_callout:
            self.request_layer(point, hit.edge)

    # The keys.

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
        if event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat() and self._gesture is None:
                self._holds_space = True
                self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
            return
        if self._gesture is not None and self._gesture.is_dragging:
            return
        if not self._keys.press(event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._holds_space = False
            self.viewport().unsetCursor()
            return
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._holds_space = False
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover.leave()
        super().leaveEvent(event)

    # Drags from the palette.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if not data.hasFormat(PALETTE_MIME):
            event.ignore()
            return
        layer = bytes(data.data(PALETTE_MIME).data()).decode(errors="replace")
        if self.editor.new_node(layer).type is None:
            event.ignore()
            return
        self._end_drop()
        self._drop = PaletteDrop(self, layer)
        self._drop.move(self.to_scene(event.position()))
        event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._drop is None:
            event.ignore()
            return
        self._drop.move(self.to_scene(event.position()))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._end_drop()

    def dropEvent(self, event: QDropEvent) -> None:
        if self._drop is None:
            event.ignore()
            return
        drop, self._drop = self._drop, None
        drop.drop(self.to_scene(event.position()))
        event.acceptProposedAction()
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def _end_drop(self) -> None:
        if self._drop is not None:
            self._drop.clear()
            self._drop = None

    def sizeHint(self) -> QSize:
        return QSize(900, 600)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 160)
