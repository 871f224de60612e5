import torch
from torch.types import Number, Device, _size, _int, _float, _bool, _dtype, _device, FileLike, Storage
isinstance(3, Number), isinstance(True, Number), isinstance("3", Number), isinstance(1j, Number)
isinstance(torch.Size([1]), _size)
_int, _float, _bool, torch.types._complex, _dtype, _device
from torch.functional import einsum, tensordot, norm, unique, meshgrid, split, broadcast_tensors, block_diag, cartesian_prod, Tensor, F
sorted(torch.functional.__all__)
torch.functional.einsum is torch.einsum, torch.functional.F is torch.nn.functional
einsum("ij,j->i", torch.eye(2), torch.tensor([1., 2.]))
from torch.torch_version import TorchVersion
[TorchVersion("2.13.0") > v for v in ("2.0", "2.13", "3", "1.9.1", "2.13.0rc1", "2.13.0+cpu", (2, 0), (2, 13, 1))]
[TorchVersion("2.13.0+cpu") == v for v in ("2.13.0", "2.13.0+cpu", "2.13", (2, 13))]
[TorchVersion("2.0.1") <= v for v in ("2.0", "2.0.1", "2.0.1.post1", "2.1.0a0", "bla")]
TorchVersion("2.0") > 1.9
TorchVersion("2.0") != "2.0.0"
torch.__version__ >= "2.13", torch.__version__ > (1, 9), torch.__version__.split(".")[0]
type(torch.__version__)
import torch.multiprocessing as mp
mp.get_sharing_strategy()
sorted(mp.get_all_sharing_strategies())
mp.set_sharing_strategy("file_system")
mp.get_sharing_strategy()
mp.set_sharing_strategy("file_descriptor")
mp.get_start_method()
mp.get_context("spawn").Queue
mp.get_context("nonsense")
mp.cpu_count() > 0, mp.current_process().name
issubclass(mp.ProcessRaisedException, Exception), issubclass(mp.ProcessExitedException, RuntimeError)
layer = torch.nn.Linear(2, 2)
layer(torch.ones(2)).sum().backward()
old = layer.weight
layer.double().weight is old
torch.__future__.set_overwrite_module_params_on_conversion(True)
layer.float().weight is old, old.dtype, layer.weight.dtype, layer.weight.grad.dtype, old.grad.dtype, layer.weight.requires_grad
torch.__future__.get_overwrite_module_params_on_conversion(), torch.__future__.get_swap_module_params_on_conversion()
torch.__future__.set_overwrite_module_params_on_conversion(False)
torch.__future__.set_swap_module_params_on_conversion(True)
old = layer.weight
layer.half().weight is old, old.dtype
layer.load_state_dict(torch.nn.Linear(2, 2).half().state_dict()), layer.weight is old
torch.__future__.set_swap_module_params_on_conversion(False)
torch.nn.linear
torch.nn.dropout(torch.ones(2))
torch.optim.adam
torch.size
import torch.nn.modules.linear, torch.optim.adam
torch.nn.modules.linear.Linear is torch.nn.Linear
torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.functional.relu)
class ForgotSuper(torch.nn.Module):
    def __init__(self): self.size = 3
    def forward(self, x): return x
ForgotSuper()(1)
torch.nn.functional.relu.__module__, torch.nn.functional.relu.__name__
