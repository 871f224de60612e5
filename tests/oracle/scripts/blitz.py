"""An hour's introduction: tensors, automatic differentiation, a network by hand, a classifier of small colour pictures."""

import gzip
import pickle

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
import torchvision
import torchvision.transforms as transforms
from torch.utils.data import DataLoader, Dataset

# ---------------------------------------------------------------- tensors
data = [[1, 2], [3, 4]]
x_data = torch.tensor(data)
x_np = torch.from_numpy(np.array(data))
torch.manual_seed(1)
print(f"Ones Tensor: \n {torch.ones_like(x_data)} \n")
print(f"Random Tensor: \n {torch.rand_like(x_data, dtype=torch.float)} \n")
shape = (2, 3)
print(torch.rand(shape), torch.ones(shape), torch.zeros(shape), sep="\n")
tensor = torch.rand(3, 4)
print(f"Shape: {tensor.shape}, datatype: {tensor.dtype}, device: {tensor.device}, {x_np.equal(x_data)}")
if torch.cuda.is_available():
    tensor = tensor.to("cuda")
tensor = torch.ones(4, 4)
tensor[:, 1] = 0
print(tensor, tensor[0], tensor[..., -1], torch.cat([tensor, tensor, tensor], dim=1), sep="\n")
print(tensor * tensor, tensor.matmul(tensor.T), (tensor @ tensor.T).allclose(tensor.matmul(tensor.T)))
tensor.add_(5)
t = torch.ones(5)
n = t.numpy()
t.add_(1)
np.add(n, 1, out=n)
print(tensor, t, n, tensor.sum().item())

# ---------------------------------------------------------------- automatic differentiation
model = torchvision.models.resnet18(weights=None, num_classes=10)
image, labels = torch.rand(1, 3, 64, 64), torch.rand(1, 10)
model.eval()  # batch statistics of one picture say little
prediction = model(image)
loss = (prediction - labels).sum()
loss.backward()
print(prediction.shape, model.fc.weight.grad.shape, model.fc.bias.grad)
a = torch.tensor([2.0, 3.0], requires_grad=True)
b = torch.tensor([6.0, 4.0], requires_grad=True)
Q = 3 * a**3 - b**2
Q.backward(gradient=torch.tensor([1.0, 1.0]))
print(9 * a**2 == a.grad, -2 * b == b.grad, Q, a.grad)
x, y, z = torch.rand(5, 5), torch.rand(5, 5), torch.rand((5, 5), requires_grad=True)
print((x + y).requires_grad, (x + z).requires_grad)
for param in model.parameters():
    param.requires_grad = False
model.fc = nn.Linear(512, 4)
print([name for name, p in model.named_parameters() if p.requires_grad])


# ---------------------------------------------------------------- a network
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
print(sum(p.numel() for p in net.parameters()), {k: tuple(v.shape) for k, v in net.state_dict().items()})
out = net(torch.randn(1, 3, 32, 32))
target = torch.randn(10).view(1, -1)
loss = nn.MSELoss()(out, target)
print(loss.item(), loss.grad_fn, loss.grad_fn.next_functions[0][0])
net.zero_grad()
loss.backward()
print(net.conv1.bias.grad)
for f in net.parameters():
    f.data.sub_(f.grad.data * 0.01)


# ---------------------------------------------------------------- a classifier
class Pictures(Dataset):
    """Small colour pictures in the well-known batch format."""

    def __init__(self, name, count, transform=None):
        with gzip.open(f"data/shapes/{name}.gz") as file:
            batch = pickle.load(file, encoding="bytes")
        batch = {k.decode() if isinstance(k, bytes) else k: v for k, v in batch.items()}
        self.data = np.asarray(batch["data"])[:count].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
        self.targets, self.transform = list(batch["labels"])[:count], transform

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        picture = transforms.functional.to_pil_image(self.data[i])
        return (self.transform(picture) if self.transform else picture), self.targets[i]


if __name__ == "__main__":
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))])
    batch_size = 16
    trainset, testset = Pictures("data_batch_1", 640, transform), Pictures("test_batch", 200, transform)
    trainloader = DataLoader(trainset, batch_size=batch_size, shuffle=True, num_workers=2)
    testloader = DataLoader(testset, batch_size=batch_size, shuffle=False, num_workers=2)
    images, labels = next(iter(trainloader))
    print(torchvision.utils.make_grid(images).shape, labels)
    criterion = nn.CrossEntropyLoss()
    optimizer = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
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
            if i % 20 == 19:
                print(f"[{epoch + 1}, {i + 1:5d}] loss: {running_loss / 20:.3f}")
                running_loss = 0.0
    PATH = "./net.pth"
    torch.save(net.state_dict(), PATH)
    net = Net()
    print(net.load_state_dict(torch.load(PATH, weights_only=True)))
    total_loss = total = 0
    per_class = dict.fromkeys(range(10), 0)
    with torch.no_grad():
        for images, labels in testloader:
            outputs = net(images)
            _, predicted = torch.max(outputs, 1)
            total += labels.size(0)
            total_loss += criterion(outputs, labels).item()
            for label in labels:
                per_class[label.item()] += 1
    print(total, total_loss / len(testloader), per_class)
