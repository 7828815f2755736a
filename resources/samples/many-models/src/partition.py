"""Splits sales.csv into <store>/<brand>/sales.csv, with an MLTable file that knows the two keys by the paths."""
import argparse
import csv
from collections import defaultdict
from pathlib import Path

MLTABLE = """type: mltable
paths:
  - pattern: ./*/*/sales.csv
transformations:
  - read_delimited:
      delimiter: ","
      encoding: utf8
      header: all_files_same_headers
  - extract_columns_from_partition_format: "{store}/{brand}/sales.csv"
"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sales", required=True)
    parser.add_argument("--parts", required=True)
    args = parser.parse_args()

    parts = defaultdict(list)
    with open(args.sales, newline="") as file:
        for row in csv.DictReader(file):
            parts[row["store"], row["brand"]].append([row["week"], row["price"], row["quantity"]])

    root = Path(args.parts)
    for (store, brand), rows in parts.items():
        folder = root / store / brand
        folder.mkdir(parents=True, exist_ok=True)
        with open(folder / "sales.csv", "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["week", "price", "quantity"])
            writer.writerows(rows)
    (root / "MLTable").write_text(MLTABLE)
    print(f"{len(parts)} parts")


if __name__ == "__main__":
    main()
