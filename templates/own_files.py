"""The learner's own files, which a lesson's network keeps when it is brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.settings import Setting, Text
from engine.document import Document
from engine.edits import change_settings

_PLACES = frozenset({"path", "folder"})


def keep_own_files(document: Document, left: Document) -> None:
    """Let `document` name the files that `left` names in the same places.

    Where a model's weights lie on this machine is nothing that a learner wants to undo.
    """
    kept: set[str] = set()
    for node in document.graph:
        if node.type is None or node.name not in left.graph:
            continue
        other = left.graph[node.name]
        if other.layer == node.layer:
            own = _named(node.type.settings, other.settings, node.settings)
            kept |= set(own.values())
            if own:
                change_settings(document.graph, node.name, own).apply(document)
    data, tokenizer = document.data, left.data.settings.get("tokenizer")
    if tokenizer in kept and left.data.source == data.source:  # it belongs to the model
        settings = {**data.settings, "tokenizer": tokenizer}
        document.data = replace(data, settings=settings)


def _named(
    settings: Sequence[Setting], values: Mapping[str, Any], over: Mapping[str, Any]
) -> dict[str, Any]:
    """The places among the values, but those that `over` names for itself."""
    return {
        each.name: values[each.name]
        for each in settings
        if isinstance(each, Text)
        and each.kind in _PLACES
        and values.get(each.name)
        and not over.get(each.name)
    }
