"""Training: one visible loop, its goals and numbers, its device, its checkpoints.

What an exported script carries is cut from `events`, `goals`, `objectives`, `device`,
`loop` and `reporting`: those import nothing of Espalier but each other, the recipe and
the samples. Importing this package does not import torch.
"""
