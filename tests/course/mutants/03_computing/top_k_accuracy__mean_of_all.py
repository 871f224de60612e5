# top_k_accuracy\(scores4, right, 2\): expected 0\.75, got 0\.375
def top_k_accuracy(scores, target, k):
    return (scores.topk(k).indices == target[:, None]).float().mean().item()
