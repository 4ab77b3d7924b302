#!/usr/bin/env python3
"""Trains a small Vision Transformer on Fashion-MNIST and writes it as a .safetensors file.

    OMP_NUM_THREADS=1 train_vit.py OUT.safetensors [--epochs N] [--seed S] [--data FOLDER]

Needs torch. The training images alone are learned from; the test images are looked at once, at the
end, for the accuracy that the file reports. The default takes about twenty minutes on one core. The
matrices are so small that more threads make it slower.

The network, which examples/common/vit_trace.c runs too: an image of 28 x 28 pixels in 0 ... 1 is
cut into 16 patches of 7 x 7; each becomes a token of 64 features by a linear map, plus a learned
position. Four blocks follow, each x += attention(norm1(x)) with 4 heads, then
x += linear2(gelu(linear1(norm2(x)))) with 128 hidden features and GELU in its exact form,
x/2 (1 + erf(x / sqrt 2)). The tokens are normalised once more and averaged: that is the latent
vector h, and the logits are head(h) = W h + b. Such networks are from Dosovitskiy et al., "An
image is worth 16x16 words" (arXiv 2010.11929); averaging instead of a class token is after Beyer,
Zhai, Kolesnikov, "Better plain ViT baselines for ImageNet-1k" (arXiv 2205.01580).
"""
import argparse
import gzip
import json
import math
import pathlib
import struct
import time

import numpy
import torch
from torch import nn

ARCHITECTURE = {"image": 28, "patch": 7, "dimension": 64, "blocks": 4, "heads": 4, "hidden": 128,
                "classes": 10, "layer_norm_epsilon": 1e-5}
BATCH = 100
LEARNING_RATE = 2e-3  # the highest: it rises over WARM_UP of the steps and falls as a cosine to 0
WARM_UP = 0.05
WEIGHT_DECAY = 0.05  # of matrices; vectors and positions do not decay
SHIFT = 1  # pixels that an image may move in each direction; half of the images are mirrored


class VisionTransformer(nn.Module):
    def __init__(self, image, patch, dimension, blocks, heads, hidden, classes, layer_norm_epsilon):
        super().__init__()
        self.patch = patch
        self.embed = nn.Linear(patch * patch, dimension)
        self.position = nn.Parameter(0.02 * torch.randn((image // patch) ** 2, dimension))
        self.blocks = nn.ModuleList(
            nn.TransformerEncoderLayer(dimension, heads, hidden, dropout=0.0, activation="gelu",
                                       layer_norm_eps=layer_norm_epsilon, batch_first=True,
                                       norm_first=True)
            for _ in range(blocks))
        self.norm = nn.LayerNorm(dimension, eps=layer_norm_epsilon)
        self.head = nn.Linear(dimension, classes)

    def patches(self, images):
        """[n, 28, 28] -> [n, 16, 49]: patches by rows of the image, each by its own rows."""
        tiles = images.unfold(1, self.patch, self.patch).unfold(2, self.patch, self.patch)
        return tiles.reshape(len(images), -1, self.patch ** 2)

    def latents(self, images):
        tokens = self.embed(self.patches(images)) + self.position
        for block in self.blocks:
            tokens = block(tokens)
        return self.norm(tokens).mean(dim=1)

    def forward(self, images):
        return self.head(self.latents(images))


def read_idx(path):
    """An IDX file of bytes: 0, 0, 8, the number of dimensions, each as big-endian uint32, data."""
    with gzip.open(path) as file:
        content = file.read()
    dimensions = content[3]
    shape = struct.unpack_from(">%dI" % dimensions, content, 4)
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * dimensions).reshape(shape)


def read_set(folder, name):
    """Images as float32 in 0 ... 1, and labels."""
    images = read_idx(folder / (name + "-images-idx3-ubyte.gz")).astype(numpy.float32) / 255
    labels = read_idx(folder / (name + "-labels-idx1-ubyte.gz")).astype(numpy.int64)
    return torch.from_numpy(images), torch.from_numpy(labels)


def augmented(images, generator):
    """Each image moved by up to SHIFT pixels, with black coming in, and mirrored or not."""
    count, side = images.shape[:2]
    padded = nn.functional.pad(images, (SHIFT, SHIFT, SHIFT, SHIFT))
    down, right = torch.randint(0, 2 * SHIFT + 1, (2, count, 1), generator=generator)
    rows = down + torch.arange(side)
    columns = right + torch.arange(side)
    mirrored = torch.rand(count, generator=generator) < 0.5
    columns[mirrored] = columns[mirrored].flip(1)
    return padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]


def optimizer_and_schedule(model, steps):
    matrices = [p for name, p in model.named_parameters() if p.dim() > 1 and name != "position"]
    others = [p for name, p in model.named_parameters() if p.dim() == 1 or name == "position"]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": WEIGHT_DECAY},
                                   {"params": others, "weight_decay": 0.0}], lr=LEARNING_RATE)
    rising = WARM_UP * steps

    def share(step):
        if step < rising:
            return (step + 1) / rising
        return 0.5 * (1 + math.cos(math.pi * (step - rising) / (steps - rising)))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def train(model, images, labels, epochs, generator):
    steps_per_epoch = len(images) // BATCH
    optimizer, schedule = optimizer_and_schedule(model, epochs * steps_per_epoch)
    begin = time.time()
    model.train()
    for epoch in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        total = 0.0
        for step in range(steps_per_epoch):
            batch = order[step * BATCH:(step + 1) * BATCH]
            loss = nn.functional.cross_entropy(model(augmented(images[batch], generator)),
                                               labels[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item()
        print("epoch %2d of %d: loss %.4f, %.0f s" % (epoch + 1, epochs, total / steps_per_epoch,
                                                      time.time() - begin), flush=True)


def count_correct(model, images, labels):
    model.eval()
    with torch.no_grad():
        return sum(int((model(images[i:i + 1000]).argmax(dim=1) == labels[i:i + 1000]).sum())
                   for i in range(0, len(images), 1000))


def description(architecture, **more):
    """The file's free texts, from which a reader builds the network."""
    texts = dict(architecture, model="vision transformer", gelu="erf", pooling="mean", **more)
    return {key: str(value) for key, value in texts.items()}


def write_safetensors(path, tensors, metadata):
    """The format: the header's length as a little-endian uint64, the header as JSON, the tensors.

    https://github.com/huggingface/safetensors describes it. The header is filled up with spaces, so
    that the tensors begin at a multiple of eight bytes.
    """
    header, offset = {"__metadata__": metadata}, 0
    for name, tensor in tensors.items():
        end = offset + 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().contiguous().numpy().astype("<f4").tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--data", type=pathlib.Path,
                        default=pathlib.Path("/usr/share/datasets/fashion-mnist"))
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    generator = torch.Generator().manual_seed(arguments.seed)
    model = VisionTransformer(**ARCHITECTURE)
    print("%d parameters" % sum(p.numel() for p in model.parameters()), flush=True)
    train(model, *read_set(arguments.data, "train"), arguments.epochs, generator)
    images, labels = read_set(arguments.data, "t10k")
    correct = count_correct(model.double(), images.double(), labels)
    print("%d of %d test images are classified correctly" % (correct, len(images)))
    metadata = description(ARCHITECTURE, data="Fashion-MNIST", epochs=arguments.epochs,
                           seed=arguments.seed, test_images=len(images), test_correct=correct,
                           test_accuracy=correct / len(images))
    write_safetensors(arguments.out, model.float().state_dict(), metadata)


if __name__ == "__main__":
    main()
