"""How torch's functions and (with a dot, without the tensor itself) methods are called; see `_signature`.

Written by tools/make_signatures.py.
"""

OPTIONS = (
    "torch.dtype dtype = None, torch.layout layout = None, torch.device device = None, bool "
    "pin_memory = False, bool requires_grad = False"
)

TABLE = """
_dirichlet_grad: Tensor x, Tensor alpha, Tensor total, *, Tensor out = None
_sample_dirichlet: Tensor input, torch.Generator generator = None, *, Tensor out = None
_standard_gamma: Tensor input, torch.Generator generator = None, *, Tensor out = None
_standard_gamma_grad: Tensor input, Tensor output, *, Tensor out = None
_weight_norm: Tensor v, Tensor g, int dim = 0
abs: Tensor input, *, Tensor out = None
abs_: Tensor input
absolute: Tensor input, *, Tensor out = None
acos: Tensor input, *, Tensor out = None
acos_: Tensor input
acosh: Tensor input, *, Tensor out = None
acosh_: Tensor input
adaptive_avg_pool1d: Tensor input, tuple of ints[1] output_size, *, Tensor out = None
adaptive_max_pool1d: Tensor input, tuple of ints[1] output_size
add: ! Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None
addbmm: ! Tensor input, Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1, Tensor out = None
addcdiv: ! Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = None
addcmul: ! Tensor input, Tensor tensor1, Tensor tensor2, *, Number value = 1, Tensor out = None
addmm: Tensor input, Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1, Tensor out = None
addmm: Tensor input, Tensor mat1, Tensor mat2, torch.dtype out_dtype, *, Number beta = 1, Number alpha = 1, Tensor out = None
addmv: ! Tensor input, Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1, Tensor out = None
addmv_: ! Tensor input, Tensor mat, Tensor vec, *, Number beta = 1, Number alpha = 1
addr: ! Tensor input, Tensor vec1, Tensor vec2, *, Number beta = 1, Number alpha = 1, Tensor out = None
adjoint: Tensor input
alias_copy: Tensor input, *, Tensor out = None
all: Tensor input, *, Tensor out = None
all: Tensor input, tuple of ints dim = None, bool keepdim = False, *, Tensor out = None
all: Tensor input, int dim, bool keepdim = False, *, Tensor out = None
allclose: Tensor input, Tensor other, float rtol = 1e-05, float atol = 1e-08, bool equal_nan = False
alpha_dropout: Tensor input, float p, bool train
alpha_dropout_: Tensor input, float p, bool train
amax: Tensor input, tuple of ints[1] dim = (), bool keepdim = False, *, Tensor out = None
amin: Tensor input, tuple of ints[1] dim = (), bool keepdim = False, *, Tensor out = None
aminmax: Tensor input, *, int dim = None, bool keepdim = False, Tensor out = None
angle: Tensor input, *, Tensor out = None
any: Tensor input, *, Tensor out = None
any: Tensor input, tuple of ints dim = None, bool keepdim = False, *, Tensor out = None
any: Tensor input, int dim, bool keepdim = False, *, Tensor out = None
arange: Number end, *, Tensor out = None, $options
arange: Number start, Number end, *, $options
arange: Number start, Number end, Number step = 1, *, Tensor out = None, $options
arccos: Tensor input, *, Tensor out = None
arccos_: Tensor input
arccosh: Tensor input, *, Tensor out = None
arccosh_: Tensor input
arcsin: Tensor input, *, Tensor out = None
arcsin_: Tensor input
arcsinh: Tensor input, *, Tensor out = None
arcsinh_: Tensor input
arctan: Tensor input, *, Tensor out = None
arctan2: Tensor input, Tensor other, *, Tensor out = None
arctan_: Tensor input
arctanh: Tensor input, *, Tensor out = None
arctanh_: Tensor input
argmax: Tensor input, int dim = None, bool keepdim = False, *, Tensor out = None
argmin: Tensor input, int dim = None, bool keepdim = False, *, Tensor out = None
argsort: Tensor input, *, bool stable, int dim = -1, bool descending = False, Tensor out = None
argsort: Tensor input, int dim = -1, bool descending = False
argwhere: Tensor input
as_strided: Tensor input, tuple of ints size, tuple of ints stride, int storage_offset = None
as_strided_copy: Tensor input, tuple of ints size, tuple of ints stride, int storage_offset = None, *, Tensor out = None
as_strided_scatter: Tensor input, Tensor src, tuple of ints size, tuple of ints stride, int storage_offset = None, *, Tensor out = None
as_tensor: object data, torch.dtype dtype = None, torch.device device = None
asarray: object obj, *, torch.dtype dtype = None, torch.device device = None, bool? copy = None, bool requires_grad = False
asin: Tensor input, *, Tensor out = None
asin_: Tensor input
asinh: Tensor input, *, Tensor out = None
asinh_: Tensor input
atan: Tensor input, *, Tensor out = None
atan2: Tensor input, Tensor other, *, Tensor out = None
atan_: Tensor input
atanh: Tensor input, *, Tensor out = None
atanh_: Tensor input
avg_pool1d: Tensor input, tuple of ints[1] kernel_size, tuple of ints[1]? stride = (), tuple of ints[1] padding = (0), bool ceil_mode = False, bool count_include_pad = True, *, Tensor out = None
baddbmm: Tensor input, Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1, Tensor out = None
baddbmm: Tensor input, Tensor batch1, Tensor batch2, torch.dtype out_dtype, *, Number beta = 1, Number alpha = 1, Tensor out = None
bartlett_window: int window_length, *, $options
bartlett_window: int window_length, bool periodic, *, $options
batch_norm: Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled
bernoulli: Tensor input, *, torch.Generator generator = None, Tensor out = None
bernoulli: Tensor input, float p, *, torch.Generator generator = None
bilinear: Tensor input1, Tensor input2, Tensor weight, Tensor bias = None
binary_cross_entropy_with_logits: Tensor input, Tensor target, Tensor weight = None, Tensor pos_weight = None, int reduction = 1, *, Tensor out = None
bincount: Tensor input, Tensor weights = None, int minlength = 0, *, Tensor out = None
binomial: Tensor count, Tensor prob, torch.Generator generator = None, *, Tensor out = None
bitwise_and: Tensor input, Tensor other, *, Tensor out = None
bitwise_and: Number self, Tensor other
bitwise_and: Tensor input, Number other, *, Tensor out = None
bitwise_left_shift: Tensor input, Tensor other, *, Tensor out = None
bitwise_left_shift: Number self, Tensor other
bitwise_left_shift: Tensor input, Number other, *, Tensor out = None
bitwise_not: Tensor input, *, Tensor out = None
bitwise_or: Tensor input, Tensor other, *, Tensor out = None
bitwise_or: Number self, Tensor other
bitwise_or: Tensor input, Number other, *, Tensor out = None
bitwise_right_shift: Tensor input, Tensor other, *, Tensor out = None
bitwise_right_shift: Number self, Tensor other
bitwise_right_shift: Tensor input, Number other, *, Tensor out = None
bitwise_xor: Tensor input, Tensor other, *, Tensor out = None
bitwise_xor: Number self, Tensor other
bitwise_xor: Tensor input, Number other, *, Tensor out = None
blackman_window: int window_length, *, $options
blackman_window: int window_length, bool periodic, *, $options
bmm: Tensor input, Tensor mat2, *, Tensor out = None
bmm: Tensor input, Tensor mat2, torch.dtype out_dtype, *, Tensor out = None
broadcast_to: Tensor input, tuple of ints size
bucketize: Tensor input, Tensor boundaries, *, bool out_int32 = False, bool right = False, Tensor out = None
bucketize: Number self, Tensor boundaries, *, bool out_int32 = False, bool right = False
cat: tuple of Tensors tensors, int dim = 0, *, Tensor out = None
ceil: Tensor input, *, Tensor out = None
ceil_: Tensor input
celu: Tensor input, Number alpha = 1.0, *, Tensor out = None
celu_: Tensor input, Number alpha = 1.0
channel_shuffle: Tensor input, int groups, *, Tensor out = None
cholesky: Tensor input, bool upper = False, *, Tensor out = None
cholesky_inverse: Tensor input, bool upper = False, *, Tensor out = None
cholesky_solve: Tensor input, Tensor input2, bool upper = False, *, Tensor out = None
chunk: Tensor input, int chunks, int dim = 0
clamp: Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None
clamp: Tensor input, Number min = None, Number max = None, *, Tensor out = None
clamp_: Tensor input, Tensor min = None, Tensor max = None
clamp_: Tensor input, Number min = None, Number max = None
clamp_max: Tensor input, Tensor max, *, Tensor out = None
clamp_max: Tensor input, Number max, *, Tensor out = None
clamp_max_: Tensor input, Tensor max
clamp_max_: Tensor input, Number max
clamp_min: Tensor input, Tensor min, *, Tensor out = None
clamp_min: Tensor input, Number min, *, Tensor out = None
clamp_min_: Tensor input, Tensor min
clamp_min_: Tensor input, Number min
clip: Tensor input, Tensor min = None, Tensor max = None, *, Tensor out = None
clip: Tensor input, Number min = None, Number max = None, *, Tensor out = None
clip_: Tensor input, Tensor min = None, Tensor max = None
clip_: Tensor input, Number min = None, Number max = None
clone: Tensor input, *, torch.memory_format memory_format = None, Tensor out = None
column_stack: tuple of Tensors tensors, *, Tensor out = None
combinations: Tensor input, int r = 2, bool with_replacement = False
complex: Tensor real, Tensor imag, *, Tensor out = None
concat: tuple of Tensors tensors, int dim = 0, *, Tensor out = None
concatenate: tuple of Tensors tensors, int dim = 0, *, Tensor out = None
conj: Tensor input
conj_physical: Tensor input, *, Tensor out = None
conj_physical_: Tensor input
constant_pad_nd: Tensor input, tuple of ints pad, Number value = 0, *, Tensor out = None
conv1d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[1] stride = 1, tuple of ints[1] padding = 0, tuple of ints[1] dilation = 1, int groups = 1
conv1d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[1] stride = 1, str padding = "valid", tuple of ints[1] dilation = 1, int groups = 1
conv2d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[2] stride = 1, tuple of ints[2] padding = 0, tuple of ints[2] dilation = 1, int groups = 1
conv2d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[2] stride = 1, str padding = "valid", tuple of ints[2] dilation = 1, int groups = 1
conv3d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[3] stride = 1, tuple of ints[3] padding = 0, tuple of ints[3] dilation = 1, int groups = 1
conv3d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[3] stride = 1, str padding = "valid", tuple of ints[3] dilation = 1, int groups = 1
conv_tbc: Tensor input, Tensor weight, Tensor bias, int pad = 0, *, Tensor out = None
conv_transpose1d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[1] stride = (1), tuple of ints[1] padding = (0), tuple of ints[1] output_padding = (0), int groups = 1, tuple of ints[1] dilation = (1)
conv_transpose2d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[2] stride = (1,1), tuple of ints[2] padding = (0,0), tuple of ints[2] output_padding = (0,0), int groups = 1, tuple of ints[2] dilation = (1,1)
conv_transpose3d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[3] stride = (1,1,1), tuple of ints[3] padding = (0,0,0), tuple of ints[3] output_padding = (0,0,0), int groups = 1, tuple of ints[3] dilation = (1,1,1)
copysign: Tensor input, Tensor other, *, Tensor out = None
copysign: Tensor input, Number other, *, Tensor out = None
corrcoef: Tensor input
cos: Tensor input, *, Tensor out = None
cos_: Tensor input
cosh: Tensor input, *, Tensor out = None
cosh_: Tensor input
cosine_embedding_loss: Tensor input1, Tensor input2, Tensor target, float margin = 0.0, int reduction = 1
cosine_similarity: Tensor x1, Tensor x2, int dim = 1, float eps = 1e-08
count_nonzero: Tensor input, int dim = None
count_nonzero: Tensor input, tuple of ints dim
cov: Tensor input, *, int correction = 1, Tensor fweights = None, Tensor aweights = None
cross: Tensor input, Tensor other, int dim = None, *, Tensor out = None
ctc_loss: Tensor log_probs, Tensor targets, tuple of ints input_lengths, tuple of ints target_lengths, int blank = 0, int reduction = at::Reduction::Mean, bool zero_infinity = False
ctc_loss: Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, int blank = 0, int reduction = at::Reduction::Mean, bool zero_infinity = False
cummax: Tensor input, int dim, *, Tensor out = None
cummin: Tensor input, int dim, *, Tensor out = None
cumprod: Tensor input, int dim, *, torch.dtype dtype = None, Tensor out = None
cumsum: Tensor input, int dim, *, torch.dtype dtype = None, Tensor out = None
cumulative_trapezoid: Tensor y, Tensor x, *, int dim = -1
cumulative_trapezoid: Tensor y, *, Number dx = 1, int dim = -1
deg2rad: Tensor input, *, Tensor out = None
deg2rad_: Tensor input
det: Tensor input
detach: Tensor input
detach_: Tensor input
diag: Tensor input, int diagonal = 0, *, Tensor out = None
diag_embed: Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1, *, Tensor out = None
diagflat: Tensor input, int offset = 0
diagonal: Tensor input, int offset = 0, int dim1 = 0, int dim2 = 1
diagonal_copy: Tensor input, int offset = 0, int dim1 = 0, int dim2 = 1, *, Tensor out = None
diagonal_scatter: Tensor input, Tensor src, int offset = 0, int dim1 = 0, int dim2 = 1, *, Tensor out = None
diff: Tensor input, int n = 1, int dim = -1, Tensor prepend = None, Tensor append = None, *, Tensor out = None
digamma: Tensor input, *, Tensor out = None
dist: Tensor input, Tensor other, Number p = 2, *, Tensor out = None
div: Tensor input, Tensor other, *, Tensor out = None
div: Tensor input, Tensor other, *, str? rounding_mode, Tensor out = None
div: Tensor input, Number other, *, str? rounding_mode
divide: Tensor input, Tensor other, *, Tensor out = None
divide: Tensor input, Tensor other, *, str? rounding_mode, Tensor out = None
divide: Tensor input, Number other
divide: Tensor input, Number other, *, str? rounding_mode
dot: Tensor input, Tensor tensor, *, Tensor out = None
dropout: Tensor input, float p, bool train
dropout_: Tensor input, float p, bool train
dsplit: Tensor input, int sections
dsplit: Tensor input, tuple of ints indices
dstack: tuple of Tensors tensors, *, Tensor out = None
embedding: Tensor weight, Tensor indices, int padding_idx = -1, bool scale_grad_by_freq = False, bool sparse = False, *, Tensor out = None
empty: tuple of ints size, *, $options, torch.memory_format memory_format = None, Tensor out = None
empty_like: Tensor input, *, $options, torch.memory_format memory_format = None, Tensor out = None
empty_permuted: tuple of ints size, tuple of ints physical_layout, *, $options, Tensor out = None
empty_strided: tuple of ints size, tuple of ints stride, *, $options, Tensor out = None
eq: Tensor input, Tensor other, *, Tensor out = None
eq: Tensor input, Number other, *, Tensor out = None
equal: Tensor input, Tensor other
erf: Tensor input, *, Tensor out = None
erf_: Tensor input
erfc: Tensor input, *, Tensor out = None
erfc_: Tensor input
erfinv: Tensor input, *, Tensor out = None
exp: Tensor input, *, Tensor out = None
exp2: Tensor input, *, Tensor out = None
exp2_: Tensor input
exp_: Tensor input
expand_copy: Tensor input, tuple of ints size, *, bool implicit = False, Tensor out = None
expm1: Tensor input, *, Tensor out = None
expm1_: Tensor input
eye: int n, *, Tensor out = None, $options
eye: int n, int m, *, Tensor out = None, $options
feature_alpha_dropout: Tensor input, float p, bool train
feature_alpha_dropout_: Tensor input, float p, bool train
feature_dropout: Tensor input, float p, bool train
feature_dropout_: Tensor input, float p, bool train
fill: Tensor input, Tensor value
fill: Tensor input, Number value
fill_: Tensor input, Tensor value
fill_: Tensor input, Number value
fix: Tensor input, *, Tensor out = None
fix_: Tensor input
flatten: Tensor input, int start_dim = 0, int end_dim = -1
flip: Tensor input, tuple of ints dims, *, Tensor out = None
fliplr: Tensor input
flipud: Tensor input
float_power: Tensor input, Tensor exponent, *, Tensor out = None
float_power: Number self, Tensor exponent, *, Tensor out = None
float_power: Tensor input, Number exponent, *, Tensor out = None
floor: Tensor input, *, Tensor out = None
floor_: Tensor input
floor_divide: Tensor input, Tensor other, *, Tensor out = None
floor_divide: Tensor input, Number other
fmax: Tensor input, Tensor other, *, Tensor out = None
fmin: Tensor input, Tensor other, *, Tensor out = None
fmod: Tensor input, Tensor other, *, Tensor out = None
fmod: Tensor input, Number other, *, Tensor out = None
frac: Tensor input, *, Tensor out = None
frac_: Tensor input
frexp: Tensor input, *, Tensor out = None
frobenius_norm: Tensor input, tuple of ints[1] dim, bool keepdim = False, *, Tensor out = None
full: tuple of ints size, Number fill_value, *, $options, Tensor out = None
full_like: Tensor input, Number fill_value, *, $options, torch.memory_format memory_format = None, Tensor out = None
gather: Tensor input, int dim, Tensor index, *, bool sparse_grad = False, Tensor out = None
gcd: Tensor input, Tensor other, *, Tensor out = None
gcd_: Tensor input, Tensor other
ge: Tensor input, Tensor other, *, Tensor out = None
ge: Tensor input, Number other, *, Tensor out = None
geqrf: Tensor input, *, tuple of Tensors out = None
ger: Tensor input, Tensor vec2, *, Tensor out = None
get_device: Tensor input
gradient: Tensor input, *, tuple of ints dim, int edge_order = 1
gradient: Tensor input, *, Number spacing, tuple of ints dim, int edge_order = 1
gradient: Tensor input, *, Number spacing = None, int dim = None, int edge_order = 1
gradient: Tensor input, *, tuple of Scalars spacing, int dim = None, int edge_order = 1
gradient: Tensor input, *, tuple of Scalars spacing, tuple of ints dim, int edge_order = 1
gradient: Tensor input, *, tuple of Tensors spacing, int dim = None, int edge_order = 1
gradient: Tensor input, *, tuple of Tensors spacing, tuple of ints dim, int edge_order = 1
greater: Tensor input, Tensor other, *, Tensor out = None
greater: Tensor input, Number other, *, Tensor out = None
greater_equal: Tensor input, Tensor other, *, Tensor out = None
greater_equal: Tensor input, Number other, *, Tensor out = None
grid_sampler: Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners
grid_sampler_2d: Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, *, Tensor out = None
grid_sampler_3d: Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners, *, Tensor out = None
group_norm: Tensor input, int num_groups, Tensor weight = None, Tensor bias = None, float eps = 1e-05, bool cudnn_enabled = True
gru: Tensor data, Tensor batch_sizes, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional
gru: Tensor input, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first
gru_cell: Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor b_ih = None, Tensor b_hh = None
gt: Tensor input, Tensor other, *, Tensor out = None
gt: Tensor input, Number other, *, Tensor out = None
hamming_window: int window_length, *, $options
hamming_window: int window_length, bool periodic, *, $options
hamming_window: int window_length, bool periodic, float alpha, *, $options
hamming_window: int window_length, bool periodic, float alpha, float beta, *, $options
hann_window: int window_length, *, $options
hann_window: int window_length, bool periodic, *, $options
hardshrink: Tensor input, Number lambd = 0.5, *, Tensor out = None
hash_tensor: Tensor input, tuple of ints[1] dim = (), *, bool keepdim = False, int mode = 0, Tensor out = None
heaviside: Tensor input, Tensor values, *, Tensor out = None
hinge_embedding_loss: Tensor input, Tensor target, float margin = 1.0, int reduction = 1
histc: Tensor input, int bins = 100, Number min = 0, Number max = 0, *, Tensor out = None
histogram: Tensor input, Tensor bins, *, Tensor weight = None, bool density = False, tuple of Tensors out = None
histogram: Tensor input, int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool density = False, tuple of Tensors out = None
histogramdd: Tensor input, int bins, tuple of floats range = None, Tensor weight = None, bool density = False
histogramdd: Tensor input, tuple of ints bins, tuple of floats range = None, Tensor weight = None, bool density = False
histogramdd: Tensor input, tuple of Tensors bins, tuple of floats range = None, Tensor weight = None, bool density = False
hsplit: Tensor input, int sections
hsplit: Tensor input, tuple of ints indices
hstack: tuple of Tensors tensors, *, Tensor out = None
hypot: Tensor input, Tensor other, *, Tensor out = None
i0: Tensor input, *, Tensor out = None
i0_: Tensor input
igamma: Tensor input, Tensor other, *, Tensor out = None
igammac: Tensor input, Tensor other, *, Tensor out = None
imag: Tensor input
index_add: Tensor input, int dim, Tensor index, Tensor source, *, Number alpha = 1, Tensor out = None
index_copy: Tensor input, int dim, Tensor index, Tensor source, *, Tensor out = None
index_fill: Tensor input, int dim, Tensor index, Tensor value
index_fill: Tensor input, int dim, Tensor index, Number value
index_put: Tensor input, tuple of Tensors indices, Tensor values, bool accumulate = False, *, Tensor out = None
index_put_: Tensor input, tuple of Tensors indices, Tensor values, bool accumulate = False
index_reduce: Tensor input, int dim, Tensor index, Tensor source, str reduce, *, bool include_self = True, Tensor out = None
index_select: Tensor input, int dim, Tensor index, *, Tensor out = None
inner: Tensor input, Tensor other, *, Tensor out = None
instance_norm: Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled
inverse: Tensor input, *, Tensor out = None
is_conj: Tensor input
is_neg: Tensor input
is_same_size: Tensor input, Tensor other
isclose: Tensor input, Tensor other, float rtol = 1e-05, float atol = 1e-08, bool equal_nan = False
isfinite: Tensor input, *, Tensor out = None
isin: Tensor elements, Tensor test_elements, *, bool assume_unique = False, bool invert = False, Tensor out = None
isin: Number element, Tensor test_elements, *, bool assume_unique = False, bool invert = False, Tensor out = None
isin: Tensor elements, Number test_element, *, bool assume_unique = False, bool invert = False, Tensor out = None
isinf: Tensor input, *, Tensor out = None
isnan: Tensor input, *, Tensor out = None
isneginf: Tensor input, *, Tensor out = None
isposinf: Tensor input, *, Tensor out = None
isreal: Tensor input
istft: Tensor input, int n_fft, int hop_length = None, int win_length = None, Tensor window = None, bool center = True, bool normalized = False, bool onesided = None, int length = None, bool return_complex = False
kaiser_window: int window_length, *, $options
kaiser_window: int window_length, bool periodic, *, $options
kaiser_window: int window_length, bool periodic, float beta, *, $options
kl_div: Tensor input, Tensor target, int reduction = 1, *, bool log_target = False
kron: Tensor input, Tensor other, *, Tensor out = None
kthvalue: Tensor input, int k, int dim = -1, bool keepdim = False, *, Tensor out = None
layer_norm: Tensor input, tuple of ints normalized_shape, Tensor weight = None, Tensor bias = None, float eps = 1e-05, bool cudnn_enable = True
lcm: Tensor input, Tensor other, *, Tensor out = None
lcm_: Tensor input, Tensor other
ldexp: Tensor input, Tensor other, *, Tensor out = None
ldexp_: Tensor input, Tensor other
le: Tensor input, Tensor other, *, Tensor out = None
le: Tensor input, Number other, *, Tensor out = None
lerp: Tensor input, Tensor end, Tensor weight, *, Tensor out = None
lerp: Tensor input, Tensor end, Number weight, *, Tensor out = None
less: Tensor input, Tensor other, *, Tensor out = None
less: Tensor input, Number other, *, Tensor out = None
less_equal: Tensor input, Tensor other, *, Tensor out = None
less_equal: Tensor input, Number other, *, Tensor out = None
lgamma: Tensor input, *, Tensor out = None
linspace: Tensor start, Tensor end, int steps, *, Tensor out = None, $options
linspace: Number start, Tensor end, int steps, *, Tensor out = None, $options
linspace: Tensor start, Number end, int steps, *, Tensor out = None, $options
linspace: Number start, Number end, int steps, *, Tensor out = None, $options
log: Tensor input, *, Tensor out = None
log10: Tensor input, *, Tensor out = None
log10_: Tensor input
log1p: Tensor input, *, Tensor out = None
log1p_: Tensor input
log2: Tensor input, *, Tensor out = None
log2_: Tensor input
log_: Tensor input
log_softmax: Tensor input, int dim, torch.dtype dtype = None, *, Tensor out = None
logaddexp: Tensor input, Tensor other, *, Tensor out = None
logaddexp2: Tensor input, Tensor other, *, Tensor out = None
logcumsumexp: Tensor input, int dim, *, Tensor out = None
logdet: Tensor input
logical_and: Tensor input, Tensor other, *, Tensor out = None
logical_not: Tensor input, *, Tensor out = None
logical_or: Tensor input, Tensor other, *, Tensor out = None
logical_xor: Tensor input, Tensor other, *, Tensor out = None
logit: Tensor input, float eps = None, *, Tensor out = None
logit_: Tensor input, float eps = None
logspace: Tensor start, Tensor end, int steps, float base = 10.0, *, Tensor out = None, $options
logspace: Number start, Tensor end, int steps, float base = 10.0, *, Tensor out = None, $options
logspace: Tensor start, Number end, int steps, float base = 10.0, *, Tensor out = None, $options
logspace: Number start, Number end, int steps, float base = 10.0, *, Tensor out = None, $options
logsumexp: Tensor input, tuple of ints[1] dim, bool keepdim = False, *, Tensor out = None
lstm: Tensor data, Tensor batch_sizes, tuple of Tensors hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional
lstm: Tensor input, tuple of Tensors hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first
lstm_cell: Tensor input, tuple of Tensors hx, Tensor w_ih, Tensor w_hh, Tensor b_ih = None, Tensor b_hh = None
lt: Tensor input, Tensor other, *, Tensor out = None
lt: Tensor input, Number other, *, Tensor out = None
lu_solve: Tensor input, Tensor LU_data, Tensor LU_pivots, *, Tensor out = None
lu_unpack: Tensor LU_data, Tensor LU_pivots, bool unpack_data = True, bool unpack_pivots = True, *, tuple of Tensors out = None
margin_ranking_loss: Tensor input1, Tensor input2, Tensor target, float margin = 0.0, int reduction = 1
masked_fill: Tensor input, Tensor mask, Tensor value
masked_fill: Tensor input, Tensor mask, Number value
masked_scatter: Tensor input, Tensor mask, Tensor source, *, Tensor out = None
masked_select: Tensor input, Tensor mask, *, Tensor out = None
matmul: Tensor input, Tensor other, *, Tensor out = None
matrix_exp: Tensor input
matrix_power: Tensor input, int n, *, Tensor out = None
max: Tensor input, *, Tensor out = None
max: Tensor input, Tensor other, *, Tensor out = None
max: Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None
max_pool1d: Tensor input, tuple of ints[1] kernel_size, tuple of ints[1] stride = (), tuple of ints[1] padding = (0), tuple of ints[1] dilation = (1), bool ceil_mode = False
max_pool1d_with_indices: Tensor input, tuple of ints[1] kernel_size, tuple of ints[1] stride = (), tuple of ints[1] padding = (0), tuple of ints[1] dilation = (1), bool ceil_mode = False
max_pool2d: Tensor input, tuple of ints[2] kernel_size, tuple of ints[2] stride = (), tuple of ints[2] padding = (0,0), tuple of ints[2] dilation = (1,1), bool ceil_mode = False
max_pool3d: Tensor input, tuple of ints[3] kernel_size, tuple of ints[3] stride = (), tuple of ints[3] padding = (0,0,0), tuple of ints[3] dilation = (1,1,1), bool ceil_mode = False
maximum: Tensor input, Tensor other, *, Tensor out = None
mean: Tensor input, *, torch.dtype dtype = None, Tensor out = None
mean: Tensor input, tuple of ints[1]? dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
median: Tensor input
median: Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None
min: Tensor input, *, Tensor out = None
min: Tensor input, Tensor other, *, Tensor out = None
min: Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None
minimum: Tensor input, Tensor other, *, Tensor out = None
mm: Tensor input, Tensor mat2, *, Tensor out = None
mm: Tensor input, Tensor mat2, torch.dtype out_dtype, *, Tensor out = None
mode: Tensor input, int dim = -1, bool keepdim = False, *, Tensor out = None
moveaxis: Tensor input, int source, int destination
moveaxis: Tensor input, tuple of ints source, tuple of ints destination
movedim: Tensor input, int source, int destination
movedim: Tensor input, tuple of ints source, tuple of ints destination
msort: Tensor input, *, Tensor out = None
mul: Tensor input, Tensor other, *, Tensor out = None
multinomial: Tensor input, int num_samples, bool replacement = False, *, torch.Generator generator = None, Tensor out = None
multiply: Tensor input, Tensor other, *, Tensor out = None
multiply: Tensor input, Number other
mv: Tensor input, Tensor vec, *, Tensor out = None
mvlgamma: Tensor input, int p, *, Tensor out = None
nan_to_num: Tensor input, float nan = None, float posinf = None, float neginf = None, *, Tensor out = None
nan_to_num_: Tensor input, float nan = None, float posinf = None, float neginf = None
nanmean: Tensor input, tuple of ints[1] dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
nanmedian: Tensor input
nanmedian: Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None
nanquantile: Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear", Tensor out = None
nanquantile: Tensor input, float q, int dim = None, bool keepdim = False, *, str interpolation = "linear", Tensor out = None
nansum: Tensor input, tuple of ints[1] dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
narrow: Tensor input, int dim, Tensor start, int length
narrow: Tensor input, int dim, int start, int length
narrow_copy: Tensor input, int dim, int start, int length, *, Tensor out = None
native_channel_shuffle: Tensor input, int groups
ne: Tensor input, Tensor other, *, Tensor out = None
ne: Tensor input, Number other, *, Tensor out = None
neg: Tensor input, *, Tensor out = None
neg_: Tensor input
negative: Tensor input, *, Tensor out = None
negative_: Tensor input
nextafter: Tensor input, Tensor other, *, Tensor out = None
nonzero: Tensor input, *, Tensor out = None
nonzero_static: Tensor input, *, int size, int fill_value = -1, Tensor out = None
norm_except_dim: Tensor v, int pow = 2, int dim = 0
normal: Tensor mean, Tensor std, *, torch.Generator generator = None, Tensor out = None
normal: Tensor mean, float std = 1, *, torch.Generator generator = None, Tensor out = None
normal: float mean, Tensor std, *, torch.Generator generator = None, Tensor out = None
normal: float mean, float std, tuple of ints size, *, torch.Generator generator = None, Tensor out = None, $options
not_equal: Tensor input, Tensor other, *, Tensor out = None
not_equal: Tensor input, Number other, *, Tensor out = None
nuclear_norm: Tensor input, tuple of ints dim, bool keepdim = False, *, Tensor out = None
nuclear_norm: Tensor input, bool keepdim = False, *, Tensor out = None
ones: tuple of ints size, *, $options, Tensor out = None
ones_like: Tensor input, *, $options, torch.memory_format memory_format = None, Tensor out = None
orgqr: Tensor input, Tensor input2, *, Tensor out = None
ormqr: Tensor input, Tensor input2, Tensor input3, bool left = True, bool transpose = False, *, Tensor out = None
outer: Tensor input, Tensor vec2, *, Tensor out = None
pairwise_distance: Tensor x1, Tensor x2, float p = 2.0, float eps = 1e-06, bool keepdim = False
pdist: Tensor input, float p = 2.0
permute: Tensor input, tuple of ints dims
permute_copy: Tensor input, tuple of ints dims, *, Tensor out = None
pinverse: Tensor input, float rcond = 1e-15
pixel_shuffle: Tensor input, int upscale_factor, *, Tensor out = None
pixel_unshuffle: Tensor input, int downscale_factor, *, Tensor out = None
poisson: Tensor input, torch.Generator generator = None, *, Tensor out = None
poisson_nll_loss: Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction
polar: Tensor abs, Tensor angle, *, Tensor out = None
polygamma: int n, Tensor input, *, Tensor out = None
positive: Tensor input
pow: Tensor input, Tensor exponent, *, Tensor out = None
pow: Number self, Tensor exponent, *, Tensor out = None
pow: Tensor input, Number exponent, *, Tensor out = None
prelu: Tensor input, Tensor weight
prod: Tensor input, *, torch.dtype dtype = None
prod: Tensor input, int dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
put: Tensor input, Tensor index, Tensor source, bool accumulate = False, *, Tensor out = None
qr: Tensor input, bool some = True, *, tuple of Tensors out = None
quantile: Tensor input, Tensor q, int dim = None, bool keepdim = False, *, str interpolation = "linear", Tensor out = None
quantile: Tensor input, float q, int dim = None, bool keepdim = False, *, str interpolation = "linear", Tensor out = None
rad2deg: Tensor input, *, Tensor out = None
rad2deg_: Tensor input
rand: tuple of ints size, *, torch.Generator generator, Tensor out = None, $options
rand: tuple of ints size, *, Tensor out = None, $options
rand_like: Tensor input, *, torch.Generator generator, torch.memory_format memory_format = None, $options
rand_like: Tensor input, *, torch.memory_format memory_format = None, $options
randint: int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, $options
randint: int high, tuple of ints size, *, Tensor out = None, $options
randint: int low, int high, tuple of ints size, *, torch.Generator generator, Tensor out = None, $options
randint: int low, int high, tuple of ints size, *, Tensor out = None, $options
randint_like: Tensor input, int low, int high, *, torch.Generator generator, torch.memory_format memory_format = None, $options
randint_like: Tensor input, int low, int high, *, torch.memory_format memory_format = None, $options
randint_like: Tensor input, Tensor high, *, torch.Generator generator, torch.memory_format memory_format = None, $options
randint_like: Tensor input, Tensor high, *, torch.memory_format memory_format = None, $options
randint_like: Tensor input, int high, *, torch.Generator generator, torch.memory_format memory_format = None, $options
randint_like: Tensor input, int high, *, torch.memory_format memory_format = None, $options
randn: tuple of ints size, *, torch.Generator generator, Tensor out = None, $options
randn: tuple of ints size, *, Tensor out = None, $options
randn_like: Tensor input, *, torch.Generator generator, torch.memory_format memory_format = None, $options
randn_like: Tensor input, *, torch.memory_format memory_format = None, $options
randperm: int n, *, torch.Generator generator, Tensor out = None, $options
randperm: int n, *, Tensor out = None, $options
range: Number start, Number end, Number step = 1, *, Tensor out = None, $options
ravel: Tensor input
real: Tensor input
reciprocal: Tensor input, *, Tensor out = None
reciprocal_: Tensor input
relu: Tensor input, *, Tensor out = None
relu_: Tensor input
remainder: Tensor input, Tensor other, *, Tensor out = None
remainder: Number self, Tensor other
remainder: Tensor input, Number other, *, Tensor out = None
renorm: Tensor input, Number p, int dim, Number maxnorm, *, Tensor out = None
repeat_interleave: Tensor input, Tensor repeats, int dim = None, *, int output_size = None
repeat_interleave: Tensor repeats, *, int output_size = None
repeat_interleave: Tensor input, int repeats, int dim = None, *, int output_size = None
reshape: Tensor input, tuple of ints shape
resize_as_: Tensor input, Tensor the_template, *, torch.memory_format memory_format = None
resolve_conj: Tensor input
resolve_neg: Tensor input
rms_norm: Tensor input, tuple of ints normalized_shape, Tensor weight = None, float eps = None
rnn_relu: Tensor data, Tensor batch_sizes, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional
rnn_relu: Tensor input, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first
rnn_relu_cell: Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor b_ih = None, Tensor b_hh = None
rnn_tanh: Tensor data, Tensor batch_sizes, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional
rnn_tanh: Tensor input, Tensor hx, tuple of Tensors params, bool has_biases, int num_layers, float dropout, bool train, bool bidirectional, bool batch_first
rnn_tanh_cell: Tensor input, Tensor hx, Tensor w_ih, Tensor w_hh, Tensor b_ih = None, Tensor b_hh = None
roll: Tensor input, tuple of ints[1] shifts, tuple of ints[1] dims = (), *, Tensor out = None
rot90: Tensor input, int k = 1, tuple of ints dims = (0,1), *, Tensor out = None
round: Tensor input, *, Tensor out = None
round: Tensor input, *, int decimals, Tensor out = None
round_: Tensor input
round_: Tensor input, *, int decimals
row_stack: tuple of Tensors tensors, *, Tensor out = None
rrelu: Tensor input, Number lower = 0.125, Number upper = 0.3333333333333333, bool training = False, torch.Generator generator = None
rrelu_: Tensor input, Number lower = 0.125, Number upper = 0.3333333333333333, bool training = False, torch.Generator generator = None
rsqrt: Tensor input, *, Tensor out = None
rsqrt_: Tensor input
rsub: Tensor input, Tensor other, *, Number alpha = 1
rsub: Tensor input, Number other, Number alpha = 1
scalar_tensor: Number s, *, $options, Tensor out = None
scatter: Tensor input, int dim, Tensor index, Tensor src, *, Tensor out = None
scatter: Tensor input, int dim, Tensor index, Tensor src, *, str reduce, Tensor out = None
scatter: Tensor input, int dim, Tensor index, Number value, *, Tensor out = None
scatter: Tensor input, int dim, Tensor index, Number value, *, str reduce, Tensor out = None
scatter_add: Tensor input, int dim, Tensor index, Tensor src, *, Tensor out = None
scatter_reduce: Tensor input, int dim, Tensor index, Tensor src, str reduce, *, bool include_self = True, Tensor out = None
searchsorted: Tensor sorted_sequence, Tensor input, *, bool out_int32 = False, bool right = False, str side = None, Tensor sorter = None, Tensor out = None
searchsorted: Tensor sorted_sequence, Number self, *, bool out_int32 = False, bool right = False, str side = None, Tensor sorter = None, Tensor out = None
segment_reduce: Tensor data, str reduce, *, Tensor lengths = None, Tensor indices = None, Tensor offsets = None, int axis = 0, bool unsafe = False, Number initial = None
select: Tensor input, int dim, int index
select_copy: Tensor input, int dim, int index, *, Tensor out = None
select_scatter: Tensor input, Tensor src, int dim, int index, *, Tensor out = None
selu: Tensor input
selu_: Tensor input
sgn: Tensor input, *, Tensor out = None
sigmoid: Tensor input, *, Tensor out = None
sigmoid_: Tensor input
sign: Tensor input, *, Tensor out = None
signbit: Tensor input, *, Tensor out = None
sin: Tensor input, *, Tensor out = None
sin_: Tensor input
sinc: Tensor input, *, Tensor out = None
sinc_: Tensor input
sinh: Tensor input, *, Tensor out = None
sinh_: Tensor input
slice_copy: Tensor input, int dim = 0, int start = None, int end = None, int step = 1, *, Tensor out = None
slice_scatter: Tensor input, Tensor src, int dim = 0, int start = None, int end = None, int step = 1, *, Tensor out = None
slogdet: Tensor input, *, Tensor out = None
softmax: Tensor input, int dim, torch.dtype dtype = None, *, Tensor out = None
sort: Tensor input, *, bool stable, int dim = -1, bool descending = False, tuple of Tensors out = None
sort: Tensor input, int dim = -1, bool descending = False, *, tuple of Tensors out = None
split_copy: Tensor input, int split_size, int dim = 0, *, Tensor out = None
split_with_sizes: Tensor input, tuple of ints split_sizes, int dim = 0
split_with_sizes_copy: Tensor input, tuple of ints split_sizes, int dim = 0, *, Tensor out = None
sqrt: Tensor input, *, Tensor out = None
sqrt_: Tensor input
square: Tensor input, *, Tensor out = None
square_: Tensor input
squeeze: Tensor input
squeeze: Tensor input, int dim
squeeze: Tensor input, tuple of ints dim
squeeze_copy: Tensor input, *, Tensor out = None
squeeze_copy: Tensor input, int dim, *, Tensor out = None
squeeze_copy: Tensor input, tuple of ints dim, *, Tensor out = None
stack: tuple of Tensors tensors, int dim = 0, *, Tensor out = None
std: Tensor input, tuple of ints[1]? dim, bool unbiased = True, bool keepdim = False, *, Tensor out = None
std: Tensor input, tuple of ints[1]? dim = None, *, Number correction = None, bool keepdim = False, Tensor out = None
std: Tensor input, bool unbiased = True
std_mean: Tensor input, tuple of ints[1]? dim, bool unbiased = True, bool keepdim = False
std_mean: Tensor input, tuple of ints[1]? dim = None, *, Number correction = None, bool keepdim = False
std_mean: Tensor input, bool unbiased = True
sub: ! Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None
subtract: Tensor input, Tensor other, *, Number alpha = 1, Tensor out = None
subtract: Tensor input, Number other, Number alpha = 1
sum: Tensor input, *, torch.dtype dtype = None
sum: Tensor input, tuple of ints[1]? dim, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
svd: Tensor input, bool some = True, bool compute_uv = True, *, Tensor out = None
swapaxes: Tensor input, int axis0, int axis1
swapdims: Tensor input, int dim0, int dim1
t: Tensor input
t_copy: Tensor input, *, Tensor out = None
take: Tensor input, Tensor index, *, Tensor out = None
take_along_dim: Tensor input, Tensor indices, int dim = None, *, Tensor out = None
tan: Tensor input, *, Tensor out = None
tan_: Tensor input
tanh: Tensor input, *, Tensor out = None
tanh_: Tensor input
tensor: object data, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False
tensor_split: Tensor input, tuple of ints indices, int dim = 0
tensor_split: Tensor input, Tensor tensor_indices_or_sections, int dim = 0
tensor_split: Tensor input, int sections, int dim = 0
threshold: Tensor input, Number threshold, Number value, *, Tensor out = None
threshold_: Tensor input, Number threshold, Number value
tile: Tensor input, tuple of ints dims
topk: Tensor input, int k, int dim = -1, bool largest = True, bool sorted = True, *, Tensor out = None
trace: Tensor input, *, Tensor out = None
transpose: Tensor input, int dim0, int dim1
transpose_copy: Tensor input, int dim0, int dim1, *, Tensor out = None
trapezoid: Tensor y, Tensor x, *, int dim = -1
trapezoid: Tensor y, *, Number dx = 1, int dim = -1
trapz: Tensor y, *, float dx = 1, int dim = -1
trapz: Tensor y, Tensor x, *, int dim = -1
triangular_solve: Tensor input, Tensor A, bool upper = True, bool transpose = False, bool unitriangular = False, *, tuple of Tensors out = None
tril: Tensor input, int diagonal = 0, *, Tensor out = None
tril_indices: int row, int col, int offset = 0, *, torch.dtype? dtype = 4, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False, Tensor out = None
triplet_margin_loss: Tensor anchor, Tensor positive, Tensor negative, float margin = 1.0, float p = 2.0, float eps = 1e-06, bool swap = False, int reduction = 1
triu: Tensor input, int diagonal = 0, *, Tensor out = None
triu_indices: int row, int col, int offset = 0, *, torch.dtype? dtype = 4, torch.layout layout = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False, Tensor out = None
true_divide: Tensor input, Tensor other, *, Tensor out = None
true_divide: Tensor input, Number other
trunc: Tensor input, *, Tensor out = None
trunc_: Tensor input
unbind: Tensor input, int dim = 0
unbind_copy: Tensor input, int dim = 0, *, Tensor out = None
unflatten: Tensor input, int dim, tuple of ints sizes
unfold_copy: Tensor input, int dimension, int size, int step, *, Tensor out = None
unsafe_chunk: Tensor input, int chunks, int dim = 0
unsafe_split: Tensor input, int split_size, int dim = 0, *, Tensor out = None
unsafe_split_with_sizes: Tensor input, tuple of ints split_sizes, int dim = 0, *, Tensor out = None
unsqueeze: Tensor input, int dim
unsqueeze_copy: Tensor input, int dim, *, Tensor out = None
vander: Tensor x, int N = None, bool increasing = False
var: Tensor input, tuple of ints[1]? dim, bool unbiased = True, bool keepdim = False, *, Tensor out = None
var: Tensor input, tuple of ints[1]? dim = None, *, Number correction = None, bool keepdim = False, Tensor out = None
var: Tensor input, bool unbiased = True
var_mean: Tensor input, tuple of ints[1]? dim, bool unbiased = True, bool keepdim = False
var_mean: Tensor input, tuple of ints[1]? dim = None, *, Number correction = None, bool keepdim = False
var_mean: Tensor input, bool unbiased = True
vdot: Tensor input, Tensor other, *, Tensor out = None
view_as_complex: Tensor input
view_as_complex_copy: Tensor input, *, Tensor out = None
view_as_real: Tensor input
view_as_real_copy: Tensor input, *, Tensor out = None
view_copy: Tensor input, torch.dtype dtype, *, Tensor out = None
view_copy: Tensor input, tuple of ints size, *, Tensor out = None
vsplit: Tensor input, int sections
vsplit: Tensor input, tuple of ints indices
vstack: tuple of Tensors tensors, *, Tensor out = None
where: Tensor condition
where: Tensor condition, Tensor input, Tensor other, *, Tensor out = None
where: Tensor condition, Number self, Tensor other
where: Tensor condition, Tensor input, Number other
where: Tensor condition, Number self, Number other
xlogy: Tensor input, Tensor other, *, Tensor out = None
xlogy: Number self, Tensor other, *, Tensor out = None
xlogy: Tensor input, Number other, *, Tensor out = None
xlogy_: Tensor input, Tensor other
xlogy_: Tensor input, Number other
zero_: Tensor input
zeros: tuple of ints size, *, $options, Tensor out = None
zeros_like: Tensor input, *, $options, torch.memory_format memory_format = None, Tensor out = None
fft.fft: Tensor input, int n = None, int dim = -1, str norm = None, *, Tensor out = None
fft.fft2: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = (-2,-1), str norm = None, *, Tensor out = None
fft.fftfreq: int n, float d = 1.0, *, $options, Tensor out = None
fft.fftn: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = None, str norm = None, *, Tensor out = None
fft.fftshift: Tensor input, tuple of ints[1] dim = None
fft.hfft: Tensor input, int n = None, int dim = -1, str norm = None, *, Tensor out = None
fft.hfft2: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = (-2,-1), str norm = None, *, Tensor out = None
fft.hfftn: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = None, str norm = None, *, Tensor out = None
fft.ifft: Tensor input, int n = None, int dim = -1, str norm = None, *, Tensor out = None
fft.ifft2: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = (-2,-1), str norm = None, *, Tensor out = None
fft.ifftn: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = None, str norm = None, *, Tensor out = None
fft.ifftshift: Tensor input, tuple of ints[1] dim = None
fft.ihfft: Tensor input, int n = None, int dim = -1, str norm = None, *, Tensor out = None
fft.ihfft2: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = (-2,-1), str norm = None, *, Tensor out = None
fft.ihfftn: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = None, str norm = None, *, Tensor out = None
fft.irfft: Tensor input, int n = None, int dim = -1, str norm = None, *, Tensor out = None
fft.irfft2: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = (-2,-1), str norm = None, *, Tensor out = None
fft.irfftn: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = None, str norm = None, *, Tensor out = None
fft.rfft: Tensor input, int n = None, int dim = -1, str norm = None, *, Tensor out = None
fft.rfft2: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = (-2,-1), str norm = None, *, Tensor out = None
fft.rfftfreq: int n, float d = 1.0, *, $options, Tensor out = None
fft.rfftn: Tensor input, tuple of ints[1] s = None, tuple of ints[1] dim = None, str norm = None, *, Tensor out = None
functional.adaptive_avg_pool1d: Tensor input, tuple of ints[1] output_size, *, Tensor out = None
functional.avg_pool1d: Tensor input, tuple of ints[1] kernel_size, tuple of ints[1]? stride = (), tuple of ints[1] padding = (0), bool ceil_mode = False, bool count_include_pad = True, *, Tensor out = None
functional.avg_pool2d: Tensor input, tuple of ints[2] kernel_size, tuple of ints[2]? stride = (), tuple of ints[2] padding = (0,0), bool ceil_mode = False, bool count_include_pad = True, int divisor_override = None, *, Tensor out = None
functional.avg_pool3d: Tensor input, tuple of ints[3] kernel_size, tuple of ints[3]? stride = (), tuple of ints[3] padding = (0,0,0), bool ceil_mode = False, bool count_include_pad = True, int divisor_override = None, *, Tensor out = None
functional.bilinear: Tensor input1, Tensor input2, Tensor weight, Tensor bias = None
functional.celu_: Tensor input, Number alpha = 1.0
functional.channel_shuffle: Tensor input, int groups, *, Tensor out = None
functional.conv1d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[1] stride = 1, tuple of ints[1] padding = 0, tuple of ints[1] dilation = 1, int groups = 1
functional.conv1d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[1] stride = 1, str padding = "valid", tuple of ints[1] dilation = 1, int groups = 1
functional.conv2d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[2] stride = 1, tuple of ints[2] padding = 0, tuple of ints[2] dilation = 1, int groups = 1
functional.conv2d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[2] stride = 1, str padding = "valid", tuple of ints[2] dilation = 1, int groups = 1
functional.conv3d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[3] stride = 1, tuple of ints[3] padding = 0, tuple of ints[3] dilation = 1, int groups = 1
functional.conv3d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[3] stride = 1, str padding = "valid", tuple of ints[3] dilation = 1, int groups = 1
functional.conv_transpose1d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[1] stride = (1), tuple of ints[1] padding = (0), tuple of ints[1] output_padding = (0), int groups = 1, tuple of ints[1] dilation = (1)
functional.conv_transpose2d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[2] stride = (1,1), tuple of ints[2] padding = (0,0), tuple of ints[2] output_padding = (0,0), int groups = 1, tuple of ints[2] dilation = (1,1)
functional.conv_transpose3d: Tensor input, Tensor weight, Tensor bias = None, tuple of ints[3] stride = (1,1,1), tuple of ints[3] padding = (0,0,0), tuple of ints[3] output_padding = (0,0,0), int groups = 1, tuple of ints[3] dilation = (1,1,1)
functional.cosine_similarity: Tensor x1, Tensor x2, int dim = 1, float eps = 1e-08
functional.elu_: Tensor input, Number alpha = 1, Number scale = 1, Number input_scale = 1
functional.gelu: Tensor input, *, str approximate = none, Tensor out = None
functional.hardshrink: Tensor input, Number lambd = 0.5, *, Tensor out = None
functional.hardtanh_: Tensor input, Number min_val = -1, Number max_val = 1
functional.leaky_relu_: Tensor input, Number negative_slope = 0.01
functional.linear: Tensor input, Tensor weight, Tensor bias = None, *, Tensor out = None
functional.logsigmoid: Tensor input, *, Tensor out = None
functional.one_hot: Tensor input, int num_classes = -1
functional.pairwise_distance: Tensor x1, Tensor x2, float p = 2.0, float eps = 1e-06, bool keepdim = False
functional.pdist: Tensor input, float p = 2.0
functional.pixel_shuffle: Tensor input, int upscale_factor, *, Tensor out = None
functional.pixel_unshuffle: Tensor input, int downscale_factor, *, Tensor out = None
functional.prelu: Tensor input, Tensor weight
functional.relu_: Tensor input
functional.rrelu_: Tensor input, Number lower = 0.125, Number upper = 0.3333333333333333, bool training = False, torch.Generator generator = None
functional.scaled_dot_product_attention: Tensor query, Tensor key, Tensor value, Tensor attn_mask = None, float dropout_p = 0.0, bool is_causal = False, *, float scale = None, bool enable_gqa = False
functional.selu_: Tensor input
functional.softplus: Tensor input, Number beta = 1, Number threshold = 20, *, Tensor out = None
functional.softshrink: Tensor input, Number lambd = 0.5, *, Tensor out = None
functional.threshold_: Tensor input, Number threshold, Number value
linalg.cholesky: Tensor input, *, bool upper = False, Tensor out = None
linalg.cholesky_ex: Tensor input, *, bool upper = False, bool check_errors = False, tuple of Tensors out = None
linalg.cond: Tensor input, Number p = None, *, Tensor out = None
linalg.cond: Tensor input, str p, *, Tensor out = None
linalg.cross: Tensor input, Tensor other, *, int dim = -1, Tensor out = None
linalg.det: Tensor A, *, Tensor out = None
linalg.diagonal: Tensor A, *, int offset = 0, int dim1 = -2, int dim2 = -1
linalg.eig: Tensor input, *, Tensor out = None
linalg.eigh: Tensor input, str UPLO = L, *, tuple of Tensors out = None
linalg.eigvals: Tensor input, *, Tensor out = None
linalg.eigvalsh: Tensor input, str UPLO = L, *, Tensor out = None
linalg.householder_product: Tensor input, Tensor tau, *, Tensor out = None
linalg.inv: Tensor A, *, Tensor out = None
linalg.inv_ex: Tensor A, *, bool check_errors = False, tuple of Tensors out = None
linalg.ldl_factor: Tensor input, *, bool hermitian = False, Tensor out = None
linalg.ldl_factor_ex: Tensor input, *, bool hermitian = False, bool check_errors = False, Tensor out = None
linalg.ldl_solve: Tensor LD, Tensor pivots, Tensor B, *, bool hermitian = False, Tensor out = None
linalg.lstsq: Tensor input, Tensor b, float rcond = None, *, str driver = None, Tensor out = None
linalg.lu: Tensor A, *, bool pivot = True, Tensor out = None
linalg.lu_factor: Tensor A, *, bool pivot = True, Tensor out = None
linalg.lu_factor_ex: Tensor A, *, bool pivot = True, bool check_errors = False, Tensor out = None
linalg.lu_solve: Tensor LU, Tensor pivots, Tensor B, *, bool left = True, bool adjoint = False, Tensor out = None
linalg.matmul: Tensor input, Tensor other, *, Tensor out = None
linalg.matrix_exp: Tensor input, *, Tensor out = None
linalg.matrix_norm: Tensor input, Number ord, tuple of ints dim = {-2,-1}, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
linalg.matrix_norm: Tensor input, str ord = "fro", tuple of ints dim = {-2,-1}, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
linalg.matrix_power: Tensor input, int n, *, Tensor out = None
linalg.matrix_rank: Tensor input, *, Tensor atol = None, Tensor rtol = None, bool hermitian = False, Tensor out = None
linalg.matrix_rank: Tensor input, *, float atol = None, float rtol = None, bool hermitian = False, Tensor out = None
linalg.matrix_rank: Tensor input, Tensor tol, bool hermitian = False, *, Tensor out = None
linalg.matrix_rank: Tensor input, float tol, bool hermitian = False, *, Tensor out = None
linalg.multi_dot: tuple of Tensors tensors, *, Tensor out = None
linalg.norm: Tensor input, Number ord = None, tuple of ints[1] dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
linalg.norm: Tensor input, str ord, tuple of ints[1] dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
linalg.pinv: Tensor input, *, Tensor atol = None, Tensor rtol = None, bool hermitian = False, Tensor out = None
linalg.pinv: Tensor input, *, float atol = None, float rtol = None, bool hermitian = False, Tensor out = None
linalg.pinv: Tensor input, Tensor rcond, bool hermitian = False, *, Tensor out = None
linalg.pinv: Tensor input, float rcond, bool hermitian = False, *, Tensor out = None
linalg.qr: Tensor A, str mode = reduced, *, Tensor out = None
linalg.slogdet: Tensor A, *, Tensor out = None
linalg.solve: Tensor A, Tensor B, *, bool left = True, Tensor out = None
linalg.solve_ex: Tensor A, Tensor B, *, bool left = True, bool check_errors = False, Tensor out = None
linalg.solve_triangular: Tensor input, Tensor B, *, bool upper, bool left = True, bool unitriangular = False, Tensor out = None
linalg.svd: Tensor A, bool full_matrices = True, *, str driver = None, tuple of Tensors out = None
linalg.svdvals: Tensor A, *, str driver = None, Tensor out = None
linalg.tensorinv: Tensor input, int ind = 2, *, Tensor out = None
linalg.tensorsolve: Tensor input, Tensor other, tuple of ints dims = None, *, Tensor out = None
linalg.vander: Tensor x, *, int N = None
linalg.vecdot: Tensor x, Tensor y, *, int dim = -1, Tensor out = None
linalg.vector_norm: Tensor input, Number ord = 2, tuple of ints[1] dim = None, bool keepdim = False, *, torch.dtype dtype = None, Tensor out = None
special.airy_ai: Tensor x, *, Tensor out = None
special.bessel_j0: Tensor input, *, Tensor out = None
special.bessel_j1: Tensor input, *, Tensor out = None
special.bessel_y0: Tensor input, *, Tensor out = None
special.bessel_y1: Tensor input, *, Tensor out = None
special.chebyshev_polynomial_t: Tensor x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_t: Number x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_t: Tensor x, Number n, *, Tensor out = None
special.chebyshev_polynomial_u: Tensor x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_u: Number x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_u: Tensor x, Number n, *, Tensor out = None
special.chebyshev_polynomial_v: Tensor x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_v: Number x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_v: Tensor x, Number n, *, Tensor out = None
special.chebyshev_polynomial_w: Tensor x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_w: Number x, Tensor n, *, Tensor out = None
special.chebyshev_polynomial_w: Tensor x, Number n, *, Tensor out = None
special.digamma: Tensor input, *, Tensor out = None
special.entr: Tensor input, *, Tensor out = None
special.erf: Tensor input, *, Tensor out = None
special.erfc: Tensor input, *, Tensor out = None
special.erfcx: Tensor input, *, Tensor out = None
special.erfinv: Tensor input, *, Tensor out = None
special.exp2: Tensor input, *, Tensor out = None
special.expit: Tensor input, *, Tensor out = None
special.expm1: Tensor input, *, Tensor out = None
special.gammainc: Tensor input, Tensor other, *, Tensor out = None
special.gammaincc: Tensor input, Tensor other, *, Tensor out = None
special.gammaln: Tensor input, *, Tensor out = None
special.hermite_polynomial_h: Tensor x, Tensor n, *, Tensor out = None
special.hermite_polynomial_h: Number x, Tensor n, *, Tensor out = None
special.hermite_polynomial_h: Tensor x, Number n, *, Tensor out = None
special.hermite_polynomial_he: Tensor x, Tensor n, *, Tensor out = None
special.hermite_polynomial_he: Number x, Tensor n, *, Tensor out = None
special.hermite_polynomial_he: Tensor x, Number n, *, Tensor out = None
special.i0: Tensor input, *, Tensor out = None
special.i0e: Tensor input, *, Tensor out = None
special.i1: Tensor input, *, Tensor out = None
special.i1e: Tensor input, *, Tensor out = None
special.laguerre_polynomial_l: Tensor x, Tensor n, *, Tensor out = None
special.laguerre_polynomial_l: Number x, Tensor n, *, Tensor out = None
special.laguerre_polynomial_l: Tensor x, Number n, *, Tensor out = None
special.legendre_polynomial_p: Tensor x, Tensor n, *, Tensor out = None
special.legendre_polynomial_p: Number x, Tensor n, *, Tensor out = None
special.legendre_polynomial_p: Tensor x, Number n, *, Tensor out = None
special.log1p: Tensor input, *, Tensor out = None
special.log_ndtr: Tensor input, *, Tensor out = None
special.log_softmax: Tensor input, int dim, *, torch.dtype dtype = None
special.logit: Tensor input, float eps = None, *, Tensor out = None
special.logsumexp: Tensor input, tuple of ints[1] dim, bool keepdim = False, *, Tensor out = None
special.modified_bessel_i0: Tensor input, *, Tensor out = None
special.modified_bessel_i1: Tensor input, *, Tensor out = None
special.modified_bessel_k0: Tensor input, *, Tensor out = None
special.modified_bessel_k1: Tensor input, *, Tensor out = None
special.multigammaln: Tensor input, int p, *, Tensor out = None
special.ndtr: Tensor input, *, Tensor out = None
special.ndtri: Tensor input, *, Tensor out = None
special.polygamma: int n, Tensor input, *, Tensor out = None
special.psi: Tensor input, *, Tensor out = None
special.round: Tensor input, *, int decimals = 0, Tensor out = None
special.scaled_modified_bessel_k0: Tensor x, *, Tensor out = None
special.scaled_modified_bessel_k1: Tensor x, *, Tensor out = None
special.shifted_chebyshev_polynomial_t: Tensor x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_t: Number x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_t: Tensor x, Number n, *, Tensor out = None
special.shifted_chebyshev_polynomial_u: Tensor x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_u: Number x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_u: Tensor x, Number n, *, Tensor out = None
special.shifted_chebyshev_polynomial_v: Tensor x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_v: Number x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_v: Tensor x, Number n, *, Tensor out = None
special.shifted_chebyshev_polynomial_w: Tensor x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_w: Number x, Tensor n, *, Tensor out = None
special.shifted_chebyshev_polynomial_w: Tensor x, Number n, *, Tensor out = None
special.sinc: Tensor input, *, Tensor out = None
special.softmax: Tensor input, int dim, torch.dtype dtype = None
special.spherical_bessel_j0: Tensor x, *, Tensor out = None
special.xlog1py: Tensor input, Tensor other, *, Tensor out = None
special.xlog1py: Number self, Tensor other, *, Tensor out = None
special.xlog1py: Tensor input, Number other, *, Tensor out = None
special.xlogy: Tensor input, Tensor other, *, Tensor out = None
special.xlogy: Number self, Tensor other, *, Tensor out = None
special.xlogy: Tensor input, Number other, *, Tensor out = None
special.zeta: Tensor input, Tensor other, *, Tensor out = None
special.zeta: Number self, Tensor other, *, Tensor out = None
special.zeta: Tensor input, Number other, *, Tensor out = None
.addmm: ! Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1
.addmm_: ! Tensor mat1, Tensor mat2, *, Number beta = 1, Number alpha = 1
.baddbmm: ! Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1
.baddbmm_: ! Tensor batch1, Tensor batch2, *, Number beta = 1, Number alpha = 1
.bernoulli_: Tensor p, *, torch.Generator generator = None
.bernoulli_: float p = 0.5, *, torch.Generator generator = None
.bfloat16: *, torch.memory_format memory_format = None
.bitwise_and: Tensor other
.bitwise_and: Number other
.bitwise_and_: Tensor other
.bitwise_and_: Number other
.bitwise_left_shift: Tensor other
.bitwise_left_shift: Number other
.bitwise_left_shift_: Tensor other
.bitwise_left_shift_: Number other
.bitwise_or: Tensor other
.bitwise_or: Number other
.bitwise_or_: Tensor other
.bitwise_or_: Number other
.bitwise_right_shift: Tensor other
.bitwise_right_shift: Number other
.bitwise_right_shift_: Tensor other
.bitwise_right_shift_: Number other
.bitwise_xor: Tensor other
.bitwise_xor: Number other
.bitwise_xor_: Tensor other
.bitwise_xor_: Number other
.bmm: Tensor mat2
.bool: *, torch.memory_format memory_format = None
.byte: *, torch.memory_format memory_format = None
.cauchy_: float median = 0.0, float sigma = 1.0, *, torch.Generator generator = None
.cdouble: *, torch.memory_format memory_format = None
.cfloat: *, torch.memory_format memory_format = None
.char: *, torch.memory_format memory_format = None
.const_data_ptr: 
.contiguous: *, torch.memory_format memory_format = 0
.copy_: ! Tensor other, bool non_blocking = False
.cpu: *, torch.memory_format memory_format = None
.cuda: ! torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = None
.double: *, torch.memory_format memory_format = None
.expand: tuple of ints size, *, bool implicit = False
.expand_as: Tensor other
.exponential_: float lambd = 1.0, *, torch.Generator generator = None
.fill_diagonal_: Number fill_value, bool wrap = False
.float: *, torch.memory_format memory_format = None
.float_power: Tensor exponent
.float_power: Number exponent
.float_power_: Tensor exponent
.float_power_: Number exponent
.geometric_: float p, *, torch.Generator generator = None
.half: *, torch.memory_format memory_format = None
.hash_tensor: tuple of ints[1]? dim = None, *, bool keepdim = False, int mode = 0
.histogram: Tensor bins, *, Tensor weight = None, bool density = False
.histogram: int bins = 100, *, tuple of floats range = None, Tensor weight = None, bool density = False
.int: *, torch.memory_format memory_format = None
.ipu: ! torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = None
.is_nonzero: 
.is_pinned: torch.device device = None
.is_set_to: Tensor tensor
.log_normal_: float mean = 1.0, float std = 2.0, *, torch.Generator generator = None
.long: *, torch.memory_format memory_format = None
.map2_: Tensor x, Tensor y, object callable
.map_: Tensor other, object callable
.max: 
.max: Tensor other
.max: int dim, bool keepdim = False
.median: 
.median: int dim, bool keepdim = False
.min: 
.min: Tensor other
.min: int dim, bool keepdim = False
.mm: Tensor mat2
.mtia: ! torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = None
.nanmedian: 
.nanmedian: int dim, bool keepdim = False
.new_empty: tuple of ints size, *, $options
.new_empty_strided: tuple of ints size, tuple of ints stride, *, $options
.new_full: tuple of ints size, Number fill_value, *, $options
.new_ones: tuple of ints size, *, $options
.new_tensor: object data, *, torch.dtype dtype = None, torch.device device = None, bool pin_memory = False, bool requires_grad = False
.new_zeros: tuple of ints size, *, $options
.nonzero: 
.nonzero: *, bool as_tuple
.normal_: float mean = 0.0, float std = 1.0, *, torch.Generator generator = None
.pin_memory: torch.device device = None
.polygamma: int n
.polygamma_: int n
.pow: Tensor exponent
.pow: Number exponent
.pow_: Tensor exponent
.pow_: Number exponent
.random_: *, torch.Generator generator = None
.random_: int from, int to, *, torch.Generator generator = None
.random_: int to, *, torch.Generator generator = None
.remainder: Tensor other
.remainder: Number other
.remainder_: Tensor other
.remainder_: Number other
.repeat: tuple of ints repeats
.repeat_interleave: Tensor repeats, int dim = None, *, int output_size = None
.repeat_interleave: int repeats, int dim = None, *, int output_size = None
.reshape_as: Tensor other
.resize_: tuple of ints size, *, torch.memory_format memory_format = None
.resize_as_: Tensor the_template, *, torch.memory_format memory_format = None
.set_: 
.set_: torch.Storage source
.set_: torch.Storage source, int storage_offset, tuple of ints size, tuple of ints stride = None
.set_: Tensor source
.set_: Tensor source, int storage_offset, tuple of ints size, tuple of ints stride = None
.short: *, torch.memory_format memory_format = None
.sort: *, bool stable, int dim = -1, bool descending = False
.sort: int dim = -1, bool descending = False
.sum_to_size: tuple of ints size
.to: torch.device device = None, torch.dtype dtype = None, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None
.to: torch.dtype dtype, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None
.to: Tensor tensor, bool non_blocking = False, bool copy = False, *, torch.memory_format memory_format = None
.to_dense: torch.dtype dtype = None, *, bool masked_grad = None
.type: ! object dtype = None, bool non_blocking = False, *, torch.memory_format memory_format = None
.type_as: Tensor other
.unfold: int dimension, int size, int step
.uniform_: float from = 0.0, float to = 1.0, *, torch.Generator generator = None
.untyped_storage: 
.view: torch.dtype dtype
.view: tuple of ints size
.view_as: Tensor other
.where: Tensor condition, Tensor other
.where: Tensor condition, Number other
.xlogy: Tensor other
.xlogy: Number other
.xlogy_: Tensor other
.xlogy_: Number other
.xpu: ! torch.device device = None, bool non_blocking = False, *, torch.memory_format memory_format = None
.zero_: 
.zero_:
"""
