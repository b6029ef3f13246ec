"""Networks as people write them, to be imported."""

import torch
import torch.nn.functional as F
from torch import nn


class Sentiment(nn.Module):
    def __init__(self, vocab=1000, dim=32, hidden=24):
        super().__init__()
        self.embedding = nn.Embedding(vocab, dim)
        self.lstm = nn.LSTM(
            dim, hidden, num_layers=2, batch_first=True, bidirectional=True, dropout=0.2
        )
        self.fc = nn.Linear(2 * hidden, 2)

    def forward(self, tokens):
        x = self.embedding(tokens)
        _, (h, c) = self.lstm(x)
        return self.fc(torch.cat((h[-2], h[-1]), dim=1))


class LastStep(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(4, 16, batch_first=True)
        self.fc = nn.Linear(16, 1)

    def forward(self, x):
        h0 = torch.zeros(1, x.size(0), 16)
        out, _ = self.gru(x, h0)
        return self.fc(out[:, -1, :])


class Attention(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.h = h
        self.qkv = nn.Linear(d, 3 * d)
        self.proj = nn.Linear(d, d)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).split(C, dim=2)
        q = q.view(B, T, self.h, C // self.h).transpose(1, 2)
        k = k.view(B, T, self.h, C // self.h).transpose(1, 2)
        v = v.view(B, T, self.h, C // self.h).transpose(1, 2)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(y.transpose(1, 2).contiguous().view(B, T, C))


class Layer(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.ln1 = nn.LayerNorm(d)
        self.attn = Attention(d, h)
        self.ln2 = nn.LayerNorm(d)
        self.mlp = nn.Sequential(
            nn.Linear(d, 4 * d), nn.GELU(), nn.Linear(4 * d, d), nn.Dropout(0.1)
        )

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self, vocab=65, d=32, n=3, T=16):
        super().__init__()
        self.wte = nn.Embedding(vocab, d)
        self.wpe = nn.Embedding(T, d)
        self.drop = nn.Dropout(0.1)
        self.h = nn.ModuleList([Layer(d, 4) for _ in range(n)])
        self.ln_f = nn.LayerNorm(d)
        self.head = nn.Linear(d, vocab, bias=False)
        self.head.weight = self.wte.weight

    def forward(self, idx):
        T = idx.shape[1]
        pos = torch.arange(T, device=idx.device)
        x = self.drop(self.wte(idx) + self.wpe(pos))
        for block in self.h:
            x = block(x)
        return self.head(self.ln_f(x))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 32, 8, 8)
        self.cls = nn.Parameter(torch.zeros(1, 1, 32))
        self.pos = nn.Parameter(torch.randn(1, 17, 32) * 0.02)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(32, 4, 64, batch_first=True), 2
        )
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], -1, -1), x], dim=1) + self.pos
        return self.head(self.encoder(x)[:, 0])


class UNet(nn.Module):
    def __init__(self):
        super().__init__()

        def double(a, b):
            return nn.Sequential(
                nn.Conv2d(a, b, 3, padding=1),
                nn.ReLU(inplace=True),
                nn.Conv2d(b, b, 3, padding=1),
                nn.ReLU(inplace=True),
            )

        self.d1 = double(1, 8)
        self.d2 = double(8, 16)
        self.d3 = double(16, 32)
        self.up2 = nn.ConvTranspose2d(32, 16, 2, 2)
        self.u2 = double(32, 16)
        self.up1 = nn.ConvTranspose2d(16, 8, 2, 2)
        self.u1 = double(16, 8)
        self.out = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(F.max_pool2d(a, 2))
        c = self.d3(F.max_pool2d(b, 2))
        y = self.u2(torch.cat([self.up2(c), b], 1))
        y = self.u1(torch.cat([self.up1(y), a], 1))
        return self.out(y)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4))

    def forward(self, a, b):
        return F.cosine_similarity(self.net(a), self.net(b))


class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)
        self.scale = nn.Parameter(torch.ones(8))

    def forward(self, x):
        y = torch.roll(self.fc(x), 2, 1) * self.scale
        y = torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + 1e-6) * y
        y += x * 0.5
        if y.shape[1] > 4:
            y = y[:, 1:5]
        return y.clamp(-1, 1), y.log1p().exp()


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(4, 6, batch_first=True)
        self.decoder = nn.GRU(4, 6, batch_first=True)
        self.fc = nn.Linear(6, 9)

    def forward(self, source, target):
        _, state = self.encoder(source)
        out, _ = self.decoder(target, state)
        return self.fc(out)


class Encoded(nn.Module):
    def __init__(self):
        super().__init__()
        places = torch.arange(9)[:, None] / 10_000 ** (torch.arange(0, 16, 2) / 16)
        table = torch.stack((places.sin(), places.cos()), dim=-1).flatten(1)
        self.register_buffer("table", table)
        self.fc = nn.Linear(16, 2)

    def forward(self, x):
        return self.fc((x + self.table).mean(1))


class Wide(nn.Module):
    """Widens, and narrows again."""

    def __init__(self, c, k):
        super().__init__()
        self.wide = nn.Conv2d(c, 4 * c, k, padding=k // 2)
        self.narrow = nn.Conv2d(4 * c, c, 1)

    def forward(self, x):
        return x + self.narrow(F.relu(self.wide(x)))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.a = Wide(8, 3)
        self.down = nn.Conv2d(8, 16, 3, stride=2, padding=1)
        self.b = Wide(16, 5)
        self.c = Wide(16, 3)
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.a(self.first(x))
        x = self.c(self.b(self.down(x)))
        return self.fc(x.mean((2, 3)))


class Separate(nn.Module):
    """Queries, keys and values taken apart before the batch, as timm writes it."""

    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(12, 36), nn.Linear(12, 12)
        self.gamma = nn.Parameter(torch.randn(12))

    def forward(self, x):
        B, T, C = x.shape
        qkv = self.qkv(x).reshape(B, T, 3, 2, C // 2).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        a = (q @ k.transpose(-2, -1)) * 0.4
        x = a.softmax(dim=-1) @ v
        return self.proj(x.transpose(1, 2).reshape(B, T, C)) * self.gamma[None, None]


class StepsFirst(nn.Module):
    """An LSTM and a transformer that read steps before the batch."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(4, 8)
        layer = nn.TransformerEncoderLayer(8, 2, 16)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.norm = nn.LayerNorm(8)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        out, _ = self.lstm(x.permute(1, 0, 2))
        out = self.norm(self.encoder(out))
        return self.fc(out[-1]), self.fc(out.transpose(0, 1)).mean(1)


class Functional(nn.Module):
    """Weights handed to functions."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm, self.groups = nn.BatchNorm2d(8), nn.GroupNorm(4, 8)

    def forward(self, x):
        n, g = self.norm, self.groups
        x = self.conv(x)
        x = F.batch_norm(x, n.running_mean, n.running_var, n.weight, n.bias)
        return F.group_norm(x, 4, g.weight, g.bias, g.eps).flatten(1)
