"""A character model three ways: counting pairs, an embedding with a window, a recurrent network written with cells."""

import torch
import torch.nn as nn
import torch.nn.functional as F

words = [
    "emma",
    "olivia",
    "ava",
    "isabella",
    "sophia",
    "charlotte",
    "mia",
    "amelia",
    "harper",
    "evelyn",
    "abigail",
    "emily",
    "ella",
    "lily",
]
chars = ["."] + sorted(set("".join(words)))
stoi = {c: i for i, c in enumerate(chars)}
V = len(chars)
print(V, stoi, words[:3])

# pairs
N = torch.zeros((V, V), dtype=torch.int32)
for w in words:
    for a, b in zip("." + w, w + "."):
        N[stoi[a], stoi[b]] += 1
P = (N + 1).float()
P /= P.sum(1, keepdim=True)
print(N[:5], N.sum(), P[0], N.max(), (N.max() == N).nonzero())
g = torch.Generator().manual_seed(2147483647)
for _ in range(4):
    out, ix = [], 0
    while True:
        ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=g).item()
        out.append(chars[ix])
        if ix == 0 or len(out) > 20:
            break
    print("".join(out))
log_likelihood = sum(torch.log(P[stoi[a], stoi[b]]) for w in words for a, b in zip("." + w, w + "."))
print(f"{log_likelihood=}", f"{-log_likelihood / N.sum():.4f}")

# a window and a table of vectors
X, Y = [], []
for w in words:
    context = [0] * 3
    for c in w + ".":
        X.append(context)
        Y.append(stoi[c])
        context = context[1:] + [stoi[c]]
X, Y = torch.tensor(X), torch.tensor(Y)
g = torch.Generator().manual_seed(42)
C, W1 = torch.randn((V, 2), generator=g), torch.randn((6, 20), generator=g) * (5 / 3) / 6**0.5
b1, W2, b2 = torch.randn(20, generator=g) * 0.01, torch.randn((20, V), generator=g) * 0.1, torch.zeros(V)
parameters = [C, W1, b1, W2, b2]
for p in parameters:
    p.requires_grad = True
print(X.shape, Y.shape, X.dtype, sum(p.nelement() for p in parameters), C[X].shape)
for i in range(60):
    ix = torch.randint(0, X.shape[0], (32,), generator=g)
    h = torch.tanh(C[X[ix]].view(-1, 6) @ W1 + b1)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Y[ix])
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.1 * p.grad
    if i % 20 == 0:
        print(f"{i:7d}/60: {loss.item():.4f}", "saturated", (h.abs() > 0.97).float().mean().item())
counts = logits.exp()
probs = counts / counts.sum(1, keepdim=True)
print(-probs[torch.arange(32), Y[ix]].log().mean(), loss)
print([f"{p.grad.std() / p.data.std():.4f}" for p in parameters if p.grad.std() > 0])


class CharRNN(nn.Module):
    def __init__(self, hidden=24):
        super().__init__()
        self.hidden = hidden
        self.embed, self.cell, self.out = nn.Embedding(V, 8), nn.GRUCell(8, hidden), nn.Linear(hidden, V)

    def forward(self, x, h=None):
        outs = []
        for t in range(x.size(1)):
            h = self.cell(self.embed(x[:, t]), h)
            outs.append(self.out(h))
        return torch.stack(outs, dim=1), h


torch.manual_seed(1)
model = CharRNN()
print(model)
lines = [torch.tensor([stoi[c] for c in "." + w + "."]) for w in words]
padded = nn.utils.rnn.pad_sequence(lines, batch_first=True, padding_value=-1)
opt = torch.optim.AdamW(model.parameters(), lr=0.02)
for epoch in range(15):
    logits, h = model(padded[:, :-1].clamp(min=0))
    loss = F.cross_entropy(logits.transpose(1, 2), padded[:, 1:], ignore_index=-1)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    if epoch % 5 == 0:
        print(epoch, loss, f"{norm:.3f}", h.shape)
model.eval()
with torch.no_grad():
    x, h = torch.zeros(1, 1, dtype=torch.long), None
    picked = []
    for _ in range(8):
        logits, h = model(x, h)
        top = logits[0, -1].softmax(-1).topk(3)
        picked.append((chars[top.indices[0]], round(top.values[0].item(), 2)))
        x = top.indices[:1].view(1, 1)
print(picked)
