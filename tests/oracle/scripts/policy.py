"""A policy gradient: an agent learns which way to walk; actions drawn by torch.distributions, returns normalized."""

from collections import deque

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Bernoulli, Categorical, Independent, MultivariateNormal, Normal, Uniform


class Corridor:
    """Start in the middle; the right end pays, every step costs."""

    def __init__(self, n=7):
        self.n = n

    def reset(self):
        self.at, self.steps = self.n // 2, 0
        return self.observe()

    def observe(self):
        return F.one_hot(torch.tensor(self.at), self.n).float()

    def step(self, action):
        self.at = max(0, self.at + (1 if action == 1 else -1))
        self.steps += 1
        done = self.at == self.n - 1 or self.steps == 20
        return self.observe(), (1.0 if self.at == self.n - 1 else -0.05), done


class Policy(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.affine1 = nn.Linear(n, 16)
        self.dropout = nn.Dropout(p=0.1)
        self.action_head = nn.Linear(16, 2)
        self.value_head = nn.Linear(16, 1)
        self.saved = []

    def forward(self, x):
        x = F.relu(self.dropout(self.affine1(x)))
        return F.softmax(self.action_head(x), dim=-1), self.value_head(x)


torch.manual_seed(543)
env = Corridor()
policy = Policy(env.n)
optimizer = optim.Adam(policy.parameters(), lr=3e-3)
eps = torch.finfo(torch.float32).eps
for episode in range(8):
    state, rewards = env.reset(), []
    while True:
        probs, value = policy(state)
        m = Categorical(probs)
        action = m.sample()
        policy.saved.append((m.log_prob(action), value, m.entropy()))
        state, reward, done = env.step(action.item())
        rewards.append(reward)
        if done:
            break
    returns, R = deque(), 0.0
    for r in rewards[::-1]:
        R = r + 0.99 * R
        returns.appendleft(R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps)
    losses, value_losses = [], []
    for (log_prob, value, entropy), R in zip(policy.saved, returns):
        advantage = R - value.item()
        losses.append(-log_prob * advantage - 0.01 * entropy)
        value_losses.append(F.smooth_l1_loss(value, R.reshape(1)))
    optimizer.zero_grad()
    loss = torch.stack(losses).sum() + torch.stack(value_losses).sum()
    loss.backward()
    optimizer.step()
    del policy.saved[:]
    print(f"Episode {episode} length {len(rewards)} reward {sum(rewards):.2f} loss {loss.item():.3f}")

# a continuous actor
mean, log_std = nn.Linear(3, 2), nn.Parameter(torch.zeros(2))
dist = Independent(Normal(mean(torch.ones(4, 3)), log_std.exp()), 1)
action = dist.rsample()
print(dist, dist.log_prob(action), dist.entropy())
dist.log_prob(action.detach()).sum().backward()
print(log_std.grad)
full = MultivariateNormal(torch.zeros(2), torch.tensor([[1.0, 0.3], [0.3, 2.0]]))
print(
    full.sample((2,)), full.log_prob(torch.ones(2)), Uniform(-1.0, 2.0).sample((3,)), Bernoulli(0.3).sample((5,)), full
)
try:
    Categorical(torch.tensor([-1.0, 0.5]))
except ValueError as error:
    print(error)
