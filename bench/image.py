"""``process-image`` on 12 megapixels without the segmentation call, against its codecs alone.

The core's own functions, with a mask ready: decode and turn upright, the original as it is served, the
JPEG for segmentation, the cutout, thumb, colours and hash. The comparator decodes the same file and
encodes the same four pictures, ready in their sizes and with the mask's soft edge, with the same settings;
a second one decodes and encodes the whole picture once, which leaves out the cutout's WebP. The photo
(4000 by 3000, stored upright) is a small one enlarged, with grain, so that it compresses like a camera's.
Every measurement is a process of its own that has done a small photo before, all kinds in turn: time is
processor time, memory the most that was resident (VmHWM) beyond what was before. The decoded picture
counts three bytes a pixel; Pillow holds four.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rows import Row, Target
from devstack.process import REPOSITORY

SIZE = (4000, 3000)
TIME = Target(
    "process-image: 12 megapixels, without the segmentation call",
    "decoding, and encoding the same files, alone",
    most=1.5,
)
ONCE = Target("process-image: the same", "decoding, and encoding one JPEG")
MEMORY = Target("process-image: peak memory meanwhile", "the decoded picture's 36 MB", most=3)
TARGETS = (TIME, ONCE, MEMORY)
type Work = Callable[[], object]

_PHOTO = REPOSITORY / "tests" / "data" / "astronaut-sideways-gps.jpg"


def measure(quick: bool) -> list[Row]:
    """Return the rows."""
    ours, theirs, once, peaks = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        photo.write_bytes(picture())
        for number in range(1, (rounds := 3 if quick else 9) + 1):
            seconds, peak = _in_a_process("processed", photo)
            ours.append(seconds)
            peaks.append(peak / (3 * SIZE[0] * SIZE[1]))
            theirs.append(_in_a_process("encoded", photo)[0])
            once.append(_in_a_process("recoded", photo)[0])
            shown = (
                f"{ours[-1]:.2f} s and {peak / 1e6:.0f} MB, codecs {theirs[-1]:.2f} s, once {once[-1]:.2f} s"
            )
            print(f"  round {number}/{rounds}: {shown}", flush=True)
    return [Row.ratio(TIME, ours, theirs), Row.ratio(ONCE, ours, once), Row.of(MEMORY, peaks)]


def picture(size: tuple[int, int] = SIZE) -> bytes:
    """Return the photo as a JPEG file."""
    from PIL import Image, ImageChops

    with Image.open(_PHOTO) as small:
        large = small.convert("RGB").resize(size, Image.Resampling.BICUBIC)
    grain = Image.effect_noise(size, 12).convert("RGB")
    file = io.BytesIO()
    ImageChops.add(large, grain, offset=-128).save(file, "JPEG", quality=92)
    return file.getvalue()


def processed(data: bytes) -> Work:
    """Return the work of ``process-image``, the mask being there."""
    from core.media import decoding, renditions

    mask = _mask(renditions.SENT_SIDE)

    def work() -> object:
        upright = decoding.open_upright(data, max_bytes=len(data), max_pixels=SIZE[0] * SIZE[1])
        prepared = renditions.prepare(upright)
        del upright
        renditions.for_segmentation(prepared.working)
        return renditions.make_renditions(prepared, mask)

    return work


def encoded(data: bytes) -> Work:
    """Return decoding, and encoding the four pictures that ``processed`` makes."""
    from PIL import Image

    from core.media import renditions

    sides = (renditions.SENT_SIDE, renditions.WORKING_SIDE, renditions.THUMB_SIDE)
    with Image.open(io.BytesIO(data)) as opened:
        sent, cutout, thumb = (renditions.reduced(opened, side).copy() for side in sides)
    mask = _mask(renditions.SENT_SIDE)
    for cut in (cutout, thumb):
        cut.putalpha(mask.resize(cut.size, Image.Resampling.BILINEAR))

    def work() -> object:
        with Image.open(io.BytesIO(data)) as opened:
            original = renditions.encode_original(opened)
        return (
            original,
            renditions.for_segmentation(sent),
            renditions.encode_cutout(cutout),
            renditions.thumb(thumb, None),
        )

    return work


def recoded(data: bytes) -> Work:
    """Return decoding and encoding one JPEG."""
    from PIL import Image

    from core.media import renditions

    def work() -> object:
        with Image.open(io.BytesIO(data)) as opened:
            return renditions.encode_original(opened)

    return work


def _mask(side: int) -> Any:
    from PIL import Image, ImageDraw

    mask = Image.new("L", (side, side * SIZE[1] // SIZE[0]))
    ImageDraw.Draw(mask).ellipse([side // 4, side // 16, side * 3 // 4, side * 11 // 16], fill=255)
    return mask


def _in_a_process(work: str, photo: Path) -> tuple[float, int]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.image", work, str(photo)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


def _memory(field: str) -> int:
    """Return ``VmRSS`` or ``VmHWM`` of this process in bytes (Linux)."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def main() -> None:
    """Do the work named, on a small photo first; print processor seconds and bytes at the peak."""
    prepared = {"processed": processed, "encoded": encoded, "recoded": recoded}[sys.argv[1]]
    prepared(picture((400, 300)))()
    work = prepared(Path(sys.argv[2]).read_bytes())
    before, began = _memory("VmRSS"), time.process_time()
    work()
    print(time.process_time() - began, _memory("VmHWM") - before)


if __name__ == "__main__":
    main()
