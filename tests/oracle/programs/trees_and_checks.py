from collections import OrderedDict, defaultdict, deque, namedtuple
import pickle
import torch
from torch.utils import _pytree as pytree
Pair = namedtuple("Pair", "left right")
tree = {"a": [1, (2, 3)], "b": OrderedDict(x=4), "c": deque([5]), "d": Pair(6, [7]), "e": defaultdict(list, y=8)}
[(pytree.keystr(path), leaf) for path, leaf in pytree.tree_leaves_with_path(tree)]
pytree.tree_flatten_with_path([1, {"x": (2,)}])
pytree.tree_map_with_path(lambda path, leaf, other: (pytree.keystr(path), leaf + other), [1, {"x": 2}], [10, {"x": 20}])
pytree.tree_leaves_with_path((1, [2]), is_leaf=lambda t: isinstance(t, list))
pytree.MappingKey("a"), str(pytree.SequenceKey(1)), pytree.GetAttrKey("z"), pytree.MappingKey("a").get({"a": 1}), pytree.SequenceKey(0) == pytree.SequenceKey(0)
pytree._dict_flatten({"a": 1}), pytree._dict_flatten_with_keys({"a": 1}), pytree._dict_unflatten([1], ["a"])
class Box:
    def __init__(self, inside): self.inside = inside
class Crate(Box): pass
pytree.register_pytree_node(Box, lambda b: ([b.inside], None), lambda parts, _: Box(*parts), flatten_with_keys_fn=lambda b: ([(pytree.GetAttrKey("inside"), b.inside)], None))
pytree.register_pytree_node(Crate, lambda b: ([b.inside], None), lambda parts, _: Crate(*parts))
pytree.keystr(pytree.tree_leaves_with_path([Box([3])])[0][0])
pytree.tree_leaves_with_path([Crate(3)])
flags = torch.tensor([True, False])
torch._check(True), torch._check(True, lambda: "text")
torch._check(False)
torch._check(False, lambda: 3)
torch._check(False, "text")
torch._check(1)
torch._check(flags.all())
torch._check_value(False)
torch._check_index(False, lambda: "which")
torch._check_type(False)
torch._check_not_implemented(False)
torch._check_is_size(-1)
torch._check_with(KeyError, False, lambda: "k")
torch._check_tensor_all(flags.any())
torch._check_tensor_all(flags)
torch._check_tensor_all(flags, lambda: "not all")
torch._check_tensor_all(torch.ones(2))
torch._check_tensor_all(3)
torch._check_tensor_all_with(ValueError, flags, lambda: "bad")
with torch.backends.cudnn.flags(enabled=False, deterministic=True): print(torch.backends.cudnn.enabled, torch.backends.cudnn.deterministic)
torch.backends.cudnn.enabled, torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark_limit
kinds = torch.float8_e4m3fn, torch.float8_e4m3fnuz, torch.float8_e5m2, torch.float8_e5m2fnuz, torch.float8_e8m0fnu
[torch.finfo(kind) for kind in kinds], torch.finfo(torch.complex32)
[(kind, kind.itemsize, kind.is_signed, kind.is_floating_point, pickle.loads(pickle.dumps(kind)) is kind) for kind in kinds]
torch.promote_types(torch.float8_e5m2, torch.float8_e5m2), torch.complex32.to_real()
torch.promote_types(torch.int64, torch.float8_e5m2)
torch._dynamo.mark_static_address(torch.ones(1)), torch._dynamo.mark_dynamic(torch.ones(1), 0)
torch._dynamo.mark_static_address(3)
isinstance(torch.nn.Linear(1, 1), torch._dynamo.eval_frame.OptimizedModule)
from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex
with TransformGetItemToIndex(): print(torch.vmap(lambda i, j: torch.arange(12).reshape(3, 4)[i, j], (0, None))(torch.arange(3), torch.tensor(2)))
from torch.nn.attention.flex_attention import _DEFAULT_SPARSE_BLOCK_SIZE
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard
_DEFAULT_SPARSE_BLOCK_SIZE, isinstance(torch.ones(1), DTensor)
[(p, str(p), p.is_shard(), p.is_shard(0), p.is_replicate(), p.is_partial(), p.is_partial("avg")) for p in (Shard(0), Shard(-1), Replicate(), Partial(), Partial("avg"))]
Shard(1) == Shard(1), Shard(1) == Shard(0), Replicate() == Shard(0), len({Shard(1), Shard(1), Replicate()})
[Shard.local_shard_size_and_offset(n, 4, rank) for n in (0, 3, 5, 10) for rank in range(4)]
