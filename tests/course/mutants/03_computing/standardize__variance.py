# standardize\(table, 1\)\[:2\]: expected \-0\.707107, got \-0\.111111 at \[0\]\[0\]
def standardize(x, dim):
    return (x - x.mean(dim, keepdim=True)) / x.var(dim, keepdim=True)
