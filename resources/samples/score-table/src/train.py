"""Fits price = a*area + b*rooms + c*age + d*distance + e by least squares and writes model.json."""
import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd

FEATURES = ["area", "rooms", "age", "distance"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--homes", required=True)
    parser.add_argument("--model", required=True)
    args = parser.parse_args()

    homes = pd.concat(pd.read_csv(path) for path in sorted(Path(args.homes).glob("homes-*.csv")))
    matrix = np.column_stack([homes[FEATURES].to_numpy(float), np.ones(len(homes))])
    weights, *_ = np.linalg.lstsq(matrix, homes["price"].to_numpy(float), rcond=None)

    folder = Path(args.model)
    folder.mkdir(parents=True, exist_ok=True)
    model = {"features": FEATURES, "weights": [round(float(w), 9) for w in weights]}
    (folder / "model.json").write_text(json.dumps(model))
    print(f"Fitted on {len(homes)} homes: {model['weights']}")


if __name__ == "__main__":
    main()
