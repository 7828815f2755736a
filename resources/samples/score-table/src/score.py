"""Scores one mini-batch: a DataFrame of homes in, a DataFrame of home, price and prediction out."""
import argparse
import json
from pathlib import Path

import numpy as np


def init():
    global model
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    args, _ = parser.parse_known_args()  # the runner's own flags are in sys.argv, too
    model = json.loads((Path(args.model) / "model.json").read_text())


def run(mini_batch):
    matrix = np.column_stack([mini_batch[model["features"]].to_numpy(float), np.ones(len(mini_batch))])
    scored = mini_batch[["home", "price"]].copy()
    scored["predicted"] = (matrix @ np.array(model["weights"])).round(1)
    print(f"{len(scored)} homes scored")
    return scored
