def corrected(word): return word
