"""Writes data/sales.csv: weekly sales of 3 brands in 12 stores, the same bytes each time. Needs nothing but Python."""
import math
import random
from pathlib import Path

STORES = range(1, 13)
BRANDS = ["dawn", "meadow", "north"]
WEEKS = 60


def main() -> None:
    rng = random.Random(36)
    lines = ["store,brand,week,price,quantity"]
    for week in range(WEEKS):
        for store in STORES:
            for brand in BRANDS:
                price = round(rng.uniform(1.5, 3.5), 2)
                season = 20 * math.sin(2 * math.pi * week / 52)
                quantity = 150 + 8 * store + season - 25 * price + rng.gauss(0, 5)
                lines.append(f"{store},{brand},{week},{price},{max(0, round(quantity))}")
    (Path(__file__).parent / "data" / "sales.csv").write_bytes(("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    main()
