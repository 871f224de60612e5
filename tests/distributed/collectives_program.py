"""Run on several processes: every collective against what it must give, worked out from the ranks."""

import sys
import warnings

import tinygrad_edu as tg
from tinygrad_edu import distributed as dist
from tinygrad_edu.distributed import functional as made
from tinygrad_edu.distributed import nn as through
from tinygrad_edu.distributed.tensor import Replicate, Shard, compute_local_shape_and_global_offset
from tinygrad_edu.optim.zero import ZeroRedundancyOptimizer

dist.init_process_group("mpi")
rank, n = dist.get_rank(), dist.get_world_size()
wrong = []


def check(name, have, want):
    if (
        not (isinstance(want, bool) and have is want)
        and not (isinstance(have, tg.Tensor) and tg.equal(have, want))
        and have != want
    ):
        wrong.append(f"rank {rank}, {name}: {have} instead of {want}")


def mine(r=rank, dtype=tg.float32):
    return tg.tensor([r + 1.0, 2.0 * r, -float(r)]).to(dtype)


everyone = [mine(r) for r in range(n)]
total = sum(everyone)
largest, smallest = everyone[-1].maximum(everyone[0]), everyone[-1].minimum(everyone[0])
product = everyone[0]
for other in everyone[1:]:
    product = product * other
for op, want in [("SUM", total), ("AVG", total / n), ("MAX", largest), ("MIN", smallest), ("PRODUCT", product)]:
    t = mine()
    before = t._version
    check(f"all_reduce {op} returns", dist.all_reduce(t, getattr(dist.ReduceOp, op)), None)
    check(f"all_reduce {op}", t, want)
    check(f"all_reduce {op} version", t._version > before or n == 1, True)
for dtype in (tg.float64, tg.int64, tg.float16, tg.bfloat16, tg.uint8 if n < 9 else tg.int32):
    t = tg.ones(2, dtype=dtype)
    dist.all_reduce(t)
    check(f"all_reduce {dtype}", t, tg.full((2,), n, dtype=dtype))
t = tg.zeros(3, 3)
part = t[:, 1]  # not in one piece
part.fill_(1)
dist.all_reduce(part)
check("all_reduce into a view", t, tg.tensor([[0.0, float(n), 0.0]] * 3))
a = [mine(), mine() * 2]
works = [dist.all_reduce(t, async_op=True) for t in a]
for work in works:
    check("wait", work.wait(), True)
    check("is_completed", work.is_completed(), True)
check("two at once", a[0] + a[1], total * 3)

root = n - 1
t = mine()
dist.broadcast(t, root)
check("broadcast", t, mine(root))
t = mine()
dist.reduce(t, root)
check("reduce", t, total if rank == root else mine())
got = [tg.zeros(3) for _ in range(n)]
dist.all_gather(got, mine())
check("all_gather", tg.stack(got), tg.stack(everyone))
whole = tg.zeros(3 * n)
dist.all_gather_into_tensor(whole, mine())
check("all_gather_into_tensor", whole, tg.cat(everyone))
got = [tg.zeros(3) for _ in range(n)] if rank == root else None
dist.gather(mine(), got, root)
if got:
    check("gather", tg.stack(got), tg.stack(everyone))
t = tg.zeros(3)
dist.scatter(t, everyone if rank == 0 else None, 0)
check("scatter", t, mine())
t = tg.zeros(3)
dist.reduce_scatter(t, [mine() + j for j in range(n)])
check("reduce_scatter", t, total + rank * n)
t = tg.zeros(3)
dist.reduce_scatter_tensor(t, tg.cat([mine() + j for j in range(n)]), dist.ReduceOp.AVG)
check("reduce_scatter_tensor", t, (total + rank * n) / n)
outs = [tg.zeros(r + 1) for r in range(n)]
dist.all_to_all(outs, [tg.full((rank + 1,), 10.0 * rank + j) for j in range(n)])
check("all_to_all", [o.tolist() for o in outs], [[10.0 * j + rank] * (j + 1) for j in range(n)])
t = tg.zeros(n)
dist.all_to_all_single(t, tg.arange(n) * 1.0 + 10 * rank)
check("all_to_all_single", t, tg.arange(n) * 10.0 + rank)
check("barrier", dist.barrier(), None)

ahead, behind = (rank + 1) % n, (rank - 1) % n
if n > 1:
    t = tg.zeros(3)
    sending = dist.isend(mine(), ahead)
    check("recv", dist.recv(t, behind), behind)
    sending.wait()
    check("what came", t, mine(behind))
    coming = dist.irecv(t, ahead, tag=5)
    dist.send(mine() * 3, behind, tag=5)
    coming.wait()
    check("irecv", t, mine(ahead) * 3)
    if rank == 0:
        check("recv from any", sorted(dist.recv(tg.zeros(1), tag=9) for _ in range(n - 1)), list(range(1, n)))
    else:
        dist.send(tg.ones(1), 0, tag=9)

