# SPDX-License-Identifier: Apache-2.0
"""Trains the choice of plate candidates: weights for bins of each feature, and how a box of cells is trimmed to the plate.

The pictures are rendered and the candidates are the model's own (plate-candidates); nothing here computes a feature. A candidate's worth is the
logarithm of its odds of lying on a plate, a sum of one table entry a feature (an additive model: Hastie and Tibshirani 1986), learned by
gradient descent with neighbouring bins held together. Tables are written as integers, sixteenths of a nat.
"""
import argparse
import subprocess
import sys

import numpy as np
import torch

NAMES = ["aspect", "height", "edges", "fill", "rows", "strokes", "lane01", "lane23"]
FEATURES, BINS, LEVELS, UNIT = 7, 16, 5, 16
ROW = np.dtype([("lane", "<u2"), ("level", "<u2"), ("x0", "<u2"), ("x1", "<u2"), ("y0", "<u2"), ("y1", "<u2"), ("feature", "u1", FEATURES), ("zero", "u1")])


class Picture:
    def __init__(self, width, height, plates, rows):
        self.width, self.height, self.plates, self.rows = width, height, plates, rows


def pictures(program, formats, seed, count, photos):
    out, stream = [], subprocess.Popen([program, formats, str(seed), str(count), *photos], stdout=subprocess.PIPE)
    for i in range(count):
        head = stream.stdout.read(16)
        if len(head) < 16:
            sys.exit(f"{program}: ended after {i} of {count} pictures")
        width, height, plates, rows = np.frombuffer(head, "<u4")
        truth = np.frombuffer(stream.stdout.read(28 * plates), "<f4").reshape(-1, 7)
        out.append(Picture(int(width), int(height), truth, np.frombuffer(stream.stdout.read(ROW.itemsize * rows), ROW)))
        if sys.stderr.isatty() and i % 50 == 0:
            print(f"\r{i} of {count} pictures ", end="", file=sys.stderr)
    stream.wait()
    return out


def boxes(rows, trim):
    """As box_of() of hw/model/plate_rank.c, not clipped to the picture."""
    r = {name: rows[name].astype(int) for name in ("lane", "level", "x0", "x1", "y0", "y1")}
    left, right, tall = trim[r["level"]].T
    grow = (r["y1"] - r["y0"] + 1) * tall >> 3
    box = np.stack([4 * r["x0"] - 1 + left, 2 * r["y0"] - 1 - grow, 4 * r["x1"] + 3 - right, 2 * r["y1"] + 1 + grow], 1)
    return (box << r["lane"][:, None]).astype(float)


def clip(box, picture):
    box[:, [0, 2]] = box[:, [0, 2]].clip(0, picture.width)
    box[:, [1, 3]] = box[:, [1, 3]].clip(0, picture.height)
    return box


def area(box):
    return np.maximum(box[..., 2] - box[..., 0], 0) * np.maximum(box[..., 3] - box[..., 1], 0)


def common(a, b):
    return area(np.concatenate([np.maximum(a[..., :2], b[..., :2]), np.minimum(a[..., 2:], b[..., 2:])], -1))


def overlap(a, b):
    both = common(a, b)
    return both / np.maximum(area(a) + area(b) - both, 1e-9)


def contained(box, plate):
    """As the benches measure it: the cut region holds the plate and is at most six times as large."""
    h = box[:, 3] - box[:, 1]
    cut = np.stack([box[:, 0] - 0.2 * h - 4, box[:, 1] - 0.35 * h - 4, box[:, 2] + 0.2 * h + 4, box[:, 3] + 0.35 * h + 4], 1)
    return (common(cut, plate) >= 0.9 * area(plate)) & (area(cut) <= 6 * area(plate))


def fit_trim(data):
    """How far the cells' box lies outside the plate, the median of each level; applied twice, because it decides who overlaps."""
    trim = np.zeros((LEVELS, 3), int)
    for _ in range(2):
        found = [[] for _ in range(LEVELS)]
        for p in data:
            for plate in p.plates:
                if abs(plate[4]) > 5 or len(p.rows) == 0:
                    continue
                near = overlap(boxes(p.rows, trim), plate[:4]) > 0.5
                r = p.rows[near]
                raw = boxes(r, np.zeros((LEVELS, 3), int))
                px = (1 << r["lane"].astype(int)).astype(float)
                for level, box, s in zip(r["level"], raw, px):
                    tall = ((box[1] - plate[1]) + (plate[3] - box[3])) / 2 / (box[3] - box[1])
                    found[level].append(((plate[0] - box[0]) / s, (box[2] - plate[2]) / s, 16 * tall))
        trim = np.array([np.rint(np.median(np.array(f), 0)) for f in found]).astype(int)
        trim[:, :2] = trim[:, :2].clip(-2, 8)
        trim[:, 2] = trim[:, 2].clip(0, 4)
    return trim


def targets(data, trim):
    """Worth nothing below IoU .35, all from .7 on."""
    bins, worth = [], []
    for p in data:
        box = clip(boxes(p.rows, trim), p)
        best = np.zeros(len(box))
        for plate in p.plates:
            best = np.maximum(best, overlap(box, plate[:4]))
        bins.append(p.rows["feature"])
        worth.append(((best - 0.35) / 0.35).clip(0, 1))
    return np.concatenate(bins), np.concatenate(worth)


