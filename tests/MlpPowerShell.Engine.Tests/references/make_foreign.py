"""Makes foreign/: small files as other programs write them, and expected.json, what pandas, scipy and scikit-learn find in them when they
are told how these are written. The readers here are told nothing: python3 make_foreign.py, with pandas, scipy and scikit-learn.
"""
import gzip
import json
import os
import zipfile

import numpy as np
import pandas as pd
from scipy.io import arff
from sklearn.datasets import dump_svmlight_file, load_svmlight_file

os.makedirs("foreign", exist_ok=True)
expected = {}


def write(name, text, encoding="utf-8", newline="\n"):
    with open(f"foreign/{name}", "wb") as file:
        file.write(text.replace("\n", newline).encode(encoding))
    return f"foreign/{name}"


def expect(name, frame):
    def value(cell):
        if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
            return None
        if isinstance(cell, pd.Timestamp):
            return cell.tz_localize(None).isoformat() if cell != cell.normalize() else cell.date().isoformat()
        if isinstance(cell, bytes):
            return None if cell == b"?" else cell.decode()
        return cell.item() if isinstance(cell, np.generic) else cell

    expected[name] = {"columns": [str(column) for column in frame], "rows": [[value(cell) for cell in row] for row in frame.values.tolist()]
                      if not any("datetime" in str(kind) for kind in frame.dtypes) else
                      [[value(cell) for cell in row] for row in frame.itertuples(index=False)]}


# Point or comma: what some columns tell holds for those that leave it open.
file = write("german.csv", "Ort;Einwohner;Anteil;Preis;y\nKöln;1.084.831;0,5;1.200;a\nBonn;336.465;12,25;2.500;b\nUlm;128.928;;999;a\n")
expect("german.csv", pd.read_csv(file, sep=";", decimal=",", thousands="."))
file = write("english.csv", 'city,people,share,y\nYork,"210,600",0.5,a\nBath,"94,092",12.25,b\n')
expect("english.csv", pd.read_csv(file, thousands=","))

# What separates values shows in several rows.
file = write("first-line.csv", "name, first;n;y\nDoe, Jane;1;a\nRoe, Richard;2;b\n")
expect("first-line.csv", pd.read_csv(file, sep=";"))
file = write("quoted.csv", '"a;b;c",x,y\n"1;2",3,a\n"4;5;6;7",8,b\n')
expect("quoted.csv", pd.read_csv(file))
file = write("blanks.csv", 'x,y\n" a ",1\n"a",2\n"  two words",3\n')
expect("blanks.csv", pd.read_csv(file))

# R's write.table, and NumPy's savetxt.
file = write("write-table.txt", '"height" "kind"\n"first row" 1.5 "a b"\n"2" 2.25 "c"\n"3" NA "a b"\n')
expect("write-table.txt", pd.read_csv(file, sep=" ").rename_axis("row.names").reset_index())
np.savetxt("foreign/savetxt.txt", np.array([[1, 2.5, 0], [-3, 4e-5, 1]]))
expect("savetxt.txt", pd.DataFrame(np.loadtxt("foreign/savetxt.txt"), columns=["1", "2", "3"]))

# Encodings, line ends and what DOS writes at the end.
text = "city,n,y\nKöln,1,a\nZürich,2,b\n"
for name, encoding in [("utf-16.csv", "utf-16-le"), ("utf-16-be.csv", "utf-16-be")]:
    expect(name, pd.read_csv(write(name, text, encoding), encoding=encoding))
expect("mac.csv", pd.read_csv(write("mac.csv", text, newline="\r"), lineterminator="\r"))
write("dos.csv", text + "\x1a", newline="\r\n")
expect("dos.csv", pd.read_csv("foreign/dos.csv").iloc[:2].astype({"n": int}))
with gzip.open("foreign/packed.csv.gz", "wb") as packed:
    packed.write(text.encode("utf-16-le"))
expect("packed.csv.gz", pd.read_csv("foreign/packed.csv.gz", encoding="utf-16-le"))
with zipfile.ZipFile("foreign/packed.zip", "w") as archive:
    archive.writestr("table.tsv", text.replace(",", "\t"))
expect("packed.zip", pd.read_csv("foreign/packed.zip", sep="\t"))

# Dates.
file = write("dates.csv", "a,b,c,d,e,y\n05/06/2024,31-Dec-2024,2024/01/31,01.02.24,2024-01-31 12:00 UTC,1\n"
             "31/01/2024,1-Jan-2025,2024/02/01,31.12.23,2024-02-01 00:30 UTC,2\n")
frame = pd.read_csv(file)
for column, form in zip("abcde", ["%d/%m/%Y", "%d-%b-%Y", "%Y/%m/%d", "%d.%m.%y", "%Y-%m-%d %H:%M UTC"]):
    frame[column] = pd.to_datetime(frame[column], format=form)
expect("dates.csv", frame)

# Other formats.
file = write("lines.jsonl", '{"x": 1, "name": "a, b", "ok": true, "y": 0.5}\n\n{"name": "Kö\\u006cn", "x": null, "y": 1e3, "ok": false}\n'
             '{"x": 12345678901, "name": null, "ok": true, "y": 2}\n')
expect("lines.jsonl", pd.read_json(file, lines=True).astype(object))
expected["lines.jsonl"]["rows"][2][0] = 12345678901
x = np.array([[0, 1.5, 0, 0], [2, 0, 0, 0], [0, 0, 0, -3.25]])
dump_svmlight_file(x, [1, -1, 1], "foreign/sparse.svm", zero_based=False, query_id=[1, 1, 2], comment="three rows")
data, target, query = load_svmlight_file("foreign/sparse.svm", query_id=True)
frame = pd.DataFrame(data.toarray(), columns=["1", "2", "3", "4"])
frame.insert(0, "qid", query)
frame.insert(0, "label", target)
expect("sparse.svm", frame)
file = write("weka.arff", "% a comment\n@RELATION 'some rows'\n\n@ATTRIBUTE size REAL\n@attribute 'the colour' {red,'dark red',blue}\n"
             "@attribute class {no,yes}\n@attribute n integer\n\n@DATA\n1.5,'dark red',yes,3\n?,red,no,4\n% another\n-2e3,?,yes,5\n")
rows, _ = arff.loadarff(file)
expect("weka.arff", pd.DataFrame(rows))

with open("foreign/expected.json", "w") as file:
    json.dump(expected, file, indent=1, ensure_ascii=False)
