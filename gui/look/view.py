"""The Look tab's inside: what the network shows, how good it is, and trying it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from engine.document import Document
from gui.choice_box import ChoiceBox
from gui.look.evaluate_page import EvaluatePage
from gui.look.shown_page import ShownPage
from gui.look.trained_source import BEGINNING, Choice, TrainedSource
from gui.look.try_page import TryPage
from gui.text_scale import scaled
from gui.texts import Texts
from gui.theme import Theme
from gui.training.buffer import News
from gui.training.controller import TrainingController, TrainingState

tr = Texts("look")

SHOWN, EVALUATE, TRY = range(3)


class LookView(QWidget):
    """Three pages, and the run whose network the last two are about."""

    larger_wanted = Signal()
    """To have a window of its own, or to go back out of it."""

    def __init__(
        self,
        controller: TrainingController,
        document: Callable[[], Document],
        data_dir: Path,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller = controller
        self._has_epochs = False
        """Whether the newest run came to the end of an epoch."""
        self._is_enlarged = False
        self.source = TrainedSource(controller, document, data_dir, self)
        self.shown = ShownPage(theme, self)
        self.evaluate = EvaluatePage(self.source, theme, self)
        self.trying = TryPage(self.source, theme, self)
        self._stack = QStackedWidget(self)
        for page in (self.shown, self.evaluate, self.trying):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 0, 10, 8)
        column.setSpacing(4)
        column.addLayout(self._make_head())
        column.addWidget(self._stack, 1)
        self.pages.currentChanged.connect(self._show_page)
        self.run.activated.connect(self._choose_run)
        self.larger.clicked.connect(self.larger_wanted)
        controller.news_came.connect(self._take)
        controller.state_changed.connect(self._follow)
        self.source.changed.connect(self._name_last)
        self.shown.shown.connect(self._offer_larger)
        for page in (self.evaluate, self.trying):
            page.filled.connect(self._offer_larger)
        self._name_last()
        self._show_page(SHOWN)

    def _make_head(self) -> QHBoxLayout:
        self.pages = QTabBar(self)
        self.pages.setDrawBase(False)
        self.pages.setExpanding(False)
        self.pages.setUsesScrollButtons(False)
        self.pages.setAccessibleName(tr("Shown, evaluated or tried"))
        for title, tip in (
            (tr("Shown"), tr("What the network shows of itself while it trains")),
            (tr("Evaluate"), tr("How good it is on the test part, and where it errs")),
            (tr("Try it"), tr("Ask the trained network yourself")),
        ):
            self.pages.setTabToolTip(self.pages.addTab(title), tip)
        self.run = ChoiceBox(self)
        self.run.setAccessibleName(tr("Run whose network is looked at"))
        self.run.setToolTip(tr("The run whose network is evaluated and tried"))
        self.run.setMinimumContentsLength(7)
        self.run.setMaximumWidth(scaled(150))
        self.run.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.run.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.run.addItem(self._last_title(), None)
        self.run.addItem(tr.of(BEGINNING.title), BEGINNING)
        self.larger = QPushButton(tr("Larger"), self)
        self.larger.setToolTip(tr("Show this in a window of its own, or here again"))
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.pages)
        head.addWidget(self.trying.head)
        head.addStretch(1)
        head.addWidget(self.run, 100)
        head.addWidget(self.larger)
        QWidget.setTabOrder(self.pages, self.trying.way)
        QWidget.setTabOrder(self.trying.way, self.run)
        QWidget.setTabOrder(self.run, self.larger)
        return head

    def show_page(self, page: int) -> None:
        """Show one of the three pages."""
        self.pages.setCurrentIndex(page)

    def look_at_last(self, page: int) -> None:
        """Show a page about what was trained last; Evaluate begins by itself."""
        self.run.setCurrentIndex(0)
        self.source.choose(None)
        self.show_page(page)
        if page == EVALUATE and self.evaluate.evaluation is None:
            self.evaluate.evaluate()
        self._stack.currentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_page(self, page: int) -> None:
        self._stack.setCurrentIndex(page)
        self.run.setVisible(page != SHOWN)
        self.trying.head.setVisible(page == TRY)
        self._offer_larger()

    def _offer_larger(self) -> None:
        """Offer a window of its own where there is something to see in it."""
        pages = (self.shown, self.evaluate, self.trying)
        is_empty = pages[self.pages.currentIndex()].is_empty
        self.larger.setVisible(self._is_enlarged or not is_empty)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        for page in (self.shown, self.evaluate, self.trying):
            page.set_theme(theme)

    def show_enlarged(self, is_enlarged: bool) -> None:
        """Say on the button whether there is a window of its own to leave."""
        self.larger.setText(tr("Smaller") if is_enlarged else tr("Larger"))
        self._is_enlarged = is_enlarged
        self._offer_larger()

    # Which run.

    def _last_title(self) -> str:
        """What the training of this window is called; before it there is none."""
        is_one = self._controller.is_busy or self._controller.learned is not None
        return tr("Last training") if is_one else tr("Not trained yet")

    def _name_last(self) -> None:
        self.run.setItemText(0, self._last_title())

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Offer these runs beside the last training, and the network before any."""
        known: list[Choice | None] = [None, BEGINNING, *choices]
        if [self.run.itemData(i) for i in range(self.run.count())] == known:
            return
        before = self.run.currentData()
        self.run.clear()
        titles = [self._last_title(), tr.of(BEGINNING.title)]
        titles += [choice.title for choice in choices]
        for title, choice in zip(titles, known, strict=True):
            self.run.addItem(title, choice)
        kept = known.index(before) if before in known else 0
        self.run.setCurrentIndex(kept)
        self.source.choose(known[kept])

    def _choose_run(self, place: int) -> None:
        self.source.choose(self.run.itemData(place))

    # While training.

    def _follow(self, state: TrainingState) -> None:
        if state is TrainingState.STARTING:
            self.shown.begin()
            self._has_epochs = False
        elif state is TrainingState.IDLE and self._has_epochs:
            self.shown.say_nothing_came()

    def _take(self, news: News) -> None:
        shown = [event for event in news.others if event.event == "shown"]
        for event in shown:
            self.shown.add(event)
        self._has_epochs |= bool(news.epochs)
        if news.epochs and not shown:
            self.shown.say_nothing_came()

    def close_view(self) -> None:
        """Wait for what is being worked out."""
        self.evaluate.close_page()
        self.trying.close_page()
        self.source.close()
