# the smallest half, times 2 to 24: expected 1\.0, got 5
def decode(bits, exponent_bits):
    exponent, fraction = int(bits[1 : 1 + exponent_bits], 2), bits[1 + exponent_bits :]
    part, bias = int(fraction, 2) / 2 ** len(fraction), 2 ** (exponent_bits - 1) - 1
    if exponent == 2**exponent_bits - 1:
        size = float("nan") if part else float("inf")
    else:
        size = (1 + part) * 2.0 ** (exponent - bias)
    return -size if bits[0] == "1" else size
