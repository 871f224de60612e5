import torch, torchvision, numpy as np, random, os, tempfile
import torchvision.transforms as T
import torchvision.transforms.functional as TF
from torchvision.transforms import v2
from torchvision import datasets, models, utils
from PIL import Image
torch.manual_seed(0); random.seed(0); np.random.seed(0)
arr = (np.random.RandomState(0).rand(40, 30, 3)*255).astype(np.uint8); img = Image.fromarray(arr); t = T.ToTensor()(img); print(t.shape, t.dtype, t.mean(), t.min(), t.max())
tf = T.Compose([T.Resize(20), T.RandomCrop(16, padding=2), T.RandomHorizontalFlip(), T.ColorJitter(.4,.4,.4,.1), T.RandomRotation(10), T.ToTensor(), T.Normalize((0.5,0.5,0.5),(0.5,0.5,0.5)), T.RandomErasing(p=1.)]); print(tf)
o = tf(img); print(o.shape, o.mean(), o[0,:3,:3])
T.Normalize([.5],[.5]), T.Normalize([.5],[.5])(torch.ones(1,2,2)), T.Normalize([.5],[0.])(torch.ones(1,2,2))
T.ToTensor()(np.zeros((4,4,3), np.uint8)).dtype, T.ToTensor()(np.zeros((4,4))).shape, T.ToTensor()(3)
T.ToPILImage()(t), T.ToPILImage()(torch.rand(1,4,4)).mode, T.ToPILImage()(torch.rand(5,4,4))
T.Resize((8,9))(img).size, T.Resize(8)(t).shape, T.Resize(8, max_size=9)(img).size, T.Resize([8], interpolation=T.InterpolationMode.NEAREST)(t).sum(), T.Resize(8, antialias=False)(t).sum()
T.Resize("a")
T.CenterCrop(10)(t).sum(), T.CenterCrop(50)(img).size, T.RandomResizedCrop(8)(t).sum(), T.RandomResizedCrop.get_params(img, (.1,.2), (1.,1.)), T.FiveCrop(8)(img)[0].size, T.TenCrop(8)(t)[3].sum()
T.RandomCrop(50)(img)
T.Grayscale()(img).mode, T.Grayscale(3)(t).sum(), T.RandomGrayscale(p=1.)(img).mode, T.GaussianBlur(3, sigma=(.1,2.))(t).sum(), T.RandomAffine(10, (.1,.1), (.8,1.2), 5)(t).sum(), T.RandomPerspective(p=1.)(t).sum(), T.RandomInvert(1.)(img).getpixel((0,0)), T.RandomPosterize(2,1.)(img).getpixel((0,0)), T.RandomSolarize(100,1.)(img).getpixel((0,0)), T.RandomAutocontrast(1.)(img).getpixel((0,0)), T.RandomEqualize(1.)(img).getpixel((0,0)), T.RandomAdjustSharpness(2,1.)(img).getpixel((0,0))
T.AutoAugment()(img).getpixel((0,0)), T.RandAugment()(img).getpixel((0,0)), T.TrivialAugmentWide()(img).getpixel((0,0)), T.AugMix()(img).getpixel((0,0))
print(T.AutoAugment(), T.RandAugment(), T.TrivialAugmentWide(), T.RandomApply([T.ToTensor()], .3), T.RandomChoice([T.ToTensor()]), T.RandomOrder([T.ToTensor()]), T.Lambda(lambda x: x), T.Pad(3), T.RandomErasing(), T.RandomAffine(10), T.GaussianBlur(3), T.ColorJitter(.1), T.RandomResizedCrop(3), T.ConvertImageDtype(torch.float32), T.PILToTensor())
T.ElasticTransform()(t).sum(), T.LinearTransformation(torch.eye(4), torch.zeros(4))(torch.ones(1,2,2))
TF.rotate(img, 30).getpixel((5,5)), TF.rotate(t, 30, expand=True).shape, TF.hflip(t).sum(), TF.crop(t,1,1,3,3).sum(), TF.pad(t, [1,2]).shape, TF.adjust_brightness(t,.5).sum(), TF.adjust_hue(img,.2).getpixel((0,0)), TF.adjust_gamma(img, .5).getpixel((0,0)), TF.affine(img, 10, (1,2), 1.1, 3).getpixel((8,8)), TF.gaussian_blur(img, 3).getpixel((3,3)), TF.resize(img, 10).size, TF.to_grayscale(img).getpixel((0,0)), TF.normalize(t, [0.]*3, [1.]*3).sum(), TF.perspective(t, [[0,0],[29,0],[29,39],[0,39]], [[2,2],[27,0],[29,39],[0,35]]).sum(), TF.invert(t).sum(), TF.get_image_size(img), TF.get_dimensions(t), TF.pil_to_tensor(img).dtype, TF.erase(t,0,0,2,2,0.).sum(), TF.five_crop(t, 4)[4].sum(), TF.vflip(img).getpixel((0,0)), TF.center_crop(t,4).sum(), TF.equalize(TF.pil_to_tensor(img)).sum(), TF.solarize(t,.5).sum(), TF.posterize(TF.pil_to_tensor(img),2).sum(), TF.autocontrast(t).sum(), TF.adjust_sharpness(t,2.).sum(), TF.elastic_transform(t, torch.zeros(1,40,30,2)).sum(), TF.convert_image_dtype(t, torch.uint8).sum(), TF.rgb_to_grayscale(t).sum()
v2.ToTensor()(img).shape
from torchvision import tv_tensors
cm = v2.CutMix(num_classes=4); mu = v2.MixUp(num_classes=4, alpha=.5); xb, yb = torch.rand(4,3,8,8), torch.tensor([0,1,2,3]); print(cm, mu, cm(xb, yb)[1], mu(xb, yb)[1])
v2.RandomChoice([cm, mu])(xb, yb)[0].sum()
fd = datasets.FakeData(size=6, image_size=(3,8,8), num_classes=3, transform=T.ToTensor()); print(fd, len(fd), fd[0][0].sum(), [int(fd[i][1]) for i in range(6)])
root = tempfile.mkdtemp(); [os.makedirs(f"{root}/{c}") or Image.fromarray(arr[:4+i]).save(f"{root}/{c}/{i}.png") for i, c in enumerate(["cat","dog"])]; f = datasets.ImageFolder(root, transform=T.Compose([T.Resize((4,4)), T.ToTensor()])); print(f.classes, f.class_to_idx, len(f), f[1][1], f.targets, [os.path.basename(p) for p, _ in f.imgs]); print(str(f).replace(root, "ROOT"))
datasets.ImageFolder("/nonexistent")
os.makedirs(f"{root}/empty"); datasets.ImageFolder(root)
grid = utils.make_grid(torch.rand(5,3,4,4), nrow=3, padding=1, normalize=True, value_range=(0,1), pad_value=.5); print(grid.shape, grid.sum()); utils.save_image(grid, f"{root}/g.png")
utils.make_grid([torch.rand(1,4,4)]*2).shape, utils.make_grid(torch.rand(4,4)).shape, utils.make_grid(torch.rand(2,1,4,4), scale_each=True, normalize=True).mean()
utils.draw_bounding_boxes(torch.zeros(3,20,20, dtype=torch.uint8), torch.tensor([[2,2,10,10.]]), colors="red").sum(), utils.draw_segmentation_masks(torch.zeros(3,6,6, dtype=torch.uint8), torch.ones(1,6,6).bool(), alpha=.5, colors="blue").sum()
net = models.resnet18(weights=None); net.fc = torch.nn.Linear(net.fc.in_features, 2); print(net.fc, net.layer1[0]); list(dict(net.named_children()))
net.conv1 = torch.nn.Conv2d(1, 64, 3, 1, 1, bias=False); net.maxpool = torch.nn.Identity(); net.eval(); print(net(torch.ones(1,1,8,8)).detach())
from torchvision.models._utils import IntermediateLayerGetter
models.ResNet18_Weights.DEFAULT, models.ResNet18_Weights.IMAGENET1K_V1.transforms(), models.get_model("resnet18", num_classes=3).fc, "resnet18" in models.list_models()
models.vgg11(weights=None, init_weights=False).classifier
torchvision.__version__[:4], torchvision.get_image_backend()
from torchvision.transforms.functional import to_pil_image; to_pil_image(torch.rand(3,4,5)).size
from torchvision.ops import box_iou; box_iou(torch.tensor([[0,0,2,2.]]), torch.tensor([[1,1,3,3.]]))
