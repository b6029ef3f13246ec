"""Products of matrices, and sums of products in any arrangement."""

from __future__ import annotations

import re

from engine.catalog.layer import (
    Layer,
    Misfit,
    Port,
    Specs,
    Suggestion,
    Variables,
    literal,
)
from engine.catalog.remedies import remedy, setting_to, that_mend
from engine.catalog.settings import Bool, Text, Values

_DOCS = "https://docs.pytorch.org/docs/stable/generated/torch."


class MatMul(Layer):
    """Multiplies two matrices of each sample, such as queries and keys.

    The columns of the first meet the rows of the second. Dimensions before the last two
    are worked through one by one; a size of 1 is repeated.
    """

    family = "merge"
    aliases = ("Dot", "matrix product", "bmm", "batch dot", "matrix multiplication")
    formula = "y = A B"
    source = f"{_DOCS}matmul.html"
    inputs = (
        Port("input", ndim=(2, 3, 4), help="A: N × ... × rows × columns."),
        Port("other", ndim=(2, 3, 4), help="B: N × ... × rows × columns."),
    )
    settings = (
        Bool(
            name="transpose_other",
            default=False,
            help="Whether rows and columns of the second are swapped first: A Bᵀ.",
        ),
    )

    def telling(self, s: Values) -> str:
        return "A Bᵀ" if s.transpose_other else "A B"

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        first, second = v.inputs
        return (f"{v.output} = {first} @ {second}{'.mT' * s.transpose_other}",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        first, second = x[0].shape, x[1].shape
        if len(first) != len(second):
            return Misfit(
                message=f"multiplies {x[0].describe()} and {x[1].describe()}, which "
                f"have {len(first) + 1} and {len(second) + 1} dimensions",
                expected="inputs of equally many dimensions",
                remedy="Put an Unsqueeze before the smaller one.",
                port="input" if len(first) < len(second) else "other",
            )
        for one, other in zip(first[:-2], second[:-2], strict=True):
            if one != other and 1 not in {one, other}:
                return Misfit(
                    message=f"multiplies {one} matrices by {other} in each sample",
                    expected=f"{one} on both sides, or 1",
                    remedy="Give both inputs equally many matrices.",
                    port="other",
                )
        columns = first[-1]
        width, rows = second[-1], second[-2]
        if s.transpose_other:
            width, rows = rows, width
        if columns == rows:
            return None
        suggestions: tuple[Suggestion, ...] = ()
        if columns == width:
            suggestions = (setting_to("transpose_other", not s.transpose_other),)
        return Misfit(
            message=f"multiplies a matrix of {columns} columns by one of {rows} rows",
            expected=f"{columns} rows",
            remedy=remedy(suggestions, f"Give the second input {columns} rows."),
            port="other",
            setting="transpose_other",
            suggestions=suggestions,
        )


_EQUATION = re.compile(r"[A-Za-z]+(,[A-Za-z]+)*->[A-Za-z]+")


class Einsum(Layer):
    """Multiplies its inputs and sums, by an equation that names their dimensions.

    Each input has a term with one letter for each dimension, the batch first. A letter
    that the answer lacks is summed over; equal letters meet. The batch has the same
    letter everywhere, so that samples are not mixed.
    """

    family = "merge"
    aliases = ("EinsumDense", "einstein summation", "tensor contraction", "Dot")
    formula = "nij,njk->nik gives yₙᵢₖ = Σⱼ aₙᵢⱼ bₙⱼₖ"
    source = f"{_DOCS}einsum.html"
    inputs = (
        Port(
            "input",
            variadic=True,
            help="As many branches as the equation has terms, in its order.",
        ),
    )
    settings = (
        Text(
            name="equation",
            default="nij,njk->nik",
            help="A term of letters for each input, ->, and the answer's letters.",
        ),
    )

    def telling(self, s: Values) -> str:
        return str(s.equation)[:24]

    def forward(self, s: Values, x: Specs, v: Variables) -> tuple[str, ...]:
        equation = literal(s.equation.replace(" ", ""))
        return (f"{v.output} = torch.einsum({equation}, {', '.join(v.inputs)})",)

    def misfit(self, s: Values, x: Specs) -> Misfit | None:
        equation = s.equation.replace(" ", "")
        if not _EQUATION.fullmatch(equation):
            return self._wrong(
                s,
                x,
                f"has the equation {equation or 'left empty'}, which is not of the "
                "form nij,njk->nik",
                "terms of letters, ->, and the letters of the answer",
                "Write a term of letters for each input, ->, and the answer's letters.",
            )
        left, answer = equation.split("->")
        terms = left.split(",")
        if len(terms) != len(x):
            return self._wrong(
                s,
                x,
                f"names {len(terms)} input{'s' * (len(terms) != 1)} in its equation, "
                f"and {len(x)} reach{'es' * (len(x) == 1)} it",
                f"{len(x)} terms",
                "Write one term for each input.",
            )
        return (
            self._ranks(s, x, terms)
            or self._letters(s, x, terms, answer)
            or self._sizes(s, x, terms)
        )

    def _ranks(self, s: Values, x: Specs, terms: list[str]) -> Misfit | None:
        for term, spec in zip(terms, x, strict=True):
            if len(term) != len(spec.shape) + 1:
                return self._wrong(
                    s,
                    x,
                    f"names {len(term)} dimensions, {term}, for an input of "
                    f"{len(spec.shape) + 1}: {spec.describe()}",
                    f"{len(spec.shape) + 1} letters",
                    "Write one letter for each dimension, the batch first.",
                )
        return None

    def _letters(
        self, s: Values, x: Specs, terms: list[str], answer: str
    ) -> Misfit | None:
        unknown = sorted(set(answer) - set("".join(terms)))
        doubled = [letter for letter in answer if answer.count(letter) > 1]
        if unknown or doubled:
            what = f"{unknown[0]}, which no input has" if unknown else ""
            what = what or f"{doubled[0]} twice"
            return self._wrong(
                s,
                x,
                f"has {what}, in its answer {answer}",
                "letters of the inputs, each once",
                "Name each dimension of the answer once, by a letter of the inputs.",
            )
        batch = answer[0]
        for term in terms:
            if term[0] != batch or batch in term[1:]:
                return self._wrong(
                    s,
                    x,
                    f"mixes the samples of a batch: the answer {answer} begins with "
                    f"{batch}, and the term is {term}",
                    f"{batch} first and only first, in every term",
                    "Begin every term and the answer with the letter of the batch.",
                )
        return None

    def _sizes(self, s: Values, x: Specs, terms: list[str]) -> Misfit | None:
        sizes: dict[str, int] = {}
        for edge, (term, spec) in enumerate(zip(terms, x, strict=True)):
            own: dict[str, int] = {}
            for letter, size in zip(term[1:], spec.shape, strict=True):
                # Within one term sizes must be equal; between terms 1 is repeated.
                for known, repeats in ((own, False), (sizes, True)):
                    before = known.get(letter, size)
                    if before == size or (repeats and 1 in {before, size}):
                        continue
                    return Misfit(
                        message=f"calls two dimensions {letter}, and their sizes are "
                        f"{before} and {size}",
                        expected=f"equal sizes where the letter is {letter}",
                        remedy="Give dimensions of unequal size letters of their own.",
                        port="input",
                        edge=edge,
                        setting="equation",
                    )
                own[letter] = size
                sizes[letter] = max(size, sizes.get(letter, 1))
        return None

    def _wrong(
        self, s: Values, x: Specs, message: str, expected: str, otherwise: str
    ) -> Misfit:
        default = self.defaults.equation
        options = [setting_to("equation", default)]
        suggestions = () if s.equation == default else that_mend(self, s, x, options)
        return Misfit(
            message=message,
            expected=expected,
            remedy=remedy(suggestions, otherwise),
            setting="equation",
            suggestions=suggestions,
        )
