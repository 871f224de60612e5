import torch, math
x = torch.tensor([-1.5, -0.5, 0., 0.5, 1.5, 2.5])
i = torch.tensor([-7, -1, 0, 3, 8])
for f in "abs acos acosh asin asinh atan atanh ceil cos cosh deg2rad digamma erf erfc erfinv exp exp2 expm1 floor frac isfinite isinf isnan isneginf isposinf isreal lgamma log log10 log1p log2 logit neg positive rad2deg reciprocal round rsqrt sgn sigmoid sign signbit sin sinc sinh sqrt square tan tanh trunc i0 relu angle conj real nan_to_num logical_not count_nonzero fix absolute negative arccos arcsin arctan bitwise_not mvlgamma polygamma frexp".split():
    g = torch
    for part in f.split("."): g = getattr(g, part)
    for t in (x, i, i.to(torch.uint8), i > 0, x.half(), x.double(), torch.complex(x, x)):
        try: print(f, g(t))
        except Exception as e: print(f, type(e).__name__, e)
for f in "add sub mul div true_divide floor_divide remainder fmod pow atan2 hypot maximum minimum fmax fmin logaddexp logaddexp2 copysign nextafter heaviside xlogy eq ne lt le gt ge logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift gcd lcm float_power isclose rsub special.xlog1py".split():
    g = torch
    for part in f.split("."): g = getattr(g, part)
    for a, b in ((x, x.flip(0)), (i, i.flip(0)), (x[:5], i), (i, 2), (i, 2.5), (x, 2), (2, x), (2.5, i), (i > 0, i < 3), (i > 0, True), (i.to(torch.uint8), i.to(torch.int8)), (x, x[:2]), (torch.complex(x, x) + 1j, x), (x, 1j), (x.half(), x.bfloat16()), (x.half(), torch.tensor(1.5)), (i, torch.tensor(1.5, dtype=torch.double)), (1, 2), (x, "a"), (x, None), (x, [1])):
        try: print(f, g(a, b))
        except Exception as e: print(f, type(e).__name__, e)
import operator as o
for f in (o.add, o.sub, o.mul, o.truediv, o.floordiv, o.mod, o.pow, o.matmul, o.and_, o.or_, o.xor, o.lshift, o.rshift, o.lt, o.eq, o.iadd, o.isub, o.imul, o.itruediv, o.ifloordiv, o.imod, o.ipow, o.iand, o.ior, o.ixor, o.ilshift, o.irshift, divmod):
    for a, b in ((x, x.flip(0)), (i, i.flip(0)), (x[:5], i), (i, x[:5]), (i, 2), (i, 2.5), (x, 2), (2, x), (2.5, i), (i > 0, i < 3), (i > 0, True), (True, i > 0), (i.to(torch.uint8), i.to(torch.int8)), (x, x[:2]), (torch.complex(x, x) + 1j, x), (x, 1j), (x, "a"), ("a", x), (x, None), (x, [1]), ([1], x), (i, i > 0), (x.half(), x)):
        try: print(f.__name__, f(a.clone() if hasattr(a, "clone") else a, b))
        except Exception as e: print(f.__name__, type(e).__name__, e)
