"""Writes a public table with an ordinal label, and what statsmodels makes of it.

/usr/bin/python3 make_ordered.py, with statsmodels (Debian: python3-statsmodels). The table goes into tests/tables.
"""
import csv
import json
import pathlib

import numpy as np
import statsmodels.api as sm
from statsmodels.miscmodels.ordinal_model import OrderedModel

FEATURES = ["TVnews", "selfLR", "ClinLR", "DoleLR", "age", "educ", "income", "logpopul"]
LABEL = "PID"
folder = pathlib.Path(__file__).parent

data = sm.datasets.anes96.load_pandas().data
with open(folder / "../../tables/anes96.csv", "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*FEATURES, LABEL])
    writer.writerows([f"{value:.10g}" for value in row] for row in data[[*FEATURES, LABEL]].values)

x = np.array([[float(f"{value:.10g}") for value in row] for row in data[FEATURES].values])
x = (x - x.mean(0)) / x.std(0)
y = data[LABEL].values.astype(int)
model = OrderedModel(y, x, distr="logit")
near = model.fit(method="bfgs", disp=False)
fit = model.fit(start_params=near.params, method="newton", tol=1e-12, disp=False)
count = x.shape[1]
thresholds = model.transform_threshold_params(fit.params)[1:-1]
with open(folder / "ordered.json", "w") as file:
    json.dump({
        "coefficients": fit.params[:count].tolist(),
        "thresholds": thresholds.tolist(),
        "logLikelihood": fit.llf,
        "firstProbabilities": fit.predict(x[:3]).tolist(),
    }, file, indent=2)  # fmt: skip
    file.write("\n")
