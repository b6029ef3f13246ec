"""Made-up sentences that ask who did it: the subject may stand far before its verb."""

from __future__ import annotations

ANIMALS = ("bear", "bird", "cat", "dog", "fox", "horse", "lion", "mouse")
DEEDS = ("sleeping", "eating", "running", "waiting", "singing")
WELL_KNOWN = ("The cat that I saw yesterday was sleeping", "cat")
"""The first sentence of the validation part."""
# {a} does it, {b} stands in between or before.
SUBJECT_PATTERNS = (
    "The {a} that I saw yesterday was {v}",
    "The {a} that the {b} saw yesterday was {v}",
    "Yesterday the {a} that the {b} saw was {v}",
    "The {b} knew that the {a} was {v}",
)
LONGEST_SUBJECTS = 10


def made_up_subjects() -> list[tuple[str, str]]:
    """Each sentence once, with the animal that did it; the well-known one is first."""
    found = [WELL_KNOWN]
    for pattern in SUBJECT_PATTERNS:
        for number, animal in enumerate(ANIMALS):
            for deed in DEEDS:
                # Every other animal stands in between as often as any.
                for step in range(1, len(ANIMALS)):
                    other = ANIMALS[(number + step) % len(ANIMALS)]
                    sentence = pattern.format(a=animal, b=other, v=deed)
                    found.append((sentence, animal))
                    if "{b}" not in pattern:
                        break
    return list(dict.fromkeys(found))
