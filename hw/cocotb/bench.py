# SPDX-License-Identifier: Apache-2.0
# The whole logic between AXI models that nobody here wrote (cocotbext-axi): three unrelated clocks, random back-pressure on every
# channel, random gaps in the video. Each record is checked by the uapi header's definition, then against the bit-exact model's.
import itertools
import os
import random
import struct
import sys

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge, with_timeout
from cocotbext.axi import (AxiBus, AxiLiteBus, AxiLiteMaster, AxiSlave, AxiSlaveWrite, AxiStreamBus, AxiStreamFrame, AxiStreamSource,
                           AxiWriteBus)

from model import Model, Moment, crc32c, registers

SEED = int(os.environ.get("SEED", "1"))
REG = registers(os.environ["QYRAN_REGS"])
BASE, SIZE = 0x2_4000_0000, 1 << 20                    # the memory that the logic may touch
RING = BASE + (SIZE >> 1)
SPACING = 1 << 15                                      # from slot to slot
FRAME, REGION, WATCH, MOVER = 4, 2, 3, 1
SLOT_NONE = 0xffffffff


class Memory:
    """What both masters write into; an access outside is remembered."""
    def __init__(self):
        self.bytes = bytearray(SIZE)
        self.outside = []
        self.writes = 0

    async def write(self, address, data, **_):
        self.writes += 1
        if BASE <= address and address + len(data) <= BASE + SIZE:
            self.bytes[address - BASE:address - BASE + len(data)] = data
        else:
            self.outside.append(address)

    async def read(self, address, length, **_):
        if BASE <= address and address + length <= BASE + SIZE:
            return bytes(self.bytes[address - BASE:address - BASE + length])
        self.outside.append(address)
        return bytes(length)


def pauses(rng, share):
    return itertools.cycle([rng.random() < share for _ in range(4099)])


