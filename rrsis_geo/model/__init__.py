"""The network: encoders, BSC, T-BTD, D-MOLS, weights."""
