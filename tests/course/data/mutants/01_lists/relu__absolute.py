# relu_values: relu\(\[-1\.0, 2\.0\]\): expected 0\.0, got 1\.0 at \[0\]
def relu(values):
    return [abs(v) for v in values]
