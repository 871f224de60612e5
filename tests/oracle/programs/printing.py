import torch
torch.tensor(1e10)
torch.tensor([1e-5, 1.])
torch.tensor([1e5, 1.])
torch.tensor([1e4, 0.001])
torch.tensor([12345678., 1.])
torch.tensor([1., float("inf")])
torch.tensor([float("nan"), 1.5])
torch.tensor([float("inf"), -float("inf")])
torch.tensor([1.0, 2.0]) / 3
torch.tensor([0., -0.])
torch.tensor([100000000.])
torch.tensor([123456789.])
torch.tensor([0.00001])
torch.tensor([1+2j, 3.5-1j])
torch.tensor([1e10+2j])
torch.tensor([True, False])
torch.tensor([[True], [False]])
torch.tensor([1, 100, -5])
torch.tensor([], dtype=torch.int64)
torch.empty(0, 3)
torch.empty(2, 0, 3)
torch.zeros(3, 1)
torch.arange(1001)
torch.arange(1000).sum()
torch.arange(2000.).view(40, 50)
torch.arange(1200).view(2, 3, 200)
torch.zeros(10, 10, 11)
torch.randn(3, 3, generator=torch.manual_seed(0))
torch.ones(2, dtype=torch.float64)
torch.ones(2, dtype=torch.float16)
torch.ones(2, dtype=torch.bfloat16)
torch.ones(2, dtype=torch.int8)
torch.ones(2, dtype=torch.complex128)
torch.ones(30)
torch.ones(30, dtype=torch.int64)
torch.ones(25, requires_grad=True)
torch.ones(13, requires_grad=True) * 2
torch.ones(2, 2, 2)
torch.ones(1, 1, 1, 1)
str(torch.ones(1))
f"{torch.tensor(3.14159)}"
f"{torch.tensor(3.14159):.2f}"
f"{torch.tensor([3.14159])}"
f"{torch.tensor([3.14159]):.2f}"
f"{torch.tensor(3)}"
f"{torch.tensor(3):5d}"
f"{torch.tensor(3):.1f}"
f"{torch.tensor(3.0):>10}"
f"{torch.tensor(True)}"
f"{torch.tensor(1.5, requires_grad=True)}"
f"{torch.tensor(1.5, requires_grad=True):.1f}"
f"{torch.tensor(1.5)!r}"
"%s" % torch.tensor(1.5)
"%.3f" % torch.tensor(1.5)
"%d" % torch.tensor(3)
"{:.3f}".format(torch.tensor(1.23456))
"{}".format(torch.ones(2))
print(torch.ones(2), torch.tensor(1), sep="|")
print([torch.ones(1), torch.tensor(2)])
print({"a": torch.ones(1)})
print(torch.ones(2).shape, torch.ones(2).size(), torch.ones(2).dtype, torch.ones(2).device, torch.ones(2).layout)
torch.float32
str(torch.int64)
repr(torch.bool)
torch.half, torch.long, torch.double, torch.cfloat
torch.device("cpu")
torch.device("cuda", 1)
torch.device("cuda:0").index
torch.device("cpu").type
torch.device("cpu") == torch.device("cpu")
torch.device("cpu:0") == torch.device("cpu")
torch.device(1) if False else None
torch.device("foo")
torch.device("cpu", -1)
torch.device("cuda:a")
torch.device()
torch.device(type="cpu", index=0)
str(torch.device("cuda:1"))
torch.Size([1, 2])
torch.Size([1, 2]).numel()
torch.Size([1, 2]) + torch.Size([3])
torch.Size([1, 2]) + (3,)
(3,) + torch.Size([1])
torch.Size([1, 2]) * 2
torch.Size([1, 2])[1:]
torch.Size([1, 2])[0]
torch.Size([1, 2]) == (1, 2)
torch.Size([1, 2]) == [1, 2]
torch.Size((1.5,))
torch.Size("a")
torch.Size(3)
torch.Size([1, 2]).index(2)
torch.Size()
list(torch.Size([1, 2]))
hash(torch.Size([1])) == hash((1,))
torch.set_printoptions(precision=2)
torch.tensor([1.23456, 100.1])
torch.set_printoptions(precision=8)
torch.tensor([1.23456, 100.1])
torch.tensor(3.141592653589793)
torch.set_printoptions(profile="default")
torch.set_printoptions(sci_mode=True)
torch.tensor([1.5, 100])
torch.tensor([1+1j])
torch.tensor([1, 2])
torch.set_printoptions(sci_mode=False)
torch.tensor([1e-8, 1e8])
torch.set_printoptions(profile="default")
torch.set_printoptions(linewidth=40)
torch.arange(20)
torch.ones(2, 12, requires_grad=True)
torch.set_printoptions(profile="default")
torch.set_printoptions(threshold=5, edgeitems=2)
torch.arange(10)
torch.arange(36.).view(6, 6)
torch.arange(27.).view(3, 3, 3)
torch.set_printoptions(profile="short")
torch.arange(1500.) / 7
torch.set_printoptions(profile="full")
len(repr(torch.arange(1500.)))
torch.set_printoptions(profile="default")
torch.set_printoptions(profile="foo")
torch.set_printoptions(precision="a")
torch.tensor([1.5])
torch.set_printoptions(profile="default")
torch.max(torch.tensor([[1., 2]]), 1)
torch.sort(torch.tensor([2, 1]))
torch.return_types.max
torch.linalg.svd(torch.eye(2))
torch.linalg.eigh(torch.eye(2))
torch.linalg.qr(torch.eye(2))
torch.linalg.slogdet(torch.eye(2))
torch.topk(torch.ones(3), 1)._fields
torch.finfo(torch.float32)
torch.finfo(torch.float16).max
torch.finfo()
torch.finfo(torch.int32)
torch.finfo(torch.bfloat16)
torch.finfo(torch.float64).eps
torch.finfo(torch.float32).tiny
torch.finfo(torch.float32).smallest_normal
torch.finfo(torch.float32).resolution
torch.finfo(torch.float32).dtype
torch.finfo(torch.float32).bits
torch.iinfo(torch.int32)
torch.iinfo(torch.uint8).max
torch.iinfo(torch.float32)
torch.iinfo(torch.bool)
torch.finfo(torch.complex64)
torch.ones(2).type()
torch.ones(2).type(torch.int)
torch.ones(2).type("torch.DoubleTensor")
torch.ones(2).type("foo")
type(torch.ones(2))
torch.ones(2).__class__
torch.ones(2).is_cuda
torch.ones(2).ndim
torch.ones(2).itemsize
torch.ones(2).nbytes
torch.ones(2).element_size()
torch.ones(2, 3).nelement()
torch.ones(2, 3).numel()
torch.numel(torch.ones(2))
torch.ones(2, 3).dim()
torch.ones(2, 3).size(0)
torch.ones(2, 3).size(-1)
torch.ones(2, 3).size(2)
torch.ones(2, 3).size(dim=1)
torch.ones(2, 3).stride(0)
torch.ones(2, 3).stride(2)
torch.ones(2, 3).storage()
torch.ones(2, 3).untyped_storage()
torch.ones(2, 3).untyped_storage().nbytes()
torch.ones(2, 3).storage().size()
torch.ones(2, 3).T.is_contiguous()
torch.ones(2).is_floating_point()
torch.is_floating_point(torch.ones(2))
torch.is_complex(torch.ones(2))
torch.is_nonzero(torch.tensor(1))
torch.is_nonzero(torch.tensor([1, 2]))
torch.is_tensor(1)
torch.is_storage(1)
torch.typename(torch.ones(1))
torch.typename(1)
hash(torch.ones(1)) != 0
torch.ones(2) == torch.ones(2)
torch.ones(2) == 1
torch.ones(2) == "a"
torch.ones(2) == None
torch.ones(2) != None
torch.ones(2) < "a"
torch.ones(2) is None
print(torch.tensor(1.) == 1)
torch.ones(2).__repr__()
torch.ones(2).__len__()
torch.ones(2).__dir__()[:0]
torch.float32.is_floating_point
torch.float32.is_complex
torch.int8.is_signed
torch.uint8.is_signed
torch.float32.itemsize
torch.float32.to_complex()
torch.complex64.to_real()
torch.float32 == torch.float
torch.float32.name if hasattr(torch.float32, "name") else "none"  # differs: an attribute of our own
torch.get_default_dtype()
torch.set_default_dtype(torch.float64)
torch.tensor(1.5)
torch.tensor(1j).dtype
torch.tensor([1.5], dtype=torch.float32)
torch.set_default_dtype(torch.float32)
torch.set_default_dtype(torch.int32)
torch.set_default_dtype("float")
torch.set_default_tensor_type(torch.DoubleTensor)
torch.zeros(1).dtype
torch.set_default_tensor_type(torch.FloatTensor)
torch.set_default_device("cpu")
torch.get_default_device()
torch.set_default_device(None)
torch.__version__[:4]
torch.manual_seed(3)
torch.initial_seed()
torch.Generator()
torch.Generator().manual_seed(2).initial_seed()
torch.zeros(3)[1]
torch.tensor([[1.123456789]])
torch.tensor([1.0, 2.5, 1000.0])
torch.tensor([1.0, 2.5, 1001.0])
torch.tensor([[1, 2], [3, 4]]).tolist()
torch.tensor(0.1).item()
torch.tensor(0.1, dtype=torch.float64).item()
torch.tensor(0.1).tolist()
torch.tensor([0.1, 0.2]).tolist()
torch.rand(2, 2, generator=torch.Generator().manual_seed(0)).numpy()
torch.ones(2).numpy().dtype
torch.tensor([1.5, float("nan"), float("inf")])
torch.tensor([1, float("nan"), float("inf")])
torch.tensor([1e8, float("inf")])
torch.tensor([-1.5, 10, 100])
torch.tensor([[1, 2.5], [1e-3, 4]])
torch.tensor([[1e-3, 1e3]])
torch.tensor([999.9, 0.9999])
torch.eye(3).to_sparse() if False else 0
torch.full((3, 3), 1/3)
torch.tensor([1.5]).expand(3)
torch.zeros(2, 3).T
torch.zeros(1000, 2)
torch.zeros(2, 1000)
torch.zeros(1001)
torch.zeros(1000).shape
torch.rand(5, 300, generator=torch.Generator().manual_seed(0))
torch.view_as_real(torch.tensor([1+2j]))
torch.tensor([1+2j]).real
torch.tensor([1+2j]).imag
torch.tensor([1+2j]).conj()
torch.tensor([1+2j]).abs()
torch.tensor([1+2j]).angle()
torch.tensor([1.5]).real
torch.tensor([1.5]).imag
torch.tensor([1e-10+1j])
torch.tensor([float("nan")+1j])
