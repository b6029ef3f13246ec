"""The words of the settings' forms, for wherever else settings are told."""

from __future__ import annotations

from engine.catalog.settings import Choice, Setting
from engine.data.source import SOURCES


def title_of(name: str, setting: Setting) -> str:
    """A setting as its form names it: `Learning rate`, of a node's `conv1.kernel_size`
    `conv1: Kernel size`."""
    owner = name.removesuffix(setting.name).rstrip(".")
    return f"{owner}: {setting.title}" if owner else setting.title


def value_of(text: str, setting: Setting | None) -> str:
    """A value that is written as documents keep it, as its form has it."""
    return setting.wording(text) if isinstance(setting, Choice) else text


def source_title(name: str) -> str:
    """A source of data by its title; what is none stays as it is."""
    return SOURCES[name].title if name in SOURCES else name


def sweep_title(folder: str) -> str:
    """A sweep's folder as people read it: `2026-11-21 13:18  iris-network`."""
    day, _, rest = folder.partition("-")
    time, _, words = rest.partition("-")
    if not (len(day) == 8 and len(time) == 6 and (day + time).isdigit()):
        return folder
    return f"{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]}  {words}"