objects = [None] * n
dist.all_gather_object(objects, {"rank": rank})
check("all_gather_object", objects, [{"rank": r} for r in range(n)])
objects = [None] * n if rank == root else None
dist.gather_object((rank, "x"), objects, root)
if objects:
    check("gather_object", objects, [(r, "x") for r in range(n)])
objects = [1, "two"] if rank == 0 else [None, None]
dist.broadcast_object_list(objects, 0)
check("broadcast_object_list", objects, [1, "two"])
objects = [None]
dist.scatter_object_list(objects, [f"for {r}" for r in range(n)] if rank == 0 else None, 0)
check("scatter_object_list", objects, [f"for {rank}"])

if n > 2:
    members = [0, n - 1]
    part = dist.new_group(members)
    check("rank in a group", dist.get_rank(part), members.index(rank) if rank in members else -1)
    if rank in members:
        t = mine()
        dist.all_reduce(t, group=part)
        check("all_reduce in a group", t, mine(0) + mine(n - 1))
        t = mine()
        dist.broadcast(t, n - 1, group=part)
        check("broadcast in a group, source by its world rank", t, mine(n - 1))
        check("group ranks", dist.get_process_group_ranks(part), members)
        dist.destroy_process_group(part)

# batch normalization over all processes is that of the whole batch
tg.manual_seed(0)
batch = tg.randn(2 * n, 3, 2)
plain, synced = tg.nn.BatchNorm1d(3), tg.nn.SyncBatchNorm(3)
whole, part = batch.clone().requires_grad_(), batch[2 * rank : 2 * rank + 2].clone().requires_grad_()
(plain(whole) ** 3).sum().backward()
out = synced(part)
(out**3).sum().backward()
check("SyncBatchNorm gradient", tg.allclose(part.grad, whole.grad[2 * rank : 2 * rank + 2], atol=1e-4), True)
check("SyncBatchNorm statistics", tg.allclose(synced.running_var, plain.running_var, atol=1e-6), True)

# an optimizer whose state is divided gives what a whole one gives, before and after its state went through a file


def trained(parameters, optimizer, steps):
    for step in range(steps):
        for i, p in enumerate(parameters):
            p.grad = tg.full_like(p, i + 1.0 + step)
        optimizer.step()


def five():
    return [tg.nn.Parameter(tg.ones(k + 1)) for k in range(5)]


plain, shared = five(), five()
groups = [[{"params": params[:3]}, {"params": params[3:], "lr": 0.5}] for params in (plain, shared)]
whole = tg.optim.Adam(groups[0], lr=0.1)
divided = ZeroRedundancyOptimizer(groups[1], tg.optim.Adam, lr=0.1)
trained(plain, whole, 2)
trained(shared, divided, 2)
kept = sum(len(group["params"]) for group in divided.optim.param_groups)
check("ZeRO keeps a share", kept < 5 or n == 1, True)
divided.consolidate_state_dict(to=0)
states = [divided.state_dict() if rank == 0 else None]
if rank == 0:
    check("ZeRO state", str(states[0]["state"]), str(whole.state_dict()["state"]))
dist.broadcast_object_list(states, 0)
again = ZeroRedundancyOptimizer([{"params": shared[:3]}, {"params": shared[3:]}], tg.optim.Adam, lr=9.0)
again.load_state_dict(states[0])
trained(plain, whole, 2)
trained(shared, again, 2)
for i in range(5):
    check(f"ZeRO parameter {i}", shared[i].detach(), plain[i].detach())

