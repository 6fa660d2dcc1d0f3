"""A few lines of code for quick checks of a model when no other text is given."""

SAMPLE = '''\
def running_mean(values, window):
    """Mean of each window of consecutive values."""
    if window < 1:
        raise ValueError("window must be positive")
    total = sum(values[:window])
    means = [total / window]
    for old, new in zip(values, values[window:]):
        total += new - old
        means.append(total / window)
    return means


int largest(const int *numbers, int count) {
    int best = numbers[0];
    for (int i = 1; i < count; i++) {
        if (numbers[i] > best) best = numbers[i];
    }
    return best;
}
'''
