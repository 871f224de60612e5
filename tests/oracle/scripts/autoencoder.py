"""A variational autoencoder of digits: two losses, the reparameterization, sampled and rebuilt pictures saved as a grid."""

import os

import torch
from torch import nn, optim
from torch.nn import functional as F
from torchvision import datasets, transforms
from torchvision.utils import save_image

torch.manual_seed(1)
device = torch.device("cpu")
digits = datasets.MNIST("data", train=True, transform=transforms.ToTensor())
train_loader = torch.utils.data.DataLoader(torch.utils.data.Subset(digits, range(256)), batch_size=32, shuffle=True)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 64)
        self.fc21 = nn.Linear(64, 8)
        self.fc22 = nn.Linear(64, 8)
        self.fc3 = nn.Linear(8, 64)
        self.fc4 = nn.Linear(64, 784)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 784))
        z = self.reparameterize(mu, logvar)
        return self.decode(z), mu, logvar


def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x.view(-1, 784), reduction="sum")
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD


model = VAE().to(device)
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(1, 4):
    model.train()
    train_loss = 0
    for data, _ in train_loader:
        data = data.to(device)
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
    print(f"====> Epoch: {epoch} Average loss: {train_loss / len(train_loader.dataset):.3f}")

model.eval()
with torch.no_grad():
    sample = model.decode(torch.randn(16, 8))
    comparison = torch.cat([data[:8], recon_batch.view(-1, 1, 28, 28)[:8]])
    save_image(sample.view(16, 1, 28, 28), "sample.png")
    save_image(comparison, "rebuilt.png", nrow=8)
    print(sample.mean(), sample.std(), comparison.shape)
print(sorted(f for f in os.listdir(".") if f.endswith(".png")))

# the same bound with torch.distributions
prior = torch.distributions.Normal(torch.zeros(8), torch.ones(8))
posterior = torch.distributions.Normal(mu, (0.5 * logvar).exp())
kl = torch.distributions.kl_divergence(posterior, prior).sum(-1).mean()
print(kl, posterior.rsample().shape, prior.log_prob(posterior.sample()).sum(-1).shape)
