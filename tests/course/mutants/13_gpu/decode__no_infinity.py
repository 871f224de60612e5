# minus infinity: expected -inf, got -65536
def decode(bits, exponent_bits):
    exponent, fraction = int(bits[1 : 1 + exponent_bits], 2), bits[1 + exponent_bits :]
    part, bias = int(fraction, 2) / 2 ** len(fraction), 2 ** (exponent_bits - 1) - 1
    size = part * 2.0 ** (1 - bias) if exponent == 0 else (1 + part) * 2.0 ** (exponent - bias)
    return -size if bits[0] == "1" else size
