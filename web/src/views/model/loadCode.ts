// How a saved model is loaded again: code to copy.

export interface LoadCode {
  python: string;
  scala: string;
}

/**
 * By the class that wrote it. Spark's own classes have one of the same name in PySpark; of others
 * only the JVM's name is known.
 */
export function loadCode(className: string | null | undefined, uri: string): LoadCode {
  const known = className ?? 'org.apache.spark.ml.PipelineModel';
  const dot = known.lastIndexOf('.');
  const name = known.slice(dot + 1);
  const module = known.slice(0, Math.max(0, dot));
  const place = quoted(uri);
  const scala = `import ${known}\n\nval model = ${name}.load(${place})`;
  const pyspark = /^org\.apache\.spark\.(ml\b.*)$/.exec(module)?.[1];
  if (pyspark !== undefined) {
    return {
      scala,
      python: `from pyspark.${pyspark} import ${name}\n\nmodel = ${name}.load(${place})`,
    };
  }
  return {
    scala,
    python: [
      '# This class is not one of PySpark: load it through the JVM,',
      '# or with the Python package that it comes with.',
      `model = spark._jvm.${known}.load(${place})`,
    ].join('\n'),
  };
}

/** A string literal that means the same in Python and in Scala. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
