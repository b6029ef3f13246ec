"""A lesson's figure by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from gui.lesson_figures.activation import ActivationFigure
from gui.lesson_figures.convolution import ConvolutionFigure
from gui.lesson_figures.shown import ShownFigure

if TYPE_CHECKING:
    from gui.lesson_session import LessonSession


def figure_for(figure: str, session: LessonSession, parent: QWidget) -> QWidget:
    """The widget of a figure that a lesson names; raises ValueError for no figure."""
    from templates.figures import kind_of_figure, wanted_of_figure  # after the frame

    kind = kind_of_figure(figure)
    if kind == "activation":
        return ActivationFigure(parent)
    if kind == "convolution":
        return ConvolutionFigure(session, parent)
    if kind == "shown":
        return ShownFigure(session, wanted_of_figure(figure), parent)
    raise ValueError(f"there is no figure {figure!r}")
