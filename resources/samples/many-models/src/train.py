"""Fits one model per store and brand: quantity by price and season. Writes it and returns a row per week."""
import argparse
import json
from pathlib import Path

import numpy as np


def init():
    global models
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", required=True)
    args, _ = parser.parse_known_args()
    models = Path(args.models)
    models.mkdir(parents=True, exist_ok=True)


def run(mini_batch, mini_batch_context):
    keys = mini_batch_context.partition_key_value
    store, brand = keys["store"], keys["brand"]
    angle = 2 * np.pi * mini_batch["week"].to_numpy(float) / 52
    matrix = np.column_stack([mini_batch["price"].to_numpy(float), np.sin(angle), np.cos(angle), np.ones(len(mini_batch))])
    quantity = mini_batch["quantity"].to_numpy(float)
    weights, *_ = np.linalg.lstsq(matrix, quantity, rcond=None)
    name = f"store-{store}-{brand}.json"
    (models / name).write_text(json.dumps({"store": store, "brand": brand, "weights": [round(float(w), 6) for w in weights]}))
    print(f"store {store}, brand {brand}: {len(mini_batch)} weeks")
    report = mini_batch[["week", "quantity"]].copy()
    report.insert(0, "store", store)
    report.insert(1, "brand", brand)
    report["fitted"] = (matrix @ weights).round(1)
    return report
