# standardize\(table, 0\)\[:, 0\]: expected \-1\.0, got \-1\.22474 at \[0\]
def standardize(x, dim):
    return (x - x.mean(dim, keepdim=True)) / x.std(dim, correction=0, keepdim=True)
