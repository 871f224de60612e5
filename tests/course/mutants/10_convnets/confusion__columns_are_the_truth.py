# expected 1, got 0
def confusion(truth, answers, classes):
    matrix = np.zeros((classes, classes), np.int64)
    for t, a in zip(truth, answers):
        matrix[a, t] += 1
    totals = matrix.sum(0)
    shares = np.full(classes, np.nan)
    present = totals > 0
    shares[present] = matrix.diagonal()[present] / totals[present]
    return matrix, shares
