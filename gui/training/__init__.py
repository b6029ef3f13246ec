"""Training as the window shows it: a thread, a buffer, curves and numbers."""
