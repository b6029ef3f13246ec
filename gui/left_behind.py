"""Offers what a process that is gone did not save: each opens in a tab of its own."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.problems import Refusal
from engine.recovery import RecoverySlot, Unsaved, left_behind
from gui.files import Files
from gui.question_bar import Answer, Question, QuestionBar
from gui.texts import Texts
from gui.theme import Theme

tr = Texts("files")


class LeftBehind(QObject):
    """Asks, about each document that was left behind, whether to go on with it."""

    refused = Signal(str)

    def __init__(
        self, files: Files, state_dir: Path | None, theme: Theme, window: QWidget
    ) -> None:
        """`state_dir` is a folder of Espalier's own; without it nothing is found."""
        super().__init__(window)
        self.questions = QuestionBar(theme, window)
        self._files = files
        self._folder = state_dir / "recovery" if state_dir is not None else None
        self._offered: dict[RecoverySlot, Unsaved] = {}
        self._forgotten: list[RecoverySlot] = []
        """To be removed once nobody has wanted them back."""

    def offer(self) -> None:
        """Ask about each document that a process which is gone did not save."""
        if self._folder is None:
            return
        for slot in left_behind(self._folder):
            try:
                unsaved = slot.read()
            except Refusal as refusal:
                aside = slot.set_aside()
                self.refused.emit(
                    tr("{refusal} It is kept as {aside}.", refusal=refusal, aside=aside)
                )
                continue
            if unsaved.is_in_its_file:
                slot.remove()
                continue
            self._offered[slot] = unsaved
        for slot, unsaved in self._offered.items():
            self.questions.ask(self._question(slot, unsaved))

    def close(self) -> None:
        """What was not answered is asked again by the next window; the rest goes."""
        for slot in self._forgotten:
            slot.remove()
        self._forgotten = []
        for slot in self._offered:
            slot.lock.release()
        self._offered = {}

    def _question(self, slot: RecoverySlot, unsaved: Unsaved) -> Question:
        edits = unsaved.edits
        answers = [
            Answer(
                label=tr.counted(edits, "Open it", "Open them"),
                act=lambda: self._open(slot, unsaved),
            ),
            Answer(
                label=tr.counted(edits, "Forget it", "Forget them"),
                act=lambda: self._forget(slot, unsaved),
            ),
        ]
        if len(self._offered) > 1:
            answers.insert(0, Answer(label=tr("Open all"), act=self._open_all))
        return Question(
            key=str(slot.path),
            text=offer_sentence(unsaved),
            details=[_where_from(unsaved)],
            answers=answers,
        )

    def _open(self, slot: RecoverySlot, unsaved: Unsaved) -> bool:
        page = self._files.open_unsaved(unsaved)
        page.safe.take_over(slot, unsaved)
        page.trainer.bring_back()
        del self._offered[slot]
        return True

    def _open_all(self) -> bool:
        """Open what has no answer yet, each in a tab of its own."""
        for slot, unsaved in tuple(self._offered.items()):
            self._open(slot, unsaved)
            self.questions.withdraw(str(slot.path))
        return True

    def _forget(self, slot: RecoverySlot, unsaved: Unsaved) -> bool:
        """Forget it, but not before the person has seen what is forgotten."""
        del self._offered[slot]
        self._forgotten.append(slot)
        title, edits = unsaved.title, unsaved.edits
        told = tr.counted(
            edits,
            "1 edit of {title} will be forgotten.",
            "{count} edits of {title} will be forgotten.",
            title=title,
        )
        if edits == 0:
            told = tr("Edits of {title} will be forgotten.", title=title)
        kept = tr.counted(
            edits,
            "It is kept until this line, or the window, is closed.",
            "They are kept until this line, or the window, is closed.",
        )
        question = Question(
            key=f"{slot.path} forgotten",
            text=told,
            details=[kept],
            answers=[
                Answer(
                    label=tr("Bring back"),
                    act=lambda: self._bring_back(slot, unsaved),
                )
            ],
            close=lambda: self._remove(slot),
        )
        self.questions.ask(question)
        return True

    def _bring_back(self, slot: RecoverySlot, unsaved: Unsaved) -> bool:
        self._forgotten.remove(slot)
        self._offered[slot] = unsaved
        return self._open(slot, unsaved)

    def _remove(self, slot: RecoverySlot) -> None:
        self._forgotten.remove(slot)
        slot.remove()


def offer_sentence(unsaved: Unsaved) -> str:
    """What was not saved, as a person would say it."""
    if unsaved.edits == 0:
        return tr(
            "Edits of {title} were not saved when Espalier ended.",
            title=unsaved.title,
        )
    return tr.counted(
        unsaved.edits,
        "1 edit of {title} was not saved when Espalier ended.",
        "{count} edits of {title} were not saved when Espalier ended.",
        title=unsaved.title,
    )


def _where_from(unsaved: Unsaved) -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(unsaved.time))
    if unsaved.path is None:
        return tr("Last edit {when}; never saved to a file.", when=when)
    return tr("Last edit {when}, in {parent}.", when=when, parent=unsaved.path.parent)
