"""What is said of the data beside its samples: balance, values, split, augmentation."""

from __future__ import annotations

from dataclasses import asdict, replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Setting
from engine.data.declaration import DataInfo
from engine.document import Document
from engine.edits import SetRecipe
from engine.figures import figure
from engine.recipe_augmentation import AUGMENTATION_SETTINGS
from engine.training.augmentation_fit import augmentation_problems, offered
from gui.cards import label
from gui.data_panel.balance import BalanceBars
from gui.data_panel.pages import Figures, Loaded
from gui.data_panel.rows import RowsTable
from gui.document_model import DocumentModel
from gui.settings_form import SettingsForm
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("data")


class Details(QTabWidget):
    """Four pages on one set of data."""

    duplicates_wanted = Signal()
    """To see the samples of the test that occur in the training."""
    augmented = Signal()
    """The user changed how samples are changed."""

    def __init__(
        self, model: DocumentModel, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("What the data holds"))
        self.balance = BalanceBars(theme, self)
        self._no_classes = label("", "muted", self)
        self._no_classes.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._balance_page = QWidget(self)
        self._balance_stack = QStackedLayout(self._balance_page)
        self._balance_area = scrolled(self.balance, self._balance_page)
        self._balance_stack.addWidget(self._balance_area)
        self._balance_stack.addWidget(self._no_classes)
        self.ranges = RowsTable(tr("Between which values the fields lie"), theme, self)
        self.split = SplitPage(self)
        self.split.duplicates_wanted.connect(self.duplicates_wanted)
        self.augmentation = AugmentationPage(model, self)
        self.augmentation.changed.connect(self.augmented)
        self.addTab(self._balance_page, tr("Balance"))
        self.addTab(self.ranges, tr("Values"))
        self.addTab(scrolled(self.split, self), tr("Split"))
        self.augmentation_area = scrolled(self.augmentation, self)
        self.addTab(self.augmentation_area, tr("Augmentation"))

    def minimumSizeHint(self) -> QSize:
        """No narrower than its tabs, which would scroll."""
        least = super().minimumSizeHint()
        return least.expandedTo(QSize(self.tabBar().sizeHint().width(), 0))

    def show_loaded(self, loaded: Loaded) -> None:
        """Show what is quickly known of data, and that more is being read."""
        self.balance.show_counts(loaded.counts)
        what = tr("tokens") if loaded.info.task == "next token" else tr("numbers")
        self._no_classes.setText(
            tr("There are no classes: the answers are {what}.", what=what)
        )
        self._balance_stack.setCurrentIndex(0 if loaded.counts else 1)
        self.split.show_loaded(loaded)
        self.ranges.show_rows((tr("Part"),), ((tr("Reading all of the data…"),),))
        self.augmentation.show_info(loaded.info)
        self._offer_augmentation()

    def _offer_augmentation(self) -> None:
        """No page to say that nothing fits."""
        place = self.indexOf(self.augmentation_area)
        self.setTabVisible(place, bool(self.augmentation.form.settings))

    def show_figures(self, figures: Figures, test_samples: int) -> None:
        """Show what was found by reading all of the data."""
        heads = (
            tr("Part"),
            tr("Field"),
            tr("Least"),
            tr("Mean"),
            tr("Deviation"),
            tr("Greatest"),
            tr("Samples"),
        )
        rows = tuple(
            (
                one.part,
                tr("{field} (answer)", field=one.field) if one.is_target else one.field,
                *(
                    figure(number)
                    for number in (one.minimum, one.mean, one.std, one.maximum)
                ),
                f"{one.looked_at:,}",
            )
            for one in figures.ranges
        )
        self.ranges.show_rows(heads, rows)
        self.split.show_duplicates(figures, test_samples)

    def say_figures(self, text: str) -> None:
        """Say why there are no figures."""
        self.ranges.show_rows((tr("Part"),), ((text,),))
        self.split.duplicates.setText(text)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of `theme`."""
        self.balance.set_theme(theme)
        self.ranges.rows.set_theme(theme)


class SplitPage(QWidget):
    """How the three parts came about, and what they have in common."""

    duplicates_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self.sizes = label("", "title", self)
        self.how = label("", "plain", self)
        self.duplicates = label("", "plain", self)
        self.show_button = QPushButton(tr("Show them"), self)
        self.show_button.setToolTip(tr("Show the first ten of them beside their twins"))
        self.show_button.clicked.connect(self.duplicates_wanted)
        self.show_button.hide()
        self.note = label("", "muted", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        for each in (self.sizes, self.how, self.duplicates):
            column.addWidget(each)
        row = QHBoxLayout()
        row.addWidget(self.show_button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.note)
        column.addStretch(1)

    def show_loaded(self, loaded: Loaded) -> None:
        """Show how data is split."""
        splits = loaded.splits
        self.sizes.setText(
            tr(
                "{train:,}\u00a0train, {validation:,}\u00a0validation, "
                "{test:,}\u00a0test",
                train=len(splits.train),
                validation=len(splits.validation),
                test=len(splits.test),
            )
        )
        self.how.setText(loaded.how_split)
        self.duplicates.setText(tr("Looking for test samples in the training part…"))
        self.show_button.hide()
        notes = dict.fromkeys(filter(None, (splits.note, loaded.info.note)))
        self.note.setText(" ".join(notes))
        self.note.setVisible(bool(notes))

    def show_duplicates(self, figures: Figures, test_samples: int) -> None:
        """Say how many test samples occur in the training part."""
        self.duplicates.setText(duplicates_in_words(figures, test_samples))
        self.show_button.setVisible(figures.duplicates.count > 0)


def duplicates_in_words(figures: Figures, test_samples: int) -> str:
    """How many test samples the network will have seen before, in one sentence."""
    found = figures.duplicates
    if not found.count:
        return tr("No test sample occurs in the training part.")
    other = ""
    if found.contradicting:
        other = tr(
            ", {count:,} of them with another answer",
            count=found.contradicting,
        )
    return tr.counted(
        found.count,
        "{count:,} of {all:,} test samples occurs in the training part too, number for "
        "number{other}.",
        "{count:,} of {all:,} test samples occur in the training part too, number for "
        "number{other}.",
        all=test_samples,
        other=other,
    )


class AugmentationPage(QWidget):
    """The form of what is done to samples by chance: only what fits the data."""

    changed = Signal()

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._model = model
        self._info: DataInfo | None = None
        self.about = label("", "muted", self)
        self.form = SettingsForm((), self)
        self.problems = label("", "error", self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(8, 6, 8, 8)
        self._column.setSpacing(6)
        for each in (self.about, self.form, self.problems):
            self._column.addWidget(each)
        self._column.addStretch(1)
        model.recipe_changed.connect(self.refresh)
        model.replaced.connect(self.refresh)

    def show_info(self, info: DataInfo) -> None:
        """Offer what fits this data."""
        self._info = info
        self.refresh()

    def refresh(self) -> None:
        """Show the document's augmentation as it is now."""
        if self._info is None:
            return
        document = self._model.root
        settings = self._settings(document, self._info)
        if settings != self.form.settings:
            self._replace_form(SettingsForm(settings, self))
        self.form.show_values(asdict(document.recipe))
        self.form.setVisible(bool(settings))
        problems = augmentation_problems(document, self._info)
        self.problems.setText(" ".join(problem.sentence() for problem in problems))
        self.problems.setVisible(bool(problems))
        self.about.setText(
            tr(
                "Every training batch is changed by chance, each sample in its own "
                "way. Validation and test stay as they are. Zero is off."
            )
            if settings
            else tr("Nothing that could be changed by chance fits this data.")
        )

    def _settings(self, document: Document, info: DataInfo) -> tuple[Setting, ...]:
        """What fits, and what does not but is on: it can be turned off here."""
        fitting = {setting.name for setting in offered(document, info)}
        return tuple(
            replace(setting, advanced=False, only_with=None)
            for setting in AUGMENTATION_SETTINGS
            if setting.name in fitting
            or getattr(document.recipe, setting.name) != setting.default
        )

    def _replace_form(self, form: SettingsForm) -> None:
        self._column.replaceWidget(self.form, form)
        self.form.hide()
        self.form.deleteLater()
        self.form = form
        form.changed.connect(self._change)

    def _change(self, name: str, value: object) -> None:
        recipe = replace(self._model.root.recipe, **{name: value})
        key = self.form.merge_key(name)
        self._model.push(
            tr("Change {setting}", setting=name.replace("_", " ")),
            SetRecipe(recipe),
            merge=f"recipe:{key}" if key else "",
        )
        self.changed.emit()


def scrolled(widget: QWidget, parent: QWidget) -> QScrollArea:
    """A widget that scrolls up and down where there is too little room."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area
