"""What words mean: vocabulary, nouns, multiword expressions, grammar. Data only."""
