# expected an int64 array of shape \(2,\), got a list
def matvec(matrix, vector):
    return [sum(m * v for m, v in zip(row, vector)) for row in matrix]
