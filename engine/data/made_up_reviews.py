"""A small set of made-up film reviews, composed by formula.

Nobody wrote these about any film. They are here so that a text lesson runs without a
download; what a network learns from them says nothing of real reviews.
"""

from __future__ import annotations

REVIEW_SUBJECTS = (
    "the plot",
    "the cast",
    "the music",
    "the ending",
    "the dialogue",
    "the camera work",
    "the second half",
    "the opening scene",
)
PRAISE = (
    "warm",
    "clever",
    "gripping",
    "funny",
    "moving",
    "fresh",
    "elegant",
    "honest",
    "thrilling",
    "charming",
)
BLAME = (
    "dull",
    "clumsy",
    "tired",
    "silly",
    "cold",
    "stale",
    "noisy",
    "hollow",
    "endless",
    "lifeless",
)
# {a} is a word of the review's own opinion and {b} one of the opposite opinion, so
# that single words do not give the answer away: order and negation count.
REVIEW_PATTERNS = (
    "{s} is {a} and {t} is {c}.",
    "I found {s} {a}, even {c}.",
    "{s} is not {b} at all, it is {a}.",
    "{s} may be {b}, but {t} is so {a} that it decides the evening.",
    "Friends called {s} {b}; to me it was {a}.",
    "Never {b}, always {a}: that is {s} for you!",
    "{t} looked {b} at first and then turned {a}.",
    "Far from {b}, {s} stays {a} to the last minute.",
)


def made_up_reviews() -> list[tuple[str, str]]:
    """320 different sentences with `negative` or `positive`, half of each."""
    reviews = []
    for label, own, other in (
        ("positive", PRAISE, BLAME),
        ("negative", BLAME, PRAISE),
    ):
        for pattern_number, pattern in enumerate(REVIEW_PATTERNS):
            for turn in range(20):
                # Steps without a common divisor with the lists' lengths visit all of
                # their words before any comes again.
                first = turn * 3 + pattern_number
                sentence = pattern.format(
                    s=REVIEW_SUBJECTS[(first + turn // 8) % 8],
                    t=REVIEW_SUBJECTS[(first + turn // 8 + 3) % 8],
                    a=own[first % 10],
                    b=other[(first + turn // 10 + 1) % 10],
                    c=own[(first + turn // 10 + 4) % 10],
                )
                reviews.append((sentence[0].upper() + sentence[1:], label))
    return reviews
