"""Weights as pictures: every number is where it belongs."""

from __future__ import annotations

import pytest
import torch

from engine.training.weight_pictures import filters, prototypes, u_matrix


def test_filters_are_the_rows_of_the_weight() -> None:
    weight = torch.arange(3 * 16.0).reshape(3, 16)
    pictures = filters(weight)
    assert pictures.shape == (3, 1, 4, 4)
    assert pictures[1, 0, 2].tolist() == [24.0, 25.0, 26.0, 27.0]
    assert filters(weight, (2, 8)).shape == (3, 1, 2, 8)
    assert filters(weight, (4, 2, 2)).shape == (3, 4, 2, 2)


def test_a_convolutions_filters_take_their_own_shape() -> None:
    assert filters(torch.zeros(5, 3, 7, 7), (3, 7, 7)).shape == (5, 3, 7, 7)


def test_what_makes_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"12 weights make no picture of \(1, 3, 3\)"):
        filters(torch.zeros(2, 12))


def test_prototypes_lie_row_after_row() -> None:
    weight = torch.arange(6.0).unsqueeze(1).expand(6, 4)
    grid = prototypes(weight, 2, 3)
    assert grid.shape == (2, 3, 1, 2, 2)
    assert grid[:, :, 0, 0, 0].tolist() == [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]


def test_the_u_matrix_is_the_mean_distance_to_those_around() -> None:
    """On one line the distances are known; corners have three neighbours."""
    weight = torch.tensor([[0.0], [0.0], [6.0], [0.0], [0.0], [0.0]])
    found = u_matrix(weight, 2, 3)
    assert found.tolist() == [
        pytest.approx([0.0, 6 / 5, 6.0]),
        pytest.approx([0.0, 6 / 5, 2.0]),
    ]


def test_a_border_shows_as_a_ridge() -> None:
    """Two flat regions, side by side: the two columns that meet are far apart."""
    weight = torch.zeros(4, 6, 1)
    weight[:, 3:] = 5.0
    found = u_matrix(weight.reshape(24, 1), 4, 6)
    assert bool((found[:, 2:4] > 1.5).all())
    assert float(found[:, [0, 1, 4, 5]].max()) == 0.0


def test_a_map_of_one_unit_has_no_border() -> None:
    assert u_matrix(torch.ones(1, 3), 1, 1).tolist() == [[0.0]]