class Camera:
    """The logic, its driver, its sensor and its memory."""
    def __init__(self, dut, width, height, ring, seed):
        self.dut, self.width, self.height, self.ring_size = dut, width, height, ring
        self.stride = (2 * width + 255) // 256 * 256
        self.rng = random.Random(seed)
        self.memory = Memory()
        self.model = Model(os.environ["QYRAN_MODEL"], SPACING)
        self.consumer = 0
        self.back = 0
        self.seen = {FRAME: 0, REGION: 0, WATCH: 0, MOVER: 0}
        self.pixels = 0

    async def reset(self):
        dut = self.dut
        for clock, ps in ((dut.clk, 6666), (dut.axil_clk, 9998), (dut.time_clk, 8002)):
            cocotb.start_soon(Clock(clock, ps, units="ps").start())
        dut.pins.value = 0
        dut.pps.value = 0
        for reset in (dut.rst, dut.axil_rst, dut.time_rst):
            reset.value = 1
        self.bus = AxiLiteMaster(AxiLiteBus.from_prefix(dut, "s_axil"), dut.axil_clk, dut.axil_rst)
        self.frames = AxiSlaveWrite(AxiWriteBus.from_prefix(dut, "m_frame"), dut.clk, dut.rst, target=self.memory)
        self.records = AxiSlave(AxiBus.from_prefix(dut, "m_record"), dut.clk, dut.rst, target=self.memory)
        self.video = AxiStreamSource(AxiStreamBus.from_prefix(dut, "s_axis"), dut.clk, dut.rst, byte_lanes=1)
        await ClockCycles(dut.axil_clk, 20)
        for reset in (dut.rst, dut.axil_rst, dut.time_rst):
            reset.value = 0
        await ClockCycles(dut.axil_clk, 4)

    def press(self, share, gaps):
        """Back-pressure: the share of clocks in which a channel of the memory or of the processor stands still."""
        rng = self.rng
        for channel in (self.frames.aw_channel, self.frames.w_channel, self.frames.b_channel, self.records.write_if.aw_channel,
                        self.records.write_if.w_channel, self.records.write_if.b_channel, self.records.read_if.ar_channel,
                        self.records.read_if.r_channel, self.bus.write_if.aw_channel, self.bus.write_if.w_channel,
                        self.bus.write_if.b_channel, self.bus.read_if.ar_channel, self.bus.read_if.r_channel):
            channel.set_pause_generator(pauses(rng, share * rng.random() * 2))
        self.video.set_pause_generator(pauses(rng, gaps))

    async def write(self, name, value, index=0, step=8):
        await self.bus.write_dword(REG[name] + index * step, value & 0xffffffff)

    async def read(self, name):
        return await self.bus.read_dword(REG[name])

    async def write64(self, name, value, index=0):
        await self.write(name + "_LO", value, index)
        await self.write(name + "_HI", value >> 32, index)

    async def set_up(self):
        assert await self.read("ID") == 0x5159524e
        await self.write64("DMA_BASE", BASE)
        await self.write64("DMA_LIMIT", BASE + SIZE)
        await self.write64("RING_BASE", RING)
        await self.write("RING_SIZE", self.ring_size)
        await self.write("SIZE", self.width | self.height << 16)
        await self.write("STRIDE", self.stride)
        for i in range(4):
            await self.write64("SLOT_BASE", BASE + i * SPACING, i)
        await self.write("SENSOR_EXPOSURE", 1234567)
        await self.write("SENSOR_LINE", 14815)
        await self.write("SENSOR_GAIN", 60)
        await self.write("CLOCK_FLAGS", 1)
        await self.write64("CLOCK_VALUE", 1_700_000_000_000_000_000)
        await self.write("CLOCK_CONTROL", 1 << REG["CLOCK_CONTROL.SET"])
        while await self.read("CLOCK_STATE"):
            pass
        await self.write("IRQ_ENABLE", 1 << REG["IRQ_STATUS.FRAME"])

    async def start(self):
        await self.write("CONTROL", 1)
        self.model.start(self.width, self.height, self.stride)
        await self.write("SLOT_GIVE", 0x000f)
        self.model.give(0x000f)

    def some_box(self):
        x, y = self.rng.randrange(self.width), self.rng.randrange(self.height)
        return x, x + self.rng.randrange(self.width // 2), y, y + self.rng.randrange(self.height // 2)

    async def commit(self):
        """New settings, in the logic and in the model."""
        rng, s = self.rng, self.model.settings
        s.mono, s.plate_k, s.plate_edge, s.mover_cells = rng.random() < .5, rng.randrange(18), rng.randrange(40), 1 + rng.randrange(4)
        s.plate_margin_x, s.plate_margin_y = rng.randrange(16), rng.randrange(16)
        await self.write("MODE", s.mono << REG["MODE.MONO"] | 1 << REG["MODE.PLATES"] | 1 << REG["MODE.MOVERS"])
        await self.write("PLATE_COUNT", s.plate_k)
        await self.write("PLATE_EDGE", s.plate_edge)
        await self.write("MOVER_CELLS", s.mover_cells)
        await self.write("PLATE_MARGIN", s.plate_margin_x | s.plate_margin_y << 4)
        for name, boxes, share in (("WATCH", s.watch, .7), ("MASK", s.mask, .2)):
            for i, box in enumerate(boxes):
                if i > 5:
                    continue
                box.x0, box.x1, box.y0, box.y1 = self.some_box() if rng.random() < share else (0, 0, 0, 0)
                await self.write(name + "_X", box.x0 | box.x1 << 16, i)
                await self.write(name + "_Y", box.y0 | box.y1 << 16, i)
        await self.write("COMMIT", 1)
        state = await self.read("COMMIT_STATE")
        assert state & 1 << REG["COMMIT_STATE.PENDING"]
        assert bool(state & 1 << REG["COMMIT_STATE.CLAMPED"]) == self.model.commit()

    def picture(self, n):
        """YUYV: a plain ground with noise, blocks that move, stripes like a plate's."""
        w, h, rng = self.width, self.height, self.rng
        words = [90 + rng.randrange(6) | 128 << 8 for _ in range(w * h)]
        for block in range(3):
            x0, y0 = (block * 23 + n * 5) % (w - 24), (block * 13 + n * 3) % (h - 16)
            for y in range(y0, y0 + 16):
                for x in range(x0, x0 + 24):
                    plate = 4 <= y - y0 < 11
                    words[y * w + x] = (230 if (x // 2 + block) % 2 else 20) if plate else 40 + 60 * block
                    words[y * w + x] |= rng.randrange(256) << 8
        return words

    async def show(self, words):
        """A frame of video."""
        for y in range(self.height):
            line = words[y * self.width:(y + 1) * self.width]
            await self.video.send(AxiStreamFrame(line, tuser=[int(y == 0)] + [0] * (self.width - 1)))
        await self.video.wait()

    def take(self, producer):
        """The records that are new in the ring, each as the uapi header defines it."""
        found = []
        assert (producer - self.consumer) % 2**32 <= self.ring_size, "the ring holds more than it can"
        while self.consumer != producer:
            at = RING - BASE
            ring = self.memory.bytes[at:at + self.ring_size]
            place = self.consumer % self.ring_size
            both = ring[place:] + ring[:place]
            magic, kind, version, length, payload = struct.unpack_from("<IHHII", both)
            assert magic == 0x52525951 and version == 1 and length % 64 == 0 and 192 <= length <= producer - self.consumer
            record = bytes(both[:length])
            assert crc32c(record[:60]) == struct.unpack_from("<I", record, 60)[0], "CRC of a header"
            trailer, crc = struct.unpack_from("<II", record, length - 64)
            assert trailer == 0x54525951 and crc == crc32c(record[64:length - 64]), "CRC of a payload"
            assert 128 + (payload + 63) // 64 * 64 == length and not any(record[64 + payload:length - 64]) and not any(record[40:60])
            self.consumer += length
            self.seen[kind] += 1
            found.append(record)
        return found

    async def interrupt(self):
        if not self.dut.irq.value:
            await with_timeout(RisingEdge(self.dut.irq), 5, "ms")
        bit = 1 << REG["IRQ_STATUS.FRAME"]
        assert await self.read("IRQ_STATUS") & bit
        await self.write("IRQ_STATUS", bit)
        for _ in range(4):
            await RisingEdge(self.dut.clk)
        assert not self.dut.irq.value and not await self.read("IRQ_STATUS") & bit, "W1C"

    async def harvest(self, words, pins):
        """The records of one frame: like the model's, and the slot holds what was shown."""
        found = self.take(await self.read("RING_PRODUCER"))
        assert found and struct.unpack_from("<H", found[-1], 4)[0] == FRAME
        time_ns = struct.unpack_from("<Q", found[-1], 32)[0]
        assert 0 < time_ns - 1_700_000_000_000_000_000 < 10**9
        moment = Moment(time_ns, 1, pins, True, 1234567, 14815, 60)
        self.model.records.clear()
        self.model.frame(struct.pack(f"<{len(words)}H", *words), 2 * self.width, moment)
        for number, (have, want) in enumerate(zip(found, self.model.records)):
            if have != want:
                at = next((i for i, (a, b) in enumerate(zip(have, want)) if a != b), min(len(have), len(want)))
                raise AssertionError(f"record {number} of type {want[4]} differs at byte {at} of {len(want)}: {have[at:at + 8].hex()}, "
                                     f"the model has {want[at:at + 8].hex()}")
        assert len(found) == len(self.model.records)
        slot = struct.unpack_from("<I", found[-1], 72)[0]
        assert slot != SLOT_NONE
        for y in range(self.height):
            at = slot * SPACING + y * self.stride
            have = self.memory.bytes[at:at + 2 * self.width]
            assert have == self.model.slots[slot].raw[y * self.stride:y * self.stride + 2 * self.width], f"line {y}"
            for x in range(self.width):
                shown = words[y * self.width + x] & 0xff
                masked = any(b.x0 <= x < b.x1 and b.y0 <= y < b.y1 for b in self.model.settings.mask)
                assert have[2 * x] == (16 if masked else shown), f"pixel {x}, {y}"
                self.pixels += 1
        await self.write("RING_CONSUMER", self.consumer)
        await self.write("SLOT_GIVE", 1 << slot)
        self.model.give(1 << slot)

    async def stop(self):
        await self.write("CONTROL", 0)
        for _ in range(2000):
            if await self.read("STATE") & 1 << REG["STATE.IDLE"]:
                break
        else:
            raise AssertionError("never idle")
        writes = self.memory.writes
        await ClockCycles(self.dut.clk, 200)
        assert self.memory.writes == writes, "a write after IDLE"
        assert not self.memory.outside, f"outside its memory: {self.memory.outside[:3]}"


def case(name):
    """One line a case, as tests/run wants it."""
    def wrap(body):
        async def test(dut):
            try:
                print(f"ok {name}: {await body(dut)}")
            except Exception as problem:
                print(f"not ok {name}: {type(problem).__name__} {problem}")
                raise
            finally:
                sys.stdout.flush()
        test.__name__ = test.__qualname__ = name
        return cocotb.test()(test)
    return wrap


async def whole_frames(dut, width, height, frames, share, gaps):
    camera = Camera(dut, width, height, 1 << 17, SEED)
    await camera.reset()
    await camera.set_up()
    camera.press(share, gaps)
    await camera.start()
    for n in range(frames):
        pins = camera.rng.randrange(256)
        dut.pins.value = pins
        await camera.commit()
        words = camera.picture(n)
        await camera.show(words)
        await camera.interrupt()
        await camera.harvest(words, pins)
    await camera.stop()
    assert await camera.read("COUNT_FRAMES") == frames and await camera.read("COUNT_FAULTS") == 0
    assert min(camera.seen.values()) > 0, f"a kind of record never came: {camera.seen}"
    return f"{camera.seen[MOVER]} movers, {camera.seen[REGION]} regions, {camera.seen[WATCH]} watches, {camera.pixels} pixels"


@case("foreign_axi_models_with_random_pauses_see_what_the_model_says")
async def random_pauses(dut):
    return await whole_frames(dut, 64, 48, 4, .3, .2)


@case("foreign_axi_models_that_never_wait_see_what_the_model_says")
async def no_pauses(dut):
    return await whole_frames(dut, 96, 64, 2, 0, 0)


@case("a_reader_who_stops_reading_loses_whole_records_and_gets_them_again_when_he_reads")
async def full_ring(dut):
    camera = Camera(dut, 64, 48, 4096, SEED + 1)
    await camera.reset()
    await camera.set_up()
    camera.press(.2, 0)
    await camera.start()
    sequence, sizes, taken = [], [], 0
    for n in range(9):
        await camera.show(camera.picture(n))
        await ClockCycles(dut.clk, 3000)
        if n < 6:
            sizes.append((await camera.read("RING_PRODUCER") - camera.consumer) % 2**32)
        if n >= 5:
            for record in camera.take(await camera.read("RING_PRODUCER")):
                sequence.append(struct.unpack_from("<Q", record, 16)[0])
                taken += struct.unpack_from("<H", record, 4)[0] == FRAME
            await camera.write("RING_CONSUMER", camera.consumer)
            await camera.write("SLOT_GIVE", 0x000f & ~await camera.read("SLOT_STATE"))
    await camera.stop()
    lost = sum([await camera.read(f"COUNT_DROP_{kind}") for kind in ("RECORDS", "REGIONS", "MOVERS", "WATCHES")])
    gaps = sequence[-1] + 1 - len(sequence)
    assert max(sizes) > 3500, f"the ring never filled: {max(sizes)} bytes"
    assert lost == gaps > 0, f"{lost} losses counted, {gaps} numbers missing"
    assert taken >= 3
    return f"{len(sequence)} records taken, {lost} lost and counted"