def train(data, trim, steps, smooth, seed):
    torch.manual_seed(seed)
    bins, worth = targets(data, trim)
    index = torch.tensor(bins.astype(np.int64) + BINS * np.arange(FEATURES))
    worth = torch.tensor(worth, dtype=torch.float32)
    table = torch.zeros((FEATURES + 1) * BINS, requires_grad=True)
    bias = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.Adam([table, bias], lr=0.08)
    for _ in range(steps):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(table[index].sum(1) + bias, worth)
        ordered = table.reshape(-1, BINS)[: FEATURES - 1]
        hold = smooth * ((ordered[:, 1:] - ordered[:, :-1]) ** 2).sum() / BINS + 1e-3 * (table ** 2).mean()
        (loss + hold).backward()
        optimizer.step()
        optimizer.zero_grad()
    return table.detach().numpy().reshape(-1, BINS), float(loss), len(worth), float(worth.sum())


def integers(table):
    out = np.zeros_like(table, dtype=int)
    for i in range(FEATURES - 1):
        out[i] = np.rint(UNIT * (table[i] - table[i].min()))
    lanes = table[FEATURES - 1:]
    used = (np.arange(2 * BINS) % 8 < LEVELS).reshape(2, BINS)
    out[FEATURES - 1:] = np.where(used, np.rint(UNIT * (lanes - lanes[used].min())), 0)
    return out.clip(0, 255)


def choose(picture, trim, weights, k=8, same=11 / 16):
    """The best k regions, as hw/model/plate_rank.c does but in one list."""
    box = clip(boxes(picture.rows, trim), picture)
    flat = weights.reshape(-1)
    score = flat[picture.rows["feature"].astype(int) + BINS * np.arange(FEATURES)].sum(1) if len(box) else np.zeros(0)
    kept = []
    for i in np.argsort(-score, kind="stable"):
        if len(kept) == k:
            break
        if all(overlap(box[i], box[j]) <= same for j in kept):
            kept.append(i)
    return box[kept]


def measure(data, trim, weights):
    rows = []
    for p in data:
        box = choose(p, trim, weights)
        for plate in p.plates:
            rows.append((plate[2] - plate[0], abs(plate[4]), plate[5], plate[6], len(box) and (overlap(box, plate[:4]) >= 0.5).any(),
                         len(box) and contained(box, plate[:4]).any()))
    return np.array(rows, float)


def table_of(found):
    width, angle, dark, two = found[:, :4].T
    kinds = [("all", width > 0)]
    kinds += [(f"width {a}..{b}", (width >= a) & (width < b)) for a, b in ((45, 75), (75, 150), (150, 300), (300, 1000))]
    kinds += [(f"skew {a}..{b}", (angle >= a) & (angle < b)) for a, b in ((0, 5), (5, 10), (10, 16))]
    kinds += [("dark on light", dark == 0), ("light on dark", dark == 1), ("one row", two == 0), ("two rows", two == 1)]
    for name, chosen in kinds:
        if chosen.any():
            print(f"  {name:14} n={chosen.sum():4} iou8={found[chosen, 4].mean():.3f} contained8={found[chosen, 5].mean():.3f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", required=True, help="the program plate-candidates")
    parser.add_argument("--formats", required=True)
    parser.add_argument("--photos", nargs="*", default=[], help="backgrounds without plates, JPEG")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pictures", type=int, default=3000)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--weights", required=True, help="file to write, plate_weights.def")
    a = parser.parse_args()
    torch.set_num_threads(1)

    data = pictures(a.candidates, a.formats, 2 * a.seed, a.pictures, a.photos)
    held = pictures(a.candidates, a.formats, 2 * a.seed + 1, max(a.pictures // 4, 1), a.photos)
    trim = fit_trim(data)
    print("trim (px left, px right, sixteenths of the height above and below), a level each:", trim.tolist())
    # how much hangs on the training's own choices: folds, and the smoothness
    half = len(data) // 2
    for name, part, smooth in (("first half", data[:half], 3e-4), ("second half", data[half:], 3e-4), ("a tenth as smooth", data, 3e-5), ("ten times as smooth", data, 3e-3)):
        table, loss, _, _ = train(part, trim, a.steps, smooth, a.seed)
        found = measure(held, trim, integers(table))
        print(f"{name}: loss {loss:.4f}, held out: iou8={found[:, 4].mean():.3f} contained8={found[:, 5].mean():.3f}")
    table, loss, n, positive = train(data, trim, a.steps, 3e-4, a.seed)
    weights = integers(table)
    print(f"{n} candidates, worth {positive:.0f} plates, loss {loss:.4f}; rendered pictures that it has not seen:")
    table_of(measure(held, trim, weights))
    with open(a.weights, "w") as out:
        out.write("// SPDX-License-Identifier: Apache-2.0\n")
        out.write(f"// Made by `make train-plates` (hw/training/train.py, seed {a.seed}, {a.pictures} pictures); do not edit.\n")
        out.write("// QYRAN_PLATE_TRIM(level, px off the left, px off the right, sixteenths of the height on at the top and the bottom)\n")
        for level in range(LEVELS):
            out.write(f"QYRAN_PLATE_TRIM({level}, {', '.join(str(v) for v in trim[level])})\n")
        out.write("// QYRAN_PLATE_WEIGHTS(feature, worth of each bin, sixteenths of a nat)\n")
        for i, name in enumerate(NAMES):
            out.write(f"QYRAN_PLATE_WEIGHTS({name}, {', '.join(str(v) for v in weights[i])})\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
