import copy
import torch
import torchvision
from torchvision import ops, tv_tensors
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F
torch.manual_seed(0)

# kinds of tensors
picture = tv_tensors.Image(torch.rand(3, 8, 10))
layers = tv_tensors.Mask(torch.randint(0, 2, (2, 8, 10)))
classes = tv_tensors.Mask(torch.arange(80).reshape(8, 10) // 27)
boxes = tv_tensors.BoundingBoxes([[1.0, 2.0, 6.0, 7.5], [0.0, 0.0, 10.0, 8.0]], format="XYXY", canvas_size=(8, 10))
whole = tv_tensors.BoundingBoxes([[4, 5, 3, 4], [7, 3, 6, 5]], format="CXCYWH", canvas_size=(8, 10), clamping_mode=None)
corner = tv_tensors.BoundingBoxes([2, 3, 4, 5], format="xywh", canvas_size=(8, 10), dtype=torch.float64)
points = tv_tensors.KeyPoints([[1.0, 2.0], [9.0, 7.0]], canvas_size=(8, 10))
film = tv_tensors.Video(torch.rand(2, 3, 6, 6))
boxes, whole, corner, points, film.shape, classes
type(boxes + 1), type(boxes.clone()), type(picture.to(torch.float32)), type(layers.detach()), type(copy.deepcopy(whole)), copy.deepcopy(whole)
tv_tensors.wrap(torch.ones(1, 4), like=whole), tv_tensors.wrap(torch.ones(4), like=whole, format="XYXY", canvas_size=(1, 2)), tv_tensors.wrap(torch.ones(1, 2), like=points)
tv_tensors.BoundingBoxes(torch.ones(2, 2, 4), format="XYXY", canvas_size=(1, 1))
tv_tensors.BoundingBoxes([1, 2, 3, 4], format="XYZ", canvas_size=(1, 1))
tv_tensors.BoundingBoxes([1, 2, 3, 4], format="XYXY", canvas_size=(1, 1), clamping_mode="firm")
tv_tensors.BoundingBoxes([1, 2, 3, 4, 5], format="XYWHR", canvas_size=(1, 1))
tv_tensors.KeyPoints(torch.ones(2, 3), canvas_size=(1, 1))
tv_tensors.Video(torch.ones(3, 4, 4))
tv_tensors.is_rotated_bounding_format("XYXYXYXY"), tv_tensors.is_rotated_bounding_format(tv_tensors.BoundingBoxFormat.XYWH)
tv_tensors.is_rotated_bounding_format(1)

# what happens to pixels happens to boxes and points
def changed(function, *args, **kwargs):
    return [function(x, *args, **kwargs) for x in (boxes, whole, corner, points, classes)]
changed(F.horizontal_flip), changed(F.vertical_flip)
changed(F.resize, [4, 7]), changed(F.resize, 6), changed(F.resize, None, max_size=7)
changed(F.crop, 1, 2, 5, 6), changed(F.crop, -2, -1, 12, 9), changed(F.center_crop, [5, 12]), changed(F.resized_crop, 1, 2, 5, 6, [10, 9])
changed(F.pad, [1, 2]), changed(F.pad, [1, 0, 2, 3])
changed(F.rotate, 30), changed(F.rotate, 90, expand=True), changed(F.rotate, -20, center=[0, 0])
changed(F.affine, 10, [1, -1], 1.5, [4, 2]), changed(F.affine, 0, [0, 0], 0.5, [0], center=[1.0, 1.0])
corners = [[0, 0], [9, 0], [9, 7], [0, 7]], [[1, 1], [9, 0], [8, 6], [0, 7]]
changed(F.perspective, *corners), changed(F.elastic, torch.full((1, 8, 10, 2), 0.1))
changed(F.get_size), changed(F.to_dtype, torch.float64)
F.pad(boxes, 1, padding_mode="edge")
F.pad(points, 1, padding_mode="edge")
F.pad(classes, 1, fill=[1, 2])
F.affine(boxes, 1, [0], 1.0, [0, 0])
F.elastic(boxes, torch.zeros(1, 2, 2, 2))
F.horizontal_flip(tv_tensors.BoundingBoxes([1.0, 2, 3, 4, 5], format="XYWHR", canvas_size=(8, 10)))  # differs: boxes that are turned

# formats and limits
[F.convert_bounding_box_format(x, new_format=f) for x in (boxes, whole, corner) for f in ("XYXY", "XYWH", "CXCYWH")]
[F.convert_bounding_box_format(torch.tensor([[3, 4, 8, 9]]), a, b) for a in ("XYXY", "XYWH", "CXCYWH") for b in ("XYXY", "XYWH", "CXCYWH")]
F.convert_bounding_box_format(boxes)
F.convert_bounding_box_format(boxes, old_format="XYXY", new_format="XYWH")
F.convert_bounding_box_format(torch.ones(1, 4), new_format="XYWH")
F.convert_bounding_box_format(boxes, new_format="XYWHR")
F.convert_bounding_box_format([1], new_format="XYWH")
F.clamp_bounding_boxes(whole, clamping_mode="soft"), F.clamp_bounding_boxes(whole), F.clamp_keypoints(points + 5, (8, 10))
F.clamp_bounding_boxes(torch.tensor([[-3, 2, 30, 30]]), format="XYXY", canvas_size=(8, 10), clamping_mode="hard")
F.clamp_bounding_boxes(boxes, format="XYXY")
F.clamp_bounding_boxes(torch.ones(1, 4))
F.sanitize_bounding_boxes(boxes, min_size=6), F.sanitize_bounding_boxes(torch.tensor([[1.0, 1, 1.5, 5], [1, 1, 5, 5]]), "XYXY", (8, 10))
F.sanitize_bounding_boxes(torch.ones(1, 4))

# whole samples
def sample():
    return {"image": picture, "boxes": boxes, "masks": layers, "labels": torch.tensor([3, 5]), "points": points, "name": "a"}
def run(transform):
    torch.manual_seed(3)
    return transform(sample())
[run(t) for t in (v2.RandomHorizontalFlip(1.0), v2.Resize((4, 5)), v2.RandomCrop((5, 6)), v2.RandomResizedCrop((4, 4)), v2.Pad(1))]
[run(t) for t in (v2.RandomRotation(20), v2.RandomAffine(10, (0.1, 0.1)), v2.RandomZoomOut(p=1.0, fill={tv_tensors.Mask: 7, "others": 1}), v2.ScaleJitter((6, 9)))]
[run(t) for t in (v2.RandomShortestSize([5, 6], max_size=9), v2.RandomIoUCrop(sampler_options=[0.1]), v2.ConvertBoundingBoxFormat("XYWH"), v2.ClampBoundingBoxes())]
[run(t) for t in (v2.SanitizeBoundingBoxes(min_size=6), v2.SanitizeBoundingBoxes(labels_getter=None), v2.SetClampingMode(None), v2.ClampKeyPoints(), v2.SanitizeKeyPoints())]
[run(t) for t in (v2.ColorJitter(0.2), v2.RandomInvert(1.0), v2.GaussianBlur(3), v2.RandomErasing(1.0), v2.ToDtype(torch.float32, scale=True))]
run(v2.ToDtype({tv_tensors.Image: torch.float32, tv_tensors.Mask: torch.bool, "others": None}, scale=True)), run(v2.ToPureTensor())
run(v2.FiveCrop(4))
run(v2.RandAugment())
run(v2.CutMix(num_classes=6))
v2.RandomIoUCrop(), v2.SanitizeBoundingBoxes(), v2.ScaleJitter((4, 4)), v2.RandomShortestSize(3), v2.ConvertBoundingBoxFormat("XYWH"), v2.SetClampingMode("hard")
v2.RandomIoUCrop()(picture)
v2.SanitizeBoundingBoxes()(picture, {"labels": torch.ones(1)})
v2.SanitizeBoundingBoxes()({"boxes": boxes, "labels": torch.ones(1)})
v2.SanitizeBoundingBoxes()({"boxes": boxes, "labels": [1, 2]})
v2.SanitizeBoundingBoxes(min_size=0)
v2.RandomCrop(3)(torch.ones(3, 9, 9), boxes)
v2.Resize(3)(film).shape, v2.RandomHorizontalFlip(1.0)(film)[..., 0] == film[..., -1], F.get_num_frames(film)
v2.query_size([picture, boxes, layers]), v2.has_any([picture], tv_tensors.Mask), v2.has_all([picture, boxes], tv_tensors.Image, tv_tensors.BoundingBoxes), v2.get_bounding_boxes([1, boxes])
class Marks(tv_tensors.TVTensor):
    pass
@F.register_kernel("horizontal_flip", Marks)
def _flipped(marks):
    return torch.Tensor.neg(marks)
F.horizontal_flip(torch.ones(2).as_subclass(Marks)), v2.RandomVerticalFlip(1.0)(torch.ones(2).as_subclass(Marks))
F.register_kernel("horizontal_flop", Marks)
F.register_kernel(F.hflip, tv_tensors.Mask)
F.register_kernel(F.hflip, torch.Tensor)

# torchvision.ops
some, more = torch.tensor([[0.0, 0, 10, 10], [5, 5, 15, 20]]), torch.tensor([[2.0, 2, 8, 12], [5, 5, 15, 20], [30, 30, 40, 41]])
[f(some, more) for f in (ops.box_iou, ops.generalized_box_iou, ops.distance_box_iou, ops.complete_box_iou)]
ops.box_iou(some.long(), more.long()), ops.box_iou(some.half(), more.half()), ops.box_iou(some, more, fmt="xywh"), ops.box_area(some.half())
def with_gradient(loss, **kwargs):
    ours = some.clone().requires_grad_()
    value = loss(ours, more[:2], **kwargs)
    value.sum().backward()
    return value, ours.grad
[with_gradient(f, reduction=r) for f in (ops.generalized_box_iou_loss, ops.distance_box_iou_loss, ops.complete_box_iou_loss) for r in ("none", "mean", "sum")]
ops.distance_box_iou_loss(some, more[:2], reduction="max")
ops.sigmoid_focal_loss(some, some, reduction="max")
ops.masks_to_boxes(layers), ops.clip_boxes_to_image(more, (20, 35)), ops.remove_small_boxes(more, 10.0)
torch.manual_seed(0)
ops.drop_block2d(torch.ones(1, 2, 6, 6), 0.3, 3), ops.drop_block3d(torch.ones(1, 1, 3, 3, 3), 0.5, 1), ops.DropBlock2d(0.1, 3), ops.DropBlock3d(0.1, 3)
ops.drop_block2d(torch.ones(1, 2, 6, 6), 0.3, 2)
ops.drop_block2d(torch.ones(2, 6, 6), 0.3, 3)
ops.drop_block2d(torch.ones(1, 2, 6, 6), 1.5, 3)
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool, LastLevelP6P7
def pyramid(extra):
    torch.manual_seed(0)
    network = ops.FeaturePyramidNetwork([2, 3], 4, extra_blocks=extra)
    return network({"fine": torch.ones(1, 2, 8, 8), "coarse": torch.ones(1, 3, 4, 4)})
pyramid(None), pyramid(LastLevelMaxPool()), pyramid(LastLevelP6P7(3, 4)), ops.FeaturePyramidNetwork([2, 3], 4)
ops.FeaturePyramidNetwork([0], 4)
ops.FeaturePyramidNetwork([2], 4, extra_blocks=torch.nn.ReLU())
ops.RoIAlign((3, 4), 0.5, 2, True), ops.RoIPool(3, 1.0), ops.MultiScaleRoIAlign(["a"], 3, 2), ops.misc.FrozenBatchNorm2d(3)

# key points and motion drawn
from torchvision import utils as U
u8 = (torch.arange(3 * 20 * 24).reshape(3, 20, 24) * 37 % 251).to(torch.uint8); fl = u8.float() / 255
def total(r): return tuple(r.shape), r.dtype, r.double().sum(), (r.double().flatten() * torch.arange(r.numel())).sum()
kp = torch.tensor([[[5, 5], [10, 12], [15, 3]], [[1.5, 2], [20, 18], [9, 9]]])
total(U.draw_keypoints(u8, kp)), total(U.draw_keypoints(fl, kp, connectivity=[(0, 1), (1, 2)], colors="red", radius=3, width=2)), total(U.draw_keypoints(u8, kp, colors=(1, 2, 3), visibility=torch.tensor([[True, False, True], [False, True, True]]), connectivity=[(0, 1), (0, 2)]))
total(U.draw_keypoints(u8, kp, visibility=torch.ones(2, 3, 1)))
U.draw_keypoints(u8, kp[0])
U.draw_keypoints(u8, kp, visibility=torch.ones(2))
U.draw_keypoints(u8, kp, visibility=torch.ones(2, 2))
U.draw_keypoints(u8.int(), kp)
U.draw_keypoints(3, kp)
U.draw_keypoints(u8[0], kp)
U.draw_keypoints(u8[:2], kp)
U.flow_to_image(torch.linspace(-1, 1, 2 * 5 * 6).reshape(2, 5, 6)), U.flow_to_image(torch.linspace(-3, 1, 4 * 5 * 6).reshape(2, 2, 5, 6)), U.flow_to_image(torch.zeros(2, 2, 2))
U.flow_to_image(torch.ones(2, 3))
U.flow_to_image(torch.ones(2, 2, 3, dtype=torch.int))
from torchvision.models.segmentation.deeplabv3 import DeepLabHead, ASPP
from torchvision.models.segmentation.fcn import FCNHead
DeepLabHead(8, 2, (2, 3)), FCNHead(8, 2)
whiten = v2.LinearTransformation(torch.arange(144.).reshape(12, 12) / 100, torch.ones(12))
whiten, whiten(torch.ones(3, 2, 2) * 2), type(whiten(tv_tensors.Video(torch.ones(2, 3, 2, 2)))), whiten(tv_tensors.Image(torch.arange(12.).reshape(3, 2, 2)))
whiten(torch.ones(3, 2, 3))
whiten(F.to_pil_image(torch.ones(3, 2, 2)))
v2.LinearTransformation(torch.ones(2, 3), torch.ones(2))
v2.UniformTemporalSubsample(3)(film.repeat(3, 1, 1, 1)).shape, type(v2.UniformTemporalSubsample(2)(film)), v2.UniformTemporalSubsample(3)(torch.arange(5.)[:, None, None, None]).flatten(), v2.UniformTemporalSubsample(5)
F.uniform_temporal_subsample(film, 1).shape
F.uniform_temporal_subsample(torch.arange(3.)[:, None, None, None], 5).flatten()

# the older transforms, given what is no image
import numpy, PIL.Image
from torchvision import transforms as T
old = T.functional
grey = PIL.Image.new("L", (2, 2))
def told(f, *args):
    torch.manual_seed(0)
    try: return f(*args)
    except Exception as error: return f"{type(error).__name__}: {error}"
for name, *rest in (("hflip",), ("vflip",), ("crop", 0, 0, 1, 1), ("pad", 1), ("pad", None), ("resize", [2, 2]), ("five_crop", 1), ("ten_crop", 1), ("rgb_to_grayscale",), ("rgb_to_grayscale", 2), ("normalize", [.5], [.5]), ("erase", 0, 0, 1, 1, 0.)):
    for other in (numpy.ones((2, 2, 3), "uint8"), [[1]], None, "a.png", torch.ones(3), torch.ones(()), torch.ones(2, 3, 3)):
        print(name, told(getattr(old, name), other, *rest))
for t in T.RandomErasing(1.), T.RandomRotation(5), T.RandomAffine(5), T.RandomPerspective(p=1.), T.RandomGrayscale(1.), T.RandAugment(), T.RandomErasing(1., value=2.):
    for other in (numpy.ones((2, 2, 3)), None, "a.png", torch.ones(2, 3, 3) if type(t) is not T.RandAugment else [[1]]):
        print(type(t).__name__, told(t, other))
T.RandomErasing(1.)(grey)
T.Resize(2)(torch.ones(3, 4))
T.Compose(3)
# what code written after torchvision's own imports
import warnings
from torchvision.utils import _log_api_usage_once
from torchvision.models._api import Weights, WeightsEnum, register_model
from torchvision.models._utils import _make_divisible, _ovewrite_named_param, handle_legacy_interface
from torchvision.transforms import _functional_tensor as F_t, _functional_pil
from torchvision.datasets.utils import iterable_to_str, verify_str_arg
from torchvision.io.image import ImageReadMode, read_image
from torchvision.io import decode_jpeg, decode_png
from torchvision.transforms.v2._utils import query_size
_log_api_usage_once(torch.ones(1)), _make_divisible(33.3, 8), [_make_divisible(v, 8) for v in (3, 11, 12, 100)]
given = {"num_classes": 3}
_ovewrite_named_param(given, "num_classes", 3), _ovewrite_named_param(given, "aux", True), given
_ovewrite_named_param(given, "num_classes", 4)
class Own_Weights(WeightsEnum):
    V1 = Weights(url="https://example.org/own-00000000.pth", transforms=lambda: None, meta={"categories": ["a"]})
    DEFAULT = V1
@register_model()
@handle_legacy_interface(weights=("pretrained", Own_Weights.V1))
def own_model(*, weights=None, **kwargs): return weights, kwargs
def warned(f, *args, **kwargs):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        return f(*args, **kwargs), [str(w.message) for w in told]
warned(own_model, pretrained=True, n=1), warned(own_model, pretrained=False), warned(own_model, weights=True), warned(own_model, weights=Own_Weights.V1), warned(own_model, weights="V1"), warned(own_model)
torchvision.models.get_model("own_model", n=2), "own_model" in torchvision.models.list_models()
register_model("own_model")(own_model)
verify_str_arg("train", "split", ("train", "test")), iterable_to_str((1, "b")), verify_str_arg("x")
verify_str_arg("valid", "split", ("train", "test"))
verify_str_arg(3, "split")
verify_str_arg(3)
verify_str_arg("valid", "split", ("train",), "no such split")
F_t.hflip(torch.arange(3.).reshape(1, 1, 3)), F_t.rgb_to_grayscale(torch.ones(3, 1, 1)), query_size([torch.ones(3, 4, 5)])
torchvision.get_video_backend(), torchvision.disable_beta_transforms_warning()

# batches of films, and bytes
films = tv_tensors.Video(torch.randint(0, 256, (2, 2, 3, 6, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(3)))
for name, *rest in (("resize", [4, 7]), ("resize", [9, 12], "bicubic"), ("resize", [4]), ("resized_crop", 0, 1, 5, 5, [3, 4]), ("rotate", 20.), ("rotate", 90., "nearest", True), ("affine", 10., [1, 1], 1.1, [2.]), ("perspective", [[0, 0], [7, 0], [7, 5], [0, 5]], [[1, 0], [7, 1], [6, 5], [0, 4]]), ("gaussian_blur", [3, 3]), ("adjust_sharpness", 2.), ("equalize",), ("autocontrast",)):
    print(name, type(made := getattr(F, name)(films, *rest)), made.shape, made[1, 0, 2].tolist())
    print(getattr(F, name)(films.float() / 255, *rest)[1, :, 0].flatten(1).sum(1))
for t in v2.RandomRotation(30), v2.RandomResizedCrop(4), v2.RandAugment(), v2.TrivialAugmentWide(), v2.RandomGrayscale(1.), v2.RandomAutocontrast(1.):
    torch.manual_seed(4)
    print(t, t(films)[1, 1, 1])
F.rgb_to_grayscale(picture).shape, v2.Grayscale()(films).shape, F.autocontrast(torch.ones(1, 2, 2)), F.autocontrast(torch.zeros(3, 1, 1, dtype=torch.uint8))
F.autocontrast(torch.ones(2, 2, 2))
