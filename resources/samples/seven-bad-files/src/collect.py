"""Writes 400 small files of sensor readings, the same bytes each time. Ten are special: see the tables below."""
import argparse
import json
import random
from pathlib import Path

FILES = 400
NOT_A_NUMBER = {37, 98, 117, 206}  # one value is text
NO_STATION = {152, 278, 333}  # the station is missing
NEVER_SETTLES = {243}  # smoothing goes round in circles
SLOW = {61}  # takes more than a second, and is fine


def reading(number: int, rng: random.Random) -> dict:
    values = [round(rng.uniform(-20, 40), 2) for _ in range(24)]
    if number in NOT_A_NUMBER:
        values[number % 24] = "n/a"
    result = {"station": f"S{number % 17:02}", "values": values, "tolerance": 0.01}
    if number in NO_STATION:
        del result["station"]
    if number in NEVER_SETTLES:
        result["tolerance"] = -1
    if number in SLOW:
        result["link"] = "slow"
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--readings", required=True)
    folder = Path(parser.parse_args().readings)
    folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    for number in range(FILES):
        (folder / f"reading-{number:03}.json").write_text(json.dumps(reading(number, rng)))
    print(f"{FILES} readings collected")


if __name__ == "__main__":
    main()
