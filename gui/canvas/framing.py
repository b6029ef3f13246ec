"""What of a network is brought into a view: all of it, its beginning, a part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, QSize, QSizeF

from gui.canvas.geometry import Coords
from gui.canvas.room import LEGIBLE, MARGIN, OPENING, Room
from gui.canvas.travel import Travel

if TYPE_CHECKING:
    from gui.canvas.navigation import NavigableView

BORDER = 24
"""Pixels at the edges of a view in which nothing counts as seen well."""
_FINELY = 2  # percent
_AIR = 8  # pixels between the edge and a card that is not cut

Asked = Literal["", "whole", "opened"]


class Looked(NamedTuple):
    """What was seen of a network, and what had been asked for."""

    scale: float
    centre: QPointF
    asked: Asked
    shows_all: bool


class Framing(QObject):
    """Fits a view to its network, and again while nobody has moved about since."""

    def __init__(self, view: NavigableView) -> None:
        super().__init__(view)
        self._view = view
        self.room = Room(view)
        self._is_wanted = True
        """Whether the network is to be opened on once the view is shown."""
        self._asked: Asked = ""
        self._left: Asked = ""
        """What was asked for before a glance at something else."""
        self._shows_all = False
        """Whether what was asked for has brought all of the network into sight."""
        self._is_passing = self._is_moving = False
        """Whether the view is on its way, and whether nobody's hand moves it."""
        self._is_under_hand = False
        self.hands = 0
        """How often somebody has moved about."""
        self.travel = Travel(view)
        self.travel.passed.connect(self._pass)

    @property
    def holds(self) -> bool:
        """Whether nobody has moved about since the network was opened or fitted."""
        return bool(self._asked)

    def forget(self) -> None:
        """What is seen is no longer what was asked for: somebody moves about, say."""
        if self._is_passing:
            return
        self.hands += not self._is_moving
        self.travel.stop()
        self._asked = self._left = ""

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Moves of the view that nobody has asked for, and that an undo takes back."""
        before, self._is_moving = self._is_moving, True
        try:
            yield
        finally:
            self._is_moving = before

    @contextmanager
    def under_hand(self, is_so: bool = True) -> Iterator[None]:
        """Edits made where the pointer is: the view stays where the hand left it.

        It never zooms for them, and pans only for what would be out of sight.
        """
        before, self._is_under_hand = self._is_under_hand, is_so
        try:
            yield
        finally:
            self._is_under_hand = before

    @property
    def is_under_hand(self) -> bool:
        """Whether the edit that goes on is made where the pointer is."""
        return self._is_under_hand

    def bring_into_sight(self, rect: QRectF) -> None:
        """See what a step has added; the view moves no farther than that takes.

        Under a hand it does not move for what is half in sight already.
        """
        shown = rect & self.travel.goal
        seen = _area(shown) - _area(shown & self._view.map_in_scene())
        if self._is_under_hand and 2 * seen > _area(rect):
            return
        with self.by_itself():
            self._view.bring_into_sight(rect)

    def glance(self, rect: QRectF) -> None:
        """See a rectangle of the scene, until `look_away`."""
        asked = self._asked or self._left
        self.bring_into_sight(rect)
        if not self._asked:  # it was out of sight
            self._left = asked

    def look_away(self) -> None:
        """See what was seen before the glance, unless somebody has moved since."""
        if self._left:
            self._asked, self._left = self._left, ""
            self.show_again()

    def fit(self, rect: QRectF, *, above: int = 0, below: int = 0) -> None:
        """Show a rectangle of the scene as large as it goes, 100 % at most.

        In a view of a large screen, a quarter more.

        So many pixels at the upper and at the lower edge of the view are left free.
        """
        view = self._view
        self.forget()
        if rect.isEmpty():
            view.set_scale(view.base)
            view.look_at(QPointF(0, 0))
            return
        view.set_scale(self.room.scale_for(rect, above + below))
        view.look_at(rect.center())
        view.pan_by(0, (above - below) / 2)

    def fit_all(self) -> None:
        """Show the whole network, none of it behind what lies over the canvas."""
        extent = self._view.network.extent()
        self.fit(extent)
        over = filter(self.room.covers_a_card, self._view.lying_over())
        above, below = self.room.hidden_by(over)
        if above or below:
            self.fit(extent, above=above, below=below)
        self._asked, self._shows_all = "whole", True

    def open(self) -> None:
        """Show the whole network, or the beginning of one that would be too small."""
        with self.by_itself():
            self.fit_all()
            if not self.room.is_legible_at(self._view.scale_now):
                self._look_at_beginning()
                self._look_at_note()
                self._shows_all = False
        self._view.afar.arrive()
        self._asked = "opened"

    def follow(self) -> None:
        """Show all again where what was added has pushed some of it out of sight.

        Only of a network that was shown whole, and that nobody has moved about in
        since; and only where it can be read then: else the view stays as it is. It
        stays under a hand, too, where the next press would miss, and from then on.
        """
        view = self._view
        if not (self.holds and self._shows_all and view.isVisible()):
            return
        network, looked = view.network, self.looked()
        # Without the note about an error: one glances at that.
        extent = network.extent(network.nodes) | network.annotations.extent()
        goal = self.travel.goal
        border = BORDER * goal.width() / view.viewport().width()
        border = 0 if self._is_under_hand else border
        seen = goal.adjusted(border, border, -border, -border)
        if extent.isEmpty() or seen.contains(extent):
            return
        if self._is_under_hand:
            with self.by_itself():
                self.forget()
            return
        before = view.sight()
        if self.room.is_legible_at(self.room.scale_for(extent)):
            with self.by_itself():
                self.fit_all()
            self._asked = looked.asked
            if not self.room.is_legible:  # with room for what lies over the canvas
                self.look_back(looked)
        self.travel.start(before)

    def open_soon(self) -> None:
        """Open on the network as soon as the size of the view is known."""
        self._is_wanted = True
        if self._view.isVisible():
            self.shown()

    def shown(self) -> None:
        """The view is shown, its size is known."""
        if self._is_wanted:
            self._is_wanted = False
            self.open()

    def looked(self) -> Looked:
        """What is seen now, and what for: to be looked back at."""
        goal = self.travel.goal
        scale = self._view.scale_now
        if self.travel.is_on:
            scale = self._view.viewport().width() / goal.width()
        return Looked(scale, goal.center(), self._asked, self._shows_all)

    def look_back(self, looked: Looked) -> None:
        """See what was seen before, and follow it where it was followed then."""
        self._is_wanted = False
        with self.by_itself():
            self._view.set_scale(looked.scale)
            self._view.look_at(looked.centre)
        self._asked, self._shows_all = looked.asked, looked.shows_all

    def go_back(self, looked: Looked) -> None:
        """The same, on a way that the eye can follow."""
        before = self._view.sight()
        self.travel.stop()
        self.look_back(looked)
        self.travel.start(before)

    def follow_size(self, before: QSize) -> None:
        """The view has another size: what was seen whole is not cut off by that.

        Whether it was asked for, or somebody had moved there.
        """
        view, seen = self._view, self._view.sight()
        extent = view.network.extent()
        if self._asked or self._left or extent.isEmpty() or not view.isVisible():
            self.show_again()
            return
        had = QRectF(seen.topLeft(), QSizeF(before) / view.scale_now)
        if had.contains(extent) and not seen.contains(extent):
            self.fit_all()

    def show_again(self) -> None:
        """Show what was asked for last, in a view of another size."""
        if not self._view.isVisible():
            return
        if self._asked == "whole":
            with self.by_itself():
                self.fit_all()
        elif self._asked == "opened":
            self.open()

    def follow_text(self, percent: float) -> None:
        """What 100 % is has changed; the view was at so many percent.

        What was seen whole stays whole where it can be read then; else it is opened.
        """
        view, asked = self._view, self._asked
        extent = view.network.extent()
        was_whole = self._shows_all if asked else view.sight().contains(extent)
        if asked and view.isVisible():
            self.show_again()
        else:
            with self.by_itself():
                view.zoom_to(percent)
            self._asked = asked
        is_cut = not extent.isEmpty() and not view.sight().contains(extent)
        if was_whole and is_cut and not asked and view.isVisible():
            self.open()

    def _pass(self, part: QRectF) -> None:
        """See a part of the scene on the way to what was asked for."""
        self._is_passing = True
        self._view.set_scale(self._view.viewport().width() / part.width())
        self._view.look_at(part.center())
        self._is_passing = False

    def _look_at_beginning(self) -> None:
        """See what comes first, as large as it is with the fewest cards cut off."""
        view = self._view
        above, below = self.room.hidden_by(view.lying_over())
        seen = QRectF(view.viewport().rect())
        room = seen.adjusted(MARGIN, MARGIN + above, -MARGIN, -MARGIN - below)
        whole, begins = view.network.extent(), view.network.beginning()
        cards = [item.box for item in view.network.nodes.values()]
        fewest, best, corner = len(cards) + 1, view.base, QPointF()
        for percent in range(OPENING, LEGIBLE - 1, -_FINELY):
            scale = view.base * percent / 100
            place = _beginning(whole, begins, room.size() / scale)
            shown = QRectF(place - room.topLeft() / scale, seen.size() / scale)
            cut = _cut_off(cards, shown, _AIR / scale)
            if cut < fewest:
                fewest, best, corner = cut, scale, place
        view.set_scale(best)
        away = view.to_view(corner) - room.topLeft()
        view.pan_by(-away.x(), -away.y())

    def _look_at_note(self) -> None:
        """See all of the note about an error, and the card it is about."""
        view = self._view
        note = view.network.callout
        if note is None or not note.isVisible():
            return
        seen = view.sight().size()
        whole = note.rect()
        if note.problem.node in view.network.nodes:
            whole |= view.network.nodes[note.problem.node].rect()
        border = 2 * BORDER / view.scale_now
        for part in (whole, note.rect()):
            if (
                part.width() + border <= seen.width()
                and part.height() + border <= seen.height()
            ):
                view.bring_into_sight(part)
                return


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()


def _beginning(whole: QRectF, begins: QRectF, seen: QSizeF) -> QPointF:
    """The upper left corner of what is seen first of a network, in the scene.

    What comes first is at the left, and of the height as much is seen as goes.
    """
    left, top = whole.left(), begins.center().y() - seen.height() / 2
    if whole.width() > seen.width():
        left = begins.left()
    # Nothing bare is shown below the network, and still less above it.
    top = max(min(top, whole.bottom() - seen.height()), whole.top())
    if whole.height() <= seen.height():
        top = whole.center().y() - seen.height() / 2
    return QPointF(left, top)


def _cut_off(cards: Iterable[Coords], shown: QRectF, air: float) -> int:
    """How many are seen in part, or up to where there is no more air."""
    left, top, right, low = shown.getCoords()
    return sum(
        x < right
        and x2 > left
        and y < low
        and y2 > top
        and not (
            left + air <= x and x2 <= right - air and top + air <= y and y2 <= low - air
        )
        for x, y, x2, y2 in cards
    )
