"""A lesson's figure by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QSlider, QWidget

from gui.lesson_figures.activation import ActivationFigure
from gui.lesson_figures.convolution import ConvolutionFigure
from gui.lesson_figures.shown import ShownFigure

if TYPE_CHECKING:
    from gui.lesson_session import LessonSession

_ASIDE = 2  # pixels: it stands where the lines of the text do


class _LeavesTheWheel(QObject):
    """Keeps the wheel from what stands in a text that is scrolled."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel:
            return False
        event.ignore()  # the panel scrolls
        return True


def figure_for(figure: str, session: LessonSession, parent: QWidget) -> QWidget:
    """The widget of a figure that a lesson names; raises ValueError for no figure."""
    made = _made(figure, session, parent)
    made.setContentsMargins(_ASIDE, 0, _ASIDE, 0)
    quiet = _LeavesTheWheel(made)
    for kind in (QSlider, QComboBox, QAbstractSpinBox):
        for each in made.findChildren(kind):
            each.installEventFilter(quiet)
    return made


def _made(figure: str, session: LessonSession, parent: QWidget) -> QWidget:
    from templates.figures import kind_of_figure, wanted_of_figure  # after the frame

    kind = kind_of_figure(figure)
    if kind == "activation":
        return ActivationFigure(parent)
    if kind == "convolution":
        return ConvolutionFigure(session, parent)
    if kind == "shown":
        return ShownFigure(session, wanted_of_figure(figure), parent)
    raise ValueError(f"there is no figure {figure!r}")
