"""Writes the documents of the architectures into `templates/lessons`."""

from __future__ import annotations

from pathlib import Path

from engine import storage
from tests.templates.architectures import ARCHITECTURES
from tests.templates.architectures.generative import GENERATIVE
from tests.templates.architectures.own_ways import OWN_WAYS
from tests.templates.architectures.pretrained import PRETRAINED
from tests.templates.architectures.sequences import SEQUENCE_ARCHITECTURES

_LESSONS = Path(__file__).resolve().parents[3] / "templates" / "lessons"

EVERY = ARCHITECTURES | SEQUENCE_ARCHITECTURES | OWN_WAYS | GENERATIVE | PRETRAINED

for template_id, draw in EVERY.items():
    folder = _LESSONS / template_id
    folder.mkdir(exist_ok=True)
    storage.save(draw(), folder / f"document{storage.SUFFIX}")
    print(template_id)
