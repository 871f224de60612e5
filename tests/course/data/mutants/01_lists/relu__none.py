# relu_values: expected \[0\.0, 2\.0\], got None
def relu(values):
    [max(0.0, v) for v in values]
