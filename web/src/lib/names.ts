// How names that programs gave things are shown to people.

/**
 * The last part of a class's name: `org.apache.spark.ml.classification.LogisticRegression` becomes
 * `LogisticRegression`. A name that is no class (`file.csv`, `1.5`) stays as it is.
 */
export function shortClass(name: string): string {
  return /^([a-z_$][\w$]*\.)+[A-Z_$][\w$]*$/i.test(name) && /[A-Z]/.test(lastPart(name))
    ? lastPart(name)
    : name;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** Enough of an id to tell it from its neighbours; the whole belongs in a title. */
export function shortId(id: string): string {
  const [, prefix = '', rest = ''] = /^((?:[a-z]{1,3}[-:])?)(.*)$/s.exec(id) ?? [];
  return rest.length <= 12 ? id : `${prefix}${rest.slice(0, 8)}`;
}

/** The file's or folder's own name: `flights.csv` for `s3://bucket/raw/flights.csv`. */
export function baseName(uri: string): string {
  return /[^/\\]+$/.exec(uri.replace(/[/\\]+$/, ''))?.[0] ?? uri;
}
