# SPDX-License-Identifier: Apache-2.0
"""Trains the plate reader on rendered pictures and writes its weights. The same seed and numbers of batches repeat it."""
import argparse
import copy
import math
import os
import sys
import time

import torch

import export
import network as net
import pictures
from loss import loss_of
from measure import measure, measure_photos


class Average:
    """The mean of the last states: steadier than any of them."""

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


class Phase:
    """One part of the training: so many batches, or as many as the seconds allow; its state can be kept and gone on from."""

    def __init__(self, name, network, batches, seconds, rate, options):
        self.name, self.network, self.batches, self.seconds, self.rate, self.options = name, network, batches, seconds, rate, options
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=1e-3)
        self.average = Average(network, 0.999)
        self.step, self.spent, self.shown = 0, 0.0, 0.0

    def progress(self):
        return self.spent / self.seconds if self.seconds else self.step / self.batches

    def keep(self):
        state = {
            "name": self.name,
            "network": self.network.state_dict(),
            "average": self.average.network.state_dict(),
            "averaged": self.average.count,
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "spent": self.spent,
        }
        torch.save(state, self.options.state + ".new")
        os.replace(self.options.state + ".new", self.options.state)

    def go_on(self, state):
        self.network.load_state_dict(state["network"])
        self.average.network.load_state_dict(state["average"])
        self.average.count = state["averaged"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent = state["step"], state["spent"]

    def set_rate(self):
        warm = 200
        rate = self.rate * min(1, (self.step + 1) / warm) * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * self.progress())))
        for group in self.optimiser.param_groups:
            group["lr"] = rate

    def show(self, held_out, photos):
        self.average.network.eval()
        right, known, edges = measure(self.average.network, held_out)
        line = f"{self.name} {self.step} {100 * self.progress():.0f} % loss {self.shown:.3f} plates {right:.1f} % decoys {known:.1f} % edges {edges:.1f} rows"
        for name, batch in photos:
            line += " %s %.0f/%.0f" % ((name,) + measure_photos(self.average.network, batch))
        print(f"{line} {self.spent:.0f} s", flush=True)

    def run(self, source, held_out, photos):
        started, kept = time.time() - self.spent, time.time()
        while self.progress() < 1:
            self.set_rate()
            self.network.train()
            batch = source.next()
            outputs = self.network(batch.inputs)
            loss = loss_of(outputs, batch)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
            self.optimiser.step()
            self.network.keep_rules()
            self.average.add(self.network)
            self.shown = loss.item() if self.step == 0 else 0.98 * self.shown + 0.02 * loss.item()
            self.step += 1
            self.spent = time.time() - started
            if self.step % 500 == 0:
                self.show(held_out, photos)
            if time.time() - kept > 120:
                self.keep()
                kept = time.time()
        self.show(held_out, photos)
        self.keep()
        return self.average.network


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", required=True, help="the renderer's program")
    parser.add_argument("--formats", required=True)
    parser.add_argument("--photos", nargs="*", default=[], help="FOLDER with truth.tsv: only looked at, never trained on")
    parser.add_argument("--photos-program", help="the program that cuts them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--batches", type=int, default=15445, help="in floating point")
    parser.add_argument("--integer-batches", type=int, default=1551, help="on the integers' grid")
    parser.add_argument("--seconds", type=float, help="in floating point: as many batches as fit")
    parser.add_argument("--integer-seconds", type=float, help="on the integers' grid: as many batches as fit")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--go-on", action="store_true", help="from the kept state")
    parser.add_argument("--state", required=True, help="keep the state here")
    parser.add_argument("--weights", required=True, help="the C file to write")
    parser.add_argument("--vectors", help="the test vectors to write")
    return parser.parse_args()


def main():
    options = arguments()
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    print(f"seed {options.seed}, {options.threads} thread(s), torch {torch.__version__}, {net.multiplications() / 1e6:.1f} million multiplications", flush=True)
    kept = torch.load(options.state) if options.go_on else None
    held_out = pictures.some(options, options.seed + 1000003, 16)
    photos = [(os.path.basename(os.path.normpath(folder)), pictures.photos(options.photos_program, folder)) for folder in options.photos]
    source = pictures.Source(options, options.seed + (kept["step"] if kept else 0), spoilt=True)

    network = net.Float().to(memory_format=torch.channels_last)
    first = Phase("float", network, options.batches, options.seconds, options.rate, options)
    if kept and kept["name"] == "float":
        first.go_on(kept)
        kept = None
    if not kept:
        network = first.run(source, held_out, photos)
        torch.save(network.state_dict(), options.state + ".float")
    else:
        network.load_state_dict(torch.load(options.state + ".float"))
    torch.manual_seed(options.seed + 1)
    calibration = pictures.some(options, options.seed + 2000003, 8)
    quantised = net.Quantised(network, torch.cat([batch.inputs for batch in calibration]))
    print("rounded: plates %.1f %% decoys %.1f %% edges %.1f rows" % measure(quantised, held_out), flush=True)
    second = Phase("integer", quantised, options.integer_batches, options.integer_seconds, options.rate / 10, options)
    if kept:
        second.go_on(kept)
    quantised = second.run(source, held_out, photos)
    source.close()

    right, known, edges = measure(quantised, held_out)
    batches = first.step + second.step
    notes = [
        f"seed {options.seed}, {first.step} + {second.step} batches, {batches * options.batch} rendered pictures, "
        f"{first.spent + second.spent:.0f} s on {options.threads} thread(s), torch {torch.__version__}",
        f"held-out pictures of the same kind: {right:.1f} % whole plates (greedy, no grammar), {known:.1f} % of decoys known, edges within {edges:.1f} rows",
        f"{net.multiplications() / 1e6:.1f} million multiply-accumulates a region",
    ]
    export.weights(quantised, options.weights, notes)
    if options.vectors:
        export.vectors(quantised, held_out[0].inputs[:6], options.vectors)
    print("\n".join(notes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
