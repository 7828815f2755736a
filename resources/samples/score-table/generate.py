"""Writes data/homes-*.csv: 20,000 made-up homes, the same bytes each time. Needs nothing but Python."""
import random
from pathlib import Path

FILES = 4
ROWS_PER_FILE = 5000


def main() -> None:
    rng = random.Random(20261121)
    folder = Path(__file__).parent / "data"
    number = 0
    for file in range(FILES):
        lines = ["home,area,rooms,age,distance,price"]
        for _ in range(ROWS_PER_FILE):
            number += 1
            area = rng.randint(28, 220)
            rooms = max(1, area // 28 + rng.randint(-1, 1))
            age = rng.randint(0, 90)
            distance = round(rng.uniform(0.2, 30.0), 1)
            price = 40 + 2.4 * area + 9 * rooms - 0.6 * age - 3.1 * distance + rng.gauss(0, 12)
            lines.append(f"{number},{area},{rooms},{age},{distance},{price:.1f}")
        (folder / f"homes-{file}.csv").write_bytes(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()
