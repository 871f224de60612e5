# relu_copy: the list given, afterwards: expected \[.*\], got \[
def relu(values):
    for i, value in enumerate(values):
        values[i] = max(0.0, value)
    return values
