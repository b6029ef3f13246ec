"""Sweeps in the window: the form, the trials as they come, and what they show."""
