#!/usr/bin/env python3
"""A participant outside the browser: looks at the framebuffer of Xvfb and presses keys by XTEST.

usage: robot.py FRAMEBUFFER SLOTS OUT SEED      (DISPLAY names the X server; ends when its standard input is closed)
FRAMEBUFFER: the file that Xvfb keeps with -fbdir. SLOTS: a JSON file, {"slots": [[x, y, width, height] x 3], "box": RGB, "grey": RGB}.
OUT: one JSON object a line; every time `t` is in ns on CLOCK_MONOTONIC, the clock under the browser's time stamps on Linux.
A slot is seen as B (its box), G (the screen's grey), P (a picture) or o (anything else).
"""
import ctypes
import json
import mmap
import os
import random
import select
import struct
import sys
import time

SAMPLE_S = 0.0002       # pause between two looks
POINTS = 4              # a slot is sampled at POINTS x POINTS places; none of them is its middle, where the fixation mark is
KEY_DOWN_NS = 50_000_000
STILL_NS = 1_500_000_000  # a grey screen that has not changed for this long is a break: the space key ends it
SCREEN_HEADER = ">25I"  # the header of an X window dump, which precedes the pixels


class Framebuffer:
    """The pixels of the X server, as they are at the moment of looking."""

    def __init__(self, path, slots):
        file = open(path, "rb")
        memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = struct.unpack(SCREEN_HEADER, memory[:100])
        size, bytes_per_line, colours = header[0], header[12], header[19]
        # A colour map entry takes 12 bytes.
        self.pixels = memoryview(memory)[size + colours * 12:].cast("I")
        line = bytes_per_line // 4
        steps = [(i + 1) / (POINTS + 1) for i in range(POINTS)]
        self.places = [[int(y + h * r) * line + int(x + w * c) for r in steps for c in steps] for x, y, w, h in slots]

    def look(self):
        return [[self.pixels[place] & 0xFFFFFF for place in slot] for slot in self.places]


class Keyboard:
    """Presses keys as if on a keyboard."""

    def __init__(self):
        self.x, self.test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self.x.XOpenDisplay.restype = ctypes.c_void_p
        self.x.XFlush.argtypes = [ctypes.c_void_p]
        self.x.XKeysymToKeycode.argtypes = [ctypes.c_void_p, ctypes.c_ulong]
        self.test.XTestFakeKeyEvent.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_ulong]
        self.display = self.x.XOpenDisplay(None)
        self.codes = {key: self.x.XKeysymToKeycode(self.display, ord(key)) for key in "123 "}

    def set(self, key, is_down):
        self.test.XTestFakeKeyEvent(self.display, self.codes[key], int(is_down), 0)
        self.x.XFlush(self.display)


def main():
    framebuffer, slots, out, seed = sys.argv[1:5]
    given = json.load(open(slots))
    box, grey = given["box"], given["grey"]
    screen, keyboard, chance = Framebuffer(framebuffer, given["slots"]), Keyboard(), random.Random(int(seed))
    log = open(out, "w")
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(40))
    except OSError:
        pass  # not permitted everywhere; the longest gap between two looks is reported

    def letter(colours):
        boxes, greys = colours.count(box), colours.count(grey)
        if boxes == len(colours):
            return "B"
        if greys == len(colours):
            return "G"
        return "P" if boxes + greys < len(colours) * 0.4 else "o"

    def put(**event):
        log.write(json.dumps(event) + "\n")

    now = time.monotonic_ns
    last, word, due, held, still, before, longest = None, "", None, None, now(), now(), 0
    put(t=now(), start=True)
    for count in range(1 << 62):
        seen = screen.look()
        t = now()
        longest, before = max(longest, t - before), t
        if seen != last:
            last, still = seen, t
            letters = "".join(letter(slot) for slot in seen)
            if letters != word:
                put(t=t, seen=letters)
                if letters == "PPP":
                    # Three of four answers come after the pictures are gone, as people's do.
                    delay_ms = chance.uniform(880, 1700) if chance.random() < 0.75 else chance.uniform(250, 750)
                    due = (t + int(delay_ms * 1e6), chance.choice("123"))
                word = letters
        if due and t >= due[0]:
            pressed = now()
            keyboard.set(due[1], True)
            put(t=pressed, key=due[1])
            held, due = (pressed + KEY_DOWN_NS, due[1]), None
        if held and t >= held[0]:
            keyboard.set(held[1], False)
            held = None
        edges = (seen[0][0], seen[2][-1])
        if not due and not held and edges == (grey, grey) and t - still > STILL_NS:
            keyboard.set(" ", True)
            held, still = (t + KEY_DOWN_NS, " "), t
        if count % 2000 == 0:
            log.flush()
            if select.select([0], [], [], 0)[0] and not os.read(0, 1):
                break
        time.sleep(SAMPLE_S)
    put(t=now(), longest_gap_ms=longest / 1e6)
    log.close()


main()
