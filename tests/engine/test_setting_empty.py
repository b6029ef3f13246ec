"""What an empty field means is said in it, wherever nothing is a right value."""

from __future__ import annotations

import pytest

from engine.catalog import CATALOG
from engine.catalog.settings import Setting, Text
from engine.data.source import SOURCES

_PLACES = {"path", "folder", "column", "columns", "field"}
OF_LAYERS = [
    pytest.param(setting, id=f"{layer.name}.{setting.name}")
    for layer in CATALOG.values()
    for setting in layer.settings
]
OF_DATA = [
    pytest.param(setting, id=f"{name}.{setting.name}")
    for name, source in SOURCES.items()
    for setting in source.settings
]


@pytest.mark.parametrize("setting", OF_LAYERS)
def test_an_empty_setting_of_a_layer_says_what_it_means(setting: Setting) -> None:
    is_name = isinstance(setting, Text) and setting.kind in _PLACES
    may_be_empty = setting.optional or (is_name and setting.default == "")
    assert bool(setting.empty) == may_be_empty
    if setting.empty:
        assert setting.problem(setting.normalise(setting.parse(""))) is None


@pytest.mark.parametrize("setting", OF_DATA)
def test_an_empty_setting_of_data_says_what_it_means(setting: Setting) -> None:
    if "; empty " in setting.help:
        assert setting.empty
    is_name = isinstance(setting, Text) and setting.kind in _PLACES
    if is_name and setting.name != "path":  # without its file a source has nothing
        assert setting.empty
