# large scores: expected 0\.0900306, got 0\.0450153 at \[0\]
def softmax(x, dim):
    e = np.exp(x - x.max(axis=dim, keepdims=True))
    return e / e.sum()
