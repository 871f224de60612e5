# standardize\(table, 0\)\[:, 0\]: expected \-1\.0, got \-0\.660594 at \[0\]
def standardize(x, dim):
    return (x - x.mean()) / x.std()
