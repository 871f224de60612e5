"""From tensors to autograd to a small network to a classifier of (fake) images: an introduction's worth of calls."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import torchvision
import torchvision.transforms as transforms

# tensors
torch.manual_seed(0)
x = torch.empty(5, 3).zero_()
y = torch.rand(5, 3)
print(x + y, y[:, 1], y.view(-1, 5).size(), torch.add(x, y, out=torch.empty(5, 3)))
y.add_(1)
a = torch.ones(5)
b = a.numpy()
a.add_(1)
print(b, torch.from_numpy(b) is not a, torch.tensor([5.5, 3]), torch.randn_like(x, dtype=torch.float).mean().item())

# autograd
x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
print(y.grad_fn, z, out)
out.backward()
print(x.grad)
v = torch.tensor([0.1, 1.0, 0.0001])
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
while y.detach().norm() < 1000:
    y = y * 2
y.backward(v)
print(x.grad)


# a network
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc1(x))
        x = F.relu(self.fc2(x))
        return self.fc3(x)


net = Net()
print(net)
params = list(net.parameters())
print(len(params), params[0].size())
out = net(torch.randn(1, 3, 32, 32))
net.zero_grad()
out.backward(torch.randn(1, 10))
print(net.conv1.bias.grad)

# a classifier
transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
trainset = torchvision.datasets.FakeData(size=24, image_size=(3, 32, 32), num_classes=10, transform=transform)
trainloader = torch.utils.data.DataLoader(trainset, batch_size=4, shuffle=True, num_workers=0)
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.001, momentum=0.9)
for epoch in range(2):
    running_loss = 0.0
    for i, data in enumerate(trainloader, 0):
        inputs, labels = data
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if i % 3 == 2:
            print(f"[{epoch + 1}, {i + 1:5d}] loss: {running_loss / 3:.3f}")
            running_loss = 0.0

torch.save(net.state_dict(), "net.pth")
again = Net()
again.load_state_dict(torch.load("net.pth", weights_only=True))
correct = total = 0
with torch.no_grad():
    for images, labels in trainloader:
        _, predicted = torch.max(again(images), 1)
        total += labels.size(0)
        correct += (predicted == labels).sum().item()
print(f"Accuracy: {100 * correct // total} %")
