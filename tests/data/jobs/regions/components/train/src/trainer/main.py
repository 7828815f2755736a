def run(mini_batch, context):
    return []
