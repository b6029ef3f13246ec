"""The list of settings in which one ticks what a sweep varies, and over what."""

from __future__ import annotations

from dataclasses import asdict

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import Bool, Choice
from engine.document import Document
from engine.problems import Refusal
from engine.sweep_space import (
    RECIPE,
    Target,
    Variation,
    read,
    suggestion,
    targets,
)
from gui.cards import label
from gui.style import icon_side
from gui.texts import Texts

tr = Texts("sweeps")

_NOT_OFFERED = frozenset({"device", "precision", "method"})
"""Settings of the recipe that decide where it trains or for what, not how well."""
_LETTERS = 26


class VariationField(QWidget):
    """What one setting is varied over, as text, with a switch for the logarithm."""

    edited = Signal()

    def __init__(self, target: Target, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.target = target
        self.line = QLineEdit(self)
        self.line.setAccessibleName(tr("Values of {target}", target=target.name))
        self.line.setMinimumWidth(
            _LETTERS * QFontMetrics(self.line.font()).averageCharWidth()
        )
        self.line.setToolTip(
            tr("0.001..0.1 is a range; 8, 16, 32 are values")
            if target.takes_range
            else tr("Values with commas between them")
        )
        self.log = QCheckBox(tr("Log"), self)
        self.log.setToolTip(tr("Equal factors are equally likely"))
        self.log.setAccessibleName(
            tr("Logarithmic range of {target}", target=target.name)
        )
        self.log.setVisible(target.takes_range)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 6, 1)
        row.setSpacing(6)
        row.addWidget(self.line, 1)
        row.addWidget(self.log)
        self._show(suggestion(target))
        self.line.textEdited.connect(lambda _: self.edited.emit())
        self.log.toggled.connect(lambda _: self.edited.emit())

    @property
    def text(self) -> str:
        """The variation in text, as the command line takes it."""
        words = self.line.text().strip()
        log = ":log" if ".." in words and self.log.isChecked() else ""
        return f"{self.target.name}={words}{log}"

    def _show(self, variation: Variation) -> None:
        setting = self.target.setting
        words = variation.text(setting).partition("=")[2]
        self.log.setChecked(words.endswith(":log"))
        if isinstance(setting, Choice):
            words = ",".join(map(setting.wording, variation.options))
        self.line.setText(words.removesuffix(":log").replace(",", ", "))

    def mark(self, *, wrong: bool) -> None:
        """Outline the field while what stands in it is wrong."""
        if self.line.property("wrong") != wrong:
            self.line.setProperty("wrong", wrong)
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)


class VaryList(QWidget):
    """All settings by what they belong to; the ticked ones are varied."""

    changed = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.items: dict[str, QTreeWidgetItem] = {}
        self.fields: dict[str, VariationField] = {}
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText(tr("Find a setting…"))
        self.filter.setAccessibleName(tr("Find a setting"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self.tree = QTreeWidget(self)
        self.tree.setAccessibleName(tr("Settings to vary"))
        self.tree.setColumnCount(3)
        self.tree.setHeaderLabels([tr("Setting"), tr("Now"), tr("Vary over")])
        self.tree.setRootIsDecorated(True)
        self.problem = label("", "error", self)
        self.problem.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.filter)
        column.addWidget(self.tree, 1)
        column.addWidget(self.problem)
        self._fill()
        self.tree.itemChanged.connect(self._tick)
        self.tree.itemExpanded.connect(lambda _: self._give_titles_room())

    def _fill(self) -> None:
        owners: dict[str, QTreeWidgetItem] = {}
        recipe = asdict(self._document.recipe)
        tall = QSize(0, self.fontMetrics().height() + 7)
        for target in targets(self._document):
            if not _is_varied(target):
                continue
            is_offered = target.name not in _NOT_OFFERED
            if target.owner == RECIPE and not (
                is_offered and target.setting.matters(recipe)
            ):
                continue
            if target.owner not in owners:
                owner = QTreeWidgetItem(self.tree, [target.owner])
                owner.setFlags(Qt.ItemFlag.ItemIsEnabled)
                owner.setExpanded(target.owner == RECIPE)
                owner.setSizeHint(2, tall)
                owners[target.owner] = owner
            now = target.setting.wording(target.value)
            item = QTreeWidgetItem(owners[target.owner], [target.setting.title, now])
            item.setToolTip(0, target.setting.help)
            item.setFlags(
                Qt.ItemFlag.ItemIsEnabled
                | Qt.ItemFlag.ItemIsUserCheckable
                | Qt.ItemFlag.ItemIsSelectable
            )
            item.setCheckState(0, Qt.CheckState.Unchecked)
            item.setSizeHint(2, tall)
            item.setData(0, Qt.ItemDataRole.UserRole, target)
            self.items[target.name] = item
        header = self.tree.header()
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._give_titles_room()

    def _give_titles_room(self) -> None:
        """Make the first column as wide as titles and their boxes: Qt forgets these."""
        self.tree.setColumnWidth(0, self.tree.sizeHintForColumn(0) + icon_side())

    def tick(self, name: str, text: str | None = None) -> None:
        """Vary a setting, over what is suggested or over `text`."""
        self.items[name].setCheckState(0, Qt.CheckState.Checked)
        if text is not None:
            self.fields[name].line.setText(text)
            self.changed.emit()

    def variations(self) -> list[Variation]:
        """What is ticked. Raises Refusal for what is wrong, and marks it."""
        found: list[Variation] = []
        first: Refusal | None = None
        for field in self.fields.values():
            try:
                found.append(read(field.text, self._document))
            except Refusal as refusal:
                first = first or refusal
                field.mark(wrong=True)
            else:
                field.mark(wrong=False)
        self.problem.setText(str(first) if first is not None else "")
        self.problem.setVisible(first is not None)
        if first is not None:
            raise first
        return found

    def _tick(self, item: QTreeWidgetItem, column: int) -> None:
        target = item.data(0, Qt.ItemDataRole.UserRole)
        if column != 0 or not isinstance(target, Target):
            return
        is_ticked = item.checkState(0) == Qt.CheckState.Checked
        if is_ticked and target.name not in self.fields:
            field = VariationField(target, self.tree)
            field.edited.connect(self.changed)
            self.fields[target.name] = field
            item.setSizeHint(2, QSize(0, field.sizeHint().height() + 2))
            self.tree.setItemWidget(item, 2, field)
        elif not is_ticked and target.name in self.fields:
            del self.fields[target.name]
            self.tree.removeItemWidget(item, 2)
            item.setSizeHint(2, QSize(0, self.fontMetrics().height() + 7))
        self.changed.emit()

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        for name, item in self.items.items():
            found = all(word in f"{name} {item.text(0)}".lower() for word in words)
            item.setHidden(not found and name not in self.fields)
        for place in range(self.tree.topLevelItemCount()):
            owner = self.tree.topLevelItem(place)
            if owner is None:
                continue
            hidden = [owner.child(i).isHidden() for i in range(owner.childCount())]
            owner.setHidden(all(hidden))
            owner.setExpanded(bool(words) or owner.text(0) == RECIPE)


def _is_varied(target: Target) -> bool:
    """Whether varying it can be put into a few words."""
    return target.takes_range or isinstance(target.setting, (Bool, Choice))
