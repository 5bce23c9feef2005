# SPDX-License-Identifier: Apache-2.0
"""Trains the plate reader on rendered pictures and writes its weights. The same seed and number of pictures repeat it."""
import argparse
import copy
import math
import queue
import subprocess
import sys
import threading
import time

import numpy as np
import torch
import torch.nn.functional as F

import export
import network as net

HEAD = 1 + 24 + 12 + 24  # plate, rows, steps, tops and bottoms
RECORD = HEAD + net.INPUT_H * net.INPUT_W
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Pictures:
    """Batches from the renderer, made one ahead."""

    def __init__(self, command, formats, seed, batch):
        self.batch = batch
        self.process = subprocess.Popen([command, formats, str(seed), "0"], stdout=subprocess.PIPE, bufsize=1 << 20)
        self.ready = queue.Queue(8)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        while True:
            data = self.process.stdout.read(RECORD * self.batch)
            if len(data) < RECORD * self.batch:
                return
            self.ready.put(np.frombuffer(data, np.uint8).reshape(self.batch, RECORD))

    def next(self):
        data = self.ready.get(timeout=60)
        inputs = data[:, HEAD:].view(np.int8).reshape(self.batch, 1, net.INPUT_H, net.INPUT_W).astype(np.float32) / 2**net.INPUT_BITS
        plates = torch.from_numpy(data[:, 0].astype(np.float32))
        rows = [[bytes(row).rstrip(b"\0").decode() for row in data[:, 1 + 12 * r : 13 + 12 * r]] for r in range(2)]
        return torch.from_numpy(inputs), plates, rows, data[:, 25:37]

    def close(self):
        self.process.kill()
        self.process.wait()


CENTRE = 0.3  # share of the loss that tells where the characters are, without which the alignment is found late


def loss_of(outputs, plates, rows, centres):
    steps = torch.full((len(plates),), net.STEPS, dtype=torch.long)
    total = 0
    for row in range(2):
        logs = F.log_softmax(outputs[:, :, row * net.CLASSES : (row + 1) * net.CLASSES], dim=2).transpose(0, 1)
        targets = torch.tensor([1 + ALPHABET.index(c) for text in rows[row] for c in text], dtype=torch.long)
        lengths = torch.tensor([len(text) for text in rows[row]], dtype=torch.long)
        total = total + F.ctc_loss(logs, targets, steps, lengths, reduction="none", zero_infinity=True).mean()
    where = [
        (i, int(centres[i, c]), r * net.CLASSES, 1 + ALPHABET.index(letter))
        for i in range(len(plates))
        for c, (r, letter) in enumerate([(0, a) for a in rows[0][i]] + [(1, b) for b in rows[1][i]])
    ]
    picture, step, first, target = torch.tensor(where).T
    classes = first[:, None] + torch.arange(net.CLASSES)
    at = outputs[picture[:, None], step[:, None], classes]
    total = total + CENTRE * F.cross_entropy(at, target, reduction="sum") / len(plates)
    plate = outputs[:, :, -1].amax(dim=1)
    return total + 2 * F.binary_cross_entropy_with_logits(plate, plates)


def greedy(outputs, row):
    best = outputs[:, :, row * net.CLASSES : (row + 1) * net.CLASSES].argmax(dim=2).numpy()
    return ["".join(ALPHABET[c - 1] for i, c in enumerate(line) if c and (i == 0 or line[i - 1] != c)) for line in best]


@torch.no_grad()
def measure(network, batches):
    """Whole plates right without a grammar, and decoys known as such, per cent."""
    right = whole = decoys = known = 0
    for inputs, plates, rows, _ in batches:
        outputs = network(inputs).float()
        texts = [a + b for a, b in zip(greedy(outputs, 0), greedy(outputs, 1))]
        surely = outputs[:, :, -1].amax(dim=1)
        for i, text in enumerate(texts):
            if plates[i]:
                whole += 1
                right += text == rows[0][i] + rows[1][i]
            else:
                decoys += 1
                known += bool(surely[i] < 0)
    return 100 * right / whole, 100 * known / max(1, decoys)


class Average:
    def __init__(self, network, keep):
        self.network, self.keep, self.count = copy.deepcopy(network), keep, 0

    @torch.no_grad()
    def add(self, network):
        self.count += 1
        keep = min(self.keep, self.count / (self.count + 10))
        for mine, other in zip(self.network.state_dict().values(), network.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(other, 1 - keep)
            else:
                mine.copy_(other)


def train(network, pictures, batches, rate, held_out, name, started):
    optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-3)
    average = Average(network, 0.998)
    warm = min(200, batches // 20)
    shown = 0.0
    for step in range(batches):
        fraction = step / batches
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1, (step + 1) / max(1, warm)) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * fraction)))
        network.train()
        inputs, plates, rows, centres = pictures.next()
        outputs = network(inputs.to(memory_format=torch.channels_last))
        loss = loss_of(outputs, plates, rows, centres)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        network.keep_rules()
        average.add(network)
        shown = loss.item() if step == 0 else 0.98 * shown + 0.02 * loss.item()
        if step % 250 == 249 or step == batches - 1:
            average.network.eval()
            right, known = measure(average.network, held_out)
            print(f"{name} {step + 1}/{batches} loss {shown:.3f} plates {right:.1f} % decoys {known:.1f} % {time.time() - started:.0f} s", flush=True)
    return average.network


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", required=True, help="the renderer's program")
    parser.add_argument("--formats", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--batches", type=int, default=9000, help="in floating point")
    parser.add_argument("--integer-batches", type=int, default=2000, help="on the integers' grid")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", help="go on from this state")
    parser.add_argument("--start-pictures", type=int, default=0, help="how many pictures that state has seen")
    parser.add_argument("--state", help="keep the state after the first part here")
    parser.add_argument("--weights", required=True, help="the C file to write")
    parser.add_argument("--vectors", help="the test vectors to write")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    started = time.time()
    pictures = Pictures(options.pictures, options.formats, options.seed, options.batch)
    other = Pictures(options.pictures, options.formats, options.seed + 1000003, options.batch)
    held_out = [other.next() for _ in range(16)]
    other.close()

    network = net.Float().to(memory_format=torch.channels_last)
    if options.start:
        network.load_state_dict(torch.load(options.start))
    if options.batches:
        network = train(network, pictures, options.batches, options.rate, held_out, "float", started)
    if options.state:
        torch.save(network.state_dict(), options.state)
    calibration = torch.cat([pictures.next()[0] for _ in range(8)])
    quantised = net.Quantised(network, calibration)
    print("rounded: plates %.1f %% decoys %.1f %%" % measure(quantised, held_out), flush=True)
    if options.integer_batches:
        quantised = train(quantised, pictures, options.integer_batches, options.rate / 10, held_out, "integer", started)
    pictures.close()

    right, known = measure(quantised, held_out)
    seen = (options.batches + options.integer_batches) * options.batch + options.start_pictures
    notes = [
        f"seed {options.seed}, {seen} rendered pictures ({options.start_pictures} of them in an earlier run), {time.time() - started:.0f} s on {options.threads} thread(s), torch {torch.__version__}",
        f"held-out pictures of the same kind: {right:.1f} % whole plates (greedy, no grammar), {known:.1f} % of decoys known",
        f"{net.multiplications() / 1e6:.1f} million multiply-accumulates a region",
    ]
    export.weights(quantised, options.weights, notes)
    if options.vectors:
        export.vectors(quantised, held_out[0][0][:6], options.vectors)
    print("\n".join(notes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
