# large scores: expected 0\.0900306, got nan at \[0\]
def softmax(x, dim):
    e = np.exp(x)
    return e / e.sum(axis=dim, keepdims=True)
