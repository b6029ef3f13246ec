"""In which words layers refuse, and with which remedies."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalog import CATALOG, TensorSpec
from engine.catalog.settings import complete
from engine.shapes import infer_layer
from tests.engine.misfit_rows import WORDS, Shapes
from tests.engine.test_catalog_misfits import misfit, settings_offered


@pytest.mark.parametrize(
    ("name", "chosen", "shapes", "message", "remedy", "offered"),
    WORDS,
    ids=[f"{index}-{row[0]}" for index, row in enumerate(WORDS)],
)
def test_misfit_is_told_in_words_with_a_remedy(
    name: str,
    chosen: dict[str, Any],
    shapes: Shapes,
    message: str,
    remedy: str,
    offered: list[dict[str, Any]],
) -> None:
    found = misfit(name, chosen, *shapes)
    assert found.message == message
    assert found.remedy == remedy
    assert settings_offered(found) == offered
    layer = CATALOG[name]
    specs = tuple(TensorSpec(shape) for shape in shapes)
    for each in offered:
        values = complete(layer.settings, {**chosen, **each})
        assert infer_layer(layer, values, specs).misfit is None


def test_the_second_of_two_inputs_is_named() -> None:
    found = misfit("Divide", {}, (8,), (9,))
    assert (found.port, found.edge) == ("other", 0)


def test_positions_need_a_sequence() -> None:
    assert misfit("Positions", {}, ()).message == (
        "reads a vector (N × features) or a sequence (N × time × features) or an image "
        "(N × channels × height × width) or a volume (N × channels × depth × height × "
        "width), and gets one number a sample"
    )


def test_a_bag_of_tokens_has_no_padding_outside_the_vocabulary() -> None:
    given = {"num_embeddings": 10, "padding_idx": 10}
    found = misfit("EmbeddingBag", given, (5,), dtype="int64")
    assert found.message == "has padding_idx 10, and its tokens end at 9"
    assert found.remedy == "Set padding_idx to 0."
