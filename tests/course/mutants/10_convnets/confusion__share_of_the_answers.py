# \[1\]: expected 1\.0, got 0\.5|\[0\.5, 1\.0|expected
def confusion(truth, answers, classes):
    matrix = np.zeros((classes, classes), np.int64)
    for t, a in zip(truth, answers):
        matrix[t, a] += 1
    totals = matrix.sum(0)
    shares = np.full(classes, np.nan)
    present = totals > 0
    shares[present] = matrix.diagonal()[present] / totals[present]
    return matrix, shares
