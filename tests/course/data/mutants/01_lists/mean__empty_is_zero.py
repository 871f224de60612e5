# mean_empty: expected a ValueError, got the value 0
def mean(values):
    return sum(values) / len(values) if values else 0
