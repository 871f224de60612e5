"""A transformer encoder that learns to say the next token: positions, a causal mask, Adam with warm-up, label smoothing."""

import math

import torch
from torch import Tensor, nn
from torch.nn import TransformerEncoder, TransformerEncoderLayer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, Dataset


class Counting(Dataset):
    """Sequences that count up or down from a random start."""

    def __init__(self, n, length, vocabulary):
        g = torch.Generator().manual_seed(5)
        start = torch.randint(0, vocabulary, (n, 1), generator=g)
        step = torch.randint(0, 2, (n, 1), generator=g) * 2 - 1
        self.rows = (start + step * torch.arange(length)) % vocabulary

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return self.rows[i]


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, dropout: float = 0.1, max_len: int = 50):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, 1, d_model)
        pe[:, 0, 0::2] = torch.sin(position * div_term)
        pe[:, 0, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x: Tensor) -> Tensor:
        return self.dropout(x + self.pe[: x.size(0)])


class Model(nn.Module):
    def __init__(self, ntoken: int, d_model: int, nhead: int, d_hid: int, nlayers: int, dropout: float = 0.1):
        super().__init__()
        self.pos_encoder = PositionalEncoding(d_model, dropout)
        layer = TransformerEncoderLayer(d_model, nhead, d_hid, dropout, activation="gelu", norm_first=True)
        self.transformer_encoder = TransformerEncoder(
            layer, nlayers, norm=nn.LayerNorm(d_model), enable_nested_tensor=False
        )
        self.embedding = nn.Embedding(ntoken, d_model)
        self.d_model = d_model
        self.linear = nn.Linear(d_model, ntoken)
        for p in self.parameters():
            if p.dim() > 1:
                nn.init.xavier_uniform_(p)

    def forward(self, src: Tensor, mask: Tensor) -> Tensor:
        src = self.pos_encoder(self.embedding(src) * math.sqrt(self.d_model))
        return self.linear(self.transformer_encoder(src, mask))


torch.manual_seed(3)
length, vocabulary = 9, 11
model = Model(vocabulary, 16, 4, 32, 2)
print(sum(p.numel() for p in model.parameters() if p.requires_grad), sorted(model.state_dict())[:4])
mask = nn.Transformer.generate_square_subsequent_mask(length - 1)
print(mask[:3, :3])
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.98), weight_decay=0.01)
scheduler = LambdaLR(optimizer, lambda step: min((step + 1) / 5, ((step + 1) / 5) ** -0.5))
loader = DataLoader(Counting(48, length, vocabulary), batch_size=16, shuffle=True)
for epoch in range(4):
    model.train()
    for batch in loader:
        batch = batch.t()
        output = model(batch[:-1], mask)
        loss = criterion(output.reshape(-1, vocabulary), batch[1:].reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        scheduler.step()
    print(f"epoch {epoch}: loss {loss.item():.4f} lr {scheduler.get_last_lr()[0]:.5f}")
model.eval()
with torch.no_grad():
    rows = loader.dataset.rows.t()
    hit = (model(rows[:-1], mask).argmax(-1) == rows[1:]).float()[2:].mean()
print(f"{hit.item():.2f}")
