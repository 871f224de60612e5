# scores of 2000: expected 2\.5, got nan
def attention(q, k, v, padding):
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
    weights = scores.masked_fill(padding.unsqueeze(1), -math.inf).exp()
    weights = weights / weights.sum(2, keepdim=True)
    return weights @ v, weights
