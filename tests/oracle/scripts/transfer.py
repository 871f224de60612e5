"""Transfer learning: images from folders, a ResNet whose last layer is new and alone is trained, the best weights kept."""

import copy
import os
import tempfile

import torch
import torch.nn as nn
import torch.optim as optim
from PIL import Image
from torch.optim import lr_scheduler
from torchvision import datasets, models, transforms

torch.manual_seed(7)
root = tempfile.mkdtemp()
for phase, n in (("train", 6), ("val", 2)):
    for color, name in (((200, 40, 40), "ants"), ((40, 40, 200), "bees")):
        os.makedirs(os.path.join(root, phase, name))
        for i in range(n):
            image = Image.new("RGB", (40, 36), color)
            image.paste((10 * i, 255 - 20 * i, 90), (i, 2 * i, i + 12, 2 * i + 9))
            image.save(os.path.join(root, phase, name, f"{i}.png"))

data_transforms = {
    "train": transforms.Compose([
        transforms.RandomResizedCrop(32), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]),
    "val": transforms.Compose([
        transforms.Resize(36), transforms.CenterCrop(32), transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]),
}  # fmt: skip
image_datasets = {x: datasets.ImageFolder(os.path.join(root, x), data_transforms[x]) for x in ["train", "val"]}
dataloaders = {x: torch.utils.data.DataLoader(image_datasets[x], batch_size=4, shuffle=True) for x in ["train", "val"]}
dataset_sizes = {x: len(image_datasets[x]) for x in ["train", "val"]}
print(image_datasets["train"].classes, dataset_sizes, image_datasets["train"].class_to_idx)


def train_model(model, criterion, optimizer, scheduler, num_epochs):
    best_model_wts, best_acc = copy.deepcopy(model.state_dict()), 0.0
    for epoch in range(num_epochs):
        for phase in ["train", "val"]:
            model.train() if phase == "train" else model.eval()
            running_loss, running_corrects = 0.0, 0
            for inputs, labels in dataloaders[phase]:
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    _, preds = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                running_loss += loss.item() * inputs.size(0)
                running_corrects += torch.sum(preds == labels.data)
            if phase == "train":
                scheduler.step()
            epoch_acc = running_corrects.double() / dataset_sizes[phase]
            print(f"{epoch} {phase} Loss: {running_loss / dataset_sizes[phase]:.4f} Acc: {epoch_acc:.4f}")
            if phase == "val" and epoch_acc > best_acc:
                best_acc, best_model_wts = epoch_acc, copy.deepcopy(model.state_dict())
    model.load_state_dict(best_model_wts)
    return model


model_conv = models.resnet18(weights=None)
for param in model_conv.parameters():
    param.requires_grad = False
num_ftrs = model_conv.fc.in_features
model_conv.fc = nn.Linear(num_ftrs, 2)
print([n for n, p in model_conv.named_parameters() if p.requires_grad], num_ftrs)
optimizer_conv = optim.SGD(model_conv.fc.parameters(), lr=0.001, momentum=0.9)
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_conv, step_size=7, gamma=0.1)
train_model(model_conv, nn.CrossEntropyLoss(), optimizer_conv, exp_lr_scheduler, num_epochs=2)
