"""In which words the layers grown later refuse, and with which remedies."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalog import CATALOG, TensorSpec
from engine.catalog.settings import complete
from engine.shapes import infer_layer
from tests.engine.test_catalog_misfits import misfit, settings_offered

Shapes = list[tuple[int, ...]]
WORDS: list[tuple[str, dict[str, Any], Shapes, str, str, list[dict[str, Any]]]] = [
    (
        "Conv3d",
        {"kernel_size": 5},
        [(1, 3, 4, 5)],
        "has a 5 × 5 × 5 kernel that does not fit a 3 × 4 × 5 volume",
        "Set padding to 2, which keeps the size, or set kernel_size to 3 × 4 × 5.",
        [{"padding": 2}, {"kernel_size": (3, 4, 5)}],
    ),
    (
        "AvgPool3d",
        {"padding": 1},
        [(1, 1, 4, 4)],
        "has a 2 × 2 × 2 kernel that does not fit a 1 × 4 × 4 volume",
        "Take a smaller kernel or less dilation.",
        [],
    ),
    (
        "LPPool2d",
        {},
        [(3, 1, 4)],
        "has a 2 × 2 kernel that does not fit a 1 × 4 image",
        "Set kernel_size to 1 × 2.",
        [{"kernel_size": (1, 2)}],
    ),
    (
        "PReLU",
        {"per_channel": True},
        [()],
        "learns a share for each channel, and its input is one number a sample",
        "Set per_channel to off.",
        [{"per_channel": False}],
    ),
    (
        "RReLU",
        {"lower": 0.5},
        [(4,)],
        "draws between 0.5 and 0.333333, which lies below it",
        "Set upper to 0.5.",
        [{"upper": 0.5}],
    ),
    (
        "Hardtanh",
        {"min_val": 2.0},
        [(4,)],
        "cuts off below 2 and above 1, which leaves no range",
        "Set max_val to 3.",
        [{"max_val": 3.0}],
    ),
    (
        "GLU",
        {},
        [(4, 7)],
        "halves dimension -1, whose size 7 is odd",
        "Set dim to 1.",
        [{"dim": 1}],
    ),
    (
        "GLU",
        {},
        [(7,)],
        "halves dimension -1, whose size 7 is odd",
        "Give the layer before it an even size there.",
        [],
    ),
    (
        "InstanceNorm2d",
        {},
        [(8, 1, 1)],
        "normalizes each channel of a sample for itself, and a channel here is one "
        "number",
        "Put it before the pooling, or take a GroupNorm.",
        [],
    ),
    (
        "RMSNorm",
        {"dims": 3},
        [(20, 8)],
        "normalizes the last 3 dimensions, and a sample has 2",
        "Set dims to 2.",
        [{"dims": 2}],
    ),
    (
        "RMSNorm",
        {},
        [()],
        "normalizes each sample for itself, and a sample here is one number",
        "Connect it to a node that gives a vector, or take it out.",
        [],
    ),
    (
        "Bilinear",
        {},
        [(5, 8), (6, 8)],
        "pairs N × 5 × 8 with N × 6 × 8, which differ before their last dimension",
        "Connect branches that differ in their last dimension only.",
        [],
    ),
    (
        "GaussianSample",
        {},
        [(8,), (9,)],
        "gets means of N × 8 and log_variances of N × 9",
        "Give the two layers before it equal settings.",
        [],
    ),
    (
        "GaussianDivergence",
        {},
        [(8,), (9,)],
        "gets means of N × 8 and log_variances of N × 9",
        "Give the two layers before it equal settings.",
        [],
    ),
    (
        "Subtract",
        {},
        [(8,), (9,)],
        "subtracts N × 8 and N × 9, which differ in dimension 1: 8 and 9",
        "Give the layer before the second one the size 8 there.",
        [],
    ),
    (
        "Maximum",
        {},
        [(8,), (9,)],
        "compares N × 8 and N × 9, which differ in dimension 1: 8 and 9",
        "Give the layer before the second one the size 8 there.",
        [],
    ),
    (
        "Stack",
        {},
        [(8,), (9,)],
        "stacks N × 8 and N × 9, which differ",
        "Make them equal first, or join them with Concatenate.",
        [],
    ),
    (
        "Stack",
        {"dim": 3},
        [(8,), (8,)],
        "makes a new dimension 3, which lies beyond the last dimension",
        "Set dim to -1.",
        [{"dim": -1}],
    ),
    (
        "Unsqueeze",
        {"dim": 0},
        [(8,)],
        "makes a new dimension 0, which is the place of the batch",
        "Set dim to -1.",
        [{"dim": -1}],
    ),
    (
        "Squeeze",
        {},
        [(8, 1)],
        "takes dimension 1 away, whose size is 8",
        "Set dim to 2.",
        [{"dim": 2}],
    ),
    (
        "Squeeze",
        {},
        [(8, 2)],
        "takes dimension 1 away, whose size is 8",
        "Take one step of it with SelectStep, or take this node out.",
        [],
    ),
    (
        "MatMul",
        {},
        [(3, 4), (5, 4)],
        "multiplies a matrix of 4 columns by one of 5 rows",
        "Set transpose_other to on.",
        [{"transpose_other": True}],
    ),
    (
        "MatMul",
        {},
        [(3, 4), (5, 6)],
        "multiplies a matrix of 4 columns by one of 5 rows",
        "Give the second input 4 rows.",
        [],
    ),
    (
        "MatMul",
        {},
        [(3, 4), (2, 4, 6)],
        "multiplies N × 3 × 4 and N × 2 × 4 × 6, which have 3 and 4 dimensions",
        "Put an Unsqueeze before the smaller one.",
        [],
    ),
    (
        "MatMul",
        {},
        [(2, 3, 4), (5, 4, 6)],
        "multiplies 2 matrices by 5 in each sample",
        "Give both inputs equally many matrices.",
        [],
    ),
    (
        "Einsum",
        {"equation": "i j"},
        [(3, 4), (4, 5)],
        "has the equation ij, which is not of the form nij,njk->nik",
        "Set equation to nij,njk->nik.",
        [{"equation": "nij,njk->nik"}],
    ),
    (
        "Einsum",
        {"equation": ""},
        [(3, 4)],
        "has the equation left empty, which is not of the form nij,njk->nik",
        "Write a term of letters for each input, ->, and the answer's letters.",
        [],
    ),
    (
        "Einsum",
        {},
        [(3, 4)],
        "names 2 inputs in its equation, and 1 reaches it",
        "Write one term for each input.",
        [],
    ),
    (
        "Einsum",
        {},
        [(3, 4), (4,)],
        "names 3 dimensions, njk, for an input of 2: N × 4",
        "Write one letter for each dimension, the batch first.",
        [],
    ),
    (
        "Einsum",
        {"equation": "nij,mjk->nik"},
        [(3, 4), (4, 6)],
        "mixes the samples of a batch: the answer nik begins with n, and the term is "
        "mjk",
        "Set equation to nij,njk->nik.",
        [{"equation": "nij,njk->nik"}],
    ),
    (
        "Einsum",
        {"equation": "nij->nijk"},
        [(3, 4)],
        "has k, which no input has, in its answer nijk",
        "Name each dimension of the answer once, by a letter of the inputs.",
        [],
    ),
    (
        "Einsum",
        {"equation": "nij->nii"},
        [(3, 4)],
        "has i twice, in its answer nii",
        "Name each dimension of the answer once, by a letter of the inputs.",
        [],
    ),
    (
        "Einsum",
        {},
        [(3, 4), (5, 6)],
        "calls two dimensions j, and their sizes are 4 and 5",
        "Give dimensions of unequal size letters of their own.",
        [],
    ),
    (
        "MultiheadAttention",
        {"num_heads": 2},
        [(5, 8), (6, 8), (6, 8), (3, 5, 6)],
        "adds a bias of N × 3 × 5 × 6 to matches of N × 2 × 5 × 6",
        "Connect a bias made for as many heads, queries and keys.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        [(2, 5, 8), (2, 6, 8), (2, 6, 8), (2, 4, 6)],
        "adds a bias of N × 2 × 4 × 6 to matches of N × 2 × 5 × 6",
        "Connect a bias made for as many heads, queries and keys.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        [(2, 5, 8), (6, 8), (6, 8)],
        "gets a query of N × 2 × 5 × 8 and a key of N × 6 × 8, which differ in their "
        "number of dimensions",
        "Put a SplitHeads before all of them, or before none.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        [(2, 5, 8), (3, 5, 8), (3, 5, 8)],
        "gets 2, 3 and 3 heads for query, key and value",
        "Set the SplitHeads before them to the same number of heads.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        [(5, 8), (5, 6), (5, 6)],
        "gets queries of 8 features and keys of 6, and cannot match them",
        "Put a Linear layer before one of them.",
        [],
    ),
    (
        "ScaledDotProductAttention",
        {},
        [(5, 8), (6, 8), (5, 8)],
        "gets 6 keys and 5 values, and each key needs one value",
        "Connect key and value to the same sequence.",
        [],
    ),
    (
        "SplitHeads",
        {},
        [(5, 12)],
        "has 8 heads, which do not divide its 12 features evenly",
        "Set num_heads to 6.",
        [{"num_heads": 6}],
    ),
    (
        "TransformerDecoderLayer",
        {},
        [(5, 16), (5, 12)],
        "reads a memory of 12 features and writes 16",
        "Put a Linear layer before one of them.",
        [],
    ),
    (
        "TransformerDecoderLayer",
        {},
        [(5, 12), (5, 12)],
        "has 8 heads, which do not divide its 12 features evenly",
        "Set nhead to 6.",
        [{"nhead": 6}],
    ),
    (
        "Transformer",
        {},
        [(5, 12), (5, 16)],
        "reads a source of 12 features and writes 16",
        "Put a Linear layer before one of them.",
        [],
    ),
    (
        "RelativePositionBias",
        {"max_distance": 8},
        [(5,), (5,)],
        "has max_distance 8, and gives each distance below 8 a bucket of its own",
        "Set max_distance to 32.",
        [{"max_distance": 32}],
    ),
    (
        "Constant",
        {"value": 0.7, "dtype": "int64"},
        [(5,)],
        "holds whole numbers, and its value is 0.7",
        "Set value to 1.",
        [{"value": 1.0}],
    ),
    (
        "Slice",
        {"start": 9},
        [(5, 8)],
        "keeps 9: of dimension 1, which is nothing: its size is 5",
        "Set start to 0 and stop to nothing, which keeps all.",
        [{"start": 0, "stop": None}],
    ),
    (
        "Slice",
        {"start": 2, "stop": 1},
        [(5, 8)],
        "keeps 2:1 of dimension 1, which is nothing: its size is 5",
        "Set stop to nothing, the end.",
        [{"stop": None}],
    ),
    (
        "Split",
        {"size": 5},
        [(5, 8)],
        "cuts 5 off dimension 1, whose size is 5, and nothing is left",
        "Set size to 2.",
        [{"size": 2}],
    ),
    (
        "Split",
        {},
        [(1,)],
        "cuts 1 off dimension 1, whose size is 1, and nothing is left",
        "Cut another dimension.",
        [],
    ),
    (
        "Chunk3",
        {},
        [(6, 8)],
        "cuts dimension -1 into 3 equal parts, and its size is 8",
        "Set dim to 1.",
        [{"dim": 1}],
    ),
    (
        "Chunk2",
        {},
        [(7,)],
        "cuts dimension -1 into 2 equal parts, and its size is 7",
        "Give it a multiple of 2 there.",
        [],
    ),
    (
        "Repeat",
        {},
        [(3, 4, 5)],
        "says how often to repeat 2 dimensions, and a sample has 3",
        "Set repeats to 2 × 1 × 1.",
        [{"repeats": (2, 1, 1)}],
    ),
    (
        "Repeat",
        {"repeats": (2,)},
        [()],
        "says how often to repeat 1 dimension, and a sample has 0",
        "Put an Unsqueeze before it.",
        [],
    ),
    (
        "Pad",
        {},
        [(8,)],
        "has a border of 4 sides, and its input, N × 8, has 2 to pad in mode constant",
        "Set padding to 1 × 1.",
        [{"padding": (1, 1)}],
    ),
    (
        "Pad",
        {"padding": (1, 2), "mode": "reflect"},
        [(3, 8, 8)],
        "has a border of 2 sides, and its input, N × 3 × 8 × 8, has 4 or 6 to pad in "
        "mode reflect",
        "Set padding to 1 × 2 × 0 × 0.",
        [{"padding": (1, 2, 0, 0)}],
    ),
    (
        "Pad",
        {"padding": (4, 0), "mode": "reflect"},
        [(2, 4)],
        "pads by 4 in mode reflect, and a size of 4 has at most 3 to give",
        "Set mode to constant.",
        [{"mode": "constant"}],
    ),
    (
        "Upsample",
        {"mode": "trilinear"},
        [(3, 8, 8)],
        "has mode trilinear, which is for a volume, and gets an image",
        "Set mode to bilinear, or set mode to nearest.",
        [{"mode": "bilinear"}, {"mode": "nearest"}],
    ),
    (
        "Upsample",
        {"size": (16,)},
        [(3, 8, 8)],
        "makes a size of 16, and its input has 2 dimensions beside the channels",
        "Set size to 16 × 16.",
        [{"size": (16, 16)}],
    ),
    (
        "Upsample",
        {"scale_factor": 0.1},
        [(3, 8, 8)],
        "makes 8 × 8 smaller by 0.1, and nothing is left",
        "Set scale_factor to 1.",
        [{"scale_factor": 1.0}],
    ),
    (
        "PixelShuffle",
        {"upscale_factor": 3},
        [(8, 4, 4)],
        "makes pixels of 9 channels each, and its input has 8",
        "Set upscale_factor to 2.",
        [{"upscale_factor": 2}],
    ),
    (
        "PixelUnshuffle",
        {"downscale_factor": 4},
        [(1, 28, 30)],
        "cuts 28 × 30 pixels into squares of 4 × 4, which do not cover them evenly",
        "Set downscale_factor to 2.",
        [{"downscale_factor": 2}],
    ),
    (
        "ChannelShuffle",
        {"groups": 4},
        [(6, 4)],
        "has 4 groups, which do not divide its 6 channels evenly",
        "Set groups to 3.",
        [{"groups": 3}],
    ),
    (
        "Unfold",
        {"kernel_size": 5},
        [(1, 4, 4)],
        "has a 5 × 5 kernel that does not fit a 4 × 4 image",
        "Set kernel_size to 4.",
        [{"kernel_size": 4}],
    ),
    (
        "Fold",
        {"output_size": 4},
        [(10, 9)],
        "lays patches of 2 × 2 pixels, and its columns hold 10",
        "Set kernel_size to 1.",
        [],
    ),
    (
        "Fold",
        {"output_size": 4},
        [(12, 8)],
        "makes an image of 4 × 4, which has 3 × 3 patches, and gets 8",
        "Set output_size to the size of the image that was unfolded.",
        [],
    ),
    (
        "Fold",
        {"output_size": 1},
        [(12, 8)],
        "makes an image of 1 × 1, which is smaller than a patch of 2 × 2, and gets 8",
        "Set output_size to the size of the image that was unfolded.",
        [],
    ),
    (
        "Std",
        {},
        [(1, 4)],
        "takes the spread along dimension 1, which holds one number",
        "Set unbiased to off.",
        [{"unbiased": False}],
    ),
    (
        "Clamp",
        {"min": None, "max": None},
        [(4,)],
        "has neither a lower nor an upper bound",
        "Set min to 0.",
        [{"min": 0.0}],
    ),
    (
        "Clamp",
        {"min": 2.0},
        [(4,)],
        "keeps numbers between 2 and 1, which leaves nothing but one number",
        "Set max to 3.",
        [{"max": 3.0}],
    ),
    (
        "InverseFourierTransform",
        {},
        [(5,), (6,)],
        "gets real parts of N × 5 and imaginary parts of N × 6",
        "Connect parts of the same transform.",
        [],
    ),
    (
        "InverseFourierTransform",
        {},
        [(1,), (1,)],
        "makes a signal of one frequency along dimension -1, and its length is not "
        "said",
        "Set n to 1.",
        [{"n": 1}],
    ),
]


@pytest.mark.parametrize(
    ("name", "chosen", "shapes", "message", "remedy", "offered"),
    WORDS,
    ids=[f"{index}-{row[0]}" for index, row in enumerate(WORDS)],
)
def test_misfit_is_told_in_words_with_a_remedy(
    name: str,
    chosen: dict[str, Any],
    shapes: Shapes,
    message: str,
    remedy: str,
    offered: list[dict[str, Any]],
) -> None:
    found = misfit(name, chosen, *shapes)
    assert found.message == message
    assert found.remedy == remedy
    assert settings_offered(found) == offered
    layer = CATALOG[name]
    specs = tuple(TensorSpec(shape) for shape in shapes)
    for each in offered:
        values = complete(layer.settings, {**chosen, **each})
        assert infer_layer(layer, values, specs).misfit is None


def test_the_second_of_two_inputs_is_named() -> None:
    found = misfit("Divide", {}, (8,), (9,))
    assert (found.port, found.edge) == ("other", 0)


def test_positions_need_a_sequence() -> None:
    assert misfit("Positions", {}, ()).message == (
        "reads a vector (N × features) or a sequence (N × time × features) or an image "
        "(N × channels × height × width) or a volume (N × channels × depth × height × "
        "width), and gets one number a sample"
    )


def test_a_bag_of_tokens_has_no_padding_outside_the_vocabulary() -> None:
    given = {"num_embeddings": 10, "padding_idx": 10}
    found = misfit("EmbeddingBag", given, (5,), dtype="int64")
    assert found.message == "has padding_idx 10, and its tokens end at 9"
    assert found.remedy == "Set padding_idx to 0."
