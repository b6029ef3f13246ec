"""What is asked before documents are closed: may a training end, may edits be lost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QMessageBox, QWidget

from gui.page_training import Work
from gui.tabs import DocumentTabs
from gui.texts import Texts
from gui.workspace import Workspace

tr = Texts("files")


def may_stop(pages: Sequence[Workspace], window: QWidget) -> bool:
    """Whether nothing trains in these pages, or it may be stopped."""
    going_on = {page.trainer.work for page in pages}
    if going_on <= {Work.NONE}:
        return True
    box = QMessageBox(window)
    box.setWindowTitle("Espalier")
    if Work.TRAINING in going_on:
        box.setText(tr("A training is running. Stop it and close?"))
        box.setInformativeText(tr("What it learned so far is kept with the run."))
    else:
        box.setText(tr("A sweep is running. Stop it and close?"))
        box.setInformativeText(tr("Its trials are kept, and it can go on later."))
    stop = box.addButton(tr("Stop and close"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Go on training"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stop)
    box.exec()
    return box.clickedButton() is stop


def may_leave(pages: Sequence[Workspace], tabs: DocumentTabs, window: QWidget) -> bool:
    """Whether these documents may be closed; one question for all that is unsaved."""
    unsaved = [page for page in pages if not page.file.is_saved]
    if not unsaved:
        return True
    if len(unsaved) == 1:
        tabs.show_page(unsaved[0])
        return unsaved[0].file.may_leave()
    buttons = QMessageBox.StandardButton
    box = QMessageBox(window)
    box.setWindowTitle("Espalier")
    box.setText(
        tr.counted(
            len(unsaved),
            "Save the changes to {count} network?",
            "Save the changes to {count} networks?",
        )
    )
    names = "\n".join(f"• {page.title}" for page in unsaved)
    box.setInformativeText(f"{names}\n\n{tr('They are lost if you do not.')}")
    box.setStandardButtons(buttons.SaveAll | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.SaveAll)
    answer = box.exec()
    if answer == buttons.SaveAll:
        return all(_saved(page, tabs) for page in unsaved)
    return answer == buttons.Discard


def _saved(page: Workspace, tabs: DocumentTabs) -> bool:
    """Whether a page is saved now; one that has no file yet asks for it."""
    tabs.show_page(page)
    return page.file.save()
