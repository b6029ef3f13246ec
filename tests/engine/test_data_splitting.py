"""Splits: disjoint, complete, stratified, seeded; refused where a part is empty."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.errors import DataError
from engine.data.parts import part_sizes, window_counts
from engine.data.splitting import mean_and_std, split_indices


@given(
    labels=st.lists(st.integers(0, 4), min_size=20, max_size=200),
    validation=st.floats(0.1, 0.4),
    test=st.floats(0.1, 0.4),
    seed=st.integers(0, 2**32),
)
def test_parts_are_disjoint_complete_and_stratified(
    labels: list[int], validation: float, test: float, seed: int
) -> None:
    given_labels = np.array(labels)
    parts = split_indices(len(labels), validation, test, seed, given_labels)
    assert sorted(np.concatenate(parts)) == list(range(len(labels)))
    assert tuple(map(len, parts)) == part_sizes(len(labels), validation, test)
    for part, share in ((parts[2], test), (parts[1], validation)):
        for label in set(labels):
            wanted = labels.count(label) * len(part) / len(labels)
            # Within one; the validation is picked from what the test has left.
            assert abs((given_labels[part] == label).sum() - wanted) < 2.01, share


def test_the_seed_decides_who_goes_where() -> None:
    first = split_indices(100, 0.1, 0.2, 1)
    again = split_indices(100, 0.1, 0.2, 1)
    other = split_indices(100, 0.1, 0.2, 2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[2], other[2])


def test_members_of_a_class_are_picked_at_random() -> None:
    labels = np.repeat([0, 1], 50)
    tested = {tuple(split_indices(100, 0.1, 0.2, seed, labels)[2]) for seed in range(9)}
    assert len(tested) == 9


def test_a_published_test_part_leaves_two_parts() -> None:
    train, watched, tested = split_indices(50, 0.1, 0.0, 0)
    assert (len(train), len(watched), len(tested)) == (45, 5, 0)


def test_too_few_samples_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        part_sizes(4, 0.1, 0.2)
    assert str(caught.value) == (
        "The data has 4 samples, too few to keep 10\u00a0% for validation and "
        "20\u00a0% for the "
        "test and still train. Use more data, or other shares."
    )


def test_a_window_longer_than_the_series_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        window_counts(144, 200, 1, 0.1, 0.2)
    assert str(caught.value) == (
        "The series has 144 values, 101 of them for training: too few for windows of "
        "200 and a horizon of 1. Take a shorter window or a longer series."
    )


def test_a_constant_column_has_a_deviation_to_divide_by() -> None:
    assert mean_and_std(np.full(5, 3.0)) == (3.0, 1.0)
