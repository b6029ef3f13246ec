"""What lights up under the pointer while no button is held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from engine.catalog import Port
from engine.graph import Edge
from gui.canvas.card import Spot
from gui.canvas.hits import Hit
from gui.canvas.marks import BendMark, FrameMark, NoteMark

if TYPE_CHECKING:
    from gui.canvas.gestures.base import Pointer
    from gui.canvas.view import CanvasView

_NO_HIT = Hit()


class Hover:
    """Follows the pointer and lets what is under it stand out."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._hit = _NO_HIT

    def move(self, pointer: Pointer) -> None:
        """The pointer is here."""
        hit = self._canvas.hit(pointer.scene)
        if hit == self._hit:
            return
        before, self._hit = self._hit, hit
        self._unlight(before)
        self._light(hit, pointer.scene)
        if hit.node != before.node:
            self._canvas.hovered.emit(hit.node)

    def leave(self) -> None:
        """The pointer is elsewhere."""
        before, self._hit = self._hit, _NO_HIT
        self._unlight(before)
        if before.node:
            self._canvas.hovered.emit("")

    def keep(self, pointer: Pointer) -> None:
        """Light again what is lit, told as it is now, unless it went from there.

        What came there instead says nothing before the pointer moves: whoever types
        does not look at it.
        """
        before = self._hit
        self.forget()
        if self._canvas.hit(pointer.scene) == before:
            self._hit = before
            self._light(before, pointer.scene)

    def forget(self) -> None:
        """What was under the pointer may be gone: nothing is lit."""
        self._unlight(self._hit)
        self._hit = _NO_HIT

    def _unlight(self, hit: Hit) -> None:
        network = self._canvas.network
        if hit.node in network.nodes:
            network.nodes[hit.node].change_look(is_hovered=False, hot_port=None)
        if hit.edge is not None and hit.edge in network.edges:
            network.edges[hit.edge].set_hovered(False)
        self._hover_mark(hit, is_hovered=False)
        if network.callout is not None:
            network.callout.hover_fix(None)
        network.hint.say("", QPointF())
        self._canvas.viewport().unsetCursor()

    def _light(self, hit: Hit, at: QPointF) -> None:
        network, viewport = self._canvas.network, self._canvas.viewport()
        if hit.node:
            item = network.nodes[hit.node]
            key = (hit.spot.port, hit.spot.is_output) if hit.spot else None
            item.change_look(is_hovered=True, hot_port=key)
            if hit.spot is not None:
                viewport.setCursor(Qt.CursorShape.CrossCursor)
                place = item.spot_position(hit.spot)
                network.hint.say(self._port_words(hit.node, hit.spot), place)
            elif hit.is_badge:
                viewport.setCursor(Qt.CursorShape.PointingHandCursor)
                network.hint.say(item.card.tip, at)
            else:
                network.hint.say(item.card.hint, at)
        elif hit.edge is not None:
            network.edges[hit.edge].set_hovered(True)
            if hit.edge_end:
                viewport.setCursor(Qt.CursorShape.OpenHandCursor)
            network.hint.say(self._edge_words(hit.edge), at)
        elif hit.mark is not None:
            self._hover_mark(hit, is_hovered=True)
            viewport.setCursor(Qt.CursorShape.OpenHandCursor)
        elif hit.is_callout:
            if network.callout is not None:
                network.callout.hover_fix(hit.fix)
            if hit.fix is not None or hit.is_cross:
                viewport.setCursor(Qt.CursorShape.PointingHandCursor)

    def _hover_mark(self, hit: Hit, *, is_hovered: bool) -> None:
        network, mark = self._canvas.network, hit.mark
        match mark:
            case BendMark(edge=edge) if edge in network.edges:
                network.edges[edge].set_hovered(is_hovered)
            case FrameMark(name=name) if name in network.annotations.frames:
                network.annotations.frames[name].set_hovered(is_hovered)
            case NoteMark(name=name) if name in network.annotations.notes:
                network.annotations.notes[name].set_hovered(is_hovered)

    def _port_words(self, name: str, spot: Spot) -> str:
        layer = self._canvas.model.document.graph[name].type
        ports: tuple[Port, ...] = ()
        if layer is not None:
            ports = layer.outputs if spot.is_output else layer.inputs
        text = next((port.help for port in ports if port.name == spot.port), "")
        shape = f": {spot.shape}" if spot.shape else ""
        return f"{spot.port}{shape}" + (f". {text}" if text else "")

    def _edge_words(self, edge: Edge) -> str:
        spec = self._canvas.model.analysis.flowing(edge.source, edge.source_port)
        return "" if spec is None else f"{spec.kind}, {spec.describe()}"
