# in bfloat16: expected 3\.125
def decode(bits, exponent_bits):
    exponent, fraction = int(bits[1:6], 2), bits[6:]
    part = int(fraction, 2) / 1024
    if exponent == 31:
        size = float("nan") if part else float("inf")
    elif exponent == 0:
        size = part * 2.0**-14
    else:
        size = (1 + part) * 2.0 ** (exponent - 15)
    return -size if bits[0] == "1" else size
