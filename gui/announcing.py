"""Which signal of the document's model tells of which edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import annotation_edits, edits, learning_edits
from gui.scope_paths import OF_A_GRAPH

if TYPE_CHECKING:
    from gui.document_model import DocumentModel


def announce(model: DocumentModel, edit: edits.Edit) -> None:
    """Emit the signal of a model that tells of a single edit."""
    if isinstance(edit, (edits.AddBlock, edits.RemoveBlock)):
        model.blocks_changed.emit()
    scope = edit.scope if isinstance(edit, edits.Within) else ""
    if scope != model.scope and isinstance(edit, (edits.Within, *OF_A_GRAPH)):
        return  # of a graph that is not shown
    match edit.edit if isinstance(edit, edits.Within) else edit:
        case edits.AddNode(node=node):
            model.node_added.emit(node.name)
        case edits.RemoveNode(name=name):
            model.node_removed.emit(name)
        case (
            edits.SetSettings(name=name)
            | edits.SetShares(name=name)
            | edits.SetBypassed(name=name)
            | learning_edits.SetFrozen(name=name)
            | learning_edits.SetRate(name=name)
            | annotation_edits.SetCollapsed(name=name)
            | annotation_edits.SetFrame(name=name)
        ):
            model.node_changed.emit(name)
        case annotation_edits.SetBends(edge=edge):
            model.edge_bent.emit(edge)
        case edits.MoveNodes(positions=positions):
            model.nodes_moved.emit(list(positions))
        case edits.RenameNode(old=old, new=new):
            model.node_renamed.emit(old, new)
        case edits.AddEdge(edge=edge):
            model.edge_added.emit(edge)
        case edits.RemoveEdge(edge=edge):
            model.edge_removed.emit(edge)
        case edits.SetData():
            model.data_changed.emit()
        case edits.SetRecipe():
            model.recipe_changed.emit()
        case edits.SetName():
            model.name_changed.emit()
