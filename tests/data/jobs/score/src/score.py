import argparse


def init():
    global args
    parser = argparse.ArgumentParser()
    parser.add_argument("--model")
    parser.add_argument("--scale", type=float)
    parser.add_argument("--extra")
    args, _ = parser.parse_known_args()


def run(mini_batch):
    return mini_batch["x"] * args.scale
