"""What stands behind the title of a column that a table is sorted by."""

UP, DOWN = " ▴", " ▾"
"""Upwards where the least is above: Qt's own arrows say the opposite in some styles."""
