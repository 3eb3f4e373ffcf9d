"""The peers that run natively: ZXing-C++ and ZBar, by their Python packages.

One JSON object a line comes in, one goes out for each; `cargo xtask bench` is on the other side.

    {"file": PATH, "width": W, "height": H, "symbology": "code-128" | "qr", "engines": [NAME, …]}
    → {"results": [{"engine": NAME, "cpu_ms": …, "wall_ms": …, "texts": […]} | {"engine": NAME, "error": …}, …]}

PATH holds W × H bytes of luminance. The first line that goes out, before any comes in, says who is there:
{"engines": {NAME: VERSION, …}, "missing": {NAME: WHY, …}}.

Time is this thread's CPU time; upscaling counts.
"""

import ctypes.util
import json
import sys
import time
from importlib.metadata import version

import numpy as np

ENGINES = {}
VERSIONS = {}
MISSING = {}

try:
    import cv2

    # Its resize would otherwise run on all cores, where this thread's clock does not see it.
    cv2.setNumThreads(1)
except ImportError as error:
    cv2 = None
    MISSING["zxing-cpp ×2"] = MISSING["zbar ×2"] = f"opencv: {error}"


def twice(luma):
    """Twice as large each way, by Lanczos' kernel of eight pixels: what helps edge readers most."""
    return cv2.resize(luma, None, fx=2, fy=2, interpolation=cv2.INTER_LANCZOS4)


try:
    import zxingcpp

    FORMATS = {"code-128": zxingcpp.BarcodeFormat.Code128, "qr": zxingcpp.BarcodeFormat.QRCode}

    def zxing(luma, symbology):
        """Its thorough settings, all of which are its defaults; the text without the brackets of people's reading."""
        found = zxingcpp.read_barcodes(
            luma,
            formats=FORMATS[symbology],
            try_rotate=True,
            try_downscale=True,
            try_invert=True,
            text_mode=zxingcpp.TextMode.Plain,
        )
        return [code.text for code in found]

    ENGINES["zxing-cpp"] = zxing
    VERSIONS["zxing-cpp"] = version("zxing-cpp")
    if cv2:
        ENGINES["zxing-cpp ×2"] = lambda luma, symbology: zxing(twice(luma), symbology)
        VERSIONS["zxing-cpp ×2"] = f"{version('zxing-cpp')}, Lanczos of OpenCV {cv2.__version__}"
except ImportError as error:
    MISSING["zxing-cpp"] = MISSING["zxing-cpp ×2"] = str(error)

try:
    from pyzbar import pyzbar, wrapper

    SYMBOLS = {"code-128": pyzbar.ZBarSymbol.CODE128, "qr": pyzbar.ZBarSymbol.QRCODE}

    def zbar(luma, symbology):
        """ZBar as it is, looking for one symbology."""
        height, width = luma.shape
        found = pyzbar.decode((luma.tobytes(), width, height), symbols=[SYMBOLS[symbology]])
        return [code.data.decode("latin-1") for code in found]

    major, minor = ctypes.c_uint(), ctypes.c_uint()
    wrapper.zbar_version(ctypes.byref(major), ctypes.byref(minor))
    NAME = f"{major.value}.{minor.value} of {ctypes.util.find_library('zbar')}"
    ENGINES["zbar"] = zbar
    VERSIONS["zbar"] = NAME
    if cv2:
        ENGINES["zbar ×2"] = lambda luma, symbology: zbar(twice(luma), symbology)
        VERSIONS["zbar ×2"] = f"{NAME}, Lanczos of OpenCV {cv2.__version__}"
except ImportError as error:
    MISSING["zbar"] = MISSING["zbar ×2"] = str(error)


def tell(answer):
    """One line to the other side."""
    print(json.dumps(answer), flush=True)


def measured(name, luma, symbology):
    """One engine on one frame."""
    wall, cpu = time.perf_counter(), time.thread_time()
    try:
        texts = ENGINES[name](luma, symbology)
    except Exception as error:  # Whatever it is, it is told, and the other engines go on.
        return {"engine": name, "error": f"{type(error).__name__}: {error}"}
    cpu, wall = time.thread_time() - cpu, time.perf_counter() - wall
    return {"engine": name, "cpu_ms": cpu * 1e3, "wall_ms": wall * 1e3, "texts": texts}


def main():
    """Answers until the other side closes."""
    tell({"engines": VERSIONS, "missing": MISSING})
    for line in sys.stdin:
        order = json.loads(line)
        luma = np.fromfile(order["file"], np.uint8).reshape(order["height"], order["width"])
        tell({"results": [measured(name, luma, order["symbology"]) for name in order["engines"]]})


if __name__ == "__main__":
    main()
