# ValueError
def out_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - (dilation * (kernel - 1) + 1)) // stride + 1