torch.add(x, x, alpha=2)
torch.add(i, i, alpha=2.5)
torch.add(i > 0, i > 0, alpha=True)
torch.sub(x, 1, alpha=2)
torch.sub(i > 0, i > 0)
-(i > 0)
~x
~i
~(i > 0)
+x
abs(i)
round(x)
x.round(decimals=1)
torch.round(torch.tensor(1234.567), decimals=-2)
torch.div(x, 2, rounding_mode="floor")
torch.div(i, 2, rounding_mode="trunc")
torch.div(i, 2, rounding_mode="foo")
torch.div(i, 0)
torch.div(i, 0, rounding_mode="floor")
i // 0
i % 0
x // 0
x % 0
1 / i
1 // i
2 ** i
i ** 2
i ** -1
i ** torch.tensor(-1)
i ** 0.5
x ** 0.5
(-8.) ** torch.tensor(1/3)
torch.pow(2, i)
torch.pow(torch.tensor(2), torch.tensor(-1))
torch.clamp(x, 0, 1)
torch.clamp(x, min=0)
torch.clamp(x, max=0.5)
torch.clamp(x)
torch.clamp(x, 1, 0)
torch.clamp(i, 0.5, 2.5)
torch.clamp(i, 0, 2)
torch.clamp(x, torch.zeros(6), 1)
torch.clamp(x, torch.zeros(6), torch.ones(6))
torch.clip(x, -1, 1)
x.clamp_min(0)
x.clamp_max(0)
x.clamp_(0, 1)
x = torch.tensor([-1.5, -0.5, 0., 0.5, 1.5, 2.5])
torch.lerp(x, x + 1, 0.5)
torch.lerp(x, x + 1, torch.full((6,), 0.25))
torch.lerp(i, i, 0.5)
torch.addcmul(x, x, x, value=0.5)
torch.addcdiv(x, x, x + 10, value=0.5)
torch.addcdiv(i, i, i)
torch.sigmoid(i)
torch.special.expit(x)
torch.special.softmax(x, 0)
torch.special.entr(x)
torch.special.erfcx(x)
torch.special.i0e(x)
torch.special.i1(x)
torch.special.log_ndtr(x)
torch.special.ndtri(torch.tensor([0., 0.5, 1]))
torch.special.polygamma(1, torch.tensor([1., 0.5]))
torch.special.gammaln(x)
torch.special.gammainc(torch.tensor(1.), torch.tensor(2.))
torch.special.multigammaln(torch.tensor([3.]), 2)
torch.mvlgamma(torch.tensor([0.1]), 2)
torch.polygamma(2, torch.tensor([1., 0.5]))
torch.polygamma(-1, torch.tensor([1., 0.5]))
torch.special.bessel_j0(x)
torch.special.chebyshev_polynomial_t(x, 3)
torch.special.hermite_polynomial_h(x, torch.tensor(2))
torch.nextafter(torch.tensor([1., 0.]), torch.tensor([2., 1.]))
torch.nan_to_num(torch.tensor([float("nan"), float("inf"), -float("inf")]))
torch.nan_to_num(torch.tensor([float("nan"), float("inf"), -float("inf")]), nan=1., posinf=2., neginf=3.)
torch.nan_to_num(torch.tensor([float("inf")], dtype=torch.half))
torch.isclose(x, x + 1e-6)
torch.allclose(torch.tensor([1.]), torch.tensor([1]))
torch.equal(torch.tensor([1.]), torch.tensor([1]))
torch.eq(x, 0.5)
x.eq(x)
x.eq_(x)
x = torch.tensor([-1.5, -0.5, 0., 0.5, 1.5, 2.5])
x.lt(0).sum()
torch.frexp(x)
torch.ldexp(x, torch.tensor([1, 2, 3, 4, 5, 6]))
torch.logical_and(i, x[:5])
torch.logical_not(i, out=torch.empty(5, dtype=torch.bool))
torch.logical_not(i, out=torch.empty(5))
torch.bitwise_and(i, 3)
i & 3
i | 8
i ^ 1
i << 1
i >> 1
x & 1
i & 1.5
torch.result_type(i, 1.5)
torch.result_type(i, x[:5])
torch.result_type(1, 1.5)
torch.result_type(torch.tensor(1), torch.tensor([1], dtype=torch.int8))
torch.can_cast(torch.double, torch.float)
torch.can_cast(torch.float, torch.int)
torch.promote_types(torch.int32, torch.float16)
torch.promote_types(torch.uint8, torch.int8)
torch.promote_types(torch.bool, torch.int8)
torch.promote_types(torch.float16, torch.bfloat16)
torch.promote_types("a", "b")
(torch.ones(2, dtype=torch.int8) + 200)
(torch.ones(2, dtype=torch.int8) + torch.tensor(200))
torch.ones(2, dtype=torch.uint8) - 2
torch.ones(2, dtype=torch.int32) * 1e10
torch.tensor(5) / 2
torch.tensor(5) // 2
torch.tensor(-5) // 2
torch.tensor(-5) % 3
torch.fmod(torch.tensor(-5), 3)
torch.tensor(5.) // 2
torch.tensor([1, 2]).float() / torch.tensor([1, 2])
torch.tensor([1, 2], dtype=torch.int8) + torch.tensor([1, 2], dtype=torch.int16)
torch.tensor([1, 2]) + True
torch.tensor([True]) + True
torch.tensor([True]) * 3
torch.tensor([True]) + torch.tensor([True])
torch.tensor([True]) - torch.tensor([True])
torch.tensor([True]) / torch.tensor([True])
torch.tensor([True]) ** 2
torch.tensor([True]).sum()
torch.tensor([1], dtype=torch.half) + torch.tensor([1])
x.to(torch.int)
x.int()
x.long()
x.bool()
x.byte()
x.char()
x.short()
x.half()
x.double()
x.bfloat16()
x.cfloat()
x.to(torch.complex64)
torch.complex(x, x).to(torch.float)
x.to("cpu")
x.to("cpu", torch.double)
x.to(torch.device("cpu"), dtype=torch.int)
x.to(i)
x.to(x) is x
x.to(dtype=torch.float32) is x
x.to(torch.float32, copy=True) is x
x.to("foo")
x.to(3)
x.to()
x.to("cuda")
x.cuda()
x.cpu() is x
x.type_as(i)
x.float() is x
torch.tensor([300.5]).to(torch.uint8)
torch.tensor([-1.5]).to(torch.int8)
torch.tensor([float("nan")]).to(torch.bool)
math.sqrt(torch.tensor(4.))
math.floor(torch.tensor(4.5))
math.isnan(torch.tensor(float("nan")))
int(torch.tensor(3.7))
float(torch.tensor([3]))
complex(torch.tensor(1.))
bool(torch.tensor([0.]))
round(torch.tensor(3.7))
divmod(torch.tensor(7), 2)
max(torch.tensor([1, 5, 3]))
sum(torch.tensor([1, 5, 3]))
sorted(torch.tensor([3, 1, 2]))
min(torch.tensor(1), torch.tensor(2))
[1, 2, 3][torch.tensor(1)]
range(torch.tensor(3))
"ab" * torch.tensor(2)
[0] * torch.tensor(2)
any(torch.tensor([0, 1]))
torch.tensor([1, 2]).__and__(torch.tensor([1, 3]))
not torch.tensor(0)
torch.tensor(1) and torch.tensor(2)
torch.tensor([1, 2]) and 1

