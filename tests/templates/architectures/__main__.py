"""Writes the documents of the architectures into `templates/lessons`."""

from __future__ import annotations

from pathlib import Path

from engine import storage
from tests.templates.architectures import ARCHITECTURES
from tests.templates.architectures.sequences import SEQUENCE_ARCHITECTURES

_LESSONS = Path(__file__).resolve().parents[3] / "templates" / "lessons"

for template_id, draw in (ARCHITECTURES | SEQUENCE_ARCHITECTURES).items():
    folder = _LESSONS / template_id
    folder.mkdir(exist_ok=True)
    storage.save(draw(), folder / f"document{storage.SUFFIX}")
    print(template_id)
