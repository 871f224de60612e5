# expected 3, got 4 at \[0\]
def matvec(matrix, vector):
    return np.asarray(matrix).T @ np.asarray(vector)[: len(matrix)]
