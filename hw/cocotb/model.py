# SPDX-License-Identifier: Apache-2.0
# The bit-exact model (hw/model/model.h) and the register map (hw/regs.def) for the bench.
import ctypes
import re

U8, U16, U32, U64, BOOL = ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64, ctypes.c_bool


class Box(ctypes.Structure):
    _fields_ = [("x0", U16), ("x1", U16), ("y0", U16), ("y1", U16)]


class Settings(ctypes.Structure):
    _fields_ = [("test_pattern", BOOL), ("mono", BOOL), ("plates", BOOL), ("movers", BOOL), ("plate_edge", U8), ("plate_k", U8),
                ("plate_score", U16), ("plate_margin_x", U8), ("plate_margin_y", U8), ("mover_level", U8), ("mover_cells", U16),
                ("mover_hold", U16), ("roi", Box * 16), ("watch", Box * 4), ("mask", Box * 16)]


class Moment(ctypes.Structure):
    _fields_ = [("time_ns", U64), ("clock_steps", U32), ("pins", U8), ("clock_synced", BOOL), ("exposure_ns", U32), ("line_ns", U32),
                ("gain_mb", U16)]


RECORD = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)


class Model:
    def __init__(self, library, slot_bytes):
        self.lib = ctypes.CDLL(library)
        self.lib.qyran_model_new.restype = ctypes.c_void_p
        self.lib.qyran_model_settings_reset.restype = Settings
        for name in ("commit", "start", "stop", "slot", "give", "frame"):
            getattr(self.lib, f"qyran_model_{name}").restype = ctypes.c_int
        self.lib.qyran_model_commit.restype = self.lib.qyran_model_start.restype = BOOL
        self.records = []
        self.keep = RECORD(lambda _, record, length: self.records.append(ctypes.string_at(record, length)))
        self.model = ctypes.c_void_p(self.lib.qyran_model_new(self.keep, None))
        self.slots = [ctypes.create_string_buffer(slot_bytes) for _ in range(16)]
        for i, slot in enumerate(self.slots):
            self.lib.qyran_model_slot(self.model, i, slot)
        self.settings = self.lib.qyran_model_settings_reset()

    def commit(self):
        return self.lib.qyran_model_commit(self.model, ctypes.byref(self.settings))

    def start(self, width, height, stride):
        self.lib.qyran_model_start(self.model, U16(width), U16(height), U16(stride), None, None, None)

    def give(self, slots):
        self.lib.qyran_model_give(self.model, U16(slots))

    def frame(self, yuyv, stride, moment):
        assert self.lib.qyran_model_frame(self.model, yuyv, U32(stride), ctypes.byref(moment)) == 0

    def stop(self):
        self.lib.qyran_model_stop(self.model)


def registers(path):
    """Name of each register to its offset, and NAME.FIELD to its lowest bit."""
    found = {}
    with open(path, encoding="utf-8") as table:
        lines = table.readlines()
    for line in lines:
        m = re.match(r"QYRAN_(FIELD|ARRAY)\((\w+),\s*(0x[0-9a-f]+),\s*(.*)", line)
        if m:
            rest = [part.strip() for part in m[4].split(",")]
            field, bit = (rest[0], rest[1]) if m[1] == "FIELD" else (rest[2], rest[3])
            found[m[2]] = int(m[3], 16)
            found[f"{m[2]}.{field}"] = int(bit)
    return found


def crc32c(data):
    """CRC-32C (Castagnoli), RFC 3720 appendix B.4."""
    crc = 0xffffffff
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xffffffff


def table_entry(value):
    for _ in range(8):
        value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
    return value


TABLE = [table_entry(i) for i in range(256)]
