# top_k_accuracy\(scores4, right, 2\): expected 0\.75, got 0\.25
def top_k_accuracy(scores, target, k):
    return (scores.argmax(1) == target).float().mean().item()
