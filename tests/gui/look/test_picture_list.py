"""A list of pictures: rows of it are seen whole, or enough of them to know more."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.look.picture_list import SampleList, Shown

PICTURE = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture
def pictures(qtbot: QtBot) -> SampleList:
    samples = SampleList("Samples")
    qtbot.addWidget(samples)
    samples.resize(300, 500)
    samples.show_samples([Shown(caption="3", pictures=(PICTURE,))] * 20)
    samples.show()
    return samples


def seen_of_the_last_row(samples: SampleList) -> float:
    """The share of a row that is seen at the lower edge; 0 where the last is whole."""
    row = samples.gridSize().height()
    return samples.viewport().height() % row / row


def test_no_sliver_of_a_row_is_seen(pictures: SampleList) -> None:
    row = pictures.gridSize().height()
    for height in range(row + 2, 4 * row, 3):
        pictures.resize(300, height)
        seen = seen_of_the_last_row(pictures)
        assert seen == 0 or seen > 0.35, height
        assert pictures.viewport().height() > height - row / 2, "room is not given away"


def test_one_row_in_too_little_room_is_seen_as_far_as_it_goes(
    pictures: SampleList,
) -> None:
    pictures.resize(300, 60)
    assert pictures.viewport().height() > 50


def test_texts_take_all_the_room(pictures: SampleList) -> None:
    pictures.resize(300, pictures.gridSize().height() * 2 + 12)
    assert pictures.viewport().height() < pictures.height() - 4
    pictures.show_samples([Shown(caption="one", text="a text")] * 20)
    assert pictures.viewport().height() > pictures.height() - 4
