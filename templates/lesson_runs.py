"""The runs made in a lesson, read from their folders as the training wrote them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine import storage
from engine.document import Document
from engine.problems import Refusal
from engine.runs import DOCUMENT, EVENTS
from templates.situation import Metrics, Network, RunResult, Study


def read_run(folder: Path, study: Study) -> RunResult | None:
    """The run in a folder; None where it did not end by itself, or is gone."""
    try:
        document = storage.load(folder / DOCUMENT)
        lines = (folder / EVENTS).read_text(encoding="utf-8").splitlines()
    except (OSError, Refusal):
        return None
    metrics = _metrics(lines)
    return result(document, metrics, study) if metrics else None


def result(document: Document, metrics: Metrics, study: Study) -> RunResult:
    """A run of a document that came to these numbers."""
    return RunResult(network=Network(document, study), metrics=metrics)


def _metrics(lines: list[str]) -> Metrics:
    """The numbers of the last epoch and of the end; empty where there is no end."""
    last: dict[str, Any] = {}  # JSON
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:  # cut off when the program was killed
            return {}
        if record["event"] == "epoch":
            last = record
        elif record["event"] == "finished":
            found = {**last, **record}
            return {
                name: float(value)
                for name, value in found.items()
                if isinstance(value, (int, float)) and not isinstance(value, bool)
            }
    return {}
