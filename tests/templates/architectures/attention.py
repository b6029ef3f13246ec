"""Attention as several transformers have it: projections around its heart."""

from __future__ import annotations

from tests.templates.architectures.sketch import Sketch

ATTENTION_HELP = (
    "Queries of one sequence look at the keys of another and gather its values, in "
    "several heads side by side. The bias is added to how well they match."
)


def attention_block(
    net: Sketch,
    name: str,
    width: int,
    heads: int,
    *,
    inputs: tuple[str, ...] = (),
    causal: bool = False,
    bias: bool = True,
    scale: float | None = None,
) -> None:
    """A block of four Linear layers around attention.

    Beside `x_in` it takes `inputs`: `memory`, which is looked at instead of itself, and
    `bias`.
    """
    block = net.block(name, {"width": width, "heads": heads}, help=ATTENTION_HELP)
    for each in inputs:
        block.add(each, "Input", after=())
    looked_at = "memory" if "memory" in inputs else "x_in"
    options = {} if bias else {"bias": False}
    for part, source in (("query", "x_in"), ("key", looked_at), ("value", looked_at)):
        block.add(part, "Linear", after=source, out_features="width", **options)
    for part in ("query", "key", "value"):
        block.add(f"{part}_heads", "SplitHeads", after=part, num_heads="heads")
    looks = ["query_heads", "key_heads", "value_heads"]
    settings = {"dropout": 0.1} | ({"causal": True} if causal else {})
    settings |= {} if scale is None else {"scale": scale}
    looks += ["bias"] if "bias" in inputs else []
    block.add("attention", "ScaledDotProductAttention", after=looks, **settings)
    block.add("merged", "MergeHeads")
    block.add("project", "Linear", out_features="width", **options)
    block.add("y", "Output")
