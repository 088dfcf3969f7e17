"""Tables of polars, lazy and not, on the way to a model that is measured on parts of them.

A plain program. It prints what it got as one JSON object.
"""

import json
import sys
from pathlib import Path

import polars as pl
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

FEATURES = ["age", "hours"]


def main():
    directory = Path(sys.argv[1])
    people = pl.DataFrame(
        {
            "id": range(120),
            "age": [20 + i * 7 % 45 for i in range(120)],
            "hours": [float(20 + i * 3 % 40) for i in range(120)],
            "country": [("US", "DE", "it's")[i % 3] for i in range(120)],
            "rich": [int(i * 7 % 45 + i * 31 % 20 > 30) for i in range(120)],
        }
    )
    people.write_csv(directory / "people.csv")
    towns = pl.DataFrame({"country": ["US", "DE"], "large": [True, False]})

    table = pl.read_csv(directory / "people.csv")
    adults = table.filter((pl.col("age") > 25) & pl.col("country").is_in(["US", "DE", "it's"]))
    joined = adults.join(towns, on="country", how="left").with_columns(pl.col("age") * 2)
    ready = joined.with_columns((pl.col("hours") / 7).alias("daily")).drop("id")
    train, test = train_test_split(ready, random_state=0)
    model = LogisticRegression().fit(train.select(FEATURES), train["rich"])

    others = test.lazy().filter(~(pl.col("country") == "DE")).collect()
    told = {"other": model.score(others.select(FEATURES), others["rich"])}
    americans = test.filter(pl.col("country") == "US")
    predicted = model.predict(americans.select(FEATURES))
    told["american"] = accuracy_score(americans["rich"], predicted)

    # Nothing is read before it is asked for.
    lazy = pl.scan_csv(directory / "people.csv").filter(pl.col("age") > 60)
    old = lazy.select([*FEATURES, "rich"]).collect()
    told["old"] = model.score(old.select(FEATURES), old["rich"])
    print(json.dumps(told))


if __name__ == "__main__":
    main()
