"""Makes comparisons.csv: McNemar's exact test by statsmodels, and the interval of Bonett and Price (2012) with SciPy's quantile.

/usr/bin/python3 make_comparisons.py > comparisons.csv, with statsmodels (Debian: python3-statsmodels).
"""
import csv
import math
import random
import sys

from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar

random.seed(1)
pairs = [(0, 0), (1, 0), (0, 1), (5, 5), (3, 10), (0, 6), (40, 70), (0, 60), (499, 501), (1000, 1200), (3000, 3300), (20, 600)]
pairs += [(random.randrange(200), random.randrange(200)) for _ in range(30)]
writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["samples", "only first", "only second", "p", "low", "high"])
for first, second in pairs:
    samples = first + second + random.choice([1, 10, 1000])
    right = random.randrange(samples - first - second + 1)
    table = [[right, first], [second, samples - first - second - right]]
    one, other = (first + 1) / (samples + 2), (second + 1) / (samples + 2)
    reach = norm.ppf(0.975) * math.sqrt((one + other - (other - one) ** 2) / (samples + 2))
    low, high = max(-1, other - one - reach), min(1, other - one + reach)
    writer.writerow([samples, first, second, *(repr(float(x)) for x in (mcnemar(table, exact=True).pvalue, low, high))])
