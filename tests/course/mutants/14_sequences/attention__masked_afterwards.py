# sums of weights, key 2 hidden: expected 1\.0, got 0\.
def attention(q, k, v, padding):
    weights = (q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])).softmax(2)
    weights = weights.masked_fill(padding.unsqueeze(1), 0.0)
    return weights @ v, weights
