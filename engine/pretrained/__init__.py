"""Pretrained models' files: which a document needs, where they lie, how they come."""
