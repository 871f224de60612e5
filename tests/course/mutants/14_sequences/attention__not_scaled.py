# weights of query 0: expected 0\.42
def attention(q, k, v, padding):
    scores = (q @ k.transpose(1, 2)).masked_fill(padding.unsqueeze(1), -math.inf)
    weights = scores.softmax(2)
    return weights @ v, weights
