"""The inspector's page when no node is selected: title, data and recipe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.catalog.settings import wrong_values
from engine.document import DataConfig
from engine.edits import Compound, SetData, SetName, SetRecipe
from engine.problems import Fix, Problem
from engine.recipe import RECIPE_SETTINGS
from engine.recipe_augmentation import AUGMENTATION_SETTINGS
from gui.auto_loss import auto_loss
from gui.cards import Card, label, section
from gui.choice_box import ChoiceBox
from gui.data_complaint import DataComplaint
from gui.document_model import DocumentModel
from gui.eliding_line import ElidingLine
from gui.form_label import FormLabel
from gui.line_field import LineField
from gui.setting_fields import ChoiceField
from gui.settings_form import SettingsForm
from gui.texts import Texts
from gui.training.schedule_curve import ScheduleCurve

if TYPE_CHECKING:  # the sources are declared in many modules: after the first frame
    from engine.data.source import DataInfo

tr = Texts("inspector")


_NAMES_LETTERS = 72
"""Of the names of classes that are told: two lines of the panel."""
_ONE_NAME = 8
"""A name of so many letters at most is told rather than left out alone."""
_HERE = tuple(each for each in RECIPE_SETTINGS if each not in AUGMENTATION_SETTINGS)
"""The rest of the recipe stands where its effect is seen: in the Data tab."""


class DocumentPage(QWidget):
    """What belongs to no node: the title, the data it learns from, how it trains."""

    rate_wanted = Signal()
    """Somebody wants to know which learning rate to begin with."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "plain")
        self._model = model
        self._title_gesture = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 6, 12)
        column.setSpacing(8)
        self.title = ElidingLine(self)
        self.title.setObjectName("document-title")
        self.title.setAccessibleName(tr("Title"))
        self.title.setToolTip(tr("The title; the class in the code is called after it"))
        column.addWidget(label(tr("This network"), "heading", self))
        column.addWidget(_row(tr("Title"), self.title, self))
        column.addWidget(section(tr("Data"), self))
        self.data = DataSection(model, self)
        column.addWidget(self.data)
        column.addWidget(section(tr("Training"), self))
        self.recipe = SettingsForm(_HERE, self)
        column.addWidget(self.recipe)
        self.find_rate = QPushButton(tr("Find…"), self)
        self.find_rate.setAccessibleName(tr("Find a learning rate"))
        self.find_rate.setToolTip(tr("Tries which learning rate to begin with"))
        self.find_rate.clicked.connect(self.rate_wanted)
        self.recipe.fields["learning_rate"].add_beside(self.find_rate)
        self.schedule = ScheduleCurve(self)
        self.recipe.put_under("schedule", self.schedule)
        column.addStretch(1)
        self.title.textEdited.connect(self._retitle)
        self.title.editingFinished.connect(self._end_title)
        self.recipe.changed.connect(self._change_recipe)
        model.recipe_changed.connect(self._show_recipe)
        model.analysed.connect(self._name_loss)  # after its data are found, too
        model.name_changed.connect(self._show_title)
        model.replaced.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the document as it is now."""
        self._show_title()
        self._show_recipe()
        self.data.refresh()

    def _show_title(self) -> None:
        if self.title.text().strip() != self._model.document.name:
            self.title.setText(self._model.document.name)
            if not self.title.hasFocus():
                self.title.home(False)  # a long one is read from its beginning

    def _show_recipe(self) -> None:
        self.recipe.show_values(asdict(self._model.document.recipe))
        self.schedule.show_recipe(self._model.document.recipe)

    def _name_loss(self) -> None:
        """Say which loss it is that `auto` takes."""
        field = self.recipe.fields["loss"]
        if isinstance(field, ChoiceField):
            field.name_option("auto", *auto_loss(self._model))

    def _retitle(self, text: str) -> None:
        name = text.strip()
        if name and name != self._model.document.name:
            key = f"title#{self._title_gesture}"
            self._model.push(tr("Change the title"), SetName(name), merge=key)

    def _end_title(self) -> None:
        self._title_gesture += 1
        self._show_title()

    def _change_recipe(self, name: str, value: Any) -> None:
        recipe = replace(self._model.document.recipe, **{name: value})
        key = self.recipe.merge_key(name)
        self._model.push(
            tr("Change {setting}", setting=name.replace("_", " ")),
            SetRecipe(recipe),
            merge=f"recipe:{key}" if key else "",
        )


class DataSection(QWidget):
    """Which data the network learns from, the data's settings, and what it holds."""

    look_wanted = Signal()
    """To see the samples, and how they are augmented."""

    def __init__(self, model: DocumentModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._is_loaded = False
        self._shown_source = ""
        self.source = ChoiceBox(self)
        self.source.setObjectName("data-source")
        self.source.setAccessibleName(tr("Data source"))
        self.source.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.form = SettingsForm((), self)
        self.about = Card(tr("What it holds"), "muted", self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)  # as between the rows of the form
        self._column.addWidget(_row(tr("Source"), self.source, self))
        self._column.addWidget(self.form)
        self.look = QPushButton(tr("Samples and augmentation"), self)
        self.look.setToolTip(
            tr(
                "Look at the samples, and choose what training changes of them by "
                "chance"
            )
        )
        self.complaint = DataComplaint(self)
        self._column.addWidget(self.complaint)
        self._column.addWidget(self.about)
        self._column.addWidget(self.look)
        self.about.show_text("")
        self.look.clicked.connect(self.look_wanted)
        self.complaint.fix_chosen.connect(self._mend)
        self.source.activated.connect(self._choose_source)
        model.data_changed.connect(self.refresh)
        model.recipe_changed.connect(self._show_known)  # another way of learning
        if model.data is not None:
            model.data.found.connect(self._show_known)

    def load_sources(self) -> None:
        """Fill the list of sources; they are imported here, after the first frame."""
        from engine.data.source import SOURCES, DataKind

        self._is_loaded = True
        self.source.clear()
        for kind in DataKind:
            self.source.add_heading(kind)
            for source in SOURCES.values():
                if source.kind is kind:
                    self.source.addItem(source.title, source.id)
        self.refresh()

    def refresh(self) -> None:
        """Show the document's data as it is now."""
        if not self._is_loaded:
            return
        from engine.data.source import SOURCES

        config = self._model.document.data
        self.source.setCurrentIndex(self.source.findData(config.source))
        source = SOURCES.get(config.source)
        if config.source != self._shown_source:
            self._shown_source = config.source
            self._show_form(SettingsForm(source.settings if source else (), self))
        self.form.show_values(config.settings)
        help_text = " ".join(source.help.split()) if source else ""
        self.about.body.setToolTip(help_text)
        self.source.setToolTip(help_text)
        self._show_known()

    def _show_known(self) -> None:
        """Say what the data hold, or that this is being found out."""
        data, config = self._model.data, self._model.document.data
        if data is None or not self._is_loaded:
            return
        from engine.training.augmentation_fit import offered
        from engine.training.methods import method_of

        known = data.ask(config)
        wrong = None if known is None else known.info
        problem = wrong if isinstance(wrong, Problem) else None
        self.complaint.show_problem(problem, config, self.form)
        if known is None:
            self.about.show_text(data.waiting_for(config))
        elif isinstance(known.info, Problem):
            self.about.show_text("")
        else:
            method = method_of(self._model.root.recipe.method)
            self.about.show_text(
                holding(known.info, has_targets=method.learns_from_targets)
            )
            can_augment = bool(offered(self._model.root, known.info))
            self.look.setText(
                tr("Samples and augmentation") if can_augment else tr("Samples")
            )
        self._offer_columns(known.columns if known is not None else ())

    def _offer_columns(self, columns: tuple[str, ...]) -> None:
        """Let the names of columns be chosen where the data are a table."""
        for field in self.form.fields.values() if columns else ():
            is_one = getattr(field.setting, "kind", "") in {"column", "columns"}
            if is_one and isinstance(field, LineField):
                is_target = field.setting.name == "target"
                field.offer(columns, columns[-1] if is_target else "")

    def _show_form(self, form: SettingsForm) -> None:
        self._column.replaceWidget(self.form, form)
        self.form.hide()
        self.form.deleteLater()
        self.form = form
        form.setVisible(bool(form.settings))
        form.changed.connect(self._change)
        before: QWidget = self.source  # Tab goes down the page, whatever was made last
        for each in (*form.findChildren(QWidget), self.look):
            in_page = each.window() is self.window()  # lists of choices are not
            if in_page and each.focusPolicy() & Qt.FocusPolicy.TabFocus:
                QWidget.setTabOrder(before, each)
                before = each

    def _choose_source(self, index: int) -> None:
        from engine.data.source import SOURCES

        chosen = self.source.itemData(index)
        if chosen != self._model.document.data.source:
            # What another source does not know it leaves alone; choosing back keeps it.
            # What it knows under the same name and cannot be there goes.
            settings = dict(self._model.document.data.settings)
            for name in wrong_values(SOURCES[chosen].settings, settings):
                del settings[name]
            edit = SetData(DataConfig(source=chosen, settings=settings))
            self._model.push(
                tr("Learn from {source}", source=self.source.itemText(index)), edit
            )

    def _mend(self, fix: Fix) -> None:
        edits = Compound(fix.edits)  # type: ignore[arg-type]
        self._model.push(fix.label, edits, scope="")

    def _change(self, name: str, value: Any) -> None:
        config = self._model.document.data
        edit = SetData(replace(config, settings={**config.settings, name: value}))
        key = self.form.merge_key(name)
        self._model.push(
            tr("Change {setting} of the data", setting=name.replace("_", " ")),
            edit,
            merge=f"data:{key}" if key else "",
        )


def _first_of(names: Sequence[str]) -> str:
    """As many names as a line or two hold; no line ends within one."""
    whole = [name.replace(" ", "\N{NO-BREAK SPACE}") for name in names]
    shown: list[str] = []
    for name in whole:
        if shown and len(", ".join([*shown, name])) > _NAMES_LETTERS:
            break
        shown.append(name)
    left_out = ", ".join(whole[len(shown) :])
    if len(left_out) <= _ONE_NAME:  # a short one takes no more room than the dots
        shown, left_out = whole, ""
    rest = ",\N{NO-BREAK SPACE}…" if left_out else ""
    return ", ".join(shown) + rest


def holding(info: DataInfo, *, has_targets: bool = True) -> str:
    """What data holds, in a few lines: inputs, targets, classes, counts.

    `has_targets` is whether the network learns from the targets.
    """
    lines = [info.task.capitalize()] if has_targets else []
    lines += [f"{name}: {spec.brief()}" for name, spec in info.inputs.items()]
    if not has_targets:
        if info.classes:
            lines.append(
                tr("{count:,} classes, not learned from", count=len(info.classes))
            )
    elif info.classes:
        names = _first_of(info.classes)
        lines.append(
            tr("{count:,} classes: {names}", count=len(info.classes), names=names)
        )
    else:
        lines += [
            tr("target {name}: {spec}", name=name, spec=spec.brief())
            for name, spec in info.targets.items()
        ]
    if info.vocabulary_size:
        count = info.vocabulary_size
        told = tr("vocabulary of {count:,}", count=count)
        if info.is_vocabulary_limit:
            told = tr("vocabulary of up to {count:,}", count=count)
        lines.append(told)
    if info.counts:
        # No line ends between a number and what it counts, or with a lonely dot.
        parts = (
            f"{count:,}\N{NO-BREAK SPACE}{part}" for part, count in info.counts.items()
        )
        lines.append(", ".join(parts))
    if info.note:
        lines.append(info.note)
    return "\n".join(lines)


def _row(caption: str, editor: QWidget, parent: QWidget) -> QWidget:
    row = QWidget(parent)
    grid = QGridLayout(row)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(8)
    grid.setColumnStretch(1, 1)
    grid.addWidget(FormLabel(caption, editor, row), 0, 0)
    grid.addWidget(editor, 0, 1)
    return row
