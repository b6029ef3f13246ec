"""The user's own keys: which actions have others than the table gives them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QKeySequence

from gui.action_table import (
    ACTION_TEXTS,
    MENU_TEXTS,
    MENUS,
    SUBMENUS,
    ActionSpec,
    spec_of,
)
from gui.actions import Actions
from gui.shortcut_table import FIXED_KEYS, GESTURE_TEXTS
from gui.texts import Texts

tr = Texts("shortcuts")

_PREFIX = "shortcuts/"
_Native = QKeySequence.SequenceFormat.NativeText


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One action on the pages of shortcuts."""

    id: str
    where: str
    """The menu it is in."""
    what: str
    keys: str
    """As the system writes them; empty for none."""
    is_changed: bool
    words: tuple[str, ...] = ()
    """Other words that it is found by."""


class Shortcuts(QObject):
    """Gives the actions their keys, and remembers those that the user chose.

    Menus, tool tips and pages read the keys from the actions, so they follow.
    """

    changed = Signal()

    def __init__(self, actions: Actions, settings: QSettings, window: QObject) -> None:
        super().__init__(window)
        self._of = actions.of
        self._settings = settings
        for action_id in self._of:
            stored = settings.value(_PREFIX + action_id)
            if isinstance(stored, str):
                self._show(action_id, _parsed(stored))

    def rows(self) -> list[Row]:
        """Every action of the menus, in their order."""
        return [
            Row(
                id=spec.id,
                where=plain(MENU_TEXTS.of(title)),
                what=plain(ACTION_TEXTS.of(spec.text)),
                keys=shown(self._of[spec.id].shortcuts()),
                is_changed=self.is_changed(spec.id),
                words=tuple(map(ACTION_TEXTS.of, spec.words)),
            )
            for title, specs in MENUS.items()
            for spec in specs
            if spec.id and spec.id not in SUBMENUS and spec.id in self._of
        ]

    def is_changed(self, action_id: str) -> bool:
        """Whether the user gave the action other keys than it had."""
        return self._of[action_id].shortcuts() != default_keys(action_id)

    def conflict(self, action_id: str, keys: QKeySequence) -> str:
        """Why the action cannot simply have these keys; empty where it can."""
        written = keys.toString(_Native)
        for fixed in FIXED_KEYS:
            if keys in [QKeySequence(each) for each in fixed.keys]:
                return tr(
                    "{keys} belongs to the canvas: {what}. Press other keys.",
                    keys=written,
                    what=GESTURE_TEXTS.of(fixed.what).lower(),
                )
        other = self.holder(keys, action_id)
        if other is None:
            return ""
        return tr(
            "{keys} already does “{what}”. Take it from there, or press other keys.",
            keys=written,
            what=_title(other),
        )

    def holder(self, keys: QKeySequence, beside: str = "") -> str | None:
        """The id of the action that has these keys, if one beside `beside` has."""
        for action_id, action in self._of.items():
            if action_id != beside and keys in action.shortcuts():
                return action_id
        return None

    def set(self, action_id: str, keys: Iterable[QKeySequence]) -> None:
        """Give an action these keys and no others; whatever had them loses them."""
        wanted = list(keys)
        for other, action in self._of.items():
            left = [each for each in action.shortcuts() if each not in wanted]
            if other != action_id and left != action.shortcuts():
                self._keep(other, left)
        self._keep(action_id, wanted)
        self.changed.emit()

    def reset(self, action_id: str) -> None:
        """Give an action its first keys back."""
        self.set(action_id, default_keys(action_id))

    def reset_all(self) -> None:
        """Give every action its first keys back."""
        for action_id in self._of:
            self._keep(action_id, default_keys(action_id))
        self.changed.emit()

    def _keep(self, action_id: str, keys: list[QKeySequence]) -> None:
        self._show(action_id, keys)
        if self.is_changed(action_id):
            self._settings.setValue(
                _PREFIX + action_id, QKeySequence.listToString(keys)
            )
        else:
            self._settings.remove(_PREFIX + action_id)

    def _show(self, action_id: str, keys: list[QKeySequence]) -> None:
        self._of[action_id].setShortcuts(keys)


def default_keys(action_id: str) -> list[QKeySequence]:
    """The keys that the table gives an action."""
    spec = spec_of(action_id)
    return [QKeySequence(keys) for keys in spec.keys] if spec is not None else []


def shown(keys: Iterable[QKeySequence]) -> str:
    """Keys as people read them: `Del or Backspace`; both keys for Enter are one."""
    written = [each.toString(_Native) for each in keys]
    is_double = {each.replace("Enter", "Return") for each in written if "Enter" in each}
    return tr(" or ").join(each for each in written if each not in is_double)


def plain(title: str) -> str:
    """The text of an action or menu without its marks: `&Open…` is `Open`."""
    return title.replace("&", "").rstrip("…")


def _title(action_id: str) -> str:
    spec: ActionSpec | None = spec_of(action_id)
    return plain(ACTION_TEXTS.of(spec.text)) if spec is not None else action_id


def _parsed(stored: str) -> list[QKeySequence]:
    """The keys that were kept; what cannot be read is left out."""
    keys = QKeySequence.listFromString(stored)
    return [each for each in keys if not each.isEmpty() and each.toString()]
