# expected 32, got 31
def out_size(n, kernel, stride=1, padding=0, dilation=1):
    room = n + padding - (dilation * (kernel - 1) + 1)
    if room < 0:
        raise ValueError("does not fit")
    return room // stride + 1
