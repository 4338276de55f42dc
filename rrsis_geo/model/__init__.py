"""The network: encoders, BSC, T-BTD, D-MOLS, losses, weights files.

It re-implements BTDNet (Zhang et al., 2025, arXiv 2502.08486) from the published
description; the paper's code was not available. Docstrings name the part of the paper
that a module implements, or say that the choice is ours.

Shapes are written with these letters:

    B           images of a batch (windows of a scene)
    E           expressions per image
    N           pairs of image and expression, N = B * E, image by image
    T           tokens of the longest expression
    D           channels of text features
    C           channels of image features
    H, W        height and width of the image, or of the map at hand
    H1 ... H4   height of the levels 1 to 4, at strides 4, 8, 16, 32, rounded up;
                W1 ... W4 and C1 ... C4 likewise
    P           positions of a map, P = H * W
    h           attention heads; c = C / h channels per head
    L, S        lengths of the two sequences of an attention layer

Masks of tokens are True on a token and False on padding.
"""
