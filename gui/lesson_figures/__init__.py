"""Figures of the lessons that are drawn live: a file for each."""
