"""Machine learning without layers: least squares, k-means, neighbours, PCA, Bayes, trees' gini, a Markov chain, Viterbi."""

import math

import torch

torch.manual_seed(7)
centres = torch.tensor([[0.0, 0.0], [4.0, 4.0], [0.0, 5.0]])
X = torch.cat([c + torch.randn(15, 2) for c in centres])
y = torch.arange(3).repeat_interleave(15)
print(X.shape, y.bincount(), X.mean(0), X.std(0, unbiased=False), torch.cov(X.T), torch.corrcoef(X.T)[0, 1])

A = torch.cat([X, torch.ones(45, 1)], dim=1)
target = A @ torch.tensor([2.0, -1.0, 0.5]) + 0.1 * torch.randn(45)
normal = torch.linalg.solve(A.T @ A, A.T @ target)
print(normal, torch.linalg.lstsq(A, target.unsqueeze(1)).solution.squeeze(), torch.linalg.pinv(A) @ target)
ridge = torch.inverse(A.T @ A + 0.1 * torch.eye(3)) @ A.T @ target
print(ridge, 1 - ((target - A @ ridge) ** 2).sum() / ((target - target.mean()) ** 2).sum())

mu = X[[0, 20, 40]].clone()
for step in range(5):
    label = torch.cdist(X, mu).argmin(dim=1)
    new = torch.stack([X[label == k].mean(0) for k in range(3)])
    moved = (new - mu).norm(dim=1).max()
    mu = new
    print(step, f"{moved:.4f}", label.bincount(minlength=3).tolist())
confusion = torch.zeros(3, 3, dtype=torch.long).index_put_((y, label), torch.tensor(1), accumulate=True)
print(confusion, mu, confusion.diagonal().sum() / confusion.sum())

queries = torch.tensor([[1.0, 1.0], [3.0, 4.5]])
d, i = torch.cdist(queries, X).topk(5, largest=False)
print(d, y[i], torch.mode(y[i], dim=1).values)

Z = X - X.mean(0)
U, S, Vt = torch.linalg.svd(Z, full_matrices=False)
values, vectors = torch.linalg.eigh(Z.T @ Z / 44)
print(
    S,
    S**2 / 44,
    values.flip(0),
    (Vt.abs() - vectors.flip(1).T.abs()).abs().max() < 1e-4,
    (S**2 / S.square().sum()).cumsum(0),
)
print(torch.dist(U * S @ Vt, Z) < 1e-4, (Z @ Vt[0]).abs()[:4])

w, b = torch.zeros(2), torch.zeros(())
t = (y == 1).float()
for epoch in range(200):
    p = torch.sigmoid(X @ w + b)
    w -= 0.1 * X.T @ (p - t) / 45
    b -= 0.1 * (p - t).mean()
    if epoch % 50 == 0:
        print(epoch, f"{-(t * p.log() + (1 - t) * (1 - p).log()).mean().item():.5f}")
print(
    w, b, ((p > 0.5) == t.bool()).float().mean(), torch.stack([t, (p > 0.5).float()]).unique(dim=1, return_counts=True)
)

means = torch.stack([X[y == k].mean(0) for k in range(3)])
spreads = torch.stack([X[y == k].var(0) for k in range(3)])
score = (-0.5 * ((X[:, None] - means) ** 2 / spreads + (2 * math.pi * spreads).log())).sum(-1) + math.log(1 / 3)
print((score.argmax(1) == y).sum().item(), score.logsumexp(1)[:3], score.log_softmax(1).exp()[:2])


def gini(labels):
    q = torch.bincount(labels, minlength=3) / max(len(labels), 1)
    return 1 - (q * q).sum()


cuts = [(v.item(), (gini(y[X[:, 0] <= v]) * (X[:, 0] <= v).sum() + gini(y[X[:, 0] > v]) * (X[:, 0] > v).sum()) / 45)
        for v in X[:, 0].sort().values[::9]]  # fmt: skip
print(min(cuts, key=lambda c: c[1]), gini(y))

T = torch.tensor([[0.9, 0.1], [0.5, 0.5]])
print(
    torch.linalg.matrix_power(T, 20),
    torch.distributions.Categorical(T).sample((3,)),
    torch.multinomial(T, 4, replacement=True),
)
emission, back = torch.tensor([[0.8, 0.2], [0.3, 0.7]]).log(), []
seen = torch.tensor([0, 0, 1, 1, 0])
best = torch.tensor([0.5, 0.5]).log() + emission[:, seen[0]]
for o in seen[1:]:
    best, come = (best[:, None] + T.log()).max(dim=0)
    best = best + emission[:, o]
    back.append(come)
path = [best.argmax().item()]
for come in reversed(back):
    path.insert(0, come[path[0]].item())
print(path, best, torch.histc(X[:, 0], bins=5, min=-2, max=6), torch.quantile(X[:, 0], torch.tensor([0.1, 0.5, 0.9])))
