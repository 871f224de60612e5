import torch
from torchvision.transforms import v2
torch.manual_seed(0)
cm = v2.CutMix(num_classes=4); mu = v2.MixUp(num_classes=4, alpha=.5); xb, yb = torch.rand(4,3,8,8), torch.tensor([0,1,2,3]); print(cm, mu, cm(xb, yb)[1], mu(xb, yb)[1])
v2.RandomChoice([cm, mu])(xb, yb)[0].sum()
a, b = cm(xb, yb); print(a.sum(), b)
cm({"x": xb, "labels": yb})["labels"], mu(xb, torch.eye(4))[1]
cm(xb, 3)
v2.CutMix()(xb, yb)
cm(xb[0], yb)
cm(xb, yb[:2])
cm(xb, torch.eye(3))