# processes in rows and columns: a group along each dimension
sides = (2, n // 2) if n % 2 == 0 else (1, n)
mesh = dist.init_device_mesh("cpu", sides, mesh_dim_names=("row", "column"))
row, column = divmod(rank, sides[1])
check("place in a mesh", (mesh.get_coordinate(), mesh.get_local_rank("row"), mesh.size()), ((row, column), row, n))
check("group of a mesh", mesh["column"].get_group().ranks, [row * sides[1] + c for c in range(sides[1])])
check("part of a mesh", mesh["row"].mesh.tolist(), [r * sides[1] + column for r in range(sides[0])])
check("turned mesh", mesh["column", "row"].mesh.tolist(), mesh.mesh.T.tolist())
check(
    "sum along a mesh",
    made.all_reduce(mine(), "sum", mesh.get_group("row")),
    sum(mine(r) for r in mesh["row"].mesh.tolist()),
)
piece = compute_local_shape_and_global_offset((8, 3), mesh, [Shard(0), Replicate()])
check("piece of a tensor", piece, ((8 // sides[0], 3), (8 // sides[0] * row, 0)))

# collectives that return new tensors
check("functional all_reduce", made.all_reduce(mine(), "max"), largest)
check("functional broadcast", made.broadcast(mine(), n - 1), mine(n - 1))
check("functional gather", made.all_gather_tensor(mine()[None], 1), tg.cat(everyone)[None])
check(
    "functional scatter",
    made.reduce_scatter_tensor(tg.ones(1, 2 * n) * (rank + 1), "sum", 1),
    tg.ones(1, 2) * sum(range(n + 1)),
)
rows = (tg.arange(n) * 10.0 + rank).requires_grad_()
got = made.all_to_all_single_autograd(rows, [1] * n, [1] * n)
check("functional exchange", got.detach(), tg.arange(n) + 10.0 * rank)
(got * (rank + 1)).sum().backward()
check("functional exchange, gradient", rows.grad, tg.arange(n) + 1.0)

# collectives through which gradients go: the loss of every process is f(what it got) times rank + 1
weights = sum(range(n + 1))
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    x = mine().requires_grad_()
    y = through.all_reduce(x)
    (y.sum() * (rank + 1)).backward()
    check("nn all_reduce", [y.detach().tolist(), x.grad.tolist()], [total.tolist(), [weights] * 3])
    x = mine().requires_grad_()
    y = through.broadcast(x, root)
    (y.sum() * (rank + 1)).backward()
    check("nn broadcast", [y.detach().tolist(), x.grad.tolist()], [mine(root).tolist(), [weights * (rank == root)] * 3])
    x = mine().requires_grad_()
    y = through.all_gather(x)
    (tg.stack(y) * (rank + 1) * (tg.arange(n)[:, None] + 1.0)).sum().backward()
    check("nn all_gather", [t.detach().tolist() for t in y], [t.tolist() for t in everyone])
    check("nn all_gather, gradient", x.grad.tolist(), [weights * (rank + 1.0)] * 3)
    x = [(mine() * (r + 1)).requires_grad_() for r in range(n)]
    y = through.reduce_scatter(tg.zeros(3), x)
    (y.sum() * (rank + 1)).backward()
    check("nn reduce_scatter", y.detach().tolist(), (total * (rank + 1)).tolist())
    check("nn reduce_scatter, gradient", [t.grad[0].item() for t in x], [r + 1.0 for r in range(n)])
    rows = (tg.arange(n) * 10.0 + rank).requires_grad_()
    y = through.all_to_all_single(tg.zeros(n), rows)
    (y * (rank + 1)).sum().backward()
    check(
        "nn all_to_all_single",
        [y.detach().tolist(), rows.grad.tolist()],
        [[r + 10.0 * rank for r in range(n)], [r + 1.0 for r in range(n)]],
    )
check("nn deprecated", [(w.category, w.filename == __file__) for w in said], [(FutureWarning, True)] * 5)
x = mine().requires_grad_()
y = through.gather(x, root)
sum((t * (r + 1)).sum() for r, t in enumerate(y)).backward()
check("nn gather", [t.tolist() for t in y], [(t * (rank == root)).tolist() for t in everyone])
check("nn gather, gradient", x.grad.tolist(), [rank + 1.0] * 3)
x = [(mine(0) * (r + 1)).requires_grad_() for r in range(n)]
y = through.scatter(x, root)
(y.sum() * (rank + 1)).backward()
check("nn scatter", y.detach().tolist(), (mine(0) * (rank + 1)).tolist())
check("nn scatter, gradient", [t.grad[0].item() for t in x], [(r + 1.0) * (rank == root) for r in range(n)])
x = mine().requires_grad_()
y = through.reduce(x, root)
(y * (rank + 1)).sum().backward()
check("nn reduce", y.tolist() if rank == root else total.tolist(), total.tolist())
check("nn reduce, gradient", x.grad.tolist(), [root + 1.0] * 3)
x = [(mine() + r).requires_grad_() for r in range(n)]
y = through.all_to_all([tg.zeros(3)] * n, x)
sum((t * (r + 1)).sum() for r, t in enumerate(y)).backward()
check("nn all_to_all", [t.tolist() for t in y], [(mine(r) + rank).tolist() for r in range(n)])
check("nn all_to_all, gradient", [t.grad.tolist() for t in x], [[rank + 1.0] * 3] * n)

found = [None] * n
dist.all_gather_object(found, wrong)
dist.destroy_process_group()
if rank == 0:
    print("\n".join(w for each in found for w in each) or f"{n} processes: all right")
sys.exit(1 if any(found) else 0)
