"""A transformer encoder says whether a review is kind: padded batches, masks, a mean over words, early stopping, mixed precision
switched off, gradients accumulated over batches, the weights' running mean, evaluation with the fast path."""

import math
import random
import warnings

import torch
import torch.multiprocessing
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset

warnings.filterwarnings("ignore", message=".*nested tensors is in prototype.*")
random.seed(0)
torch.manual_seed(0)
torch.set_num_threads(1)
KIND, UNKIND = ["good", "fine", "great", "lovely", "clever"], ["bad", "poor", "dull", "awful", "slow"]
PLAIN = ["the", "film", "was", "and", "actors", "story", "a", "quite", "very", "music"]
VOCABULARY = {w: i + 1 for i, w in enumerate(KIND + UNKIND + PLAIN)}


def review(label):
    words = random.choices(PLAIN, k=random.randint(2, 7)) + random.choices(KIND if label else UNKIND, k=2)
    random.shuffle(words)
    return " ".join(words)


class Reviews(Dataset):
    def __init__(self, n):
        self.labels = [random.randint(0, 1) for _ in range(n)]
        self.texts = [review(label) for label in self.labels]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, i: int):
        return torch.tensor([VOCABULARY[w] for w in self.texts[i].split()]), self.labels[i]


def collate(batch):
    ids, labels = zip(*batch)
    padded = pad_sequence(list(ids), batch_first=True, padding_value=0)
    return padded, padded == 0, torch.tensor(labels, dtype=torch.float32)


class Positions(nn.Module):
    pe: Tensor

    def __init__(self, width, longest=32):
        super().__init__()
        position = torch.arange(longest).unsqueeze(1)
        steps = torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        pe = torch.zeros(1, longest, width)
        pe[0, :, 0::2] = torch.sin(position * steps)
        pe[0, :, 1::2] = torch.cos(position * steps)
        self.register_buffer("pe", pe, persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.pe[:, : x.size(1)]


class Classifier(nn.Module):
    def __init__(self, words, width=16, heads=4, layers=2):
        super().__init__()
        self.embed = nn.Embedding(words, width, padding_idx=0)
        self.positions = Positions(width)
        layer = nn.TransformerEncoderLayer(width, heads, 32, dropout=0.1, activation="gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.head = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 1))
        self.apply(self.init)

    @staticmethod
    def init(module):
        if isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.1)
            if module.bias is not None:
                nn.init.zeros_(module.bias)

    def forward(self, ids, hidden):
        x = self.encoder(self.positions(self.embed(ids) * 4), src_key_padding_mask=hidden)
        x = x.masked_fill(hidden.unsqueeze(-1), 0).sum(1) / (~hidden).sum(1, keepdim=True)
        return self.head(x).squeeze(-1)


def evaluate(model, loader):
    model.eval()
    losses, right, count = 0.0, 0, 0
    with torch.inference_mode():
        for ids, hidden, labels in loader:
            logits = model(ids, hidden)
            losses += nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="sum").item()
            right += ((logits > 0) == (labels > 0.5)).sum().item()
            count += len(labels)
    return losses / count, right / count


if __name__ == "__main__":
    device = "cuda" if torch.cuda.is_available() else "cpu"
    use_amp = device == "cuda"
    train_loader = DataLoader(Reviews(96), batch_size=16, shuffle=True, collate_fn=collate)
    valid_loader = DataLoader(Reviews(40), batch_size=20, collate_fn=collate)
    model = Classifier(len(VOCABULARY) + 1).to(device)
    print(model)
    print(f"{sum(p.numel() for p in model.parameters() if p.requires_grad):,} parameters")
    decay = [p for n, p in model.named_parameters() if p.ndim > 1]
    rest = [p for n, p in model.named_parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0}], lr=2e-3
    )
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=5e-3, epochs=4, steps_per_epoch=3)
    scaler = torch.amp.GradScaler(device, enabled=use_amp)
    criterion = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.1))
    best, patience = math.inf, 0
    for epoch in range(4):
        model.train()
        for i, (ids, hidden, labels) in enumerate(train_loader):
            with torch.autocast(device_type=device, enabled=use_amp):
                loss = criterion(model(ids.to(device), hidden.to(device)), labels.to(device)) / 2
            scaler.scale(loss).backward()
            if (i + 1) % 2 == 0:
                scaler.unscale_(optimizer)
                norm = nn.utils.clip_grad_norm_(model.parameters(), max_norm=1.0)
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad(set_to_none=True)
                scheduler.step()
        valid, accuracy = evaluate(model, valid_loader)
        print(f"epoch {epoch}: norm {norm:.3f} valid {valid:.4f} lr {scheduler.get_last_lr()[0]:.6f} {accuracy > 0.3}")
        if valid < best:
            best, patience = valid, 0
            torch.save({"model": model.state_dict(), "epoch": epoch}, "best.pt")
        else:
            patience += 1
            if patience > 2:
                break
    saved = torch.load("best.pt", weights_only=True, map_location=device)
    model.load_state_dict(saved["model"])
    print(saved["epoch"], f"{evaluate(model, valid_loader)[0]:.4f}")
    weights = model.encoder.layers[0].self_attn
    x = torch.randn(2, 5, 16)
    out, attention = weights(x, x, x, need_weights=True, average_attn_weights=False)
    print(out.shape, attention.shape, attention.sum(-1).mean())
