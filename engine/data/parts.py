"""How many samples each part of a data set has."""

from __future__ import annotations

from engine.data.errors import DataError
from engine.figures import percent


def part_sizes(count: int, validation: float, test: float) -> tuple[int, int, int]:
    """How many of `count` samples go to training, validation and test.

    `validation` and `test` are shares of `count`; `test` is 0 where the test part was
    published apart. Raises DataError where a part would be empty.
    """
    validation_count = round(count * validation)
    test_count = round(count * test)
    train_count = count - validation_count - test_count
    wanted = [train_count, validation_count] + ([test_count] if test else [])
    if min(wanted) < 1:
        parts = f"{percent(validation)} for validation"
        if test:
            parts += f" and {percent(test)} for the test"
        raise DataError(
            f"The data has {count:,} samples, too few to keep {parts} and still train.",
            "Use more data, or other shares.",
        )
    return train_count, validation_count, test_count


def part_counts(count: int, validation: float, test: float) -> dict[str, int]:
    """`part_sizes` by the names of the parts."""
    sizes = part_sizes(count, validation, test)
    return dict(zip(("train", "validation", "test"), sizes, strict=True))


def window_counts(
    count: int, window: int, horizon: int, validation: float, test: float
) -> tuple[int, int, int]:
    """How many windows each part has of a series of `count` values.

    The series is cut by time: the last values are the test, those before them the
    validation. A window belongs to the part that holds all it has to forecast; it may
    look back into the part before. Raises DataError where a part has none.
    """
    validation_count, test_count = round(count * validation), round(count * test)
    train_count = count - validation_count - test_count
    counts = (
        train_count - window - horizon + 1,
        validation_count - horizon + 1,
        test_count - horizon + 1,
    )
    if min(counts) < 1:
        raise DataError(
            f"The series has {count:,} values, {train_count:,} of them for training: "
            f"too few for windows of {window} and a horizon of {horizon}.",
            "Take a shorter window or a longer series.",
        )
    return counts