# the order of arguments before version 1.5
one, two, square = torch.ones(2), torch.tensor([2.0, 3.0]), torch.eye(2)
one.add(2, two), torch.add(one, 2, two), one.clone().add_(-1, two), torch.sub(one, 2, two), one.clone().sub_(2, two)
one.addcmul(2, two, two), torch.addcdiv(one, -2, one, two), one.clone().addcdiv_(2, one, two), one.clone().addcmul_(-2, two, two)
torch.addmm(2, square, square, square), torch.addmm(2, square, 3, square, square), square.addmm(2, 3, square, square), square.clone().addmm_(2, square, square)
torch.addmv(2, one, square, two), torch.addr(2, square, one, two), one.clone().addmv_(2, 3, square, two)
torch.add(one, 2, 3)
torch.add(2, one, one)
one.addcmul(one, two, 2)
one.div(2, two)

# numbers where tensors may stand, factors of whole numbers
torch.clamp(torch.tensor([-1., 0.5, 3.]), 0, torch.tensor(1.)), torch.tensor([-1, 0, 3]).clamp(torch.tensor(0.), 2)
torch.clamp(torch.ones(3), 0, torch.tensor([1.]))
torch.clamp(torch.ones(3), 0, torch.tensor(1., requires_grad=True))
torch.clamp(torch.ones(3), torch.tensor(0.), torch.tensor([1., 2.]))
n = torch.tensor([[1, 2], [3, 4]])
torch.addmm(n, n, n, beta=0.5, alpha=2), torch.addmm(n, n, n, alpha=1.5), torch.addcmul(n, n, n, value=1.5)
torch.addmm(n, n, n, alpha=1j)
torch.addr(n, n[0], n[1], alpha=1.5)
torch.addr(n, n[0], n[1], beta=True)
torch.addmv(n[0] > 0, n > 0, n[0] > 0)
torch.addcmul(n > 0, n > 0, n > 0)
torch.round(n, decimals=1)
torch.conj(3)
torch.isin([1], n)
torch.linalg.norm(torch.ones(2, 2), "fro", (0, 0))
