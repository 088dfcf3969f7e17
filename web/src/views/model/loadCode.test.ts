import { expect, it } from 'vitest';
import { loadCode } from './loadCode';

it('loads pipelines and single models', () => {
  expect(loadCode('org.apache.spark.ml.PipelineModel', 's3://b/m').python).toBe(
    'from pyspark.ml import PipelineModel\n\nmodel = PipelineModel.load("s3://b/m")',
  );
  const { python, scala } = loadCode(
    'org.apache.spark.ml.classification.LogisticRegressionModel',
    '/m',
  );
  expect(python).toContain('from pyspark.ml.classification import LogisticRegressionModel');
  expect(scala).toBe(
    'import org.apache.spark.ml.classification.LogisticRegressionModel\n\nval model = LogisticRegressionModel.load("/m")',
  );
});

it('lets no path out of its quotes', () => {
  expect(loadCode(null, 'a"b\\c\nd').python).toContain('.load("a\\"b\\\\c\\nd")');
});

it('knows that other classes are not in PySpark', () => {
  expect(loadCode('com.example.OurModel', '/m').python).toContain(
    'spark._jvm.com.example.OurModel.load("/m")',
  );
});
