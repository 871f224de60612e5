import torch, torchvision, warnings, copy
from torch import nn
from torchvision import models as M
from torchvision.models.feature_extraction import create_feature_extractor, get_graph_node_names
def said(f, *a, **k):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter("always")
        try: r = f(*a, **k)
        except Exception as e: r = f"{type(e).__name__}: {e}"
    return [f"{x.category.__name__}: {x.message}" for x in w], r
net = M.ResNet(M.resnet.BasicBlock, [1, 1, 1, 1], num_classes=3)
get_graph_node_names(net)[0], get_graph_node_names(net)[0] == get_graph_node_names(net)[1], net.training
f = create_feature_extractor(net, ["layer1", "layer2.0.add", "avgpool"]); x = torch.ones(1, 3, 32, 32); f.eval(); {k: tuple(v.shape) for k, v in f(x).items()}, type(f).__name__, [n for n, _ in f.named_children()]
net.eval(); torch.allclose(create_feature_extractor(net, {"flatten": "a", "fc": "b"})(x)["b"], net(x))
create_feature_extractor(net, {"layer4": "feat"}), list(create_feature_extractor(net, {"layer3": "feat"}).state_dict())[-3:]
create_feature_extractor(net, ["nothing"])
create_feature_extractor(net)
create_feature_extractor(net, train_return_nodes=["fc"])
create_feature_extractor(net, ["fc"], ["fc"], ["fc"])
class Two(nn.Module):
    def __init__(self): super().__init__(); self.relu, self.drop = nn.ReLU(), nn.Dropout(0.5)
    def forward(self, x):
        x = self.relu(x) + self.relu(x + 1)
        if self.training: x = self.drop(x)
        return torch.cat([x, x]).relu()
t = Two(); said(get_graph_node_names, t), t.training
g = create_feature_extractor(t, train_return_nodes=["drop"], eval_return_nodes={"add_1": "sum", "relu_1": "r"}, suppress_diff_warning=True); list(g(torch.ones(2))), list(g.eval()(torch.ones(2)).items()), list(g.train()(torch.ones(2)))
g.code
said(create_feature_extractor, t, ["relu"])[0]
copy.deepcopy(f).eval()(x)["avgpool"].shape
def small(name):
    torch.manual_seed(0)
    if name == "vit": return M.VisionTransformer(16, 8, 1, 2, 8, 16, num_classes=3)
    if name == "swin": return M.SwinTransformer([2, 2], 8, [2, 2], [2, 2], [3, 3], num_classes=3)
    if name == "regnet": return M.RegNet(M.regnet.BlockParams.from_init_params(3, 16, 12.5, 2.1, 8, se_ratio=0.25), num_classes=3)
    return M.squeezenet1_1(num_classes=3)
for name in ("vit", "swin", "regnet", "squeezenet"): print(get_graph_node_names(small(name)))
[(name, create_feature_extractor(small(name), [node]).eval()(torch.ones(1, 3, 16, 16))[node].flatten()[:3]) for name, node in (("vit", "encoder.layers.encoder_layer_0.mlp"), ("swin", "features.2"), ("swin", "features.3.1.add"), ("regnet", "trunk_output.block2"))]
M.VisionTransformer(16, 8, 1, 2, 8, 16).encoder(torch.ones(2, 2))
