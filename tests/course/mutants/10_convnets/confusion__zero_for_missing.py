# nan
def confusion(truth, answers, classes):
    matrix = np.zeros((classes, classes), np.int64)
    for t, a in zip(truth, answers):
        matrix[t, a] += 1
    return matrix, matrix.diagonal() / np.maximum(1, matrix.sum(1))
