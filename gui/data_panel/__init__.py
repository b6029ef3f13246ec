"""The Data tab: what a network learns from, looked at, and how it is augmented."""
