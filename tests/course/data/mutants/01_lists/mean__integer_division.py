# mean_value: a random list: expected
# mean_empty: of one number
def mean(values):
    if not values:
        raise ValueError("mean of an empty list")
    return sum(values) // len(values)
