# SPDX-License-Identifier: Apache-2.0
"""Batches of pictures and what is in them, from the renderer's or the photos' stream of records."""
import dataclasses
import queue
import subprocess
import sys
import threading

import numpy as np
import torch

import network as net

SLOTS = 12
HEAD = 1 + 5 * SLOTS  # plate, upper row, lower row, steps, tops, bottoms
RECORD = HEAD + net.INPUT_H * net.INPUT_W
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODES = np.zeros(256, np.int64)
CODES[[ord(c) for c in ALPHABET]] = np.arange(1, len(ALPHABET) + 1)


@dataclasses.dataclass
class Batch:
    inputs: torch.Tensor  # picture, 1, row, column
    plates: torch.Tensor  # 1: a plate
    codes: torch.Tensor  # picture, row of text, slot: class, 0 after the end
    steps: torch.Tensor  # picture, character (upper row first): step of its centre
    edges: torch.Tensor  # picture, character, upper and lower edge of the plate's ink there, in outputs' units

    def texts(self, row=None):
        rows = self.codes.numpy() if row is None else self.codes[:, row : row + 1].numpy()
        return ["".join(ALPHABET[c - 1] for c in picture.flatten() if c) for picture in rows]


def line_edges(x, y, there, sign):
    """A straight line along the outermost of the points that are there: for each picture (slope, height at 0)."""
    count = np.maximum(there.sum(1), 1)
    mean_x, mean_y = (x * there).sum(1) / count, (y * there).sum(1) / count
    dx, dy = (x - mean_x[:, None]) * there, (y - mean_y[:, None]) * there
    slope = (dx * dy).sum(1) / np.maximum((dx * dx).sum(1), 1e-6)
    off = np.where(there, sign * (y - mean_y[:, None] - slope[:, None] * (x - mean_x[:, None])), -1e9).max(1)
    return slope, mean_y - slope * mean_x + sign * off


def batch_of(data):
    count = len(data)
    inputs = data[:, HEAD:].view(np.int8).reshape(count, 1, net.INPUT_H, net.INPUT_W).astype(np.float32) / 2**net.INPUT_BITS
    fields = data[:, 1:HEAD].reshape(count, 5, SLOTS)
    codes = CODES[fields[:, :2]]
    upper, both = (codes[:, 0] > 0).sum(1), (codes > 0).sum((1, 2))
    steps, tops, bottoms = (fields[:, i].astype(np.float64) for i in (2, 3, 4))
    index = np.arange(SLOTS)[None]
    in_upper, in_lower = index < upper[:, None], (index >= upper[:, None]) & (index < both[:, None])
    lowest = np.where((both > upper)[:, None], in_lower, in_upper)
    edges = []
    for where, y, sign in ((in_upper, tops, -1), (lowest, bottoms, 1)):
        slope, at_zero = line_edges(steps, y, where, sign)
        edges.append(((at_zero[:, None] + slope[:, None] * steps) - net.INPUT_H / 2) / net.EDGE_ROWS)
    return Batch(
        torch.from_numpy(inputs),
        torch.from_numpy(data[:, 0].astype(np.float32)),
        torch.from_numpy(codes),
        torch.from_numpy(fields[:, 2].astype(np.int64)),
        torch.from_numpy(np.stack(edges, 2).astype(np.float32)),
    )


def spoil(inputs, random):
    """What cameras add that costs nothing to imitate here: grain, contrast, a stripe that hides some rows."""
    def chance(shape):
        return torch.rand(shape, generator=random)

    count = len(inputs)
    most = 127 / 2**net.INPUT_BITS
    one = (count, 1, 1, 1)
    noise = chance(one) ** 3 * 0.25 * (chance(one) < 0.5)
    spoilt = inputs * (0.75 + 0.4 * chance(one)) + 0.3 * (chance(one) - 0.5) + noise * torch.randn(inputs.shape, generator=random)
    rows = torch.arange(net.INPUT_H)[None, None, :, None]
    first, height = chance(one) * net.INPUT_H, 1 + 5 * chance(one)
    hidden = (rows >= first) & (rows < first + height) & (chance(one) < 0.08)
    return torch.where(hidden, 2 * torch.randn(one, generator=random), spoilt).clamp(-most, most)


class Source:
    """Batches from the renderer, made ahead in a process of its own."""

    def __init__(self, options, seed, spoilt=False):
        self.batch = options.batch
        self.random = torch.Generator().manual_seed(seed) if spoilt else None
        self.process = subprocess.Popen([options.pictures, options.formats, str(seed), "0"], stdout=subprocess.PIPE, bufsize=1 << 20)
        self.ready = queue.Queue(16)
        self.closed = False
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while not self.closed:
            data = self.process.stdout.read(RECORD * self.batch)
            if len(data) < RECORD * self.batch:
                self.ready.put(None)
                return
            batch = batch_of(np.frombuffer(data, np.uint8).reshape(self.batch, RECORD))
            if self.random:
                batch.inputs = spoil(batch.inputs, self.random).to(memory_format=torch.channels_last)
            self.ready.put(batch)

    def next(self):
        batch = self.ready.get()
        if batch is None:
            sys.exit(f"{self.process.args[0]} ended with status {self.process.wait()}: no more pictures to train on")
        return batch

    def close(self):
        self.closed = True
        self.process.kill()
        self.process.wait()


def some(options, seed, count):
    source = Source(options, seed)
    batches = [source.next() for _ in range(count)]
    source.close()
    return batches


def photos(program, folder):
    """Real plates cut by their true boxes and a margin; nothing but their texts is known."""
    data = subprocess.run([program, folder, "15"], stdout=subprocess.PIPE, check=True).stdout
    return batch_of(np.frombuffer(data, np.uint8).reshape(-1, RECORD))
