def run(mini_batch):
    return [path.upper() for path in mini_batch]
