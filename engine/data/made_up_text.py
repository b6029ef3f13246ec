"""A made-up text of any length, composed by formula.

Nobody wrote it and it tells nothing. It is here so that networks that write can learn
without a download: its verbs agree with a subject that may stand far before them, and
its pronouns with the sentence before, so that it pays to look back.
"""

from __future__ import annotations

from random import Random

TEXT_SUBJECTS = (
    ("the old miller", "he"),
    ("the captain", "she"),
    ("a grey cat", "it"),
    ("the two sisters", "they"),
    ("the baker", "he"),
    ("my neighbour", "she"),
    ("the swallows", "they"),
    ("a small boat", "it"),
    ("the children", "they"),
    ("the night train", "it"),
)
"""Who acts, and the word that stands for them later."""
TEXT_PLACES = (
    "near the mill",
    "behind the wall",
    "at the end of the road",
    "under the bridge",
    "on the other side of the river",
    "in the garden",
)
TEXT_VERBS = (
    ("waits", "wait"),
    ("sleeps", "sleep"),
    ("sings", "sing"),
    ("comes back", "come back"),
    ("turns around", "turn around"),
    ("stays still", "stay still"),
)
"""What is done, by one and by many."""
TEXT_TIMES = (
    "all morning",
    "until the rain stops",
    "when the bell rings",
    "for an hour",
    "every evening",
)


def made_up_sentences(count: int, seed: int) -> str:
    """`count` sentences, the same for the same seed."""
    chance = Random(seed)  # noqa: S311  a text, not a secret
    sentences: list[str] = []
    pronoun = ""
    for _ in range(count):
        if pronoun and chance.random() < 0.4:
            subject, pronoun = pronoun, ""
            many = subject == "they"
        else:
            subject, pronoun = chance.choice(TEXT_SUBJECTS)
            many = pronoun == "they"
            if chance.random() < 0.5:
                subject += f" {chance.choice(TEXT_PLACES)}"
        verb = chance.choice(TEXT_VERBS)[many]
        sentence = f"{subject} {verb} {chance.choice(TEXT_TIMES)}."
        sentences.append(sentence[0].upper() + sentence[1:])
    return " ".join(sentences) + "\n"
